"""Writing model cards in tests."""

from typing import Any

from accounts.reads import Actor
from guidelines.actions import acknowledge_card, begin_card_draft, change_card_draft, publish_card_draft
from guidelines.models import CardAcknowledgement, ModelCard, ModelCardDraft, ModelVersion
from tests.town import Town

CARD: dict[str, Any] = {
    "purpose": "It says which **animal** is in a text.",
    "limits": "It reads English alone.",
    "weak": "- toys\n- foxes at night",
    "confidence": "Below 0.7 it guesses.",
}
ASKING: dict[str, Any] = CARD | {"acknowledge": True}


def model_of(town: Town, version: str = "1") -> ModelVersion:
    """Give the town's model version, noted as if an item had just named it."""
    made, _ = ModelVersion.objects.get_or_create(
        project=town.project, name="m", version=version, defaults={"first_seen_at": town.now}
    )
    return made


def card_draft(
    town: Town, by: Actor, card: dict[str, Any] = CARD, *, version: str = "1", summary: str = "The first one."
) -> ModelCardDraft:
    """Begin a draft and write these words into it."""
    model = model_of(town, version)
    begun = begin_card_draft(model=model, by=by, at=town.now)
    return change_card_draft(model=model, card=card, summary=summary, revision=begun.revision, by=by, at=town.now)


def carded(town: Town, by: Actor, card: dict[str, Any] = CARD, **more: Any) -> ModelCard:
    """Write a card and publish it."""
    made = card_draft(town, by, card, **more)
    return publish_card_draft(model=made.model, revision=made.revision, by=by, at=town.now)


def card_read(town: Town, who: Actor, card: ModelCard) -> CardAcknowledgement:
    """Acknowledge a card in the browser."""
    return acknowledge_card(model=card.model, number=card.number, by=who, at=town.now)
