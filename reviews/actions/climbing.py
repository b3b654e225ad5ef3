"""The clock passes on what nobody answered in time: up a level, and at the top the item is held."""

import datetime as dt

from django.db import transaction

from accounts.reads import Actor, clock
from audit.models.sql import Row, ask, ask_one, lock, run, together
from reviews.actions.asking_more import held
from reviews.actions.consequences import Following, Writes
from reviews.actions.lines import making_lanes
from reviews.actions.passing_on import raised
from reviews.actions.seating import ground_of
from reviews.actions.trail import Trail
from reviews.reads.held import look_at_seat
from reviews.rights import rules_above

AT_WORK = dt.timedelta(minutes=15)
"""How long the clock waits at most for somebody who has a due task before them."""
SITS = "EXISTS (SELECT 1 FROM reviews_seat s WHERE s.task_id = t.id AND s.state = 'leased' AND s.lease_until > %s)"
DUE = f"""
SELECT t.id, t.item_id FROM reviews_task t
WHERE t.state = 'open' AND t.climb_at <= %s AND (t.climb_at <= %s OR NOT {SITS})
ORDER BY t.climb_at, t.id LIMIT %s
"""  # noqa: S608 - a constant
STILL = f"SELECT t.id FROM reviews_task t WHERE t.id = %s AND t.climb_at <= %s AND (t.climb_at <= %s OR NOT {SITS})"  # noqa: S608
LOCK_ITEM = """
SELECT i.id, i.state AS item_state, i.sseq AS item_sseq, i.head AS item_head, i.deadline_at
FROM reviews_item i WHERE i.id = %s
"""
LOCK_SEATS = """
SELECT t.id AS task_id, t.sseq AS task_sseq, t.head AS task_head, t.state AS task_state, s.id AS seat_id, s.state
FROM reviews_task t JOIN reviews_seat s ON s.task_id = t.id
WHERE t.item_id = %s AND t.state = 'open' ORDER BY t.id, s.id
"""


def climb(*, at: dt.datetime, limit: int = 200) -> int:
    """Pass on the tasks whose time is over, each in a transaction of its own; give how many.

    A task that somebody has before them waits for them, at most a quarter of an hour: then it climbs, they keep their
    claim until it ends, and what they decide under it is on record and shown above. Locks item, task, seat; an item
    that another transaction holds is left for the next time.
    """
    found = ask(DUE, [at, at - AT_WORK, at, limit])
    return sum(_climb(row.id, row.item_id, at) for row in found)


@making_lanes
@transaction.atomic
def _climb(task_id: int, item_id: int, at: dt.datetime) -> bool:
    item = lock_item(item_id)
    seats = [row for row in open_seats(item_id) if row.task_id == task_id] if item else []
    if item is None or not seats or ask_one(STILL, [task_id, at, at - AT_WORK, at]) is None:
        return False
    if item.item_state != "open":  # it has its answer, as an audit's has: what is asked about it may wait
        run("UPDATE reviews_task SET climb_at = NULL WHERE id = %s", [task_id])
        return False
    following = by_clock(item, seats, at)
    rules = rules_above(following.rights, "overdue", following.seen.queue_level)
    write_following(following, raised(following, rules, "overdue") or held(following, "unanswered"))
    return True


def lock_item(item_id: int) -> Row | None:
    """Lock an item; None where another transaction holds it."""
    return ask_one(LOCK_ITEM + lock("i", skip=True), [item_id])


def open_seats(item_id: int) -> list[Row]:
    """Lock the open tasks of an item that is locked already, with all their seats, a row a seat."""
    return ask(LOCK_SEATS + lock("t", "s"), [item_id])


def by_clock(item: Row, seats: list[Row], at: dt.datetime, by: Actor | None = None) -> Following:
    """Begin what the clock, or somebody who sits nowhere, does to one open task, given its item and seats as locked."""
    seen = look_at_seat(seats[0].seat_id, 0, at)
    assert seen is not None
    seen.seat_id = 0  # no seat's decision leads to this, so every open one closes
    now = seats[0]
    now.item_state, now.item_sseq = item.item_state, item.item_sseq
    trail = Trail(ground_of(seen), by or clock(), at)
    trail.at_head(f"task/{seen.task_uuid}", now.task_sseq, now.task_head)
    trail.at_head(f"item/{seen.item_uuid}", item.item_sseq, item.item_head)
    return Following(seen=seen, now=now, seats=seats, trail=trail, at=at, decision=None)


def write_following(following: Following, writes: Writes) -> None:
    """Write what the clock did: events, states, and the task that follows."""
    events = following.trail.write()
    together(*following.heads(), *writes(events))
    following.afterwards(events)
