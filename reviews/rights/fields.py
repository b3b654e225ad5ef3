"""The fields that a condition can name, and what an item holds there."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal

Kind = Literal["number", "text", "impact", "any"]

_SINGLE: dict[str, Kind] = {
    "confidence": "number",
    "impact": "impact",
    "cost": "number",
    "units": "number",
    "model.name": "text",
    "model.version": "text",
}
_ROOTS: dict[str, Kind] = {"segments": "text", "scores": "number", "prediction": "any", "data": "any"}
_NAME = re.compile(r"(?:(min|max|count):)?([a-z]+)\.(.{1,200})", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Subject:
    """What routing knows of an item and its prediction.

    `confidence` and the values of `scores` lie from 0 to 1; `cost` is in the project's currency. `prediction` is the
    proposed output, None when nothing was proposed. `unknown_labels`: the prediction names a label that the project's
    taxonomy lacks; `retired_labels`: it names one that may not be said any more.
    """

    confidence: Decimal | None = None
    impact: str = "normal"
    cost: Decimal | None = None
    units: Decimal | int = 1
    segments: Mapping[str, str] = field(default_factory=dict)
    model_name: str | None = None
    model_version: str | None = None
    prediction: Any = None
    scores: Mapping[str, Any] | None = None
    data: Any = None
    unknown_labels: bool = False
    retired_labels: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """A field as a condition names it: an optional fold over its values, where it starts, and the keys from there."""

    fold: Literal["", "min", "max", "count"]
    root: str
    keys: tuple[str, ...]
    kind: Kind


@lru_cache(maxsize=1024)
def field_named(text: str) -> Field | None:
    """Read a field's name, None when no such field can be.

    After `segments.` and `scores.` the rest is one key, dots and all; after `prediction.` and `data.` dots part keys.
    """
    if text in _SINGLE:
        return Field("", text, (), _SINGLE[text])
    found = _NAME.fullmatch(text)
    if found is None or found[2] not in _ROOTS:
        return None
    fold, root, rest = found[1] or "", found[2], found[3]
    keys = (rest,) if root in ("segments", "scores") else tuple(rest.split("."))
    if not all(keys) or (fold and root == "segments"):
        return None
    return Field(fold, root, keys, "number" if fold else _ROOTS[root])  # type: ignore[arg-type]  # the pattern holds it


def values_at(subject: Subject, place: Field) -> list[Any] | None:
    """Find what stands at a field: one value, or one for each element of the arrays passed on the way.

    Returns:
        None when the field is absent; null counts as absent. An empty list when an array on the way is empty.
    """
    return _walk(getattr(subject, place.root.replace(".", "_")), place.keys)


def _walk(value: Any, keys: tuple[str, ...]) -> list[Any] | None:
    if value is None:
        return None
    if not keys:
        return [value]
    if isinstance(value, Mapping):
        return _walk(value.get(keys[0]), keys[1:])
    if isinstance(value, list | tuple):
        branches = [branch for element in value if (branch := _walk(element, keys)) is not None]
        return None if value and not branches else [found for branch in branches for found in branch]
    return None


def flat(values: list[Any]) -> list[Any]:
    """Open arrays, however deep, into their elements; nulls are left out."""
    parts: list[Any] = []
    for value in values:
        parts.extend(flat(list(value)) if isinstance(value, list | tuple) else [value])
    return [part for part in parts if part is not None]
