"""The single fields of decision rights: of which kind each is, and how its text is written and read."""

from collections.abc import Callable
from typing import Any, get_args, get_origin

import msgspec
from django.utils.translation import gettext as _

from reviews.rights.human import duration_from, listed, percent_of, rate_from, share_from, spoken, values_from
from reviews.rights.shape import Condition

YES = {"yes", "true", "ja", "1", "on", ""}
NO = {"no", "false", "nein", "0"}
SEVERAL = ("roles", "verdicts", "queues")

_BY_NAME = {
    "queue": "queue",
    "queues": "queues",
    "role": "role",
    "roles": "roles",
    "notify": "roles",
    "allow": "verdicts",
    "reason_for": "verdicts",
    "agree_at": "rate",
    "match_at": "rate",
    "lease": "duration",
    "max_age": "duration",
}
_BY_END = {"_rate": "rate", "_share": "rate", "after": "duration"}


def row_shape(wanted: Any) -> type[msgspec.Struct] | None:
    """Give the shape of each row where a field holds rows."""
    inner = get_args(wanted)[0] if get_origin(wanted) is tuple else None
    return inner if isinstance(inner, type) and issubclass(inner, msgspec.Struct) else None


def part_shape(wanted: Any) -> type[msgspec.Struct] | None:
    """Give the shape of a part where a field holds one."""
    found = [one for one in (wanted, *get_args(wanted)) if isinstance(one, type) and get_origin(wanted) is not tuple]
    return next((one for one in found if issubclass(one, msgspec.Struct)), None)


def kind_of(shape: type[msgspec.Struct], place: msgspec.structs.FieldInfo) -> str:
    """Name the kind of a single field; "" for what is not edited here."""
    types = {place.type, *get_args(place.type)}
    if place.type is Any:
        return ""
    if shape is Condition:
        return place.encode_name
    if place.encode_name in _BY_NAME:
        return _BY_NAME[place.encode_name]
    ending = next((kind for end, kind in _BY_END.items() if place.encode_name.endswith(end)), None)
    if ending and str in types:
        return ending
    if bool in types:
        return "yes"
    if int in types:
        return "number"
    return "text" if str in types else "words"


def shown(kind: str, value: Any) -> str:
    """Write a value of the document as people type it."""
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return listed(str(one) for one in value)
    text = str(value)
    return {"rate": percent_of, "duration": spoken}.get(kind, str)(text)


def read(kind: str, typed: str, before: Any) -> Any:
    """Read what was typed; it stays as it is where it cannot be read, for the checks to say so beside it.

    What means the same as before keeps its text, so that a field which nobody touched changes no hash.
    """
    found = _meant(kind, typed)
    return before if before is not None and _meant(kind, shown(kind, before)) == found else found


def _meant(kind: str, typed: str) -> Any:
    text = typed.strip()
    if kind == "number":
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else text
    meant: dict[str, Callable[[str], Any]] = {"rate": rate_from, "duration": duration_from, "words": values_from}
    return meant.get(kind, str)(text)


def value_from(typed: str, op: str, name: str) -> str | list[str] | None:
    """Read the value of a condition by its operator: several for a list, yes or no for `exists`."""
    text = typed.strip()
    share = name == "confidence" or name.startswith(("scores.", "min:scores.", "max:scores."))
    if op == "exists":
        return "true" if text.lower() in YES else "false" if text.lower() in NO else text
    if op in ("in", "not_in"):
        return [share_from(one) if share else one for one in values_from(text)]
    return (share_from(text) if share else text) or None


def value_shown(value: Any, op: str) -> str:
    """Write the value of a condition as people type it."""
    if op == "exists":
        return _("no") if value == "false" else _("yes")
    return shown("value", value)
