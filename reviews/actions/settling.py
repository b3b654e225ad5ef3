"""Answers to a task: settled with an outcome, one more person asked, or adjudicated."""

import json
import os
from typing import Any

from audit.models.sql import Row, ask
from audit.reads import content_commitment, uuid7
from reviews.actions.asking_more import reworked, seat_added, waiting
from reviews.actions.consequences import CLOSE, Following, Write, Writes
from reviews.actions.hearing import heard
from reviews.actions.lines import someone_left
from reviews.actions.passing_on import adjudicated
from reviews.actions.seating import tags_of
from reviews.actions.weighing import weigh
from reviews.outputs import same
from reviews.reads.published import taxonomy_of
from reviews.reads.retired import retired_in
from reviews.rights import duration
from reviews.wire.canonical import canonical

OUTCOME = (
    "INSERT INTO reviews_outcome (uuid, item_id, project_id, number, supersedes, source, task_id, task_kind, "
    "body, salt, commitment, settled_at, release_at, event_id) "
    "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
)
ROOT = """
WITH RECURSIVE chain(kind, after_id) AS (SELECT kind, after_id FROM reviews_task WHERE id = %s
    UNION ALL SELECT t.kind, t.after_id FROM chain c JOIN reviews_task t ON t.id = c.after_id)
SELECT kind FROM chain WHERE after_id IS NULL
"""


def answered(following: Following, output: Any, verdict: str) -> Writes:
    """Weigh the answers of a task with this one, and do what the rights say of them."""
    seen, rule = following.seen, following.rights.disagreement
    decided = [
        seat
        for seat in following.seats
        if seat.state == "decided" and seat.verdict in {"approve", "correct", "reject"} and seat.body is not None
    ]
    decided.sort(key=lambda seat: seat.decision_id)
    outputs = [*(json.loads(seat.body)["output"] for seat in decided), output]
    weighed = weigh(seen, outputs, rule)
    step = weighed.next
    if step.step == "settle":
        decisions = [*(seat.decision_uuid for seat in decided), following.decision]
        return _settled(following, weighed.output, [str(decisions[place]) for place in step.group])
    if step.step == "wait" or reworked(following):
        return waiting(following)
    another = step.step == "another" and someone_left(
        following.own_seat.lane_id, seen.item_id, following.at, seen.task_id
    )
    following.trail.add(
        following.item_stream,
        "reviews.disagreed",
        tags_of(seen),
        disagreement={
            "task": str(seen.task_uuid),
            "then": "another" if another else "adjudicate",
            "measure": rule.measure,
            "agreement": str(step.reached),
            "agree_at": rule.agree_at,
        },
    )
    return seat_added(following) if another else adjudicated(following)


def _settled(following: Following, output: Any, rests_on: list[str]) -> Writes:
    """Settle a task; of what was put aside with a right of its own an audit only records what it found."""
    seen, first = following.seen, following.seats[0]
    following.task_state = "settled"
    close: Write = (CLOSE, [seen.task_id, seen.seat_id])
    if seen.kind == "appeal":
        overturned = heard(following, output)
        return _outcome(following, output, rests_on) if overturned else lambda _events: [close]
    if first.audited_body is not None:  # an audit, a second review, or what either was passed on to
        finding = _finding(seen, json.loads(first.audited_body)["output"], output)
        following.trail.add(
            following.item_stream,
            "reviews.audit_recorded",
            tags_of(seen),
            audit={"task": str(seen.task_uuid), "finding": finding},
        )
        if finding == "agrees" or first.live_source in {"override", "appeal"} or _only_records(following):
            return lambda _events: [close]
    return _outcome(following, output, rests_on)


def _finding(seen: Row, audited: Any, output: Any) -> str:
    """Say what an audit found: `agrees`, `differs`, or `retired`, where nobody could give the audited answer again."""
    if same(seen.task_type, audited, output):
        return "agrees"
    gone = audited is not None and retired_in(seen.task_type, audited, taxonomy_of(seen.taxonomy_body))
    return "retired" if gone else "differs"


def _only_records(following: Following) -> bool:
    """Tell whether a differing answer is only recorded; that of a re-review never is, also where it was passed on."""
    if following.rights.audit.correction != "record":
        return False
    return bool(ask(ROOT, [following.seen.task_id])[0].kind != "rereview")


def _outcome(following: Following, output: Any, rests_on: list[str]) -> Writes:
    """Settle the item: the next outcome, over the one that lives, to be released when its time comes."""
    seen = following.seen
    close: Write = (CLOSE, [seen.task_id, seen.seat_id])
    source = _source(seen.kind, several=len(rests_on) > 1)
    number = (following.seats[0].last_number or 0) + 1
    supersedes = following.seats[0].live_number
    salt = os.urandom(32)
    body = canonical({"output": output})
    commitment = content_commitment(salt, body)
    outcome = uuid7(following.at)
    place = following.trail.add(
        following.item_stream,
        "reviews.outcome_settled",
        {**tags_of(seen), "source": source},
        outcome={
            "outcome": str(outcome),
            "number": number,
            "supersedes": supersedes,
            "source": source,
            "task": str(seen.task_uuid),
            "content": commitment.hex(),
            **({"rests_on": rests_on} if len(rests_on) > 1 else {}),
        },
    )
    following.item_state = "decided"
    release_at = following.at + duration(following.rights.release_after)
    values = [
        outcome, seen.item_id, seen.project_id, number, supersedes, source, seen.task_id, seen.kind, body, salt,
        commitment, following.at, release_at,
    ]  # fmt: skip
    return lambda events: [close, (OUTCOME, [*values, events[place]])]


def _source(kind: str, *, several: bool) -> str:
    if kind in {"work", "learning"}:
        return "consensus" if several else "reviewer"
    return {"adjudication": "adjudicator", "escalation": "adjudicator", "appeal": "appeal"}.get(kind, "audit")
