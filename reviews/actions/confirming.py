"""Confirming a batch: a decision for each item that is ready, the exceptions left for single review."""

import datetime as dt
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.errors import NotFound
from accounts.reads import Actor
from audit.errors import Refusal
from audit.models.sql import Row, ask, change, insert, lock, many, run
from reviews.actions.batching import own_batch
from reviews.actions.consequences import CLOSE, Following, Write
from reviews.actions.deciding import (
    Decided,
    Made,
    body_of,
    decided_before,
    earlier,
    make_decision,
    standing_of,
    still_held,
    told,
)
from reviews.actions.ending import end_claims, look_again
from reviews.actions.following import follow
from reviews.actions.judging import Judged, judge
from reviews.actions.lines import making_lanes
from reviews.actions.seating import acting_role, ground_of
from reviews.actions.settling import OUTCOME
from reviews.actions.tasking import open_tasks
from reviews.actions.trail import Trail
from reviews.errors import BadDecision, ClaimLost, NoBatch, NotOpened
from reviews.reads.batches import look_at_batch
from reviews.reads.held import hides_proposal
from reviews.reads.published import rights_of
from reviews.wire import DecisionBody

LOCK_ITEMS = """
SELECT i.id, i.sseq AS item_sseq, i.head AS item_head, i.state AS item_state FROM reviews_item i
WHERE i.id IN {items} ORDER BY i.id
"""
LOCK_SEATS = """
SELECT s.id AS seat_id, t.sseq AS task_sseq, t.head AS task_head, t.state AS task_state,
    s.state AS seat_state, s.claim_id, s.slot, s.lease_until, s.person_id
FROM reviews_task t JOIN reviews_seat s ON s.task_id = t.id WHERE s.id IN {seats} ORDER BY t.id, s.id
"""
DECISION = {
    "uuid": "uuid", "task_id": "bigint", "person_id": "bigint", "attempt": "integer", "prev_attempt": "integer",
    "seat_id": "bigint", "claim_id": "bigint", "verdict": "text", "body": "bytea", "salt": "bytea",
    "commitment": "bytea", "active_ms": "integer", "mode": "text", "via": "text", "decided_at": "timestamptz",
    "event_id": "bigint",
}  # fmt: skip
OUTCOMES = {
    "uuid": "uuid", "item_id": "bigint", "project_id": "bigint", "number": "integer", "supersedes": "integer",
    "source": "text", "task_id": "bigint", "task_kind": "text", "body": "bytea", "salt": "bytea",
    "commitment": "bytea", "settled_at": "timestamptz", "release_at": "timestamptz", "event_id": "bigint",
}  # fmt: skip
STREAM = {"id": "bigint", "state": "text", "sseq": "integer", "head": "bytea"}


@dataclass(frozen=True)
class Answer:
    """What became of one item of a batch: its decision, or the refusal; neither where it was left for single review."""

    token: uuid.UUID
    decided: Decided | None = None
    refusal: Refusal | None = None


@dataclass
class _Ready:
    """One judgement that fits, with its rows as locked, while it is worked into the trail."""

    seen: Row
    now: Row
    sent: DecisionBody
    judged: Judged


