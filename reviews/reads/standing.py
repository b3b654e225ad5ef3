"""What is in force for a project at this moment: rights, taxonomy, switch, queues."""

from dataclasses import dataclass, field
from typing import Any

from accounts.models import Project
from audit.models.sql import ask, ask_one
from reviews.models import Lane, Position, Queue
from reviews.outputs import unknown_labels
from reviews.reads.facts import subject_of
from reviews.reads.published import rights_of, taxonomy_of
from reviews.rights import Rights, Subject
from reviews.wire import Submission

VERSIONS = """
SELECT rv.id AS rights_id, rv.number AS rights_number, rv.digest AS rights_digest, rv.body AS rights_body,
    tv.id AS taxonomy_id, tv.body AS taxonomy_body
FROM reviews_rightsversion rv, guidelines_guidelinesetup gs JOIN guidelines_taxonomyversion tv ON tv.id = gs.taxonomy_id
WHERE rv.project_id = %s AND gs.project_id = %s
ORDER BY rv.number DESC LIMIT 1
"""
SWITCHES = """
SELECT s.project_id, s.model_version_id, s.position FROM reviews_switchchange s WHERE s.id IN (
    SELECT max(o.id) FROM reviews_switchchange o LEFT JOIN guidelines_modelversion mv ON mv.id = o.model_version_id
    WHERE (o.project_id IS NULL AND o.model_version_id IS NULL) OR o.project_id = %s OR mv.project_id = %s
    GROUP BY o.project_id, o.model_version_id)
"""
STRICTNESS: list[str] = [Position.NORMAL, Position.ALL_TO_PEOPLE, Position.HOLD_EVERYTHING]


@dataclass(frozen=True)
class Standing:
    """The versions in force, where the switches stand, and the lines of work of one project."""

    task_type: str
    rights_id: int
    rights_number: int
    rights_digest: str
    rights: Rights
    taxonomy: dict[str, Any]
    labels: frozenset[str]
    retired: frozenset[str]
    switches: dict[int | None, str]
    queues: dict[str, Queue]
    lanes: dict[tuple[int, str], Lane] = field(default_factory=dict)

    def switch_for(self, model_version_id: int | None) -> str:
        """Give the strictest position of the installation's, the project's and the model version's switch."""
        at: list[str] = [self.switches.get(None, Position.NORMAL), self.switches.get(model_version_id, Position.NORMAL)]
        return max(at, key=STRICTNESS.index)


def standing(project: Project) -> Standing | None:
    """Read what is in force; None while the project has no rights or no taxonomy. Four statements."""
    versions = ask_one(VERSIONS, [project.pk, project.pk])
    if versions is None:
        return None
    taxonomy = taxonomy_of(versions.taxonomy_body)
    queues = {queue.slug: queue for queue in Queue.objects.filter(project=project)}
    lanes = Lane.objects.filter(queue__in=queues.values())
    return Standing(
        project.task_type,
        versions.rights_id,
        versions.rights_number,
        versions.rights_digest,
        rights_of(versions.rights_body),
        taxonomy,
        frozenset(label["code"] for label in taxonomy["labels"]),
        frozenset(label["code"] for label in taxonomy.get("retired", [])),
        switches(project),
        queues,
        {(lane.queue_id, lane.skills): lane for lane in lanes},
    )


def switches(project: Project) -> dict[int | None, str]:
    """Give where switches stand by model version; None for the stricter of the installation's and the project's."""
    found: dict[int | None, str] = {}
    for row in ask(SWITCHES, [project.pk, project.pk]):
        before = found.get(row.model_version_id, Position.NORMAL)
        found[row.model_version_id] = max(before, row.position, key=STRICTNESS.index)
    return found


def subject_in(sent: Submission, now: Standing) -> Subject:
    """Give what routing looks at of an item that was sent, by the labels in force."""
    others = set() if sent.prediction is None else set(unknown_labels(now.task_type, sent.prediction, now.labels))
    return subject_of(sent, unknown_labels=not others <= now.retired, retired_labels=bool(others & now.retired))
