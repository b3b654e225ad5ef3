"""Appeals: a complaint comes in, opens a task for somebody who had no part in the item, and is heard."""

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.errors import Forbidden
from accounts.reads import Actor
from audit.models.sql import ask
from audit.reads import uuid7
from reviews.actions.consequences import Following
from reviews.actions.lines import lane
from reviews.actions.receiving import sender_role
from reviews.actions.seating import tags_of
from reviews.actions.superseding import Locked, content, involve, lock_item, read_content
from reviews.actions.tasking import NewTask, open_tasks
from reviews.errors import AppealDiffers, AppealWaits, MovedOn, NoRights
from reviews.models import Appeal, Impact, Item, Outcome, Queue, Task
from reviews.outputs import same
from reviews.policies import at_rest, outcome_in_force, why_no_appeal
from reviews.reads.facts import rights_in_force
from reviews.rights import ADJUDICATION, Rights
from reviews.wire import AppealBody

HAD_PART = """
SELECT d.person_id FROM reviews_decision d JOIN reviews_task t ON t.id = d.task_id WHERE t.item_id = %s
UNION ALL
SELECT w.returned_by_id FROM reviews_withdrawal w JOIN reviews_task t ON t.id = w.task_id
WHERE t.item_id = %s AND w.returned_by_id IS NOT NULL
UNION ALL
SELECT a.person_id FROM reviews_acknowledgement a JOIN reviews_task t ON t.id = a.task_id WHERE t.item_id = %s
"""


@dataclass(frozen=True, slots=True)
class Received:
    """An appeal that stands, and whether this call made it."""

    appeal: Appeal
    new: bool


@transaction.atomic
def receive_appeal(*, item: Item, sent: AppealBody, by: Actor, at: dt.datetime) -> Received:
    """Take a complaint about the outcome in force in, and open a task in the queue that the rights in force name.

    The same body again answers the same appeal. Whoever had a part in the item so far is written down, so that none of
    them hears it. Locks item and open tasks; the project first, where the queue has no lane yet.

    Raises:
        Forbidden: a person who may not raise it, on the item's page.
        AppealDiffers: its external_id was used with another body.
        AppealWaits: another one is being heard.
        NothingInForce, InWork: there is nothing to appeal against, or not yet.
    """
    if by.via == "browser" and (why := why_no_appeal(item=item, by=by, at=at)):
        raise Forbidden(why)
    by = by if by.role else by.as_role(sender_role(item.project, by, at))
    standing = rights_in_force(item.project_id)
    if standing is None:
        raise NoRights
    queue = _queue(item.project_id, standing[1])
    lane(queue, [])
    locked = lock_item(item, rights=standing[0], by=by, at=at)
    known = _known(item, sent)
    if known is not None:
        return Received(known, False)
    if Appeal.objects.filter(item=item, task__state="open").exists():
        raise AppealWaits
    over = outcome_in_force(item)
    at_rest(item)
    appeal = Appeal(
        uuid=uuid7(at),
        item=item,
        project_id=item.project_id,
        over=over,
        external_id=sent.external_id,
        person_id=by.person_id,
        service_id=by.service_id,
        received_at=at,
        **content(sent.told).columns(),
    )
    _open(locked, appeal, queue, standing[1], at)
    return Received(appeal, True)


def _open(locked: Locked, appeal: Appeal, queue: Queue, rights: Rights, at: dt.datetime) -> None:
    """Tell of an appeal, open its task, write it, and write down who had a part in its item so far."""
    item, task = appeal.item, uuid7(at)
    locked.tags |= {"queue": str(queue.uuid), "kind": "appeal"}
    told = {
        "appeal": str(appeal.uuid),
        "over": appeal.over.number,
        "content": bytes(appeal.commitment).hex(),
        "external_id": appeal.external_id,
        "task": str(task),
        "queue": queue.slug,
    }
    locked.tell("reviews.appeal_received", appeal=told)
    appeal.event_id = locked.write()[0]
    high = item.impact == Impact.HIGH
    new = NewTask(task, item.pk, "appeal", queue, 1, rights, high=high, cost=item.cost)
    (appeal.task_id,) = open_tasks([(new, appeal.event_id)], at)
    appeal.save(force_insert=True)
    people = [row.person_id for row in ask(HAD_PART, [item.pk] * 3)]
    involve(item.pk, people + ([appeal.person_id] if appeal.person_id else []), appeal.event_id)


def _queue(project_id: int, rights: Rights) -> Queue:
    """Find the queue in which appeals are heard; one that is gone by now leaves adjudication."""
    found = {one.slug: one for one in Queue.objects.filter(project_id=project_id)}
    return found.get(rights.appeal_queue) or found[ADJUDICATION]


def _known(item: Item, sent: AppealBody) -> Appeal | None:
    """Find the appeal that this body made before: by its external_id, else by all that it says.

    Raises:
        AppealDiffers: the external_id belongs to another body, or to one that is gone.
    """
    for one in Appeal.objects.filter(item=item, external_id=sent.external_id).order_by("-pk"):
        same_body = one.body is not None and read_content(one.body) == sent.told
        if sent.external_id is not None and not same_body:
            raise AppealDiffers
        if same_body:
            return one
    return None


def heard(following: Following, output: Any) -> bool:
    """Tell how an appeal ends; give whether the outcome is overturned, that is another answer was given.

    Raises:
        MovedOn: another outcome lives by now than the one that the hearer was shown.
    """
    seen, live = following.seen, following.seats[0].live_body
    if _live(seen.item_id) != _shown(seen):
        raise MovedOn(
            _("Another outcome is in force by now than the one you were shown. Give this back, take it again.")
        )
    standing = json.loads(live)["output"] if live is not None else None
    overturned = not _same(seen.task_type, standing, output)
    appeal = Appeal.objects.get(task_id=seen.task_id)
    told = {"appeal": str(appeal.uuid), "result": "overturned" if overturned else "upheld"}
    following.trail.add(following.item_stream, "reviews.appeal_heard", tags_of(seen), appeal=told)
    return overturned


def _same(task_type: str, one: Any, other: Any) -> bool:
    if one is None or other is None:
        return one is None and other is None
    return same(task_type, one, other)


def _shown(seen: Any) -> str:
    """Name the outcome that the hearer of an appeal was shown."""
    return str(json.loads(seen.manifest)["appeal"]["outcome"]["outcome"])


def _live(item_id: int, but: int = 0) -> str:
    """Name the item's newest outcome that is not annulled, leaving out what one task made."""
    found = Outcome.objects.filter(item_id=item_id, annulled_at__isnull=True).exclude(task_id=but)
    return str(found.order_by("-number").values_list("uuid", flat=True).first())


def see_nothing_since(seen: Any) -> None:
    """See that an appeal's decision may be taken back: no other appeal waits, and no other outcome came over it.

    Raises:
        MovedOn: one did.
    """
    others = Task.objects.filter(item_id=seen.item_id, kind="appeal", state="open").exists()
    if others or _live(seen.item_id, seen.task_id) != _shown(seen):
        raise MovedOn


def hears_again(seen: Any, trail: Any) -> None:
    """Tell that an appeal is open again, since the decision that ended it was taken back."""
    appeal = Appeal.objects.get(task_id=seen.task_id)
    trail.add(f"item/{seen.item_uuid}", "reviews.appeal_reopened", tags_of(seen), appeal={"appeal": str(appeal.uuid)})
