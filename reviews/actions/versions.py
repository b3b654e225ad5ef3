"""Model versions, noted when they are first seen."""

import datetime as dt

from accounts.models import Project
from audit.models.sql import insert
from guidelines.models import ModelVersion


def model_versions(
    project: Project, wanted: set[tuple[str, str]], at: dt.datetime
) -> dict[tuple[str, str], ModelVersion]:
    """Give the rows of these (name, version) pairs, made where never seen. Runs in the caller's transaction."""
    found = _found(project, wanted)
    missing = sorted(wanted - set(found))
    if missing:
        rows = [(ModelVersion().uuid, project.pk, name, version, at) for name, version in missing]
        columns = {
            "uuid": "uuid", "project_id": "bigint", "name": "text", "version": "text", "first_seen_at": "timestamptz",
        }  # fmt: skip
        insert("guidelines_modelversion", columns, rows, unless_known=True)
        found = _found(project, wanted)
    return found


def _found(project: Project, wanted: set[tuple[str, str]]) -> dict[tuple[str, str], ModelVersion]:
    if not wanted:
        return {}
    names = {name for name, _ in wanted}
    rows = ModelVersion.objects.filter(project=project, name__in=names, version__in={version for _, version in wanted})
    return {(row.name, row.version): row for row in rows if (row.name, row.version) in wanted}
