"""Writing the card of a model version: begun, changed, published as the next one in force, retired."""

import datetime as dt
import hashlib
from typing import Any

import msgspec
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.actions import lock_project, record_on_project
from accounts.errors import NotFound
from accounts.models import Project
from accounts.reads import Actor
from audit.errors import NotCanonical
from audit.reads import canonical
from guidelines.actions.hearing import tell_of_versions
from guidelines.content import Card, card_body, card_faults, card_of, shaped_card
from guidelines.errors import BadCard, CardDraftStale, CardNotInForce, NoCardDraft, SecondEditorNeeded
from guidelines.models import ModelCard, ModelCardDraft, ModelVersion
from guidelines.policies import editing
from guidelines.reads import card_in_force, takes_two

LONGEST_SUMMARY = 4_000


@transaction.atomic
def begin_card_draft(
    *, model: ModelVersion, start_from: ModelCard | None = None, by: Actor, at: dt.datetime
) -> ModelCardDraft:
    """Begin the next card of a model version; a draft that is there already is given as it stands. Locks the project.

    It begins with the words of the card in force, else with those of `start_from`, a card of another version, else
    empty.

    Raises:
        Forbidden: neither a guideline editor of the project nor an owner.
        NotFound: `start_from` is of another project.
    """
    by, person = editing(by=by, project=model.project, at=at)
    locked = lock_project(model.project_id)
    standing = ModelCardDraft.objects.filter(model=model).first()
    if standing is not None:
        return standing
    if start_from is not None and start_from.model.project_id != locked.pk:
        raise NotFound
    base = card_in_force(model.pk)
    words = base or start_from
    made = ModelCardDraft.objects.create(
        model=model,
        base=base,
        card=_words(card_of(bytes(words.body))) if words else {},
        changed_by_id=person,
        changed_at=at,
    )
    _tell(locked, made, "guidelines.card_draft_begun", by, at)
    return made


@transaction.atomic
def change_card_draft(
    *, model: ModelVersion, card: dict[str, Any], summary: str, revision: int, by: Actor, at: dt.datetime
) -> ModelCardDraft:
    """Keep other words in the draft, right or not. The same again changes nothing. Locks the project, then the draft.

    Raises:
        Forbidden: neither a guideline editor of the project nor an owner.
        NoCardDraft: there is none.
        CardDraftStale: it was changed since revision `revision`.
        BadCard: it is no card at all.
    """
    by, person = editing(by=by, project=model.project, at=at)
    locked, draft = _locked_draft(model, revision)
    wanted = (_words(_shaped(locked, card)), summary.strip()[:LONGEST_SUMMARY])
    if (draft.card, draft.summary) == wanted:
        return draft
    draft.card, draft.summary = wanted
    draft.revision += 1
    draft.changed_by_id, draft.changed_at = person, at
    draft.save()
    _tell(locked, draft, "guidelines.card_draft_changed", by, at)
    return draft


@transaction.atomic
def discard_card_draft(*, model: ModelVersion, revision: int, by: Actor, at: dt.datetime) -> None:
    """Throw a draft away; what is in force stays. Locks the project, then the draft.

    Raises:
        Forbidden: neither a guideline editor of the project nor an owner.
        NoCardDraft: there is none.
        CardDraftStale: it was changed since.
    """
    by, _person = editing(by=by, project=model.project, at=at)
    locked, draft = _locked_draft(model, revision)
    _tell(locked, draft, "guidelines.card_draft_discarded", by, at)
    draft.delete()


