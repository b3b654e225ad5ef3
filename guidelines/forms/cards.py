"""A model card as its form sends it."""

from typing import Any

from django.http import QueryDict

from guidelines.content import PARTS
from guidelines.forms.parts import words


def read_card(sent: QueryDict) -> dict[str, Any]:
    """Read the parts of a card and what it asks for; what was left empty is left out."""
    parts = {name: words(sent, name).strip() for name in PARTS}
    asks = {"acknowledge": True} if sent.get("acknowledge") == "yes" else {}
    return {name: text for name, text in parts.items() if text} | asks
