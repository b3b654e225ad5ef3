"""Work that nobody may take is held by operations, so that it can be routed again."""

import datetime as dt

from django.db import transaction

from accounts.models import Project
from accounts.reads import Actor
from audit.models.sql import ask_one
from reviews.actions.asking_more import held
from reviews.actions.climbing import by_clock, lock_item, open_seats, write_following
from reviews.actions.governing import entitled
from reviews.reads.unmanned import SOMEBODY, unmanned

STILL = f"SELECT t.id FROM reviews_task t WHERE t.id = %s AND NOT {SOMEBODY}"  # noqa: S608 - a constant


def hold_unmanned(*, project: Project, queue: str, by: Actor, at: dt.datetime) -> int:
    """Hold the items in a queue that nobody may take, each in a transaction of its own; give how many.

    Looked at are as many as the operations page counts. One that somebody may take by now is left, and so is one that
    another transaction holds. Locks item, task, seat.

    Raises:
        Forbidden: the actor may not govern this project.
    """
    by = entitled(project=project, by=by, at=at)
    return sum(_hold(row.id, row.item_id, by, at) for row in unmanned(project.pk, at, queue))


@transaction.atomic
def _hold(task_id: int, item_id: int, by: Actor, at: dt.datetime) -> bool:
    item = lock_item(item_id)
    seats = [row for row in open_seats(item_id) if row.task_id == task_id] if item else []
    if item is None or item.item_state != "open" or not seats:
        return False
    if ask_one(STILL, [task_id, at, at, at]) is None:
        return False
    following = by_clock(item, seats, at, by)
    write_following(following, held(following))
    return True
