"""Work that nobody may take is held by operations, so that it can be routed again."""

import datetime as dt

from accounts.models import Project
from accounts.reads import Actor
from audit.models.sql import ask
from reviews.actions.governing import entitled
from reviews.actions.stranding import hold_where
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


def _hold(task_id: int, item_id: int, by: Actor, at: dt.datetime) -> bool:
    return hold_where(lambda: bool(ask(STILL, [task_id, at, at, at])), task_id=task_id, item_id=item_id, at=at, by=by)
