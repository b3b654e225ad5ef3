"""Calling an item off: the system that sent it needs no answer any more."""

import datetime as dt
import uuid

from django.db import transaction

from accounts.errors import NotFound
from accounts.models import Project
from accounts.reads import Actor
from audit.models.sql import ask, ask_one, lock, many, run
from reviews.actions.ending import end_claims
from reviews.actions.receiving import sender_role
from reviews.actions.trail import Ground, Trail
from reviews.errors import ItemGone, ItemSettled
from reviews.models import ItemState

ITEM = """
SELECT i.id, i.uuid, i.state, i.sseq, i.head,
    EXISTS (SELECT 1 FROM reviews_outcome o WHERE o.item_id = i.id AND o.annulled_at IS NULL) AS settled
FROM reviews_item i WHERE i.project_id = %s AND i.external_id = %s
"""
TASKS = "SELECT t.id, t.uuid FROM reviews_task t WHERE t.item_id = %s AND t.state = 'open' ORDER BY t.id"
LEASED = """
SELECT t.id AS task_id, s.id FROM reviews_task t JOIN reviews_seat s ON s.task_id = t.id
WHERE t.item_id = %s AND s.state = 'leased' ORDER BY t.id, s.id
"""  # of tasks that moved on too: who still has one on screen keeps the claim until it ends


@transaction.atomic
def withdraw_item(*, project: Project, external_id: str, by: Actor, at: dt.datetime) -> uuid.UUID:
    """Withdraw an item that waits or is held: its claims end, its seats and tasks close; what was typed is kept.

    What people decided on it stays on record and settles nothing. Said again it changes nothing. An item with an
    outcome is not withdrawn, so audits of it go on. Gives the item's id. Locks item, task, seat.

    Raises:
        NotFound: the project has no such item.
        ItemSettled: it has an outcome, released or about to be.
        ItemGone: it expired, or was erased.
    """
    by = by if by.role else by.as_role(sender_role(project, by, at))
    item = ask_one(ITEM + lock("i"), [project.pk, external_id])
    if item is None:
        raise NotFound
    if item.state == ItemState.WITHDRAWN:
        return uuid.UUID(str(item.uuid))
    if item.settled:
        raise ItemSettled
    if item.state not in {ItemState.OPEN, ItemState.HELD}:
        raise ItemGone
    tasks = ask(TASKS + lock("t"), [item.id])
    _close(item.id, [task.id for task in tasks], by, at)
    trail = Trail(Ground(project.pk, project.uuid, (project.log_id, project.log.origin)), by, at)
    stream = f"item/{item.uuid}"
    trail.at_head(stream, item.sseq, item.head)
    told = {"was": str(item.state), "tasks": [str(task.uuid) for task in tasks]}
    trail.add(stream, "reviews.item_withdrawn", {"item": str(item.uuid)}, withdrawal=told)
    trail.write()
    head = trail.heads[stream]
    run(
        "UPDATE reviews_item SET state = 'withdrawn', sseq = %s, head = %s WHERE id = %s",
        [head.sseq, head.hash, item.id],
    )
    return uuid.UUID(str(item.uuid))


def _close(item_id: int, task_ids: list[int], by: Actor, at: dt.datetime) -> None:
    """Close tasks first, so that the seats whose claims end close too."""
    tasks, ids = many(task_ids)
    if task_ids:
        run(f"UPDATE reviews_task SET state = 'closed' WHERE id IN {tasks}", ids)  # noqa: S608
    leased = [row.id for row in ask(LEASED + lock("t", "s"), [item_id])]
    if leased:
        end_claims(leased, reason="ended", by=by, at=at)
    if task_ids:
        run(f"UPDATE reviews_seat SET state = 'closed' WHERE task_id IN {tasks} AND state = 'open'", ids)  # noqa: S608
