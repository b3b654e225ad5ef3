"""What waits in somebody's postbox, looked at once more: what is to be sent now, later, or no longer at all."""

import datetime as dt
from dataclasses import dataclass, field

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
    """Sort what waits for a person by what they may be told at this instant, and by when they want to be told."""
    rows = Notice.objects.filter(person=person, state=NoticeState.WAITING).select_related(
        "item__project", "queue__project", "task__acknowledgement", "override__item__project", "override__over"
    )
    waiting = list(rows.order_by("pk")[:AT_MOST])
    found, by = Sorted(), actor_of_person(person, "browser")
    projects = {one.item.project for one in waiting}
    roles = {project.pk: role_in(person.pk, project.pk, at) for project in projects}
    zone = preference.zone or (waiting[0].item.project.time_zone if waiting else "UTC")
    opens = {project.pk: opening(preference, zone, calendar_of(project.pk), at) for project in projects}
    said: set[tuple[str, int]] = set()
    for one in reversed(waiting):
        sees = still_theirs(one, roles=roles[one.item.project_id], by=by, at=at)
        when = opens[one.item.project_id]
        if sees == Sees.NOTHING:
            found.dropped.append(one)
        elif when > at:
            found.later_at = min(when, found.later_at or when)
        elif (one.why, one.item_id) in said:
            found.twice.append(one)
        else:
            said.add((one.why, one.item_id))
            (found.items if sees == Sees.ITEM else found.queues).append(one)
    return found


def opening(preference: Preference, zone: str, calendar: Calendar | None, at: dt.datetime) -> dt.datetime:
    """Say when somebody may be told next: in their hours and their project's; where these never meet, in their own.

    Who is told at any time is told outside the project's working time, too.
    """
    if preference.any_time:
        return at
    own = Calendar(frozenset(preference.work_days), preference.work_from, preference.work_until, frozenset(), zone)
    both = [own, *([calendar] if calendar else [])]
    return all_work(at, both) or all_work(at, [own]) or at
