"""How many people it takes to publish a project's decision rights."""

import datetime as dt

from django.db import transaction

from accounts.actions import lock_project, record_on_project
from accounts.models import Project
from accounts.reads import Actor
from reviews.actions.governing import entitled
from reviews.errors import BadProjectFile, SecondPersonNeeded
from reviews.models import Setup
from reviews.reads.drafting import takes_two

ON, ASKED, KEPT, OFF = "two", "asked", "kept", "one"


def publishing_of_file(project: Project, wanted: bool | None, *, by: Actor, at: dt.datetime) -> list[str]:
    """Do what a project file says of it, in words; None leaves it as it is. A file asks for two, never for one again.

    Raises:
        BadProjectFile: it asks that one person be enough again.
    """
    if wanted is None or takes_two(project) == wanted:
        return []
    if not wanted:
        fault = "Two people turn this off, in the editor of decision rights; leave it out here."
        raise BadProjectFile(fields=[("publish_with_second", fault)])
    set_publishing(project=project, with_second=True, by=by, at=at)
    return ["two people publish decision rights from now on"]


@transaction.atomic
def set_publishing(*, project: Project, with_second: bool, by: Actor, at: dt.datetime) -> Setup:
    """Ask for two people at once, or for one again: that takes two, the first asks and another one agrees.

    Asking for two while one has been asked for keeps it at two. Locks the project.

    Raises:
        Forbidden: neither operations of the project nor an owner.
        SecondPersonNeeded: one person alone, or nobody in particular, asks that one be enough.
    """
    by = entitled(project=project, by=by, at=at)
    locked = lock_project(project.pk)
    setup, _made = Setup.objects.get_or_create(project=locked)
    told = _step(setup, with_second, by)
    if told:
        setup.save(update_fields=["publish_with_second", "alone_asked_by"])
        sections = {"publishing": {"publishing": told}}
        record_on_project(locked, "reviews.publishing_changed", by=by, at=at, sections=sections)
    return setup


def _step(setup: Setup, with_second: bool, by: Actor) -> str:
    """Change the row; "" where nothing changes."""
    asked = setup.alone_asked_by_id
    if with_second:
        if setup.publish_with_second and asked is None:
            return ""
        told = KEPT if setup.publish_with_second else ON
        setup.publish_with_second, setup.alone_asked_by_id = True, None
        return told
    if not setup.publish_with_second:
        return ""
    if by.person_id is None or asked == by.person_id:
        raise SecondPersonNeeded
    if asked is None:
        setup.alone_asked_by_id = by.person_id
        return ASKED
    setup.publish_with_second, setup.alone_asked_by_id = False, None
    return OFF
