"""Events on a project's own stream."""

import datetime as dt
from typing import Any

from accounts.models import Project
from accounts.reads import Actor

from reviews.actions.trail import Ground, Trail


def tell_project(
    project_id: int, type: str, by: Actor, at: dt.datetime, tags: dict[str, Any] | None = None, **sections: Any  # noqa: A002
) -> int:
    """Record an event on a project's stream; give its row id. Locks the project, which comes first in the lock order."""
    project = Project.objects.select_for_update(no_key=True, of=("self",)).select_related("log").get(pk=project_id)
    trail = Trail(Ground(project.pk, project.uuid, (project.log_id, project.log.origin)), by, at)
    stream = f"project/{project.uuid}"
    trail.at_head(stream, project.sseq, bytes(project.head) if project.head else None)
    trail.add(stream, type, tags, **sections)
    event = trail.write()[0]
    project.sseq, project.head = trail.heads[stream].sseq, trail.heads[stream].hash
    project.save(update_fields=["sseq", "head"])
    return event
