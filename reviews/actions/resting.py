"""Hard content: each person's run of it is counted, and a break is due where the project sets a limit.

The server decides, by its own clock: the browser only tells. A run goes on until no hard item has been on the person's
screen for as long as the break lasts, wherever they worked meanwhile.
"""

import datetime as dt
from typing import Any

from audit.models.sql import Row, ask

COUNT = """
INSERT INTO reviews_exposure (person_id, since_at, items, last_at) VALUES (%s, %s, 1, %s)
ON CONFLICT (person_id) DO UPDATE SET
    since_at = CASE WHEN reviews_exposure.last_at <= %s THEN excluded.since_at ELSE reviews_exposure.since_at END,
    items = CASE WHEN reviews_exposure.last_at <= %s THEN 1 ELSE reviews_exposure.items + 1 END,
    last_at = excluded.last_at
"""
LOOKED = "UPDATE reviews_exposure SET last_at = %s WHERE person_id = %s AND last_at < %s"
LIMITED = """
SELECT l.id AS lane_id FROM reviews_lane l JOIN reviews_queue q ON q.id = l.queue_id
JOIN reviews_setup su ON su.project_id = q.project_id
WHERE su.hard_items IS NOT NULL OR su.hard_minutes IS NOT NULL
"""
Write = tuple[str, list[Any]]


def break_until(seen: Row, at: dt.datetime) -> dt.datetime | None:
    """Say until when the break lasts that the person owes before the looked-at item; None where none is due."""
    if not limited(seen) or seen.exposed_last_at is None:
        return None
    until: dt.datetime = seen.exposed_last_at + dt.timedelta(minutes=seen.break_minutes)
    if until <= at:
        return None
    items = seen.hard_items is not None and seen.exposed_items >= seen.hard_items
    long = seen.hard_minutes is not None and at - seen.exposed_since_at >= dt.timedelta(minutes=seen.hard_minutes)
    return until if items or long else None


def limited(seen: Row) -> bool:
    """Tell whether the looked-at seat's project sets a limit."""
    return seen.hard_items is not None or seen.hard_minutes is not None


def counted(seen: Row, at: dt.datetime) -> list[Write]:
    """Give the write that counts an item which comes on screen now; none where no limit is set."""
    if not limited(seen):
        return []
    rested = at - dt.timedelta(minutes=seen.break_minutes)
    return [(COUNT, [seen.claimant_id, at, at, rested, rested])]


def looked_until(seen: Row, at: dt.datetime) -> list[Write]:
    """Give the write that says the item has just left the screen; none where no limit is set."""
    return [(LOOKED, [at, seen.claimant_id, at])] if limited(seen) and seen.opened_at is not None else []


def limited_lanes() -> frozenset[int]:
    """Give the lanes of projects that set a limit."""
    return frozenset(row.lane_id for row in ask(LIMITED))
