"""What an owner of the installation sees: its projects, its people and their roles."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Prefetch

from accounts.models import Membership, Person, Project, User
from reviews.reads.switching import Switch, positions

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Owned:
    """The installation: the first of its projects and people, how many there are, and its switch."""

    projects: list[tuple[Project, Switch | None]]
    project_count: int
    people: list[Person]
    person_count: int
    switch: Switch


def owned(at: dt.datetime) -> Owned:
    """Read the installation; seven statements."""
    found = positions()
    standing = Membership.objects.standing(at).select_related("project").order_by("project__name", "role")
    people = Person.objects.order_by("-is_owner", "name", "pk").prefetch_related(
        Prefetch("memberships", standing, to_attr="roles"), Prefetch("users", User.objects.all(), to_attr="sign_ins")
    )
    return Owned(
        [(project, found.get(project.pk)) for project in Project.objects.order_by("name", "pk")[:SHOWN]],
        Project.objects.count(),
        list(people[:SHOWN]),
        Person.objects.count(),
        found[None],
    )
