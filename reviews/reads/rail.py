"""What the rail at the left of every page shows."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from accounts.models import Membership, Project
from reviews.reads.home import Line, lines

OWNER = "owner"


@dataclass(frozen=True, slots=True)
class Place:
    """A project in the rail: the person's queues and roles there, and which of its pages they may open."""

    id: int
    uuid: UUID
    slug: str
    name: str
    lines: list[Line]
    roles: frozenset[str]
    pages: frozenset[str]

    @property
    def browses(self) -> bool:
        """Tell whether its items may be looked through."""
        return "items" in self.pages


@dataclass(frozen=True, slots=True)
class Rail:
    """The rail of one page: all of a person's projects, or only the one they are in."""

    places: list[Place]

    @property
    def browses(self) -> bool:
        """Tell whether any project's items may be looked through."""
        return any(place.browses for place in self.places)

    @property
    def works(self) -> bool:
        """Tell whether there is a queue to work in."""
        return any(place.lines for place in self.places)

    def with_page(self, name: str) -> list[Place]:
        """Give the projects whose page of this name may be opened."""
        return [place for place in self.places if name in place.pages]


def rail(
    person_id: int,
    at: dt.datetime,
    *,
    pages: Callable[[set[str]], frozenset[str]],
    project: Project | None = None,
    owner: bool = False,
    known: list[Line] | None = None,
) -> Rail:
    """Read the rail; at most four statements, one when the lines are `known`.

    `pages` says which pages roles open; an owner opens those of no role in the project that they are in.
    """
    mine = lines(person_id, at) if known is None else known
    standing = Membership.objects.standing(at).filter(person_id=person_id).select_related("project")
    places: dict[Project, set[str]] = {project: set()} if project and owner else {}
    for membership in standing.order_by("project__name", "project_id"):
        if project in (None, membership.project):
            places.setdefault(membership.project, set()).add(membership.role)
    return Rail(
        [
            Place(
                place.pk,
                place.uuid,
                place.slug,
                place.name,
                [line for line in mine if line.project == place.slug],
                frozenset(roles),
                pages(roles | ({OWNER} if owner else set())),
            )
            for place, roles in places.items()
        ]
    )
