"""Versions coming in force on their day, and ending."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions import lock_project, record_on_project
from accounts.models import Project
from accounts.reads import Actor, clock
from guidelines.actions.hearing import tell_of_versions
from guidelines.errors import BadGuideline, NotInForce
from guidelines.models import GuidelineSetup, GuidelineTerm, GuidelineVersion, TaxonomyTerm, TaxonomyVersion
from guidelines.policies import editing
from guidelines.reads import guideline_in_force, taxonomy_in_force

AT_ONCE = 100


def begin_taxonomy(version: TaxonomyVersion, at: dt.datetime) -> None:
    """Put a version in force in the place of the one before; the caller has locked the project and writes the event."""
    TaxonomyTerm.objects.filter(project=version.project_id, began_at__isnull=False, ended_at__isnull=True).exclude(
        version=version
    ).update(ended_at=at)
    TaxonomyTerm.objects.filter(version=version, began_at__isnull=True).update(began_at=at)
    show_in_force(Project.objects.get(pk=version.project_id))


def begin_guideline(version: GuidelineVersion, event: int, at: dt.datetime) -> None:
    """Put a version in force, and the taxonomy it stands on where that has not begun; the event tells of it.

    The caller has locked the project.
    """
    begin_taxonomy_of(version, at)
    term = GuidelineTerm.objects.select_related("project").get(version=version)
    GuidelineTerm.objects.filter(
        project=term.project_id, language=term.language, began_at__isnull=False, ended_at__isnull=True
    ).update(ended_at=at)
    GuidelineTerm.objects.filter(pk=term.pk).update(began_at=at, begin_event_id=event)
    show_in_force(term.project)
    tell_of_versions(term.project_id)


def begin_taxonomy_of(version: GuidelineVersion, at: dt.datetime) -> None:
    """Put a guideline's taxonomy in force where it waited with it."""
    waits = TaxonomyTerm.objects.filter(version=version.taxonomy_id, began_at__isnull=True, ended_at__isnull=True)
    if waits.exists():
        begin_taxonomy(version.taxonomy, at)


def begin_due(*, at: dt.datetime) -> int:
    """Put in force the versions whose day has come; give how many. Each in its own transaction, locking its project."""
    due = GuidelineTerm.objects.filter(began_at__isnull=True, ended_at__isnull=True, starts_at__lte=at)
    found = list(due.order_by("starts_at", "pk").values_list("pk", "project_id")[:AT_ONCE])
    return sum(_begin_one(term_id, project_id, at) for term_id, project_id in found)


@transaction.atomic
def _begin_one(term_id: int, project_id: int, at: dt.datetime) -> bool:
    project = lock_project(project_id)
    term = (
        GuidelineTerm.objects.select_related("version__taxonomy")
        .filter(pk=term_id, began_at__isnull=True, ended_at__isnull=True)
        .first()
    )
    if term is None:  # begun or called off meanwhile
        return False
    event = record_on_project(
        project, "guidelines.guideline_began", by=clock(), at=at, sections={"guideline": told_of(term.version)}
    )
    begin_guideline(term.version, event, at)
    return True


@transaction.atomic
def end_guideline(*, project: Project, number: int, reason: str, by: Actor, at: dt.datetime) -> GuidelineTerm:
    """Retire the version in force, or call off one that waits for its day; the project is locked.

    Without a guideline people go on deciding by the taxonomy alone. A taxonomy that waited with it is called off too.

    Raises:
        Forbidden: neither a guideline editor of the project nor an owner.
        BadGuideline: no reason is given.
        NotInForce: it is neither in force nor waiting.
    """
    by, person = editing(by=by, project=project, at=at)
    if not reason.strip():
        raise BadGuideline(fields=[("reason", _("Say why: the reason is kept for good."))])
    locked = lock_project(project.pk)
    term = (
        GuidelineTerm.objects.select_related("version__taxonomy")
        .filter(project=locked, version__number=number, ended_at__isnull=True)
        .first()
    )
    if term is None:
        raise NotInForce
    kind = "guidelines.guideline_retired" if term.began_at is not None else "guidelines.guideline_called_off"
    told = {**told_of(term.version), "reason": reason.strip()}
    event = record_on_project(locked, kind, by=by, at=at, sections={"guideline": told})
    if term.began_at is None:
        TaxonomyTerm.objects.filter(
            version=term.version.taxonomy_id, began_at__isnull=True, ended_at__isnull=True
        ).update(ended_at=at)
    term.ended_at, term.ended_by_id, term.reason, term.end_event_id = at, person, reason.strip(), event
    term.save(update_fields=["ended_at", "ended_by", "reason", "end_event"])
    show_in_force(locked)
    tell_of_versions(locked.pk)
    return term


def show_in_force(project: Project) -> None:
    """Work out anew what claims of a project show, which the caller has locked."""
    shown = {"taxonomy": taxonomy_in_force(project.pk), "guideline": guideline_in_force(project)}
    GuidelineSetup.objects.update_or_create(project=project, defaults=shown)


def told_of(version: GuidelineVersion) -> dict[str, Any]:
    """Give what the ledger is told of a version."""
    return {"number": version.number, "digest": version.digest, "taxonomy": version.taxonomy.digest}
