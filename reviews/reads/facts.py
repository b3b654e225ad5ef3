"""What an item holds, as routing sees it, read again from what was sent."""

from typing import Any

from accounts.models import Project
from guidelines import reads as guidelines
from reviews.models import Item, RightsVersion
from reviews.reads.published import rights_of
from reviews.reads.retired import taxonomy_within
from reviews.reads.sent import sent_of
from reviews.rights import Rights, Subject
from reviews.wire import Submission, read_items


def subject_of(sent: Submission, *, unknown_labels: bool = False, retired_labels: bool = False) -> Subject:
    """Give what conditions are read against."""
    return Subject(
        confidence=sent.confidence,
        impact=sent.impact,
        cost=sent.cost,
        units=sent.units,
        segments=sent.segments,
        model_name=sent.model[0] if sent.model else None,
        model_version=sent.model[1] if sent.model else None,
        prediction=sent.prediction,
        scores=sent.scores,
        data=sent.data,
        unknown_labels=unknown_labels,
        retired_labels=retired_labels,
    )


def facts_of(item: Item) -> Subject | None:
    """Read an item's facts; None where its body has expired or was erased."""
    if item.body is None:
        return None
    sent = read_items(bytes(item.body), "application/json").entries[0]
    return subject_of(sent) if isinstance(sent, Submission) else None


def rights_in_force(project_id: int) -> tuple[RightsVersion, Rights] | None:
    """Give a project's newest decision rights, as published and as read."""
    row = RightsVersion.objects.filter(project_id=project_id).order_by("-number").first()
    return None if row is None else (row, rights_of(bytes(row.body)))


def taxonomy_in_force(project: Project) -> dict[str, Any]:
    """Give a project's taxonomy in force."""
    found = guidelines.taxonomy_in_force(project.pk)
    if found is not None:
        return taxonomy_within(project.pk, found.digest, bytes(found.body))
    return {"labels": [], "schema": None, "many": False}


def data_of(item: Item) -> dict[str, Any]:
    """Give what was sent as an item's data, {} where it is gone."""
    found: dict[str, Any] = sent_of(item.body).get("data", {})
    return found
