"""Routing again, one by one, all items that a switch held; a worker does it, and somebody sees how far it is."""

import datetime as dt
from contextlib import suppress
from functools import partial

from django.db import transaction
from django.db.models import F

from accounts.models import Project
from accounts.reads import Actor, actor_of_person, console
from audit.errors import Refusal
from guidelines.models import ModelVersion
from reviews.actions.governing import entitled, turn_switch
from reviews.actions.long_runs import Clock, begin_run, save_run, take_up_runs
from reviews.actions.rerouting import route_again
from reviews.errors import ItemGone, NotHeld, NothingToReroute, ReroutingRuns, ReroutingStopped, StillHolding
from reviews.models import UNDONE, Item, Position, Rerouting, ReroutingState
from reviews.reads.held_by_switch import held_by_switch, next_held
from reviews.reads.standing import switches

JOB = "reviews.reroute"
MOST_TRIES = 20
STEP = 50


def ask_rerouting(*, project: Project, by: Actor, at: dt.datetime) -> Rerouting:
    """Ask that all items which a switch held are routed again; a worker does it.

    Raises:
        Forbidden: the actor may not govern this project.
        StillHolding: the project's or the installation's switch still holds everything.
        NothingToReroute: no item is held by a switch.
        ReroutingRuns: one is not done yet.
    """
    entitled(project=project, by=by, at=at)
    if switches(project).get(None) == Position.HOLD_EVERYTHING:
        raise StillHolding
    total = held_by_switch(project.pk)
    if not total:
        raise NothingToReroute
    asked = Rerouting(project=project, person_id=by.person_id, asked_at=at, moved_at=at, total=total)
    save_run(asked, JOB, ReroutingRuns)
    return asked


@transaction.atomic
def turn_and_reroute(
    *,
    position: str,
    reason: str,
    by: Actor,
    at: dt.datetime,
    project: Project | None = None,
    model_version: ModelVersion | None = None,
) -> list[Rerouting]:
    """Turn a switch as `turn_switch` does, and ask that what it held is routed again, wherever no other one holds it.

    Where a project's held items are being routed already, that run begins once more when it is through: it may have
    passed by what this turn released. It goes on with the rights of whoever asked for it first.

    Raises:
        Forbidden, BadRights: as `turn_switch`.
    """
    turn_switch(position=position, reason=reason, by=by, at=at, project=project, model_version=model_version)
    scope = project or (model_version.project if model_version else None)
    begun = []
    for place in [scope] if scope else Project.objects.order_by("pk"):
        with suppress(StillHolding, NothingToReroute):
            begun.append(_asked(place, by, at))
    return begun


def _asked(project: Project, by: Actor, at: dt.datetime) -> Rerouting:
    """Ask for a run; where one is not through, for that one again."""
    try:
        return ask_rerouting(project=project, by=by, at=at)
    except ReroutingRuns:
        return _asked_again(project, at) or ask_rerouting(project=project, by=by, at=at)


def _asked_again(project: Project, at: dt.datetime) -> Rerouting | None:
    """Have a run that is not through begin once more; None where there is none. Its end waits for this transaction."""
    undone = Rerouting.objects.filter(project=project, state__in=UNDONE)
    if not undone.update(asked_at=at, total=F("done") + held_by_switch(project.pk)):
        return None
    return undone.get()


def reroute(*, rerouting_id: int, now: Clock) -> None:
    """Route again what is left, each item in a transaction of its own, by whoever asked and with their rights now.

    Does nothing where it is done or stopped, or another worker is at it. A run that was cut off goes on where it was:
    what is routed again is held by no switch any more.
    """
    row = begin_run(Rerouting.objects.select_related("project", "person"), rerouting_id, now())
    if row is None:
        return
    while True:
        try:
            state, left, said = ReroutingState.DONE, _routed(row, now), ""
        except Refusal as problem:
            state, left, said = ReroutingState.STOPPED, 0, type(problem).sentence
        if _end(row, state, now(), left=left, said=said):
            return
        row.refresh_from_db()


def find_reroutings(*, at: dt.datetime) -> list[int]:
    """Ask again for runs that a lost broker or a killed worker left; give their ids."""
    give_up = partial(_end, state=ReroutingState.STOPPED, at=at, said=ReroutingStopped.sentence)
    return take_up_runs(Rerouting.objects.filter(state__in=UNDONE), JOB, at, most_tries=MOST_TRIES, give_up=give_up)


def _routed(row: Rerouting, now: Clock) -> int:
    """Route what is left; give how many could not be, since their body is gone or their model's switch holds them.

    Raises:
        Refusal: nothing more can be routed, for instance since the switch was turned again.
    """
    by = actor_of_person(row.person, "browser") if row.person else console()
    after = left = 0
    while items := next_held(row.project_id, after, STEP):
        standing = switches(row.project)
        if standing.get(None) == Position.HOLD_EVERYTHING:
            raise StillHolding
        routed = 0
        for found in items:
            after = found.id
            try:
                if standing.get(found.version_id) == Position.HOLD_EVERYTHING:
                    left += 1
                else:
                    route_again(item=Item.objects.get(pk=found.id), by=by, at=now())
                    routed += 1
            except NotHeld:
                continue
            except ItemGone:
                left += 1
        moving = Rerouting.objects.filter(pk=row.pk, state=ReroutingState.RUNNING)
        moving.update(done=F("done") + routed, left=left, moved_at=now())
    return left


def _end(row: Rerouting, state: ReroutingState, at: dt.datetime, *, left: int = 0, said: str = "") -> bool:
    """Note how a run ended; False where it was asked for again since the row was read, and goes on."""
    done = max(0, row.total - held_by_switch(row.project_id))
    undone = Rerouting.objects.filter(pk=row.pk, state__in=UNDONE)
    undone.filter(asked_at=row.asked_at).update(state=state, moved_at=at, done=done, left=left, said=said[:255])
    return not undone.exists()
