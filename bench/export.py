"""A whole log exported as a bundle, beside plain COPY of the same rows to a file; memory of the exporting process."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.test.utils import override_settings
from django.utils import timezone

from bench import verifying
from bench.filling import Town
from bench.measuring import Figure, turns

EVENTS = 1_000_000
FIRST = 5_000_000_000  # ids far from what the other parts fill
EVENT = """
INSERT INTO audit_event (id, event_id, log_id, recorded_at, leaf, leaf_hash, stream, sseq, type, actor, project)
SELECT {first} + n, id, %(log)s, at, leaf, sha256('\\x00'::bytea || leaf), stream, 1, type, actor, %(project)s::uuid
FROM (SELECT made.*, convert_to('{{"actor":"' || actor || '","id":"' || id || '","log":"' || %(origin)s
    || '","pay":{{"claim":"' || encode(sha256(('a' || n)::bytea), 'hex') || '","presentation":"'
    || encode(sha256(('b' || n)::bytea), 'hex') || '"}},"proj":"' || %(project)s || '","role":"reviewer","sprev":null,'
    || '"sseq":1,"stream":"' || stream || '","tags":{{"item":"' || id || '","kind":"work","model":null,"queue":"' || id
    || '","rights":1,"source":null}},"ts":"' || to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
    || '","type":"' || type || '","v":1,"via":"browser"}}', 'UTF8') AS leaf
  FROM (SELECT n, ('0191aaaa-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid AS id,
        'p_' || left(md5((n %% 50)::text), 24) AS actor, 'reviews.claimed' AS type,
        'task/0191bbbb-0000-7000-8000-' || lpad(to_hex(n), 12, '0') AS stream,
        %(at)s::timestamptz - make_interval(secs => 0.01 * (%(count)s - n)) AS at
    FROM generate_series(1, %(count)s) n) made) leaves
"""
PAYLOAD = """
INSERT INTO audit_payload (event_id, section, salt, body)
SELECT {first} + n, section, sha256(('s' || section || n)::bytea), convert_to(body, 'UTF8')
FROM generate_series(1, %(count)s) n,
LATERAL (VALUES ('claim', '{{"seat":1,"slot":"open","token":"0191cccc-0000-7000-8000-' || lpad(to_hex(n), 12, '0')
    || '"}}'),
    ('presentation', '{{"assets":[],"build":"0.1.0","confidence":true,"guideline":null,"item":"'
    || encode(sha256(('i' || n)::bytea), 'hex') || '","locale":"en","model_card":null,"prediction":"'
    || encode(sha256(('p' || n)::bytea), 'hex') || '","prior":[],"recipe":"screen/1","renditions":{{}},"rights":"'
    || encode(sha256('r'), 'hex') || '","taxonomy":"' || encode(sha256('t'), 'hex') || '","v":1}}')) told(section, body)
"""
PENDING = "INSERT INTO audit_pending (event_id) SELECT {first} + n FROM generate_series(1, %(count)s) n"


def measure(town: Town, options: argparse.Namespace) -> list[Figure]:
    count = min(options.rows, EVENTS)
    with tempfile.TemporaryDirectory() as place, override_settings(LEDGER_KEYS=Path(place) / "keys"):
        log = _fill(town, count)
        seen: list[dict[str, Any]] = []

        def run(side: str) -> float:
            told = _child(side, log, Path(place))
            seen.append(told | {"side": side})
            return count / told["seconds"]

        ratio, ours, theirs = turns(lambda: run("hitl"), lambda: run("bare"), min(options.rounds, 3))
        verified = verifying.figure(log, count, Path(place))
    memory = max(one["bytes"] for one in seen if one["side"] == "hitl") / 1e6
    size = next(one["size"] for one in seen if one["side"] == "hitl") / 1e6
    note = f"{ours:,.0f} events/s beside {theirs:,.0f}, two payload sections each, zip of {size:,.0f} MB"
    return [
        Figure(f"export of {count:,} events, of plain COPY", ratio, "", at_least=0.4, note=note),
        Figure(
            f"memory of an export of {count:,} events", memory, "MB", at_most=100, note="the whole process, at most"
        ),
        verified,
    ]


def _fill(town: Town, count: int) -> str:
    """Fill a log of its own and seal it; give its origin."""
    from accounts.reads import clock
    from audit.actions import seal
    from audit.models import Log

    log, new = Log.objects.get_or_create(origin="bench.invalid/export")
    if new:
        given = {
            "log": log.pk,
            "origin": log.origin,
            "project": str(town.project.uuid),
            "count": count,
            "at": timezone.now(),
        }
        with transaction.atomic(), connection.cursor() as cursor:
            for statement in (EVENT, PAYLOAD, PENDING):
                cursor.execute(statement.format(first=FIRST), given)
    seal(by=clock(), at=timezone.now(), logs=[log], wait=True)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE audit_leaf, audit_event, audit_payload")
    return log.origin


def _child(side: str, origin: str, place: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.exporting", side, origin, str(place / "bundle.zip")]
    keys = {"LEDGER_KEYS": str(place / "keys")}
    ran = subprocess.run(command, env=os.environ | keys, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(ran.stdout)
