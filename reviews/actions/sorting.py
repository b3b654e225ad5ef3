"""What waits in somebody's postbox, looked at once more: what is to be sent now, later, or no longer at all."""

import datetime as dt
from dataclasses import dataclass, field

from django.db.models import Min, Q, QuerySet
from django.db.models.functions import Coalesce

from accounts.models import Person, Preference
from accounts.policies import role_in
from accounts.reads import actor_of_person
from reviews.models import Notice, NoticeState
from reviews.policies import Sees, still_theirs
from reviews.reads.calendars import calendar_of
from reviews.rights import Calendar, all_work

AT_MOST = 500
"""Notices that one e-mail takes along; what is beyond waits for the next one."""


@dataclass(slots=True)
class Sorted:
    """Notices of one person: `items` are sent by name, `queues` as a number; `twice` are said by one of those.

    `dropped` are settled or no longer theirs. What waits for working hours waits until `later_at`; None: nothing does.
    """

    items: list[Notice] = field(default_factory=list)
    queues: list[Notice] = field(default_factory=list)
    twice: list[Notice] = field(default_factory=list)
    dropped: list[Notice] = field(default_factory=list)
    later_at: dt.datetime | None = None

    @property
    def ready(self) -> list[Notice]:
        """List all that the next e-mail tells."""
        return sorted([*self.items, *self.queues, *self.twice], key=lambda one: one.pk)


def sort_notices(person: Person, preference: Preference, at: dt.datetime) -> Sorted:
    """Sort what waits for a person by what they may be told at this instant, and by when they want to be told.

    What waits for working hours is not looked at before they come, and keeps nothing else waiting.
    """
    rows = Notice.objects.filter(person=person, state=NoticeState.WAITING)
    opens = _openings(rows, preference, at)
    later = [when for when in opens.values() if when > at]
    found, by = Sorted(later_at=min(later, default=None)), actor_of_person(person, "browser")
    roles = {project: role_in(person.pk, project, at) for project, when in opens.items() if when <= at}
    due = rows.filter(Q(item__project__in=roles) | Q(question__project__in=roles)).select_related(
        "item__project", "queue__project", "task__acknowledgement", "override__item__project", "override__over",
        "question__project", "question__end",
    )  # fmt: skip
    said: set[tuple[str, int | None, int | None]] = set()
    for one in reversed(due.order_by("pk")[:AT_MOST]):
        sees = still_theirs(one, roles=roles[one.project.pk], by=by, at=at)
        if sees == Sees.NOTHING:
            found.dropped.append(one)
        elif (one.why, one.item_id, one.question_id) in said:
            found.twice.append(one)
        else:
            said.add((one.why, one.item_id, one.question_id))
            (found.items if sees == Sees.ITEM else found.queues).append(one)
    return found


def _openings(rows: QuerySet[Notice], preference: Preference, at: dt.datetime) -> dict[int, dt.datetime]:
    """Say for each project of these when somebody may be told of it next, in their own zone or the oldest's."""
    place = Coalesce("item__project", "question__project")
    zones = Coalesce("item__project__time_zone", "question__project__time_zone")
    projects = list(
        rows.annotate(place=place, zone=zones).values_list("place", "zone").annotate(first=Min("pk")).order_by("first")
    )
    zone = preference.zone or (projects[0][1] if projects else "UTC")
    return {project: opening(preference, zone, calendar_of(project), at) for project, _zone, _first in projects}


def opening(preference: Preference, zone: str, calendar: Calendar | None, at: dt.datetime) -> dt.datetime:
    """Say when somebody may be told next: in their hours and their project's; where these never meet, in their own.

    Who is told at any time is told outside the project's working time, too.
    """
    if preference.any_time:
        return at
    own = Calendar(frozenset(preference.work_days), preference.work_from, preference.work_until, frozenset(), zone)
    both = [own, *([calendar] if calendar else [])]
    return all_work(at, both) or all_work(at, [own]) or at
