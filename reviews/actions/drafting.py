"""Writing the next decision rights: a draft begun, changed, proposed, published or discarded."""

import datetime as dt
import json
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions import lock_project, record_on_project
from accounts.errors import Forbidden
from accounts.models import Project
from accounts.reads import Actor
from reviews.actions.governing import entitled, publish_rights
from reviews.errors import BadRights, DraftStale, NoDraft, NotProposed
from reviews.models import RightsDraft, RightsVersion
from reviews.reads.drafting import judged, last_version, takes_two
from reviews.rights import STARTING


@transaction.atomic
def begin_draft(*, project: Project, by: Actor, at: dt.datetime) -> RightsDraft:
    """Begin a draft from the version in force; a draft that is there already is given as it stands.

    Locks the project.

    Raises:
        Forbidden: neither operations of the project nor an owner.
    """
    entitled(project=project, by=by, at=at)
    person = _person(by)
    lock_project(project.pk)
    standing = RightsDraft.objects.filter(project=project).first()
    if standing is not None:
        return standing
    base = last_version(project)
    return RightsDraft.objects.create(
        project=project,
        base=base,
        body=json.loads(bytes(base.body)) if base else STARTING,
        changed_by_id=person,
        changed_at=at,
    )


@transaction.atomic
def change_draft(*, project: Project, body: dict[str, Any], revision: int, by: Actor, at: dt.datetime) -> RightsDraft:
    """Keep another document in the draft, right or not; a proposal of the one before is taken back.

    The same document again changes nothing. Locks the project, then the draft.

    Raises:
        Forbidden: neither operations of the project nor an owner.
        NoDraft: there is none.
        DraftStale: it was changed since revision `revision`.
    """
    by = entitled(project=project, by=by, at=at)
    draft = _locked(project, revision)
    if draft.body == body:
        return draft
    _end_proposal(draft, "changed", by, at)
    draft.body, draft.revision = body, draft.revision + 1
    draft.changed_by_id, draft.changed_at = _person(by), at
    draft.save(update_fields=["body", "revision", "changed_by", "changed_at"])
    return draft


@transaction.atomic
def discard_draft(*, project: Project, revision: int, by: Actor, at: dt.datetime) -> None:
    """Throw the draft away; what is in force stays. Locks the project, then the draft.

    Raises:
        Forbidden: neither operations of the project nor an owner.
        NoDraft: there is none.
        DraftStale: it was changed since.
    """
    by = entitled(project=project, by=by, at=at)
    draft = _locked(project, revision)
    _end_proposal(draft, "discarded", by, at)
    draft.delete()


@transaction.atomic
def propose_draft(*, project: Project, revision: int, reason: str, by: Actor, at: dt.datetime) -> RightsDraft:
    """Propose the draft for publishing, with the reason that is kept with the version.

    Locks the project, then the draft.

    Raises:
        Forbidden: neither operations of the project nor an owner.
        NoDraft: there is none.
        DraftStale: it was changed since, or somebody has proposed it already.
        BadRights: it cannot be published as it stands; or no reason is given.
    """
    by = entitled(project=project, by=by, at=at)
    draft = _locked(project, revision)
    _reason(reason)
    rights, problems = judged(project, draft.body)
    if rights is None:
        raise BadRights(fields=problems)
    if draft.proposed_by_id is not None:
        raise DraftStale
    draft.proposed_by_id, draft.proposed_at, draft.reason = _person(by), at, reason.strip()
    draft.save(update_fields=["proposed_by", "proposed_at", "reason"])
    told = {"digest": rights.digest, "reason": draft.reason}
    record_on_project(draft.project, "reviews.rights_proposed", by=by, at=at, sections={"rights": told})
    return draft


@transaction.atomic
def take_back_proposal(*, project: Project, by: Actor, at: dt.datetime) -> RightsDraft:
    """Take a proposal back, one's own or another's; the draft stays. Locks the project, then the draft.

    Raises:
        Forbidden: neither operations of the project nor an owner.
        NoDraft: there is none.
        NotProposed: nobody has proposed it.
    """
    by = entitled(project=project, by=by, at=at)
    draft = _locked(project, None)
    if draft.proposed_by_id is None:
        raise NotProposed
    _end_proposal(draft, "taken_back", by, at)
    return draft


@transaction.atomic
def publish_draft(
    *, project: Project, revision: int, against: int, reason: str, by: Actor, at: dt.datetime
) -> RightsVersion:
    """Publish the draft as the next version; it counts from the next item routed on, and the draft is gone.

    Where the project asks for two people it must stand proposed, and the proposal's reason is the version's. Locks the
    project, then the draft.

    Args:
        project: whose draft.
        revision: of the draft, as it was read.
        against: number of the version in force that its differences were shown to, 0 for none.
        reason: kept with the version; a proposal has its own.
        by: who publishes.
        at: when.

    Raises:
        Forbidden: neither operations of the project nor an owner.
        NoDraft: there is none.
        DraftStale: it was changed since, or another version was published.
        NotProposed: two people are asked for, and nobody has proposed it.
        SecondPersonNeeded: who publishes it proposed it, or changed it last.
        BadRights: it cannot be published as it stands, is what is in force already; or no reason is given.
    """
    by = entitled(project=project, by=by, at=at)
    draft = _locked(project, revision)
    last = last_version(project)
    if (last.number if last else 0) != against:
        raise DraftStale(_("Another version was published meanwhile. Look at the differences again."))
    if last is not None and takes_two(project) and draft.proposed_by_id is None:
        raise NotProposed
    told = draft.reason if draft.proposed_by_id is not None else _reason(reason)
    made, new = publish_rights(project=project, document=draft.body, reason=told, by=by, at=at, draft=draft)
    if not new:
        raise BadRights(_("This draft is what is in force already. Change something, or discard it."))
    draft.delete()
    return made


def _locked(project: Project, revision: int | None) -> RightsDraft:
    """Lock the project, then its draft, at this revision."""
    locked = lock_project(project.pk)
    draft = RightsDraft.objects.select_for_update(no_key=True, of=("self",)).filter(project=locked).first()
    if draft is None:
        raise NoDraft
    if revision is not None and draft.revision != revision:
        raise DraftStale
    draft.project = locked
    return draft


def _end_proposal(draft: RightsDraft, why: str, by: Actor, at: dt.datetime) -> None:
    if draft.proposed_by_id is None:
        return
    draft.proposed_by, draft.proposed_at, draft.reason = None, None, ""
    draft.save(update_fields=["proposed_by", "proposed_at", "reason"])
    told = {"ending": why}
    record_on_project(draft.project, "reviews.rights_proposal_ended", by=by, at=at, sections={"rights": told})


def _reason(text: str) -> str:
    """Give the reason without the spaces around it; a proposal and a version are never without one."""
    if not text.strip():
        raise BadRights(fields=[("reason", _("Say why: the reason is kept with the version."))])
    return text.strip()


def _person(by: Actor) -> int:
    """Give the person who writes; a draft is never nobody's."""
    if by.person_id is None:
        raise Forbidden(_("A draft is written by a person. A program publishes whole documents."))
    return by.person_id
