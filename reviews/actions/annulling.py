"""What a decision led to, and taking it back: what an audit found, the tasks that were opened."""

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from audit.models.sql import Row, ask, lock, many, run
from reviews.actions.seating import tags_of
from reviews.actions.trail import Trail
from reviews.actions.weighing import weigh
from reviews.errors import MovedOn
from reviews.reads.published import rights_of

FINDINGS = """
SELECT e.id, e.type, e.event_id AS event_uuid, p.body FROM audit_event e
LEFT JOIN audit_payload p ON p.event_id = e.id AND p.section = 'audit'
WHERE e.stream = %s AND e.type IN ('reviews.audit_recorded', 'reviews.audit_annulled') ORDER BY e.sseq DESC
"""
ANSWERS = """
SELECT d.event_id, d.body, s.id AS seat_id
FROM reviews_seat s JOIN reviews_decision d ON d.claim_id = s.claim_id AND s.state = 'decided'
WHERE s.task_id = %s AND d.verdict IN ('approve', 'correct', 'reject') AND d.body IS NOT NULL ORDER BY d.id
"""
AFTER = """
SELECT t.id, t.uuid, t.kind, t.sseq, t.event_id, t.state AS task_state, q.uuid AS queue_uuid,
    s.state AS seat_state,
    EXISTS (SELECT 1 FROM audit_event e JOIN accounts_person x ON x.pseudonym = e.actor
        WHERE e.id = t.event_id AND x.id = %s) AS mine
FROM reviews_task t JOIN reviews_seat s ON s.task_id = t.id JOIN reviews_queue q ON q.id = t.queue_id
WHERE t.after_id = %s ORDER BY t.id, s.id
"""


@dataclass(frozen=True)
class Finding:
    """What a task found as an audit: the event that tells it, by row and by id, and whether it agrees or differs."""

    event_id: int
    event: uuid.UUID
    finding: str


def finding_of(seen: Row) -> Finding | None:
    """Give what a settled task found; None where it measured nothing. Its last word is the one that stands."""
    for row in ask(FINDINGS, [f"item/{seen.item_uuid}"]):
        told = json.loads(row.body) if row.body is not None else {}
        if told.get("task") == str(seen.task_uuid):
            recorded = row.type == "reviews.audit_recorded"
            return Finding(row.id, row.event_uuid, told["finding"]) if recorded else None
    return None


def annul_finding(finding: Finding, trail: Trail, seen: Row) -> None:
    """Take a finding back, naming the event that told it."""
    told = {"task": str(seen.task_uuid), "finding": finding.finding, "event": str(finding.event)}
    trail.add(f"item/{seen.item_uuid}", "reviews.audit_annulled", tags_of(seen), audit=told)


def stands_without(found: Row, seen: Row, settled_by: int) -> bool:
    """Tell whether what the event `settled_by` settled does not rest on this decision.

    It came later, or the other answers, those that came later among them, settle the same.
    """
    if found.event_id > settled_by:
        return True
    rule = rights_of(seen.rights_body).disagreement
    answers = [(row, json.loads(row.body)["output"]) for row in ask(ANSWERS, [found.task_id])]
    settled = weigh(seen, [answer for row, answer in answers if row.event_id <= settled_by], rule)
    others = weigh(seen, [answer for row, answer in answers if row.seat_id != found.seat_id], rule)
    return others.next.step == "settle" and others.key == settled.key


def tasks_after(found: Row, *, locking: bool) -> list[Row]:
    """List the tasks that came out of a passed-on one and still wait, a row a seat; with `locking` they are locked.

    An escalation is taken back by whoever asked for it or gave the answer that led to it, and by nobody else on the
    same task, nor where the clock passed it on; so is a return.

    Raises:
        MovedOn: somebody has touched one, or it came out of others' decisions.
    """
    rows = ask(AFTER + (lock("t", "s") if locking else ""), [found.person_id, found.task_id])
    live = [row for row in rows if row.seat_state != "closed"]
    moved = any(row.task_state in {"passed_on", "settled"} for row in rows)  # by the clock, its seats closed
    if moved or any(row.sseq > 0 or row.seat_state != "open" for row in live):
        raise MovedOn
    if any(found.event_id > row.event_id or (row.kind != "adjudication" and not row.mine) for row in live):
        raise MovedOn(_("The task had moved on without your decision, so there is nothing to take back."))
    return live


def close_after(rows: Sequence[Row], trail: Trail, seen: Row) -> None:
    """Close tasks that nobody has touched, each told with the tags that its opening had."""
    if not rows:
        return
    placeholders, ids = many({row.id for row in rows})
    run(f"UPDATE reviews_seat SET state = 'closed' WHERE task_id IN {placeholders} AND state = 'open'", ids)  # noqa: S608
    run(f"UPDATE reviews_task SET state = 'closed' WHERE id IN {placeholders}", ids)  # noqa: S608
    for row in {row.id: row for row in rows}.values():
        tags = {**tags_of(seen), "queue": str(row.queue_uuid), "kind": row.kind}
        trail.add(f"item/{seen.item_uuid}", "reviews.task_closed", tags, task={"tasks": [str(row.uuid)]})
