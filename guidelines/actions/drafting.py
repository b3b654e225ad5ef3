"""Writing the next guideline: a draft begun, changed, read by a second editor, published or discarded."""

import datetime as dt
import hashlib
import json
from typing import Any

import msgspec
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions import as_owner, lock_project, record_on_project
from accounts.models import Project
from accounts.reads import Actor
from audit.errors import NotCanonical
from audit.reads import canonical
from guidelines.content import Guideline, Taxonomy, guideline_body, guideline_of, shaped_guideline, shaped_taxonomy
from guidelines.errors import BadGuideline, GuidelineDraftStale, NoGuidelineDraft, SecondEditorNeeded
from guidelines.models import GuidelineDraft, GuidelineSetup
from guidelines.policies import editing
from guidelines.reads import draft_of, guideline_in_force, judged, taxonomy_in_force

LARGEST = 8 << 20
LONGEST_SUMMARY = 4_000


@transaction.atomic
def begin_guideline_draft(*, project: Project, language: str, by: Actor, at: dt.datetime) -> GuidelineDraft:
    """Begin a draft from the version in force; one that is there already is given as it stands. Locks the project.

    Raises:
        Forbidden: neither a guideline editor of the project nor an owner.
    """
    by, person = editing(by=by, project=project, at=at)
    locked = lock_project(project.pk)
    standing = draft_of(locked, language)
    if standing is not None:
        return standing
    base = guideline_in_force(locked, language)
    taxonomy = taxonomy_in_force(locked.pk)
    own = language == locked.language
    made = GuidelineDraft(
        project=locked,
        language=language,
        base=base,
        taxonomy_base=taxonomy,
        guideline=_document(bytes(base.body)) if base else {"sections": [], "examples": []},
        taxonomy=_without_mapping(bytes(taxonomy.body)) if taxonomy and own else None,
        changed_by_id=person,
        changed_at=at,
    )
    made.save()
    _tell(made, "guidelines.draft_begun", by, at)
    return made


@transaction.atomic
def change_guideline_draft(
    *,
    project: Project,
    language: str,
    guideline: dict[str, Any],
    taxonomy: dict[str, Any] | None,
    summary: str,
    revision: int,
    by: Actor,
    at: dt.datetime,
) -> GuidelineDraft:
    """Keep other documents in the draft, right or not; who asked for it to be read, and who agreed, are taken back.

    The same again changes nothing. Locks the project, then the draft.

    Raises:
        Forbidden: neither a guideline editor of the project nor an owner.
        NoGuidelineDraft: there is none.
        GuidelineDraftStale: it was changed since revision `revision`.
        BadGuideline: it is no guideline at all, or larger than a guideline may be.
    """
    by, person = editing(by=by, project=project, at=at)
    draft = locked_draft(project, language, revision)
    own = language == project.language
    kept = {name: value for name, value in guideline.items() if name not in {"language", "taxonomy"}}
    wanted = (kept, taxonomy if own else None, summary.strip()[:LONGEST_SUMMARY])
    if (draft.guideline, draft.taxonomy, draft.summary) == wanted:
        return draft
    _readable(*wanted[:2])
    draft.guideline, draft.taxonomy, draft.summary = wanted
    draft.revision += 1
    draft.changed_by_id, draft.changed_at = person, at
    draft.proposed_by = draft.proposed_at = draft.agreed_by = draft.agreed_at = None
    draft.save()
    _tell(draft, "guidelines.draft_changed", by, at)
    return draft


@transaction.atomic
def discard_guideline_draft(*, project: Project, language: str, revision: int, by: Actor, at: dt.datetime) -> None:
    """Throw a draft away; what is in force stays. Locks the project, then the draft.

    Raises:
        Forbidden: neither a guideline editor of the project nor an owner.
        NoGuidelineDraft: there is none.
        GuidelineDraftStale: it was changed since.
    """
    by, _person = editing(by=by, project=project, at=at)
    draft = locked_draft(project, language, revision)
    _tell(draft, "guidelines.draft_discarded", by, at)
    draft.delete()


@transaction.atomic
def propose_guideline_draft(
    *, project: Project, language: str, revision: int, by: Actor, at: dt.datetime
) -> GuidelineDraft:
    """Ask another editor to read the draft. Locks the project, then the draft.

    Raises:
        Forbidden: neither a guideline editor of the project nor an owner.
        NoGuidelineDraft: there is none.
        GuidelineDraftStale: it was changed since, or somebody has asked already.
        BadGuideline: it cannot be published as it stands, with each place.
    """
    by, person = editing(by=by, project=project, at=at)
    draft = locked_draft(project, language, revision)
    publishable(draft)
    if draft.proposed_by_id is not None:
        raise GuidelineDraftStale(_("Somebody has asked for it to be read already."))
    draft.proposed_by_id, draft.proposed_at, draft.note = person, at, ""
    draft.save()
    _tell(draft, "guidelines.draft_proposed", by, at)
    return draft


