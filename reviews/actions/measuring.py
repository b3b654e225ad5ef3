"""Counting what audits found of models' answers, for whoever reads a confidence beside an item.

The ledger is walked in its order, so no verb of the loop knows of this and none waits for it; thrown away and walked
again it gives the same. A finding counts once the time to take it back is over; one that is annulled later after all
is taken out again.
"""

import datetime as dt
import hashlib
import json
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from audit.models.sql import Row, ask, ask_one
from audit.reads import canonical
from reviews.actions.walking import walk_logs
from reviews.models import Audited, AuditFinding, AuditWalk, Task
from reviews.outputs import kind_of
from reviews.reads.published import rights_of
from reviews.rights import band_of, duration

NOTHING = {"body": canonical({"cells": []}), "digest": hashlib.sha256(canonical({"cells": []})).hexdigest()}
ENTRIES = """
SELECT e.type, e.recorded_at, p.body FROM audit_leaf l JOIN audit_event e ON e.id = l.event_id
LEFT JOIN audit_payload p ON p.event_id = e.id AND p.section = 'audit'
WHERE l.log_id = %s AND l.log_index >= %s AND l.log_index < %s
    AND e.type IN ('reviews.audit_recorded', 'reviews.audit_annulled') ORDER BY l.log_index
"""
JUDGED = """
WITH RECURSIVE chain(kind, after_id) AS (SELECT kind, after_id FROM reviews_task WHERE id = %s
    UNION ALL SELECT t.kind, t.after_id FROM chain c JOIN reviews_task t ON t.id = c.after_id)
SELECT (SELECT kind FROM chain WHERE after_id IS NULL) AS root, pr.model_version_id, pr.body, pr.confidence, r.draws,
    rv.body AS rights_body, p.task_type
FROM reviews_task t JOIN reviews_item i ON i.id = t.item_id JOIN accounts_project p ON p.id = i.project_id
JOIN reviews_prediction pr ON pr.item_id = i.id AND pr.purpose = 'route'
JOIN reviews_route r ON r.item_id = i.id AND r.arm = 'accept'
JOIN reviews_rightsversion rv ON rv.id = r.rights_id
WHERE t.id = %s ORDER BY r.number DESC LIMIT 1
"""
STALE = """
SELECT a.model_id FROM reviews_audited a WHERE a.counted_at IS NULL OR EXISTS (SELECT 1 FROM reviews_auditfinding f
    WHERE f.model_id = a.model_id AND f.counts_at > a.counted_at AND f.counts_at <= %s) ORDER BY a.model_id
"""
CELLS = """
SELECT label, band, pi, count(*) AS n, sum(CASE WHEN changed THEN 1 ELSE 0 END) AS differing FROM reviews_auditfinding
WHERE model_id = %s AND counts_at <= %s GROUP BY label, band, pi
"""


def count_audits(*, at: dt.datetime) -> int:
    """Walk each log on to its end, and count anew what is due; give for how many model versions."""
    walk_logs(AuditWalk, looking=lambda: True, note=_note)
    return sum(_count(row.model_id, at) for row in ask(STALE, [at]))


@transaction.atomic
def count_audits_anew(*, at: dt.datetime) -> int:
    """Throw away all that was counted and walk the ledgers from their beginnings."""
    AuditWalk.objects.all().delete()  # first, as a step locks it: what another worker walks just now is waited for
    AuditFinding.objects.all().delete()
    Audited.objects.update(counted_at=None)
    return count_audits(at=at)


def _note(log_id: int, begin: int, end: int) -> int:
    found = [entry for entry in ask(ENTRIES, [log_id, begin, end]) if entry.body is not None]
    for entry in found:
        _take(entry)
    return len(found)


def _take(entry: Row) -> None:
    """Keep a finding, or take one out that was annulled."""
    told = json.loads(entry.body)
    task = Task.objects.filter(uuid=UUID(told["task"])).values_list("pk", flat=True).first()
    if task is None:
        return
    before = AuditFinding.objects.filter(pk=task).first()
    made = _finding(task, told["finding"], entry) if entry.type == "reviews.audit_recorded" else None
    for one in (before, made):
        if one is not None:
            Audited.objects.update_or_create(
                model_id=one.model_id, defaults={"counted_at": None}, create_defaults=NOTHING
            )
    if made is not None:
        made.save()
    elif before is not None:
        before.delete()


def _finding(task: int, finding: str, entry: Row) -> AuditFinding | None:
    """Make a row of a finding about a model's answer; None where it says nothing of one, or nothing by chance.

    An answer by a label that was retired meanwhile could not be given again, so such an audit counts neither way.
    """
    row = ask_one(JUDGED, [task, task])
    if row is None or row.root != "audit" or row.model_version_id is None or row.confidence is None:
        return None
    drawn = next((one for one in json.loads(row.draws) if one["purpose"] == "audit" and one["drawn"]), None)
    if drawn is None or finding == "retired":
        return None
    said = json.loads(row.body)["prediction"] if row.body is not None else None
    return AuditFinding(
        task_id=task,
        model_id=row.model_version_id,
        label=kind_of(row.task_type, said),
        band=band_of(Decimal(str(row.confidence))),
        pi=drawn["pi"],
        changed=finding == "differs",
        counts_at=entry.recorded_at + duration(rights_of(row.rights_body).release_after),
    )


@transaction.atomic
def _count(model_id: int, at: dt.datetime) -> int:
    """Count a model version's findings that stand by now; one statement over its own. Locks its row."""
    sheet = Audited.objects.select_for_update(no_key=True).get(pk=model_id)
    cells = sorted([row.label, row.band, row.pi, row.n, int(row.differing)] for row in ask(CELLS, [model_id, at]))
    sheet.body = canonical({"cells": cells})
    sheet.digest, sheet.counted_at = hashlib.sha256(sheet.body).hexdigest(), at
    sheet.save(update_fields=["body", "digest", "counted_at"])
    return 1
