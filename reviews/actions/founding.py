"""Founding a project on a page: what `project apply` does with a file, and the founder among its reviewers."""

import datetime as dt
from typing import Any

from django.db import transaction

from accounts.actions import create_project, give_membership
from accounts.models import Person, Project, Role
from accounts.reads import Actor
from reviews.actions.setting_up import apply_project


@transaction.atomic
def found_project(*, document: dict[str, Any], reviews: bool, by: Actor, at: dt.datetime) -> Project:
    """Create the project that a project file describes; with `reviews` its founder becomes a reviewer there.

    All of it or nothing; unlike `apply_project` never a change of a project that is there.

    Raises:
        Forbidden: the actor is no owner.
        SlugTaken: another project has the slug.
        BadProjectFile, BadProject: with the place in the file.
    """
    create_project(slug=document["slug"], name=document["name"], task_type=document["task_type"], by=by, at=at)
    project, _changes = apply_project(document=document, by=by, at=at)
    if reviews and by.person_id is not None:
        person = Person.objects.get(pk=by.person_id)
        give_membership(person=person, project=project, role=Role.REVIEWER, by=by, at=at)
    return project
