"""Deciding: one person's judgement under their live claim, and what follows from it."""

import datetime as dt
import json
import os
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from accounts.reads import Actor
from audit.models.sql import Row, ask, ask_one, lock, many, together
from audit.reads import content_commitment, uuid7
from reviews.actions.consequences import Following
from reviews.actions.following import follow
from reviews.actions.holding import own_claim
from reviews.actions.judging import Judged, judge, verdict_answers
from reviews.actions.lines import making_lanes
from reviews.actions.losing import lost
from reviews.actions.resting import looked_until
from reviews.actions.seating import acting_role, ground_of, tags_of
from reviews.actions.trail import Trail
from reviews.errors import AlreadyDecided, ClaimLost, InABatch, NotOpened
from reviews.reads.held import hides_proposal
from reviews.wire import DecisionBody
from reviews.wire.canonical import canonical

LOCKED = """
SELECT i.sseq AS item_sseq, i.head AS item_head, i.state AS item_state, i.erasure_id,
    t.sseq AS task_sseq, t.head AS task_head, t.state AS task_state,
    s.state AS seat_state, s.claim_id, s.slot, s.lease_until, s.person_id
FROM reviews_item i JOIN reviews_task t ON t.item_id = i.id JOIN reviews_seat s ON s.task_id = t.id
WHERE s.id = %s
"""
STANDING = """
SELECT s.id AS seat_id, s.task_id, s.number, s.state, s.lane_id, s.rank, s.due_at, d.verdict, d.body, d.person_id,
    d.id AS decision_id, d.uuid AS decision_uuid, s.kept_for_id, s.compared,
    (SELECT max(w.attempt) FROM reviews_withdrawal w WHERE w.task_id = s.task_id AND w.person_id = %s) AS withdrawn,
    (SELECT max(o.number) FROM reviews_outcome o WHERE o.item_id = s.item_id) AS last_number,
    (SELECT o.number FROM reviews_outcome o WHERE o.item_id = s.item_id AND o.annulled_at IS NULL
        ORDER BY o.number DESC LIMIT 1) AS live_number,
    (SELECT o.body FROM reviews_outcome o WHERE o.item_id = s.item_id AND o.annulled_at IS NULL
        ORDER BY o.number DESC LIMIT 1) AS live_body,
    (SELECT o.source FROM reviews_outcome o WHERE o.item_id = s.item_id AND o.annulled_at IS NULL
        ORDER BY o.number DESC LIMIT 1) AS live_source,
    (SELECT o.body FROM reviews_outcome o WHERE o.item_id = s.item_id AND o.annulled_at IS NULL
        AND o.source NOT IN ('override', 'appeal') ORDER BY o.number DESC LIMIT 1) AS audited_body
FROM reviews_seat s LEFT JOIN reviews_decision d ON d.claim_id = s.claim_id AND s.state = 'decided'
WHERE s.task_id IN {tasks} ORDER BY s.number
"""
EARLIER = """
SELECT d.claim_id, d.uuid, d.verdict, d.body, d.decided_at, w.id AS withdrawal_id FROM reviews_decision d
LEFT JOIN reviews_withdrawal w ON w.task_id = d.task_id AND w.person_id = d.person_id AND w.attempt = d.attempt
WHERE d.claim_id IN {claims}
"""
WRITE = (
    "INSERT INTO reviews_decision (uuid, task_id, person_id, attempt, prev_attempt, seat_id, claim_id, verdict, body, "
    "salt, commitment, active_ms, mode, via, decided_at, event_id) "
    "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
)


@dataclass(frozen=True)
class Decided:
    """A decision that stands: its id, what it amounts to, and whether this call made it.

    `verdict` is None where it was derived from a hidden proposal: told to its author while the decision can still be
    taken back, it would give the proposal away.
    """

    uuid: uuid.UUID
    verdict: str | None
    output: Any
    decided_at: dt.datetime
    new: bool


