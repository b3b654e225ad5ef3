"""A model version's card as its editors look at it: the draft, what keeps it from being published, what it changes."""

from dataclasses import dataclass
from typing import Any

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guidelines.content import PARTS, Card, card_differences, card_faults, card_of, shaped_card
from guidelines.content.differing import Run
from guidelines.models import ModelCard, ModelCardDraft, ModelVersion
from guidelines.reads.cards import CardPart, card_parts
from guidelines.reads.standing import takes_two

HINTS = {
    "purpose": gettext_lazy("What it was made to answer, from which data, for which use."),
    "limits": gettext_lazy("What it was not made for, and what it never sees."),
    "weak": gettext_lazy("Kinds of items that it gets wrong more often than others, as far as that is known."),
    "confidence": gettext_lazy("What its number means: where it can be trusted, and where it is too sure."),
}


@dataclass(frozen=True, slots=True)
class CardRow:
    """One part in the form: its code, heading and hint, what stands there, and what is wrong with it."""

    name: str
    heading: str
    hint: str
    text: str
    fault: str


@dataclass(frozen=True, slots=True)
class CardLine:
    """One part that differs: its heading, and what tells both texts apart."""

    heading: str
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class CardDesk:
    """A draft and what it amounts to. `base` is the card in force; `faults` go by part, and "summary"."""

    model: ModelVersion
    base: ModelCard | None
    draft: ModelCardDraft | None
    card: Card | None
    faults: dict[str, str]
    two: bool

    @property
    def words(self) -> dict[str, Any]:
        """Give the draft's words."""
        return self.draft.card if self.draft else {}

    @property
    def overtaken(self) -> bool:
        """Tell whether another card came in force, or was retired, since the draft was begun."""
        return self.draft is not None and self.draft.base_id != (self.base.pk if self.base else None)

    @property
    def told_faults(self) -> list[tuple[tuple[str, str], str]]:
        """List what keeps it from being published, each by code and heading of its part."""
        headings = {**PARTS, "summary": gettext_lazy("Summary")}
        return [((place, str(headings.get(place, place))), sentence) for place, sentence in self.faults.items()]

    def rows(self, words: dict[str, Any]) -> list[CardRow]:
        """Give the parts for a form that holds these words."""
        return [
            CardRow(name, str(PARTS[name]), str(HINTS[name]), words.get(name, ""), self.faults.get(name, ""))
            for name in PARTS
        ]


def card_desk(model: ModelVersion) -> CardDesk:
    """Read a model version's card in force and draft; three statements."""
    base = ModelCard.objects.select_related("published_by").filter(model=model, ended_at__isnull=True).first()
    draft = ModelCardDraft.objects.select_related("changed_by").filter(model=model).first()
    two = takes_two(model.project)
    if draft is None:
        return CardDesk(model, base, None, None, {}, two)
    card = shaped_card({**draft.card, "language": model.project.language})
    faults = {fault.place: fault.sentence for fault in card_faults(card)}
    if not draft.summary:
        faults["summary"] = _("Say what changes and why: readers are shown it, and it is kept for good.")
    return CardDesk(model, base, draft, card, faults, two)


def cards_of(model: ModelVersion) -> list[tuple[ModelCard, list[CardLine]]]:
    """List all cards of a model version, the newest first, each with what it changed."""
    rows = list(
        ModelCard.objects.select_related("published_by", "written_by", "ended_by")
        .filter(model=model)
        .order_by("-number")[:50]
    )
    earlier: list[ModelCard | None] = [*rows[1:], None][: len(rows)]
    return [
        (row, compared_cards(before, card_of(bytes(row.body))) if before else [])
        for row, before in zip(rows, earlier, strict=True)
    ]


def compared_cards(before: ModelCard | None, now: Card) -> list[CardLine]:
    """Lay out what differs between a published card, or none, and another."""
    old = card_of(bytes(before.body)) if before else None
    lines = []
    for field in card_differences(old, now):
        if field.name == "acknowledge":
            said = _("asked of everybody") if field.now else _("no longer asked")
            lines.append(CardLine(_("Acknowledged by readers"), (("new", said),)))
        elif field.name in PARTS:
            lines.append(CardLine(str(PARTS[field.name]), field.runs))
    return lines


def previewed(words: dict[str, Any], language: str) -> tuple[CardPart, ...]:
    """Give words that are being written as reviewers see them."""
    try:
        return card_parts(shaped_card({**words, "language": language}))
    except msgspec.ValidationError:
        return ()