@transaction.atomic
def publish_card_draft(*, model: ModelVersion, revision: int, by: Actor, at: dt.datetime) -> ModelCard:
    """Publish a draft as the next card of its model version, in force at once; the draft is gone.

    Where the project asks for a second editor, that is who publishes: somebody else than changed the draft last. Locks
    the project, then the draft.

    Raises:
        Forbidden: neither a guideline editor of the project nor an owner.
        NoCardDraft: there is none.
        CardDraftStale: it was changed since, or another card came in force since it was begun.
        SecondEditorNeeded: the project asks for a second editor, and the actor changed the draft last.
        BadCard: it cannot be published as it stands, or is what is in force already.
    """
    by, person = editing(by=by, project=model.project, at=at)
    locked, draft = _locked_draft(model, revision)
    standing = card_in_force(model.pk)
    if (standing.pk if standing else None) != draft.base_id:
        raise CardDraftStale(_("Another card came in force, or was retired, since this draft was begun. Begin anew."))
    if takes_two(locked) and draft.changed_by_id == person:
        raise SecondEditorNeeded(_("You changed this draft last: another editor reads it and publishes it."))
    card = _publishable(locked, draft)
    stored = canonical(card_body(card, name=model.name, version=model.version))
    digest = hashlib.sha256(stored).hexdigest()
    if standing is not None and standing.digest == digest:
        raise BadCard(_("This draft is what is in force already. Change something, or discard it."))
    last = ModelCard.objects.filter(model=model).aggregate(last=Max("number"))["last"]
    number = (last or 0) + 1
    told = {**_named(model), "number": number, "digest": digest, "summary": draft.summary}
    told |= {"written_by": draft.changed_by.pseudonym, "acknowledge": card.acknowledge}
    event = record_on_project(locked, "guidelines.card_published", by=by, at=at, sections={"card": told})
    ModelCard.objects.filter(model=model, ended_at__isnull=True).update(ended_at=at)
    made = ModelCard.objects.create(
        model=model,
        number=number,
        body=stored,
        digest=digest,
        summary=draft.summary,
        asks=card.acknowledge,
        written_by_id=draft.changed_by_id,
        published_by_id=person,
        published_at=at,
        event_id=event,
    )
    draft.delete()
    tell_of_versions(locked.pk)
    return made


@transaction.atomic
def retire_card(*, model: ModelVersion, number: int, reason: str, by: Actor, at: dt.datetime) -> ModelCard:
    """Retire the card in force; nothing comes in its place. Locks the project.

    Raises:
        Forbidden: neither a guideline editor of the project nor an owner.
        BadCard: no reason is given.
        CardNotInForce: card `number` is not in force.
    """
    by, person = editing(by=by, project=model.project, at=at)
    if not reason.strip():
        raise BadCard(fields=[("reason", _("Say why: the reason is kept for good."))])
    locked = lock_project(model.project_id)
    card = ModelCard.objects.filter(model=model, number=number, ended_at__isnull=True).first()
    if card is None:
        raise CardNotInForce
    told = {**_named(model), "number": number, "digest": card.digest, "reason": reason.strip()}
    event = record_on_project(locked, "guidelines.card_retired", by=by, at=at, sections={"card": told})
    card.ended_at, card.ended_by_id, card.reason, card.end_event_id = at, person, reason.strip(), event
    card.save(update_fields=["ended_at", "ended_by", "reason", "end_event"])
    tell_of_versions(locked.pk)
    return card


def _locked_draft(model: ModelVersion, revision: int) -> tuple[Project, ModelCardDraft]:
    """Lock the project, then its draft, at this revision."""
    locked = lock_project(model.project_id)
    rows = ModelCardDraft.objects.select_for_update(no_key=True, of=("self",)).select_related("changed_by")
    draft = rows.filter(model=model).first()
    if draft is None:
        raise NoCardDraft
    if draft.revision != revision:
        raise CardDraftStale
    return locked, draft


def _shaped(project: Project, words: dict[str, Any]) -> Card:
    try:
        canonical(words)
        return shaped_card({**words, "language": project.language})
    except (msgspec.ValidationError, NotCanonical) as problem:
        raise BadCard(_("The draft does not read: %(problem)s.") % {"problem": problem}) from problem


def _publishable(project: Project, draft: ModelCardDraft) -> Card:
    """Give the card that a draft amounts to, in the project's language."""
    card = _shaped(project, draft.card)
    found = [(fault.place, fault.sentence) for fault in card_faults(card)]
    if not draft.summary:
        found.append(("summary", _("Say what changes and why: readers are shown it, and it is kept for good.")))
    if found:
        raise BadCard(fields=found)
    return card


def _words(card: Card) -> dict[str, Any]:
    """Give a card as its draft holds it, without the language, which is the project's."""
    return {name: value for name, value in msgspec.to_builtins(card).items() if name != "language"}


def _named(model: ModelVersion) -> dict[str, Any]:
    return {"model": model.name, "version": model.version}


def _tell(project: Project, draft: ModelCardDraft, kind: str, by: Actor, at: dt.datetime) -> None:
    """Write the event of a draft, with the hash of all that stands in it."""
    whole = canonical({"card": draft.card, "summary": draft.summary})
    told = {**_named(draft.model), "revision": draft.revision, "digest": hashlib.sha256(whole).hexdigest()}
    record_on_project(project, kind, by=by, at=at, sections={"draft": told})
