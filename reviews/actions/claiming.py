"""Claiming: the next seat of my lanes, leased to me."""

import datetime as dt
from collections.abc import Set
from functools import lru_cache
from typing import Any

from django.db import IntegrityError, transaction

from accounts.reads import Actor
from audit.models.sql import Row, ask, ask_one, lock, postgres
from reviews.actions.ending import end_claims
from reviews.actions.gating import due_at_lane, gate_project
from reviews.actions.resting import limited_lanes
from reviews.actions.seating import shown, working_person, write_claim
from reviews.errors import AcknowledgementDue, BreakDue
from reviews.models import Queue
from reviews.reads.held import Held, look_at_seat, look_at_taken
from reviews.reads.resting import break_until

PREFETCHED = dt.timedelta(minutes=2)
LONGEST_PREFETCHED = dt.timedelta(minutes=15)  # of an item that nobody has opened, however often it is prolonged
WINDOW = 64
MOST_AT_ONCE = 256  # more than there are connections: what others are taking just now is passed over
START = dt.datetime(1, 1, 1, tzinfo=dt.UTC)

REACHED = """
(%s = 0 OR EXISTS (SELECT 1 FROM reviews_queue q JOIN accounts_token_projects tp ON tp.project_id = q.project_id
    WHERE q.id = {queue} AND tp.token_id = %s))
"""
MINE_AND_LANES = """
SELECT s.id AS held_id, s.slot, s.lease_until, t.queue_id, {reached} AS reached,
    NULL AS lane_id, NULL AS rank, NULL AS due_at, NULL AS seat_id, NULL AS first_rank, NULL AS first_due, NULL AS first
FROM reviews_seat s JOIN reviews_task t ON t.id = s.task_id
WHERE s.person_id = %s AND s.state = 'leased' AND s.slot IN ('open', 'prefetch')
UNION ALL
SELECT NULL, NULL, NULL, NULL, NULL, x.lane_id, x.rank, x.due_at, x.seat_id, h.rank, h.due_at, h.id FROM (
    SELECT pl.lane_id, w.rank, w.due_at, w.seat_id, (
        SELECT s.id FROM reviews_seat s WHERE s.lane_id = pl.lane_id AND s.state = 'open'
            AND (s.rank, s.due_at, s.id) > (COALESCE(w.rank, -1), COALESCE(w.due_at, {start}), COALESCE(w.seat_id, 0))
        ORDER BY s.rank, s.due_at, s.id LIMIT 1) AS first_id
    FROM reviews_personlane pl
    JOIN accounts_membership m ON m.id = pl.membership_id
        AND m.from_at <= %s AND (m.until_at IS NULL OR m.until_at > %s)
    JOIN reviews_lane l ON l.id = pl.lane_id
    LEFT JOIN reviews_watermark w ON w.person_id = pl.person_id AND w.lane_id = pl.lane_id AND w.drop_at > %s
    WHERE pl.person_id = %s AND NOT pl.gated AND (%s = 0 OR l.queue_id = %s) AND {of_token}
) x JOIN reviews_seat h ON h.id = x.first_id
ORDER BY 10, 11, 12
"""
ANY_LANE = """
SELECT DISTINCT pl.lane_id, pl.gated FROM reviews_personlane pl
JOIN accounts_membership m ON m.id = pl.membership_id AND m.from_at <= %s AND (m.until_at IS NULL OR m.until_at > %s)
JOIN reviews_lane l ON l.id = pl.lane_id
WHERE pl.person_id = %s AND (%s = 0 OR l.queue_id = %s) AND {of_token}
"""
MAY_SIT = """
NOT EXISTS (SELECT 1 FROM reviews_seat o WHERE o.task_id = s.task_id AND o.person_id = %s
    AND o.state IN ('leased', 'decided'))
AND (NOT s.apart OR NOT EXISTS (SELECT 1 FROM reviews_seat o WHERE o.item_id = s.item_id AND o.person_id = %s
    AND o.apart AND o.state IN ('leased', 'decided'))
    AND NOT EXISTS (SELECT 1 FROM reviews_involvement v WHERE v.item_id = s.item_id AND v.person_id = %s))
AND (NOT s.compared OR s.kept_for_id = %s OR COALESCE(s.kept_until, %s) <= %s
    AND %s NOT IN (SELECT person_id FROM reviews_onlooker WHERE task_id = s.task_id))
"""
INVOLVED = "SELECT id FROM reviews_involvement WHERE item_id = %s AND person_id = %s"
TAKE = """
SELECT s.id AS seat_id, t.sseq, t.head, n.place
FROM ({line}) n
JOIN reviews_seat s ON s.id = n.id JOIN reviews_task t ON t.id = s.task_id
WHERE s.state = 'open' AND {may_sit}
ORDER BY n.rank, n.due_at, n.id LIMIT 1
"""  # by the line's own columns, which come in order: PostgreSQL then stops at the first seat and sorts nothing
NEAR = f"""
SELECT z.*, row_number() OVER (ORDER BY rank, due_at, id) AS place FROM (
    SELECT id, rank, due_at FROM reviews_seat WHERE lane_id = %s AND state = 'open'
        AND (rank, due_at, id) > (%s, %s, %s) ORDER BY rank, due_at, id LIMIT {WINDOW}) z
"""  # noqa: S608 - a constant
FAR = f"""
SELECT s.id, s.rank, s.due_at, {WINDOW} AS place FROM reviews_seat s
WHERE s.lane_id = %s AND s.state = 'open' AND {MAY_SIT} ORDER BY s.rank, s.due_at, s.id LIMIT {MOST_AT_ONCE}
"""  # noqa: S608 - a constant