@transaction.atomic
def answer_guideline_draft(
    *, project: Project, language: str, revision: int, agrees: bool, note: str = "", by: Actor, at: dt.datetime
) -> GuidelineDraft:
    """Agree to a draft as its second editor, or send it back with a note. Locks the project, then the draft.

    Raises:
        Forbidden: neither a guideline editor of the project nor an owner.
        NoGuidelineDraft: there is none, or nobody asked for it to be read.
        GuidelineDraftStale: it was changed since.
        SecondEditorNeeded: whoever agrees wrote or proposed it.
        BadGuideline: it is sent back without a note.
    """
    by, person = editing(by=by, project=project, at=at)
    draft = locked_draft(project, language, revision)
    if draft.proposed_by_id is None:
        raise NoGuidelineDraft(_("Nobody has asked for this draft to be read."))
    if agrees and person in {draft.proposed_by_id, draft.changed_by_id}:
        raise SecondEditorNeeded
    if not agrees and not note.strip():
        raise BadGuideline(fields=[("note", _("Say what is to be changed."))])
    if agrees:
        draft.agreed_by_id, draft.agreed_at, draft.note = person, at, note.strip()
    else:
        draft.proposed_by = draft.proposed_at = draft.agreed_by = draft.agreed_at = None
        draft.note = note.strip()
    draft.save()
    _tell(draft, "guidelines.draft_agreed" if agrees else "guidelines.draft_sent_back", by, at, note=draft.note)
    return draft


@transaction.atomic
def ask_for_second_editor(*, project: Project, with_second: bool, by: Actor, at: dt.datetime) -> GuidelineSetup:
    """Ask that another editor reads each draft, or let one editor publish alone again. Locks the project.

    Raises:
        Forbidden: neither a guideline editor of the project nor an owner; only an owner lets one publish alone.
    """
    by, _person = editing(by=by, project=project, at=at)
    locked = lock_project(project.pk)
    setup = GuidelineSetup.objects.filter(project=locked).first() or GuidelineSetup(project=locked)
    if setup.with_second == with_second:
        return setup
    if not with_second:
        by = as_owner(by)
    setup.with_second = with_second
    setup.save()
    record_on_project(
        locked, "guidelines.second_editor_asked", by=by, at=at, sections={"guideline": {"with_second": with_second}}
    )
    return setup


@transaction.atomic
def rebase_guideline_draft(
    *, project: Project, language: str, revision: int, by: Actor, at: dt.datetime
) -> GuidelineDraft:
    """Set a draft on what is in force now, whose differences the editor has looked at. Locks the project, then it.

    What stands in the draft stays; a review of it is taken back.

    Raises:
        Forbidden: neither a guideline editor of the project nor an owner.
        NoGuidelineDraft: there is none.
        GuidelineDraftStale: it was changed since.
    """
    by, person = editing(by=by, project=project, at=at)
    draft = locked_draft(project, language, revision)
    draft.base, draft.taxonomy_base = guideline_in_force(draft.project, language), taxonomy_in_force(project.pk)
    draft.revision += 1
    draft.changed_by_id, draft.changed_at = person, at
    draft.proposed_by = draft.proposed_at = draft.agreed_by = draft.agreed_at = None
    draft.save()
    _tell(draft, "guidelines.draft_changed", by, at)
    return draft


def publishable(draft: GuidelineDraft) -> tuple[Taxonomy, Guideline]:
    """Give the taxonomy and the guideline that a draft amounts to.

    Raises:
        BadGuideline: it cannot be published as it stands, with each place.
    """
    found = judged(draft.project, draft)
    if found.taxonomy is None or found.guideline is None or found.faults:
        raise BadGuideline(fields=[(fault.place, fault.sentence) for fault in found.faults])
    return found.taxonomy, found.guideline


def locked_draft(project: Project, language: str, revision: int | None) -> GuidelineDraft:
    """Lock the project, then its draft, at this revision."""
    locked = lock_project(project.pk)
    draft = (
        GuidelineDraft.objects.select_for_update(no_key=True, of=("self",))
        .filter(project=locked, language=language)
        .first()
    )
    if draft is None:
        raise NoGuidelineDraft
    if revision is not None and draft.revision != revision:
        raise GuidelineDraftStale
    draft.project = locked
    return draft


def _tell(draft: GuidelineDraft, kind: str, by: Actor, at: dt.datetime, **more: Any) -> None:
    """Write the event of a draft, with the hash of all that stands in it."""
    whole = canonical({"guideline": draft.guideline, "taxonomy": draft.taxonomy, "summary": draft.summary})
    told = {"language": draft.language, "revision": draft.revision, "digest": hashlib.sha256(whole).hexdigest(), **more}
    record_on_project(draft.project, kind, by=by, at=at, sections={"draft": told})


def _readable(guideline: dict[str, Any], taxonomy: dict[str, Any] | None) -> None:
    """Refuse what has not even the shape: it could not be shown to the next editor."""
    try:
        size = len(canonical({"guideline": guideline, "taxonomy": taxonomy}))
        shaped_guideline({**guideline, "language": "", "taxonomy": ""})
        if taxonomy is not None:
            shaped_taxonomy({**taxonomy, "mapping": {"before": "", **(taxonomy.get("mapping") or {})}})
    except (msgspec.ValidationError, NotCanonical) as problem:
        raise BadGuideline(_("The draft does not read: %(problem)s.") % {"problem": problem}) from problem
    if size > LARGEST:
        raise BadGuideline(_("A guideline has at most %(n)s bytes.") % {"n": f"{LARGEST:,}"})


def _document(body: bytes) -> dict[str, Any]:
    """Give a published guideline as a draft holds it."""
    made = guideline_body(guideline_of(body))
    return {name: value for name, value in made.items() if name not in {"language", "taxonomy"}}


def _without_mapping(body: bytes) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(body)
    found.pop("mapping", None)
    return found
