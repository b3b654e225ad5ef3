"""Exports that were asked for, as pages list them."""

import datetime as dt
from collections.abc import Iterable

from audit.reads.gone import erased_after
from reviews.models import Export, ExportState

SHOWN, NEWEST = 50, 3


def exports_of(project_id: int) -> list[Export]:
    """Give a project's exports, the newest first, at most 50, each with who asked; one statement."""
    return list(Export.objects.select_related("person").filter(project_id=project_id).order_by("-pk")[:SHOWN])


def newest_exports(projects: Iterable[int]) -> list[Export]:
    """Give the newest three exports of several projects, each with its project; one statement."""
    return list(Export.objects.select_related("project").filter(project__in=projects).order_by("-pk")[:NEWEST])


def may_stay(row: Export, at: dt.datetime) -> bool:
    """Tell whether an export's file may be here: its time is not over, and nothing was erased since; one statement.

    Whether the file holds what was erased is not asked: a new export is soon made.
    """
    timely = row.state == ExportState.DONE and row.kept_until is not None and at < row.kept_until
    return timely and not erased_after(row.project.log_id, row.size or 0)
