"""What no text and no database holds: NUL, and half of a surrogate pair, both of which JSON can write."""

from typing import Any

from django.utils.translation import gettext as _


def flaw_in(value: Any, place: str = "") -> str:
    """Name the first place where such a character stands in a text or a document, or say nothing."""
    if isinstance(value, str):
        return _flaw(value, place)
    if isinstance(value, dict):
        parts = [(_joined(place, key), part) for key, part in value.items()]
        told = next(filter(None, (_flaw(key, place) for key in value)), "")
    else:
        parts = [(f"{place}[{number}]", part) for number, part in enumerate(value)] if isinstance(value, list) else []
        told = ""
    return told or next(filter(None, (flaw_in(part, here) for here, part in parts)), "")


def _joined(place: str, key: str) -> str:
    return f"{place}.{key}" if place else key


def _flaw(text: str, place: str) -> str:
    held = next((mark for mark in text if mark == "\0" or "\ud800" <= mark <= "\udfff"), None)
    if held is None:
        return ""
    told = _("{place}: U+{code} stands here, which no text can hold. Take it out.")
    line = _("line {n}").format(n=text[: text.index(held)].count("\n") + 1)
    return told.format(place=place or line, code=f"{ord(held):04X}")
