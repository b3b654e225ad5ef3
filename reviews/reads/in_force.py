"""What is in force in several projects at once: their queues and decision rights."""

from collections.abc import Collection

from django.db.models import Max

from reviews.models import Queue, RightsVersion
from reviews.reads.published import rights_of
from reviews.rights import Rights


def in_force_in(projects: Collection[int]) -> dict[int, tuple[list[tuple[str, str]], Rights | None]]:
    """Give queues (slug, name) and the decision rights in force of each project; two statements."""
    newest = RightsVersion.objects.filter(project__in=projects).order_by().values("project")
    standing = RightsVersion.objects.filter(pk__in=newest.annotate(last=Max("pk")).values("last"))
    rights = {row.project_id: rights_of(bytes(row.body)) for row in standing}
    queues: dict[int, list[tuple[str, str]]] = {project: [] for project in projects}
    for queue in Queue.objects.filter(project__in=projects).order_by("level", "name", "pk"):
        queues[queue.project_id].append((queue.slug, queue.name))
    return {project: (lines, rights.get(project)) for project, lines in queues.items()}
