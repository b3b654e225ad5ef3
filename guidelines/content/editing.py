"""Changing a draft's documents part by part; parts are found by their id, labels and their like by their code."""

import re
import unicodedata
from collections.abc import Collection
from copy import deepcopy
from typing import Any

Rows = list[dict[str, Any]]
Document = dict[str, Any]


def copied(document: Document | None, *lists: str) -> Document:
    """Give a copy that may be changed, in which these lists stand, empty where there were none."""
    made: Document = deepcopy(document or {})
    for name in lists:
        made.setdefault(name, [])
    return made


def place_of(rows: Rows, one: str, key: str = "id") -> int | None:
    """Give where a part stands, from 0; None where there is none."""
    return next((place for place, row in enumerate(rows) if row.get(key) == one), None)


def moved(rows: Rows, one: str, goal: int, key: str = "id") -> bool:
    """Move a part to another place, as far as the ends; tell whether it was there."""
    place = place_of(rows, one, key)
    if place is None:
        return False
    row = rows.pop(place)
    rows.insert(min(max(goal, 0), len(rows)), row)
    return True


def fresh(words: str, taken: Collection[str], otherwise: str) -> str:
    """Make an id of words that nothing has yet: small letters, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", words.replace("ß", "ss")).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:48].strip("-") or otherwise
    if stem not in taken:
        return stem
    return next(made for number in range(2, len(taken) + 3) if (made := f"{stem}-{number}") not in taken)


def set_out(row: Document, values: Document, kept: Collection[str] = ()) -> None:
    """Write values into a part, and leave out what is empty but for what a part always has."""
    for name, value in values.items():
        if value is None or (value in ("", [], ()) and name not in kept):
            row.pop(name, None)
        else:
            row[name] = value
