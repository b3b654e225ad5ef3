"""What the rail at the left of every page shows."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from accounts.models import Membership
from reviews.reads.home import Line, lines


@dataclass(frozen=True, slots=True)
class Place:
    """A project in the rail: the person's queues there, and whether they may look through its items."""

    slug: str
    name: str
    lines: list[Line]
    browses: bool


@dataclass(frozen=True, slots=True)
class Rail:
    """The rail of one page: all of a person's projects, or only the one they are in."""

    places: list[Place]

    @property
    def browses(self) -> bool:
        """Tell whether any project's items may be looked through."""
        return any(place.browses for place in self.places)


def rail(
    person_id: int,
    at: dt.datetime,
    *,
    may_browse: Callable[[set[str]], bool],
    project: str | None = None,
    known: list[Line] | None = None,
) -> Rail:
    """Read the rail; at most four statements, one when the lines are `known`."""
    mine = lines(person_id, at) if known is None else known
    standing = Membership.objects.standing(at).filter(person_id=person_id).order_by("project__name", "project_id")
    roles: dict[tuple[str, str], set[str]] = {}
    for slug, name, role in standing.values_list("project__slug", "project__name", "role"):
        if project in (None, slug):
            roles.setdefault((slug, name), set()).add(role)
    return Rail(
        [
            Place(slug, name, [line for line in mine if line.project == slug], may_browse(held))
            for (slug, name), held in roles.items()
        ]
    )