@making_lanes
@transaction.atomic
def decide_batch(
    *,
    batch: uuid.UUID,
    sent: Sequence[tuple[uuid.UUID, DecisionBody]],
    left: Collection[uuid.UUID] = (),
    by: Actor,
    at: dt.datetime,
) -> list[Answer]:
    """Decide items of a batch, each by a decision of its own, and leave others for single review.

    What one item is refused holds up no other. The same body under the same claim answers the same decision again.
    Each decision leads to what it would have led to alone. Locks item, task, seat, each in order of id.

    Raises:
        NotFound: no such batch of this person.
        NoBatch: the decision rights in force give no batches there any more.
        Forbidden: no role of this person works in the queue now.
    """
    row = own_batch(batch, by)
    wanted = dict(sent)
    tokens = [*wanted, *left]
    found = {seen.token: seen for seen in look_at_batch(row.id, row.person_id, at, tokens)} if tokens else {}
    if not found:
        return [Answer(token, refusal=NotFound()) for token in tokens]
    one = next(iter(found.values()))
    if not rights_of(one.standing_body).most_in_a_batch(one.queue_slug):
        raise NoBatch
    by = by.as_role(acting_role(one))
    locked = _locked(list(found.values()))
    refused: dict[uuid.UUID, Answer] = {}
    ready = _ready({token: (found.get(token), body) for token, body in wanted.items()}, locked, refused, at)
    made = _decide(ready, one, by, at)
    refused |= _left([found[token] for token in left if token in found], locked, by, at)
    gone = {token: Answer(token, refusal=NotFound()) for token in tokens if token not in found}
    return [gone.get(token) or refused.get(token) or made.get(token) or Answer(token) for token in tokens]


def _left(seen: list[Row], locked: dict[int, Row], by: Actor, at: dt.datetime) -> dict[uuid.UUID, Answer]:
    """Leave items for single review; answer those whose claim was lost before."""
    held = [one for one in seen if still_held(one, locked[one.seat_id], at)]
    if held:
        end_claims([one.seat_id for one in held], reason="left", by=by, at=at, tokens=[one.token for one in held])
    lost = {one.looked_claim_id: one.token for one in seen if one not in held}
    if not lost:
        return {}
    claims, ids = many(lost)
    before = ask(f"SELECT claim_id FROM reviews_claimend WHERE reason = 'left' AND claim_id IN {claims}", ids)  # noqa: S608
    left = {row.claim_id for row in before}
    return {token: Answer(token, refusal=ClaimLost()) for claim, token in lost.items() if claim not in left}


def _locked(seen: list[Row]) -> dict[int, Row]:
    """Lock all items, then all tasks with their seats; give what stands there, by seat."""
    items, ids = many(sorted({one.item_id for one in seen}))
    standing = {row.id: row for row in ask(LOCK_ITEMS.format(items=items) + lock("i"), ids)}
    seats, ids = many([one.seat_id for one in seen])
    locked = {row.seat_id: row for row in ask(LOCK_SEATS.format(seats=seats) + lock("t", "s"), ids)}
    for one in seen:
        item = standing[one.item_id]
        now = locked[one.seat_id]
        now.item_sseq, now.item_head, now.item_state = item.item_sseq, item.item_head, item.item_state
    return locked


def _ready(
    wanted: dict[uuid.UUID, tuple[Row | None, DecisionBody]],
    locked: dict[int, Row],
    refused: dict[uuid.UUID, Answer],
    at: dt.datetime,
) -> list[_Ready]:
    """Judge each item alone; what cannot be decided now is answered in `refused`."""
    ended = [
        seen.looked_claim_id for seen, _ in wanted.values() if seen and not still_held(seen, locked[seen.seat_id], at)
    ]
    before = decided_before(ended) if ended else {}
    ready = []
    for token, (seen, sent) in wanted.items():
        if seen is None:
            continue
        now = locked[seen.seat_id]
        try:
            if seen.looked_claim_id in ended:
                again = earlier(before.get(seen.looked_claim_id), sent, hides_proposal(seen))
                refused[token] = Answer(token, decided=again)
                continue
            ready.append(_Ready(seen, now, sent, _judged(seen, now, sent)))
        except Refusal as refusal:
            refused[token] = Answer(token, refusal=refusal)
    return ready


def _judged(seen: Row, now: Row, sent: DecisionBody) -> Judged:
    """Judge one item as it would be judged alone.

    Raises:
        NotOpened: it was never on screen.
        BadDecision, BadOutput, VerdictNotAllowed: as `decide` does.
    """
    if seen.opened_at is None or now.slot != "batch":
        raise NotOpened
    if sent.verdict not in {"approve", "correct"}:
        raise BadDecision(fields=[("verdict", _("A batch confirms or corrects; leave the item for single review."))])
    return judge(seen, sent)