def claim_next(*, by: Actor, at: dt.datetime, queue: Queue | None = None, resume: bool = False) -> Held | None:
    """Lease the best open seat of my lanes (of one queue, when given) as a prefetched claim; None when nothing waits.

    A prefetched claim of the same line is answered again; one of another line is given back first. An actor by token
    gets only what lies in the token's projects. With `resume` the
    claim on screen, if there is one, is answered. Projects whose guideline the person has not acknowledged are passed
    over. A unique violation is a lost race and is retried once. Locks task,
    then seat.

    Raises:
        Forbidden: the actor is no person.
        BreakDue: of what waits there is only hard content, and the person owes a break from it.
        AcknowledgementDue: nothing else waits, and a guideline there asks to be acknowledged first.
    """
    person_id = working_person(by)
    try:
        return _claimed(person_id, queue, resume, by, at)
    except AcknowledgementDue as due:
        if not gate_project(due.project_id):  # else a version came in force just now: elsewhere there may be work
            raise
        return _claimed(person_id, queue, resume, by, at)


def _claimed(person_id: int, queue: Queue | None, resume: bool, by: Actor, at: dt.datetime) -> Held | None:
    try:
        return _held_or_next(person_id, queue, resume, by, at)
    except IntegrityError:  # a lost race: what won it is there now
        return _held_or_next(person_id, queue, resume, by, at)
    except BreakDue:
        if queue is not None:
            raise
        found = _held_or_next(person_id, queue, resume, by, at, limited_lanes())
        if found is None:
            raise
        return found


def _held_or_next(
    person_id: int, queue: Queue | None, resume: bool, by: Actor, at: dt.datetime, without: Set[int] = frozenset()
) -> Held | None:
    found = _mine_and_lanes(person_id, queue, by, at)
    ended = 0
    held = sorted((row for row in found if row.held_id is not None), key=lambda row: row.slot != "open")
    for mine in held:  # what is on screen first: a withdrawal may have set a prefetched one beside it
        elsewhere = not mine.reached or (queue is not None and mine.queue_id != queue.pk)
        if mine.lease_until <= at or (mine.slot == "prefetch" and elsewhere):
            reason = "lapsed" if mine.lease_until <= at else "returned"
            ended += end_claims([mine.held_id], reason=reason, by=by, at=at)
        elif mine.slot == "prefetch" or resume:
            return _resumed(mine.held_id, person_id, by, at)
    if ended:  # what was given back may be the next
        found = _mine_and_lanes(person_id, queue, by, at)
    lanes = [row for row in found if row.held_id is None and row.lane_id not in without]
    return _claim(person_id, queue, lanes, by, at, without)


