"""Whether a break from hard content is due, until when, and by which rule."""

import datetime as dt
from dataclasses import dataclass

from audit.models.sql import Row, ask_one
from reviews.models import Setup

RUN = """
SELECT su.hard_items, su.hard_minutes, su.break_minutes, ex.since_at AS exposed_since_at, ex.items AS exposed_items,
    ex.last_at AS exposed_last_at
FROM reviews_setup su JOIN reviews_exposure ex ON ex.person_id = %s WHERE su.project_id = %s
"""


@dataclass(frozen=True, slots=True)
class Rule:
    """A project's rule on breaks: after so many items or minutes (None: no such limit) a break of so many minutes."""

    items: int | None
    minutes: int | None
    break_minutes: int


@dataclass(frozen=True, slots=True)
class Rest:
    """A break that is due: until when, after how many items since when, and the rule that asks for it."""

    until: dt.datetime
    items: int
    since: dt.datetime
    rule: Rule


@dataclass(frozen=True, slots=True)
class Showing:
    """How a project shows hard content to everyone: its veil, and its rule on breaks."""

    blur: bool
    grey: bool
    mute: bool
    rule: Rule


def limited(seen: Row) -> bool:
    """Tell whether the looked-at seat's project sets a limit."""
    return seen.hard_items is not None or seen.hard_minutes is not None


def break_until(seen: Row, at: dt.datetime) -> dt.datetime | None:
    """Say until when the break lasts that the person owes before the looked-at item; None where none is due."""
    if not limited(seen) or seen.exposed_last_at is None:
        return None
    until: dt.datetime = seen.exposed_last_at + dt.timedelta(minutes=seen.break_minutes)
    if until <= at:
        return None
    items = seen.hard_items is not None and seen.exposed_items >= seen.hard_items
    long = seen.hard_minutes is not None and at - seen.exposed_since_at >= dt.timedelta(minutes=seen.hard_minutes)
    return until if items or long else None


def rest_of(person_id: int, project_id: int, at: dt.datetime) -> Rest | None:
    """Give the break that a person owes before the next item of a project; one statement."""
    run = ask_one(RUN, [person_id, project_id])
    until = break_until(run, at) if run else None
    if run is None or until is None:
        return None
    rule = Rule(run.hard_items, run.hard_minutes, run.break_minutes)
    return Rest(until, run.exposed_items, run.exposed_since_at, rule)


def showing(project_id: int) -> Showing | None:
    """Give how a project shows hard content, for those who look after it; None where it has none. One statement."""
    found = Setup.objects.filter(project_id=project_id).first()
    if found is None or not (found.blur or found.grey or found.mute or limited(found)):
        return None
    return Showing(found.blur, found.grey, found.mute, Rule(found.hard_items, found.hard_minutes, found.break_minutes))
