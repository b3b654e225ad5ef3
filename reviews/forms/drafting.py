"""What an editor of decision rights sent: the document that it makes, and how its rows move."""

from collections.abc import Mapping
from typing import Any

import msgspec
from django import forms
from django.http import QueryDict

from reviews.forms.leaves import SEVERAL, kind_of, part_shape, read, row_shape, value_from
from reviews.rights.arms import BELONGS
from reviews.rights.shape import Arm, Condition, Rights

FRESH: dict[str, dict[str, Any]] = {
    "routing": {"name": "", "when": [{"field": "confidence", "op": "<", "value": ""}], "then": {"arm": "review"}},
    "when": {"field": "", "op": "=", "value": ""},
    "second_person_when": {"field": "impact", "op": "=", "value": "high"},
    "verdicts": {"queue": "", "role": "reviewer", "allow": ["approve", "correct", "reject", "escalate", "skip"]},
    "overrides": {"name": "", "roles": ["adjudicator"], "when": [], "reason": True, "second_person_when": []},
    "escalation": {"name": "", "on": "asked", "to": {"level": 1, "queue": "", "notify": []}},
    "service_levels": {"queue": "", "due_after": ""},
}


class Acted(forms.Form):
    """What is done with the draft beside its fields: `act` is what a button says, as `up:routing.2`."""

    revision = forms.IntegerField(min_value=1)
    act = forms.CharField(max_length=200, required=False)


class Publishing(forms.Form):
    """Publishing or proposing: the draft as it was read, what it was compared with, and why."""

    revision = forms.IntegerField(min_value=1)
    against = forms.IntegerField(min_value=0, required=False)
    reason = forms.CharField(max_length=1000, required=False)


def place_in(text: str) -> int | None:
    """Read a whole number of at most nine digits, as rows and versions are numbered; None where it is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


def document_from(sent: QueryDict, before: Mapping[str, Any], levels: Mapping[str, int]) -> dict[str, Any]:
    """Read the whole form into a document, right or not; what the form does not hold stays as it was before.

    `levels` are those of the queues, by slug: an escalation's level is that of its queue.
    """
    found = _part(Rights, "", sent, before)
    for rule in found.get("escalation", []):
        target = rule.get("to", {})
        target["level"] = levels.get(target.get("queue", ""), target.get("level", 0))
    return found


def _part(shape: type[msgspec.Struct], prefix: str, sent: QueryDict, before: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for place in msgspec.structs.fields(shape):
        key = place.encode_name
        name, earlier = f"{prefix}{key}", before.get(key)
        value: Any
        if row := row_shape(place.type):
            value = _rows(row, name, sent, earlier or []) if name in sent else earlier
        elif (inner := part_shape(place.type)) is Arm:
            value = _arm(f"{name}.", sent, earlier or {}) if f"{name}.arm" in sent else earlier
        elif inner is not None:
            value = _part(inner, f"{name}.", sent, earlier or {})
            value = value if place.default is not None or _said(inner, value) else None
        else:
            value = _leaf(shape, place, prefix, sent, earlier)
        if value is not None or before.get(key, "") is None:
            found[key] = value
    return found


def _said(shape: type[msgspec.Struct], part: Mapping[str, Any]) -> bool:
    """Tell whether a part that may be left out says anything: one of what it cannot do without."""
    return any(part.get(place.encode_name) for place in msgspec.structs.fields(shape) if place.required)


def _rows(shape: type[msgspec.Struct], name: str, sent: QueryDict, before: Any) -> list[dict[str, Any]]:
    """Read rows in the order in which their keys were sent; a key is the place it had before."""
    found = []
    for key in sent.getlist(name):
        if not key:
            continue
        place = place_in(key)
        earlier = before[place] if place is not None and place < len(before) else {}
        found.append(_part(shape, f"{name}.{key}.", sent, earlier))
    return found


def _arm(prefix: str, sent: QueryDict, before: Mapping[str, Any]) -> dict[str, Any]:
    """Read an arm; of its fields only those that belong to it."""
    whole = _part(Arm, prefix, sent, before)
    return {key: value for key, value in whole.items() if key == "arm" or key in BELONGS.get(whole["arm"], ())}


def _leaf(
    shape: type[msgspec.Struct], place: msgspec.structs.FieldInfo, prefix: str, sent: QueryDict, before: Any
) -> Any:
    name, kind = f"{prefix}{place.encode_name}", kind_of(shape, place)
    if not kind or name not in sent:
        return before
    told = [text for text in sent.getlist(name) if text]
    if kind == "yes":
        return bool(told)
    if kind in SEVERAL:
        return told
    typed = told[-1] if told else ""
    if shape is Condition:
        if kind != "value":
            return typed.strip()
        return value_from(typed, sent.get(f"{prefix}op", ""), sent.get(f"{prefix}field", "").strip())
    if not typed.strip() and not place.required:
        return before if before == [] else None
    return read(kind, typed, before)


def acted(body: dict[str, Any], act: str) -> tuple[dict[str, Any], str]:
    """Add, remove or move a row as a button says; give the document and the id of what to look at, "" for none.

    Acts are `add:routing`, `add:routing.2.when`, `remove:routing.2`, `up:`, `down:` and `move:routing.2:0`. One that
    names nothing there does nothing.
    """
    verb, _colon, rest = act.partition(":")
    where, _colon, to = rest.partition(":")
    if verb == "add":
        rows = _rows_at(body, where)
        kind = where.rpartition(".")[2]
        if rows is None or kind not in FRESH:
            return body, ""
        rows.append(msgspec.json.decode(msgspec.json.encode(FRESH[kind])))
        return body, _id("row", f"{where}.{len(rows) - 1}")
    name, _dot, key = where.rpartition(".")
    rows = _rows_at(body, name)
    place = place_in(key)
    if rows is None or place is None or place >= len(rows):
        return body, ""
    row = rows.pop(place)
    if verb == "remove":
        return body, _id("rows", name)
    asked = place_in(to)
    goal = {"up": place - 1, "down": place + 1}.get(verb, place if asked is None else asked)
    goal = min(max(goal, 0), len(rows))
    rows.insert(goal, row)
    return body, _id("row", f"{name}.{goal}")


def _id(what: str, name: str) -> str:
    """Give the id that `drawing` gives it."""
    return f"{what}-{name.replace('.', '-')}"


def _rows_at(body: dict[str, Any], name: str) -> list[Any] | None:
    """Find the rows that a name leads to, made where there are none yet."""
    here: Any = body
    *way, last = name.split(".")
    for step in way:
        place = place_in(step)
        if isinstance(here, list) and place is not None and place < len(here):
            here = here[place]
        elif isinstance(here, dict) and step in here:
            here = here[step]
        else:
            return None
    if not isinstance(here, dict) or last not in FRESH:
        return None
    here[last] = list(here.get(last) or ())
    rows: list[Any] = here[last]
    return rows
