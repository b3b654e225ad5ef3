"""Routing a held item again, under the rights and switch in force now."""

import datetime as dt
from dataclasses import replace

from django.db import transaction

from accounts.models import Project
from accounts.reads import Actor
from audit.models.sql import Row, ask_one, lock
from reviews.actions.arriving import Arrival, arrive
from reviews.actions.governing import entitled
from reviews.actions.landing import write_follow_up
from reviews.actions.lines import someone_left
from reviews.actions.seeding import committed_seed
from reviews.actions.trail import Ground, Trail
from reviews.errors import ItemGone, NoRights, NotHeld
from reviews.models import Item, ItemState, Route
from reviews.reads.standing import standing
from reviews.wire import Submission, read_items

ITEM = "SELECT sseq, head, state, body FROM reviews_item i WHERE i.id = %s"
BODY = "SELECT state, body FROM reviews_item i WHERE i.id = %s"


@transaction.atomic
def route_again(*, item: Item, by: Actor, at: dt.datetime) -> Route:
    """Route a held item again: route n+1 governs; its draws keep the month and u of its receipt.

    Locks the project where a lane is new, then the item.

    Raises:
        Forbidden: the actor may not govern this project.
        NotHeld: the item is not held.
        ItemGone: its body is gone.
        NoRights: the project has no rights in force.
        SeedDiffers: the draw master is not the month's.
    """
    project = Project.objects.select_related("log").get(pk=item.project_id)
    by = entitled(project=project, by=by, at=at)
    now = standing(project)
    if now is None:
        raise NoRights
    sent = _body_of_held(ask_one(BODY, [item.pk]))
    prediction = item.predictions.filter(purpose="route").select_related("model_version").first()
    version = prediction.model_version if prediction else None
    seed = committed_seed(project=project, month=item.received_at.astimezone(dt.UTC).strftime("%Y-%m"))
    ground = Ground(project.pk, project.uuid, (project.log_id, project.log.origin))
    arrival = arrive(sent, now=now, version=version, ground=ground, seed=seed, at=at, received_at=item.received_at)
    row = ask_one(ITEM + lock("i"), [item.pk])
    _body_of_held(row)  # somebody may have routed it meanwhile
    assert row is not None
    arrival = _to_someone(item, arrival, at)
    trail = Trail(ground, by, at)
    trail.at_head(f"item/{item.uuid}", row.sseq, row.head)
    return write_follow_up(item, arrival, trail=trail, now=now, ground=ground, at=at)


def _body_of_held(row: Row | None) -> Submission:
    """Read again what was sent.

    Raises:
        NotHeld: the item is not held.
        ItemGone: its body is gone.
    """
    if row is None or row.state != ItemState.HELD:
        raise NotHeld
    if row.body is None:
        raise ItemGone
    sent = read_items(bytes(row.body), "application/json").entries[0]
    assert isinstance(sent, Submission)
    return sent


def _to_someone(item: Item, arrival: Arrival, at: dt.datetime) -> Arrival:
    """Keep the item held when everyone who works its lane has sat on it before: nobody could take the task."""
    if arrival.work is None or someone_left(arrival.work[3].pk, item.pk, at):
        return arrival
    held = replace(arrival.routed, arm="hold", problem="nobody_left", queue=None, decisions=0, skills=())
    return replace(arrival, routed=held, work=None)
