"""Cards of a project's model versions: in force, to be read by somebody, and as they are shown."""

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache

from django.utils.safestring import SafeString
from django.utils.translation import get_language

from accounts.models import Project
from guidelines.content import PARTS, Card, card_of
from guidelines.models import CardAcknowledgement, ModelCard, ModelCardDraft, ModelVersion
from guidelines.reads.rendering import rendered


@dataclass(frozen=True, slots=True)
class CardPart:
    """One part of a card as it is read: its code, its heading in the reader's language, and its words."""

    name: str
    heading: str
    html: SafeString


@dataclass(frozen=True, slots=True)
class ShownCard:
    """A published card as it is read; `acknowledged_at` is when the reader did, where that was asked."""

    row: ModelCard
    card: Card
    acknowledged_at: dt.datetime | None = None

    @property
    def parts(self) -> tuple[CardPart, ...]:
        """Its parts, rendered, with headings in the reader's language."""
        return card_parts(self.card)


@dataclass(frozen=True, slots=True)
class CardedModel:
    """A model version with its card in force and the draft of the next one, where there are any."""

    model: ModelVersion
    card: ModelCard | None
    draft: ModelCardDraft | None


def card_in_force(model_id: int) -> ModelCard | None:
    """Give the card of a model version in force."""
    return ModelCard.objects.filter(model=model_id, ended_at__isnull=True).first()


def shown_card(project: Project, digest: str, until: dt.datetime | None = None) -> ShownCard | None:
    """Give a card that a project has published by its digest; one statement.

    Words that came in force again have their digest again: the card that said them last is given, or last `until` then.
    """
    rows = ModelCard.objects.select_related("model").filter(model__project=project, digest=digest)
    row = (rows.filter(published_at__lte=until) if until else rows).order_by("-pk").first()
    return ShownCard(row, card_of(bytes(row.body))) if row else None


def card_parts(card: Card) -> tuple[CardPart, ...]:
    """Give a card as reviewers read it, each part rendered; the same words are rendered once."""
    return _parts(card, get_language() or "en")


@lru_cache(maxsize=256)
def _parts(card: Card, _language: str) -> tuple[CardPart, ...]:
    return tuple(CardPart(name, str(PARTS[name]), rendered(text)) for name, text in card.parts if text.strip())


def cards_asked(project: Project) -> list[ModelCard]:
    """List the cards in force of a project that ask to be acknowledged, by model."""
    rows = ModelCard.objects.select_related("model").filter(model__project=project, ended_at__isnull=True, asks=True)
    return list(rows.order_by("model__name", "model__pk"))


def cards_due(project: Project, person_id: int) -> bool:
    """Tell whether a card in force asks to be acknowledged by somebody who has not; one statement."""
    asked = ModelCard.objects.filter(model__project=project, ended_at__isnull=True, asks=True)
    return asked.exclude(acknowledgements__person=person_id).exists()


def cards_to_read(project: Project, person_id: int) -> list[ShownCard]:
    """List the cards in force that ask to be acknowledged, those that a person has not acknowledged first."""
    asked = cards_asked(project)
    rows = CardAcknowledgement.objects.filter(card__in=asked, person=person_id)
    done = dict(rows.values_list("card_id", "acknowledged_at"))
    found = [ShownCard(row, card_of(bytes(row.body)), done.get(row.pk)) for row in asked]
    return sorted(found, key=lambda one: one.acknowledged_at is not None)


def cards_in_force(project: Project, read: list[ShownCard]) -> list[ShownCard]:
    """List the cards in force of a project's model versions, the newest version first; those of `read` as they are."""
    known = {one.row.pk: one for one in read}
    rows = ModelCard.objects.select_related("model").filter(model__project=project, ended_at__isnull=True)
    return [
        known.get(row.pk) or ShownCard(row, card_of(bytes(row.body)))
        for row in rows.order_by("-model__first_seen_at", "-model__pk")
    ]


def carded_models(project: Project) -> list[CardedModel]:
    """List a project's model versions with their cards, the newest version first; three statements."""
    cards = {
        card.model_id: card
        for card in ModelCard.objects.select_related("published_by").filter(
            model__project=project, ended_at__isnull=True
        )
    }
    rows = ModelCardDraft.objects.select_related("changed_by").filter(model__project=project)
    drafts = {draft.model_id: draft for draft in rows}
    models = ModelVersion.objects.filter(project=project).order_by("-first_seen_at", "-pk")
    return [CardedModel(model, cards.get(model.pk), drafts.get(model.pk)) for model in models]


def card_before(model: ModelVersion) -> ModelCard | None:
    """Give the card that a new version's may start from: in force for the newest other version of the same model."""
    rows = ModelCard.objects.select_related("model").filter(
        model__project=model.project_id, model__name=model.name, ended_at__isnull=True
    )
    return rows.exclude(model=model).order_by("-model__first_seen_at", "-model__pk").first()
