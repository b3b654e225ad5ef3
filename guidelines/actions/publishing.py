"""Publishing what decisions are judged by; a published version never changes."""

import datetime as dt
import hashlib
from typing import Any

from django.db import transaction

from accounts.actions import lock_project, record_on_project
from accounts.models import Project
from accounts.reads import Actor
from audit.reads import canonical
from guidelines.models import GuidelineVersion, TaxonomyVersion


@transaction.atomic
def publish_taxonomy(
    *, project: Project, body: dict[str, Any], by: Actor, at: dt.datetime
) -> tuple[TaxonomyVersion, bool]:
    """Publish labels, error categories and schema as the next version; the same body again changes nothing.

    Gives the version in force and whether it is new. Locks the project.
    """
    project = lock_project(project.pk)
    stored = canonical(body)
    digest = hashlib.sha256(stored).hexdigest()
    last = TaxonomyVersion.objects.filter(project=project).order_by("-number").first()
    if last is not None and last.digest == digest:
        return last, False
    number = last.number + 1 if last else 1
    event = record_on_project(
        project,
        "guidelines.taxonomy_published",
        by=by,
        at=at,
        sections={"taxonomy": {"number": number, "digest": digest}},
    )
    made = TaxonomyVersion.objects.create(
        project=project, number=number, body=stored, digest=digest, published_at=at, event_id=event
    )
    return made, True


@transaction.atomic
def publish_guideline(
    *, project: Project, language: str, text: str, by: Actor, at: dt.datetime
) -> tuple[GuidelineVersion, bool]:
    """Publish a guideline's Markdown on the taxonomy in force; the same body again changes nothing.

    Gives the version in force and whether it is new. Locks the project.
    """
    project = lock_project(project.pk)
    taxonomy = TaxonomyVersion.objects.filter(project=project).order_by("-number")[0]
    stored = canonical({"language": language, "taxonomy": taxonomy.digest, "text": text})
    digest = hashlib.sha256(stored).hexdigest()
    last = GuidelineVersion.objects.filter(project=project).order_by("-number").first()
    if last is not None and last.digest == digest:
        return last, False
    number = last.number + 1 if last else 1
    event = record_on_project(
        project,
        "guidelines.guideline_published",
        by=by,
        at=at,
        sections={"guideline": {"number": number, "digest": digest}},
    )
    made = GuidelineVersion.objects.create(
        project=project, number=number, taxonomy=taxonomy, body=stored, digest=digest, published_at=at, event_id=event
    )
    return made, True
