"""A draft becomes the next version: in force at once, or on its day."""

import datetime as dt
import hashlib

import msgspec
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Project
from accounts.reads import Actor
from audit.reads import canonical
from guidelines.actions.drafting import locked_draft, publishable
from guidelines.actions.publishing import new_guideline, new_taxonomy
from guidelines.content import Taxonomy, guideline_body, taxonomy_body
from guidelines.errors import BadGuideline, GuidelineDraftStale, NotReviewed
from guidelines.models import GuidelineDraft, GuidelineVersion, TaxonomyVersion
from guidelines.policies import editing
from guidelines.reads import guideline_in_force, takes_two, taxonomy_in_force

FURTHEST = dt.timedelta(days=366)


@transaction.atomic
def publish_guideline_draft(
    *, project: Project, language: str, revision: int, starts_at: dt.datetime | None = None, by: Actor, at: dt.datetime
) -> GuidelineVersion:
    """Publish a draft as the next version, with its taxonomy where that changed; the draft is gone.

    It is in force at once, or from `starts_at` on. Locks the project, then the draft.

    Raises:
        Forbidden: neither a guideline editor of the project nor an owner.
        NoGuidelineDraft: there is none.
        GuidelineDraftStale: it was changed since, or another version came in force since it was begun.
        NotReviewed: the project asks for a second editor, and none has agreed.
        BadGuideline: it cannot be published as it stands, is what is in force already, or its day is no day to come.
        ScheduleWaits: another version waits for its day.
    """
    by, person = editing(by=by, project=project, at=at)
    draft = locked_draft(project, language, revision)
    _still_the_next(draft)
    asked, written = publishable(draft)
    if takes_two(draft.project) and draft.agreed_by_id is None:
        raise NotReviewed
    starts = _day(starts_at, at)
    taxonomy = _taxonomy(draft, asked, begins=starts <= at, by=by, at=at)
    whole = msgspec.structs.replace(written, taxonomy=taxonomy.digest)
    stored = canonical(guideline_body(whole))
    digest = hashlib.sha256(stored).hexdigest()
    if draft.base is not None and draft.base.digest == digest:
        raise BadGuideline(_("This draft is what is in force already. Change something, or discard it."))
    told = {
        "language": language,
        "taxonomy": taxonomy.digest,
        "summary": draft.summary,
        **({"starts_at": starts.isoformat()} if starts > at else {}),
        **({"agreed_by": draft.agreed_by.pseudonym} if draft.agreed_by else {}),
    }
    made = new_guideline(
        draft.project,
        taxonomy,
        (stored, digest),
        language,
        starts_at=starts,
        by=by,
        at=at,
        told=told,
        edited=True,
        summary=draft.summary,
        published_by_id=person,
        agreed_by_id=draft.agreed_by_id,
    )
    draft.delete()
    return made


def _still_the_next(draft: GuidelineDraft) -> None:
    """Refuse a draft of something else than what is in force now: its differences were shown to another version."""
    base, taxonomy = guideline_in_force(draft.project, draft.language), taxonomy_in_force(draft.project_id)
    same = (base.pk if base else None) == draft.base_id
    if draft.taxonomy is not None:
        same &= (taxonomy.pk if taxonomy else None) == draft.taxonomy_base_id
    if not same:
        raise GuidelineDraftStale(
            _("Another version came in force since this draft was begun. Look at the differences, then take it up.")
        )


def _day(starts_at: dt.datetime | None, at: dt.datetime) -> dt.datetime:
    if starts_at is None:
        return at
    if not at < starts_at <= at + FURTHEST:
        raise BadGuideline(fields=[("starts_at", _("Choose a time to come, within a year; or publish it at once."))])
    return starts_at


def _taxonomy(
    draft: GuidelineDraft, taxonomy: Taxonomy, *, begins: bool, by: Actor, at: dt.datetime
) -> TaxonomyVersion:
    """Publish the draft's taxonomy where it is not what is in force."""
    standing = taxonomy_in_force(draft.project_id)
    stored = canonical(taxonomy_body(taxonomy))
    digest = hashlib.sha256(stored).hexdigest()
    if standing is not None and (draft.taxonomy is None or standing.digest == digest):
        return standing
    return new_taxonomy(draft.project, stored, digest, by=by, at=at, edited=True, begins=begins)