def _decide(ready: list[_Ready], one: Row, by: Actor, at: dt.datetime) -> dict[uuid.UUID, Answer]:
    if not ready:
        return {}
    seats = standing_of([each.seen.task_id for each in ready], one.claimant_id)
    trail = Trail(ground_of(one), by, at)
    worked: list[tuple[_Ready, Made, Following, Any]] = []
    for each in ready:
        seen, now, judged = each.seen, each.now, each.judged
        trail.at_head(f"task/{seen.task_uuid}", now.task_sseq, now.task_head)
        trail.at_head(f"item/{seen.item_uuid}", now.item_sseq, now.item_head)
        mine = seats[seen.task_id]
        body = body_of(each.sent, judged)
        made = make_decision(seen, now, each.sent, judged.verdict, body, mine, trail, mode="batch")
        following = Following(seen=seen, now=now, seats=mine, trail=trail, at=at, decision=made.uuid)
        writes = follow(following, verdict=judged.verdict, output=judged.output, note=each.sent.rationale)
        worked.append((each, made, following, writes))
    events = trail.write()
    insert("reviews_decision", DECISION, [(*made.values, by.via, at, events[made.place]) for _, made, _, _ in worked])
    _leave_seats([each.seen for each in ready])
    _move([following for _, _, following, _ in worked], trail)
    _write([write for _, _, _, writes in worked for write in writes(events)])
    _afterwards([following for _, _, following, _ in worked], events, at)
    return {
        each.seen.token: Answer(
            each.seen.token,
            Decided(made.uuid, told(each.judged.verdict, hides_proposal(each.seen)), each.judged.output, at, True),
        )
        for each, made, _, _ in worked
    }


def _leave_seats(seen: list[Row]) -> None:
    seats, ids = many([one.seat_id for one in seen])
    run(
        f"UPDATE reviews_seat SET state = 'decided', slot = NULL, place = NULL, lease_until = NULL WHERE id IN {seats}",  # noqa: S608
        ids,
    )
    tasks, ids = many([one.task_id for one in seen])
    run(f"DELETE FROM reviews_draft WHERE person_id = %s AND task_id IN {tasks}", [seen[0].claimant_id, *ids])  # noqa: S608


def _move(all_following: list[Following], trail: Trail) -> None:
    """Write states and stream heads of tasks and items."""
    tasks, items = [], []
    for one in all_following:
        task, item = trail.heads[one.task_stream], trail.heads[one.item_stream]
        tasks.append((one.seen.task_id, one.task_state, task.sseq, task.hash))
        if item.sseq != one.now.item_sseq or one.item_state != one.now.item_state:
            items.append((one.seen.item_id, one.item_state, item.sseq, item.hash))
    change("reviews_task", STREAM, tasks)
    change("reviews_item", STREAM, items)


def _write(writes: list[Write]) -> None:
    """Write what follows: seats closed and outcomes settled all at once, what is rare one by one."""
    closed = [params for sql, params in writes if sql == CLOSE]
    if closed:
        tasks, ids = many([task for task, _seat in closed])
        run(f"UPDATE reviews_seat SET state = 'closed' WHERE state = 'open' AND task_id IN {tasks}", ids)  # noqa: S608
    insert("reviews_outcome", OUTCOMES, [params for sql, params in writes if sql == OUTCOME])
    for sql, params in writes:
        if sql not in (CLOSE, OUTCOME):
            run(sql, params)


def _afterwards(all_following: list[Following], events: list[int], at: dt.datetime) -> None:
    opened = [(task, events[place]) for one in all_following for task, place in one.new_tasks]
    open_tasks(opened, at)
    look_again([look for one in all_following for look in one.looks])
