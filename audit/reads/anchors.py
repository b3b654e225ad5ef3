"""Anchors as they stand: for people, and as files of an export bundle."""

import datetime as dt
import json
import os
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from audit.models import Anchor, Log
from audit.models.sql import ask
from audit.reads.witnessed import lines_of
from audit.tree import parse_checkpoint

ENDINGS = {"rfc3161": "tsr", "s3": "s3.json"}
STATE = """
SELECT l.origin, k.kind, a.size, a.created_at, f.since AS failing_at, f.problem
FROM audit_log l
JOIN (SELECT log_id, kind FROM audit_anchor UNION SELECT log_id, kind FROM audit_anchorfailure) k ON k.log_id = l.id
LEFT JOIN audit_anchor a ON a.log_id = l.id AND a.kind = k.kind
    AND a.size = (SELECT max(x.size) FROM audit_anchor x WHERE x.log_id = l.id AND x.kind = k.kind)
LEFT JOIN audit_anchorfailure f ON f.log_id = l.id AND f.kind = k.kind
ORDER BY l.id, k.kind
"""


@dataclass(frozen=True, slots=True)
class AnchorState:
    """The newest anchor of a kind: size and time, None before the first; since when it fails and why, if it does."""

    origin: str
    kind: str
    size: int | None
    made_at: dt.datetime | None
    failing_at: dt.datetime | None
    problem: str


def anchor_states() -> list[AnchorState]:
    """Give the newest anchor of each kind for every log, the installation's first; one statement."""
    return [
        AnchorState(row.origin, row.kind, row.size, row.created_at, row.failing_at, row.problem or "")
        for row in ask(STATE)
    ]


def anchor_files(
    log_id: int, up_to_size: int, *, from_size: int = 0, sizes: Container[int] | None = None
) -> Iterator[tuple[str, bytes]]:
    """Give a bundle's files under `anchors/`, for checkpoints of the sizes [from_size, up_to_size].

    Of the witness file they hold this log's lines, the last one of each hour; only those of `sizes` where it is given:
    a verifier asks of each that something in the bundle proves it.
    """
    within = Anchor.objects.filter(log_id=log_id, size__gte=from_size, size__lte=up_to_size, kind__in=ENDINGS)
    for one in within.order_by("size", "kind").iterator(chunk_size=200):
        yield f"anchors/{one.size}.{ENDINGS[one.kind]}", bytes(one.body) + (b"\n" if one.kind == "s3" else b"")
    origin = Log.objects.get(pk=log_id).origin
    shown = range(from_size, up_to_size + 1)
    seen = b"".join(_witnessed(origin, lambda size: size in shown and (sizes is None or size in sizes)))
    if seen:
        yield "anchors/witness.ndjson", seen


def _witnessed(origin: str, wanted: Callable[[int], bool]) -> Iterator[bytes]:
    path: Path | None = settings.LEDGER_WITNESS
    if path is None or not os.access(path, os.R_OK):
        return
    kept, hour = b"", ""
    for line in lines_of(path, origin):
        told = json.loads(line)
        if not wanted(parse_checkpoint(told["checkpoint"]).size):
            continue
        if kept and told["seen"][:13] != hour:
            yield kept
        kept, hour = line, told["seen"][:13]
    yield kept
