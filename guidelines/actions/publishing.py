"""Publishing what decisions are judged by; a published version never changes."""

import datetime as dt
import hashlib
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts.actions import lock_project, record_on_project
from accounts.models import Project
from accounts.reads import Actor
from audit.reads import canonical
from guidelines.actions.terms import begin_guideline, begin_taxonomy
from guidelines.content import guideline_of
from guidelines.errors import NotReviewed, ScheduleWaits, WrittenByEditors
from guidelines.models import GuidelineTerm, GuidelineVersion, TaxonomyTerm, TaxonomyVersion
from guidelines.reads import guideline_in_force, takes_two, taxonomy_in_force


@transaction.atomic
def publish_taxonomy(
    *, project: Project, body: dict[str, Any], by: Actor, at: dt.datetime
) -> tuple[TaxonomyVersion, bool]:
    """Publish labels, error categories and schema of a project's file; the same body again changes nothing.

    Gives the version in force and whether it is new. A file that was applied before editors published what is in force
    changes nothing either. Locks the project.

    Raises:
        WrittenByEditors: the one in force came out of the editor, and this is neither it nor an earlier one.
        NotReviewed: the project asks for a second editor, and has a taxonomy already.
        ScheduleWaits: another one, or a guideline, waits for its day.
    """
    project = lock_project(project.pk)
    stored = canonical(body)
    digest = hashlib.sha256(stored).hexdigest()
    last = taxonomy_in_force(project.pk)
    if last is not None and (last.digest == digest or _stands_over(last, digest)):
        return last, False
    if last is not None and last.edited:
        raise WrittenByEditors(fields=[("labels", WrittenByEditors.sentence)])
    if last is not None and takes_two(project):
        raise NotReviewed
    return new_taxonomy(project, stored, digest, by=by, at=at), True


@transaction.atomic
def publish_guideline(
    *, project: Project, language: str, text: str, by: Actor, at: dt.datetime
) -> tuple[GuidelineVersion, bool]:
    """Publish a guideline's Markdown of a project's file on the taxonomy in force; the same again changes nothing.

    Gives the version in force, or the last one where that was retired, and whether it is new. Locks the project.

    Raises:
        WrittenByEditors: the one in force came out of the editor, and this is neither it nor an earlier one.
        NotReviewed: the project asks for a second editor, and has a guideline already.
        ScheduleWaits: another one waits for its day.
    """
    project = lock_project(project.pk)
    taxonomy = taxonomy_in_force(project.pk)
    assert taxonomy is not None  # a project has one from its founding
    stored = canonical({"language": language, "taxonomy": taxonomy.digest, "text": text})
    digest = hashlib.sha256(stored).hexdigest()
    standing, last = guideline_in_force(project, language), _last_of(project, language)
    if standing is not None and standing.digest == digest:
        return standing, False
    if last is not None and (last.edited or standing is None) and _applied(last, text):
        return last, False  # editors went on from it, or took it out of force
    if last is not None and last.edited:
        raise WrittenByEditors(fields=[("guideline", WrittenByEditors.sentence)])
    if last is not None and takes_two(project):
        raise NotReviewed
    return new_guideline(project, taxonomy, (stored, digest), language, starts_at=at, by=by, at=at), True


def _stands_over(last: TaxonomyVersion, digest: str) -> bool:
    """Tell whether editors went on from this document."""
    return last.edited and TaxonomyVersion.objects.filter(project=last.project_id, digest=digest).exists()


def _last_of(project: Project, language: str) -> GuidelineVersion | None:
    """Give the newest version of a language that was ever in force."""
    begun = GuidelineVersion.objects.filter(project=project, term__language=language, term__began_at__isnull=False)
    return begun.order_by("-number").first()


def _applied(last: GuidelineVersion, text: str) -> bool:
    """Tell whether editors went on from this text, on whatever taxonomy it stood."""
    before = GuidelineVersion.objects.filter(project=last.project_id, edited=False).select_related("taxonomy")
    return any(
        row.digest
        == hashlib.sha256(
            canonical({"language": row.term.language, "taxonomy": row.taxonomy.digest, "text": text})
        ).hexdigest()
        for row in before.select_related("term")
    )


def new_taxonomy(
    project: Project,
    stored: bytes,
    digest: str,
    *,
    by: Actor,
    at: dt.datetime,
    edited: bool = False,
    begins: bool = True,
) -> TaxonomyVersion:
    """Write a taxonomy's next version; the project is locked. One that does not begin waits for its guideline's day.

    Raises:
        ScheduleWaits: another one waits for its day, or a guideline does, which would then stand on an older one.
    """
    waits = {"project": project, "began_at": None, "ended_at": None}
    if TaxonomyTerm.objects.filter(**waits).exists() or GuidelineTerm.objects.filter(**waits).exists():
        raise ScheduleWaits
    last = TaxonomyVersion.objects.filter(project=project).order_by("-number").first()
    number = last.number + 1 if last else 1
    event = record_on_project(
        project,
        "guidelines.taxonomy_published",
        by=by,
        at=at,
        sections={"taxonomy": {"number": number, "digest": digest}},
    )
    made = TaxonomyVersion.objects.create(
        project=project,
        number=number,
        body=stored,
        digest=digest,
        edited=edited,
        published_at=at,
        event_id=event,
    )
    TaxonomyTerm.objects.create(version=made, project=project)
    if begins:
        begin_taxonomy(made, at)
    return made


def new_guideline(
    project: Project,
    taxonomy: TaxonomyVersion,
    document: tuple[bytes, str],
    language: str,
    *,
    starts_at: dt.datetime,
    by: Actor,
    at: dt.datetime,
    told: Mapping[str, Any] | None = None,
    **columns: Any,
) -> GuidelineVersion:
    """Write a guideline's next version, in force at once or on its day; the project is locked.

    `document` is the body and its SHA-256 in hex; `told` goes into the event beside number and digest.

    Raises:
        ScheduleWaits: another one of its language waits for its day.
    """
    if GuidelineTerm.objects.filter(project=project, language=language, began_at=None, ended_at=None).exists():
        raise ScheduleWaits
    stored, digest = document
    last = GuidelineVersion.objects.filter(project=project).order_by("-number").first()
    number = last.number + 1 if last else 1
    event = record_on_project(
        project,
        "guidelines.guideline_published",
        by=by,
        at=at,
        sections={"guideline": {"number": number, "digest": digest, **(told or {})}},
    )
    made = GuidelineVersion.objects.create(
        project=project,
        number=number,
        taxonomy=taxonomy,
        body=stored,
        digest=digest,
        to_acknowledge=guideline_of(stored).acknowledge is not None,
        published_at=at,
        event_id=event,
        **columns,
    )
    GuidelineTerm.objects.create(version=made, project=project, language=language, starts_at=starts_at)
    if starts_at <= at:
        begin_guideline(made, event, at)
    return made
