"""Exports that were asked for, as pages list them."""

from collections.abc import Iterable

from reviews.models import Export

SHOWN, NEWEST = 50, 3


def exports_of(project_id: int) -> list[Export]:
    """Give a project's exports, the newest first, at most 50, each with who asked; one statement."""
    return list(Export.objects.select_related("person").filter(project_id=project_id).order_by("-pk")[:SHOWN])


def newest_exports(projects: Iterable[int]) -> list[Export]:
    """Give the newest three exports of several projects, each with its project; one statement."""
    return list(Export.objects.select_related("project").filter(project__in=projects).order_by("-pk")[:NEWEST])