def _mine_and_lanes(person_id: int, queue: Queue | None, by: Actor, at: dt.datetime) -> list[Row]:
    """Read, without locks, the seats leased to me, and my lanes where something waits, the best first."""
    return ask(
        _mine_and_lanes_sql(postgres()),
        [*_of_token(by), person_id, at, at, at, person_id, *_chosen(queue), *_of_token(by)],
    )


@lru_cache(maxsize=2)
def _mine_and_lanes_sql(on_postgres: bool) -> str:
    return MINE_AND_LANES.format(
        start="'-infinity'::timestamptz" if on_postgres else "''",
        reached=REACHED.format(queue="t.queue_id"),
        of_token=REACHED.format(queue="l.queue_id"),
    )


def _resumed(seat_id: int, person_id: int, by: Actor, at: dt.datetime) -> Held:
    """Answer a claim again; one that was never on screen is given back when a break is due before it."""
    seen = look_at_seat(seat_id, person_id, at)
    assert seen is not None
    until = break_until(seen, at)
    if until and seen.opened_at is None and seen.slot == "prefetch":
        end_claims([seat_id], reason="returned", by=by, at=at)
        raise BreakDue(until)
    return shown(seen)


@transaction.atomic
def _claim(
    person_id: int, queue: Queue | None, lanes: list[Row], by: Actor, at: dt.datetime, without: Set[int]
) -> Held | None:
    taken = _take(person_id, queue, lanes, by, at, without)
    if taken is None:
        return None
    until = break_until(taken, at)
    if until:
        raise BreakDue(until)
    see_no_part(taken, person_id)
    return write_claim(taken, person_id, slot="prefetch", until=at + PREFETCHED, by=by, at=at)


def may_sit(person_id: int, at: dt.datetime) -> list[Any]:
    """Give what `MAY_SIT` is asked with."""
    return [*[person_id] * 4, at, at, person_id]


def see_no_part(taken: Row, person_id: int) -> None:
    """See, with the task locked, that nobody sits who came to have a part in the item since the seats were looked at.

    Whoever gives somebody such a part holds the item's open tasks. Items with open work get none.

    Raises:
        IntegrityError: they have one; a lost race like those that constraints tell.
    """
    if taken.kind != "work" and ask_one(INVOLVED, [taken.item_id, person_id]) is not None:
        raise IntegrityError("reviews_involvement")


def _of_token(by: Actor) -> tuple[int, int]:
    return (by.token_id or 0, by.token_id or 0)


def _chosen(queue: Queue | None) -> tuple[int, int]:
    return (0, 0) if queue is None else (queue.pk, queue.pk)


def _take(
    person_id: int, queue: Queue | None, lanes: list[Row], by: Actor, at: dt.datetime, without: Set[int]
) -> Row | None:
    """Lock and read the first seat that this person may sit in: near the head of each lane, then anywhere in it."""
    near = TAKE.format(line=NEAR, may_sit=MAY_SIT) + lock("t", "s", skip=True)
    for lane in lanes:
        mark = (lane.rank, lane.due_at, lane.seat_id) if lane.rank is not None else (-1, START, 0)
        taken = look_at_taken(near, [lane.lane_id, *mark, *may_sit(person_id, at)], person_id, at)
        if taken is not None:
            return taken
    far = TAKE.format(line=FAR, may_sit=MAY_SIT) + lock("t", "s", skip=True)
    of_token, kept = REACHED.format(queue="l.queue_id"), None
    for lane in ask(ANY_LANE.format(of_token=of_token), [at, at, person_id, *_chosen(queue), *_of_token(by)]):
        if lane.gated:
            kept = lane.lane_id
        if lane.gated or lane.lane_id in without:
            continue
        taken = look_at_taken(far, [lane.lane_id, *may_sit(person_id, at) * 2], person_id, at)
        if taken is not None:
            return taken
    if kept is not None:
        raise due_at_lane(kept)
    return None
