"""A rework that nobody can do any more: its author is gone, and nobody else may sit there. The item is held."""

import datetime as dt
from collections.abc import Callable

from django.db import transaction

from accounts.reads import Actor
from audit.models.sql import ask
from reviews.actions.asking_more import held
from reviews.actions.climbing import by_clock, lock_item, open_seats, write_following
from reviews.models import ItemState
from reviews.reads.unmanned import SOMEBODY

STRANDED = f"""
SELECT t.id, t.item_id FROM reviews_seat s JOIN reviews_task t ON t.id = s.task_id
JOIN reviews_item i ON i.id = t.item_id
WHERE s.kept_for_id IS NOT NULL AND s.state = 'open' AND s.kept_until <= %s
AND t.state = 'open' AND t.climb_at IS NULL AND i.state = 'open' AND NOT {SOMEBODY} AND %s IN (0, t.id)
ORDER BY s.kept_until, s.id LIMIT %s
"""  # noqa: S608 - a constant


def hold_stranded(*, at: dt.datetime, limit: int = 200) -> int:
    """Hold the items whose rework nobody is left to do, each in a transaction of its own; give how many.

    A seat that is kept for the author of a returned decision waits its time; after that for whoever may sit there. When
    that is nobody, since roles ended before or after, the item is held as after a skip. What the clock passes on by a
    rule is left to that; what somebody holds is left to them. Locks item, task, seat; an item that another transaction
    holds is left for the next time.
    """
    found = {row.id: row.item_id for row in ask(STRANDED, _asked(at, 0, limit))}
    return sum(_hold(task_id, item_id, at) for task_id, item_id in found.items())


def _asked(at: dt.datetime, task_id: int, limit: int) -> list[dt.datetime | int]:
    return [at, at, at, at, task_id, limit]


def _hold(task_id: int, item_id: int, at: dt.datetime) -> bool:
    return hold_where(lambda: bool(ask(STRANDED, _asked(at, task_id, 1))), task_id=task_id, item_id=item_id, at=at)


@transaction.atomic
def hold_where(
    still: Callable[[], bool], *, task_id: int, item_id: int, at: dt.datetime, by: Actor | None = None
) -> bool:
    """Hold an item for a task's sake, by the clock or by somebody, where that is `still` so once both are locked."""
    item = lock_item(item_id)
    seats = [row for row in open_seats(item_id) if row.task_id == task_id] if item else []
    if item is None or item.item_state != ItemState.OPEN or not seats or not still():
        return False
    following = by_clock(item, seats, at, by)
    write_following(following, held(following))
    return True
