"""Lanes: the line that a queue and a skill set make, and who may work it."""

import datetime as dt
import math
from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import transaction
from django.db.models import Q

from accounts.actions import lock_project
from accounts.models import Membership
from audit.models.sql import ask, run
from reviews.actions.gating import gate_project
from reviews.models import Lane, PersonLane, Queue, RightsVersion
from reviews.reads.held import NEVER_DUE
from reviews.reads.published import rights_of
from reviews.reads.unmanned import ABLE
from reviews.rights import Calendar, Rights, later

P = ParamSpec("P")
T = TypeVar("T")
MOST_LANES = 64
BAND = 1_000_000
FIRST, ORDINARY, AFTERWARDS = 0, 1, 2


def rank(kind: str, *, high: bool, confidence: Decimal | None, cost: Decimal | None) -> int:
    """Say how early a seat is taken: a whole number from 0, smaller first.

    Mandatory work first (high impact, adjudication, escalation), then work, then audits. Within a band by what a
    decision is worth, p_error x cost on a logarithmic scale; without a cost that is lowest confidence first.
    """
    band = FIRST if high or kind in {"adjudication", "escalation", "appeal"} else ORDINARY
    if kind in {"audit", "second", "rereview"}:
        band = AFTERWARDS
    p_error = 1.0 if confidence is None else max(1.0 - float(confidence), 1e-6)
    worth = p_error * max(float(cost if cost is not None else 1), 1e-6)
    place = BAND // 2 - round(math.log10(worth) * 20_000)
    return band * BAND + min(max(place, 0), BAND - 1)


def due_at(
    rights: Rights, queue: str, at: dt.datetime, calendar: Calendar | None, decide_by: dt.datetime | None
) -> dt.datetime:
    """Say when a seat in this queue is due: by its service level, in working time, or the item's deadline before that.

    Ten years off where neither says so; at once where the deadline is over, so that what the clock does by the due time
    counts from the opening and never from before it.
    """
    wait = rights.due_after(queue)
    by_level = at + NEVER_DUE if wait is None else later(at, wait, calendar)
    return min(by_level, max(decide_by, at)) if decide_by else by_level


class LaneMissing(Exception):  # noqa: N818 - no fault and no refusal: it is made, and the verb done again
    """A queue's own lane was wanted under an item's lock and is not there."""

    def __init__(self, queue: Queue) -> None:
        """Name the queue."""
        super().__init__(queue.slug)
        self.queue = queue


def lane(queue: Queue, skills: Iterable[str]) -> Lane | None:
    """Find or make the lane of a queue for these skills and the queue's own; None where the queue has 64 already.

    The lane of its own skills alone is always made: what is passed on comes there. A new lane takes the project's lock,
    first in the order, so that two requests which make lanes in another order do not wait for each other; so no item
    is locked yet.
    """
    wanted = {*skills, *queue.skills}
    found = _known(queue, wanted)
    if found is not None:
        return found
    lock_project(queue.project_id)
    if wanted != set(queue.skills) and Lane.objects.filter(queue=queue).count() >= MOST_LANES:
        return None
    made, new = Lane.objects.get_or_create(queue=queue, skills=" ".join(sorted(wanted)))
    if new:
        fill_lanes([made])
    return made


def own_lane(queue: Queue) -> Lane:
    """Find the lane of a queue's own skills, for a verb that holds an item already.

    Raises:
        LaneMissing: there is none; `making_lanes` makes it.
    """
    found = _known(queue, queue.skills)
    if found is None:
        raise LaneMissing(queue)
    return found


def making_lanes(verb: Callable[P, T]) -> Callable[P, T]:
    """Have a verb, rolled back where it found a queue without its lane, done again once that is made."""

    @wraps(verb)
    def done(*args: P.args, **kwargs: P.kwargs) -> T:
        while True:
            try:
                return verb(*args, **kwargs)
            except LaneMissing as missing:
                with transaction.atomic():
                    lane(missing.queue, [])

    return done


def _known(queue: Queue, skills: Iterable[str]) -> Lane | None:
    return Lane.objects.filter(queue=queue, skills=" ".join(sorted(set(skills)))).first()


@transaction.atomic
def fill_lanes(lanes: Iterable[Lane]) -> None:
    """Write anew who may work these lanes: memberships with the skills, in a role that the rights in force name.

    And who of them is kept from claims there until they acknowledge the guideline.
    """
    projects = set()
    for one in lanes:
        queue = Queue.objects.select_related("project").get(pk=one.queue_id)
        standing = RightsVersion.objects.filter(project=queue.project).order_by("-number").first()
        roles = (
            {row.role for row in rights_of(bytes(standing.body)).verdicts if row.queue == queue.slug}
            if standing
            else set()
        )
        wanted = set(one.skills.split())
        able = [
            member
            for member in Membership.objects.filter(Q(until_at__isnull=True), project=queue.project, role__in=roles)
            if wanted <= set(member.skills)
        ]
        PersonLane.objects.filter(lane=one).exclude(membership__in=able).delete()
        known = set(PersonLane.objects.filter(lane=one).values_list("membership_id", flat=True))
        PersonLane.objects.bulk_create(
            [
                PersonLane(person_id=member.person_id, lane=one, membership=member)
                for member in able
                if member.pk not in known
            ],
            ignore_conflicts=True,
        )
        projects.add(queue.project_id)
    for project_id in sorted(projects):
        gate_project(project_id)


def fill_project(project_id: int) -> None:
    """Write anew who may work the lanes of a project; run twice it changes nothing."""
    fill_lanes(Lane.objects.filter(queue__project_id=project_id).order_by("pk"))


ABLE_HERE = ABLE.format(lane="%s", item="%s", task="%s") + "LIMIT 1"


def someone_left(lane_id: int, item_id: int, at: dt.datetime, task_id: int = 0) -> bool:
    """Tell whether anybody who works this lane has not yet sat on this item, nor looked on at this task of it."""
    return bool(ask(ABLE_HERE, [at, at, lane_id, item_id, task_id, item_id]))


def drop_marks(lane_id: int) -> None:
    """Let everyone look at a whole lane again."""
    run("DELETE FROM reviews_watermark WHERE lane_id = %s", [lane_id])