@making_lanes
@transaction.atomic
def decide(*, token: uuid.UUID, sent: DecisionBody, by: Actor, at: dt.datetime) -> Decided:
    """Submit a judgement under a live, opened claim; settle, ask another, adjudicate or escalate as the rights say.

    The same body under the same claim answers the same decision again. Locks item, task, seat.

    Raises:
        NotFound: no such claim of this person.
        ClaimLost: it lapsed or ended without a decision.
        AlreadyDecided: it was decided with another body.
        NotOpened: the item was never on screen.
        InABatch: the claim is one of a batch.
        VerdictNotAllowed, BadDecision, BadOutput: the judgement does not fit the rights, the task or the labels.
        NoHigherLevel: escalated from the top.
    """
    seen = own_claim(token, by, at)
    now = ask_one(LOCKED + lock("i", "t", "s"), [seen.seat_id])
    assert now is not None
    if not still_held(seen, now, at):
        before = decided_before([seen.looked_claim_id]).get(seen.looked_claim_id)
        if before is None:
            raise lost(seen.seat_id)
        return earlier(before, sent, hides_proposal(seen))
    if now.slot == "batch":
        raise InABatch
    if seen.opened_at is None or now.slot != "open":
        raise NotOpened
    by = by.as_role(acting_role(seen))
    judged = judge(seen, sent)
    body = body_of(sent, judged)
    seats = standing_of([seen.task_id], seen.person_id)[seen.task_id]
    trail = Trail(ground_of(seen), by, at)
    trail.at_head(f"task/{seen.task_uuid}", now.task_sseq, now.task_head)
    trail.at_head(f"item/{seen.item_uuid}", now.item_sseq, now.item_head)
    made = make_decision(seen, now, sent, judged.verdict, body, seats, trail)
    following = Following(seen=seen, now=now, seats=seats, trail=trail, at=at, decision=made.uuid)
    writes = follow(following, verdict=judged.verdict, output=judged.output, note=sent.rationale)
    events = trail.write()
    together(
        (WRITE, [*made.values, by.via, at, events[made.place]]),
        (
            "UPDATE reviews_seat SET state = 'decided', slot = NULL, lease_until = NULL WHERE id = %s",
            [seen.seat_id],
        ),
        ("DELETE FROM reviews_draft WHERE task_id = %s AND person_id = %s", [seen.task_id, seen.person_id]),
        *following.heads(),
        *looked_until(seen, at),
        *writes(events),
    )
    following.afterwards(events)
    return Decided(made.uuid, told(judged.verdict, hides_proposal(seen)), judged.output, at, True)


def still_held(seen: Row, now: Row, at: dt.datetime) -> bool:
    """Tell whether the looked-up claim still has its seat, which is locked now."""
    return bool(now.claim_id == seen.looked_claim_id and now.seat_state == "leased" and now.lease_until > at)


def standing_of(task_ids: Collection[int], person_id: int) -> dict[int, list[Row]]:
    """Read the seats of tasks, with what was decided on each; one statement."""
    tasks, ids = many(task_ids)
    found: dict[int, list[Row]] = {task: [] for task in task_ids}
    for row in ask(STANDING.format(tasks=tasks), [person_id, *ids]):
        found[row.task_id].append(row)
    return found


def decided_before(claim_ids: Collection[int]) -> dict[int, Row]:
    """Read the decisions made under claims, by claim; one statement."""
    claims, ids = many(claim_ids)
    return {row.claim_id: row for row in ask(EARLIER.format(claims=claims), ids)}


def body_of(sent: DecisionBody, judged: Judged) -> bytes:
    """Give the body that a decision is kept with."""
    return canonical({"sent": json.loads(sent.body), "output": judged.output, "differences": judged.differences})


def told(verdict: str, blind: bool) -> str | None:
    """Give the verdict as its author may know it now."""
    return None if blind and verdict_answers(verdict) else verdict


@dataclass(frozen=True)
class Made:
    """A decision about to be written: all its values but its door and event, and the event's place in the trail."""

    uuid: uuid.UUID
    values: list[Any]
    place: int


def make_decision(
    seen: Row,
    now: Row,
    sent: DecisionBody,
    verdict: str,
    body: bytes,
    seats: list[Row],
    trail: Trail,
    mode: str = "single",
) -> Made:
    """Make the decision's row, all but its door and event, and add its event to the task's stream."""
    salt = os.urandom(32)
    commitment = content_commitment(salt, body)
    attempt = (seats[0].withdrawn or 0) + 1
    decision, active_ms = uuid7(trail.at), bounded(sent.active_ms, seen.opened_at, trail.at)
    place = trail.add(
        f"task/{seen.task_uuid}",
        "reviews.decision_submitted",
        tags_of(seen),
        decision={
            "decision": str(decision),
            "token": str(seen.token),
            "attempt": attempt,
            "verdict": verdict,
            "content": commitment.hex(),
            "active_ms": active_ms,
            "mode": mode,
        },
    )
    values = [
        decision, seen.task_id, seen.person_id, attempt, attempt - 1 or None, seen.seat_id, now.claim_id, verdict,
        body, salt, commitment, active_ms, mode,
    ]  # fmt: skip
    return Made(decision, values, place)


def bounded(active_ms: int | None, opened_at: dt.datetime, at: dt.datetime) -> int | None:
    """Hold the time at work, as the browser measured it, within the time the item was on screen by the server's clock.

    What was sent stays in the decision's body.
    """
    return None if active_ms is None else min(active_ms, (at - opened_at) // dt.timedelta(milliseconds=1))


def earlier(found: Row | None, sent: DecisionBody, blind: bool) -> Decided:
    """Answer the decision that was made under this claim before.

    Raises:
        AlreadyDecided: it had another body.
        ClaimLost: there is none.
    """
    if found is None or found.body is None:
        raise ClaimLost
    body = json.loads(found.body)
    if canonical(body["sent"]) != sent.body or found.withdrawal_id is not None:
        raise AlreadyDecided
    return Decided(found.uuid, told(found.verdict, blind), body["output"], found.decided_at, False)
