"""The card of a model version: what it is for, where it ends, where it is weak, and how to read its confidence."""

from collections.abc import Iterator
from typing import Any

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guidelines.content.checks import Fault
from guidelines.content.differing import Field, fields_of

LONGEST = 20_000
PARTS = {
    "purpose": gettext_lazy("What it is for"),
    "limits": gettext_lazy("Where it ends"),
    "weak": gettext_lazy("Where it is known to be weak"),
    "confidence": gettext_lazy("How to read its confidence"),
}
"""The parts of a card, in the order in which they are read."""


class Card(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """A card; each part is Markdown. `acknowledge` asks whoever claims in the project to read it first."""

    language: str
    purpose: str = ""
    limits: str = ""
    weak: str = ""
    confidence: str = ""
    acknowledge: bool = False

    @property
    def parts(self) -> list[tuple[str, str]]:
        """Give each part by its name, in order."""
        return [(name, getattr(self, name)) for name in PARTS]


def shaped_card(body: dict[str, Any]) -> Card:
    """Read a card from JSON.

    Raises:
        msgspec.ValidationError: it is none.
    """
    return msgspec.convert(body, Card)


def card_body(card: Card, *, name: str, version: str) -> dict[str, Any]:
    """Give what is published of a card: its words with the model version that they are about."""
    return {"model": {"name": name, "version": version}, **msgspec.to_builtins(card)}


def card_of(body: bytes) -> Card:
    """Read a published card."""
    found: dict[str, Any] = msgspec.json.decode(body)
    return shaped_card({name: value for name, value in found.items() if name != "model"})


def card_faults(card: Card) -> list[Fault]:
    """List what keeps a card from being published, with the part."""
    return list(_faults(card))


def _faults(card: Card) -> Iterator[Fault]:
    for name, text in card.parts:
        if not text.strip():
            yield Fault(name, _("Write this part; where nothing is known, say so in words."))
        elif len(text) > LONGEST:
            yield Fault(name, _("At most %(n)d characters.") % {"n": LONGEST})


def card_differences(before: Card | None, now: Card) -> list[Field]:
    """List the parts that differ, with the runs that tell their texts apart."""
    old = msgspec.to_builtins(before) if before else {}
    return list(fields_of(old, msgspec.to_builtins(now)))
