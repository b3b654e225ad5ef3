"""One item of a re-review: a task over the outcome in force, for somebody who had no part in it."""

import datetime as dt
from decimal import Decimal

from django.db import transaction

from accounts.reads import clock
from audit.models.sql import ask_one
from audit.reads import uuid7
from reviews.actions.lines import lane, someone_left
from reviews.actions.superseding import lock_item
from reviews.actions.tasking import NewTask, open_tasks
from reviews.models import Item, Lane, Rereview, RereviewPick, Route, Task
from reviews.reads.published import rights_of

IN_FORCE = """
SELECT max(o.number) AS number FROM reviews_outcome o WHERE o.item_id = %s AND o.annulled_at IS NULL
"""
SURE = "SELECT confidence FROM reviews_prediction WHERE item_id = %s AND purpose = 'route'"


@transaction.atomic
def open_rereview(*, run: Rereview, item_id: int, number: int, at: dt.datetime) -> bool:
    """Open a re-review of an item whose outcome in force has this number; tell whether the run has one of it now.

    Not opened is one whose outcome changed meanwhile, that is looked at anew already, or that nobody is left for.
    Locks item, then its open tasks.
    """
    assert run.queue is not None
    line = lane(run.queue, [])  # made before the item is locked: a new one locks the project
    item = Item.objects.get(pk=item_id)
    route = Route.objects.select_related("rights").filter(item=item).order_by("-number")[0]
    locked = lock_item(item, rights=route.rights, by=clock().as_role("clock"), at=at)
    if RereviewPick.objects.filter(run=run, item=item).exists():
        return True
    now = ask_one(IN_FORCE, [item.pk])
    waits = Task.objects.filter(item=item, kind="rereview", state="open").exists()
    stands = item.state in {"accepted", "decided"} and now is not None and now.number == number
    if line is None or waits or not stands or not someone_left(line.pk, item.pk, at):
        return False
    new = _task(run, item, route, line, at)
    place = locked.trail.add(
        locked.stream,
        "reviews.task_opened",
        {**locked.tags, "queue": str(run.queue.uuid), "kind": new.kind, "source": None},
        task={
            "task": str(new.uuid),
            "kind": new.kind,
            "queue": run.queue.slug,
            "rereview": str(run.uuid),
            "outcome": number,
        },
    )
    events = locked.write()
    task = open_tasks([(new, events[place])], at)[0]
    RereviewPick.objects.create(run=run, item=item, task_id=task)
    return True


def _task(run: Rereview, item: Item, route: Route, line: Lane, at: dt.datetime) -> NewTask:
    assert run.queue is not None
    sure = ask_one(SURE, [item.pk])
    return NewTask(
        uuid=uuid7(at),
        item_id=item.pk,
        kind="rereview",
        queue=run.queue,
        wanted=1,
        rights=rights_of(bytes(route.rights.body)),
        high=item.impact == "high",
        confidence=Decimal(str(sure.confidence)) if sure and sure.confidence is not None else None,
        cost=item.cost,
        lane=line,
    )
