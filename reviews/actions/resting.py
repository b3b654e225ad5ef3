"""Hard content: each person's run of it is counted, and a break is due where the project sets a limit.

The server decides, by its own clock: the browser only tells. A run goes on until no hard item has been on the person's
screen for as long as the break lasts, wherever they worked meanwhile.
"""

import datetime as dt
from typing import Any

from audit.models.sql import Row, ask
from reviews.reads.resting import limited

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


def counted(seen: Row, at: dt.datetime) -> list[Write]:
    """Give the write that counts an item which comes on screen now; none where no limit is set."""
    if not limited(seen):
        return []
    rested = at - dt.timedelta(minutes=seen.break_minutes)
    return [(COUNT, [seen.claimant_id, at, at, rested, rested])]


def looked_until(seen: Row, at: dt.datetime) -> list[Write]:
    """Give the write that says the item is on screen until now; none where no limit is set."""
    return [(LOOKED, [at, seen.claimant_id, at])] if limited(seen) and seen.opened_at is not None else []


def limited_lanes() -> frozenset[int]:
    """Give the lanes of projects that set a limit."""
    return frozenset(row.lane_id for row in ask(LIMITED))
