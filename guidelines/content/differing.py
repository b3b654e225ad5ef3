"""What differs between two versions: labels, categories, attributes, sections and examples, part by part."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

import msgspec

from guidelines.content.shape import Guideline, Taxonomy

TOKENS = re.compile(r"\s+|\w+|[^\w\s]")
MOST_TOKENS = 6_000
SAME, GONE, NEW = "same", "gone", "new"

Run = tuple[str, str]
"""SAME, GONE or NEW, and the text that is so."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a part: its values before and now, and where both are text, the runs that tell them apart."""

    name: str
    before: Any
    now: Any
    runs: tuple[Run, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """One part that differs.

    `what` is label, category, attribute, section, example, taxonomy or guideline; `change` is added, removed, changed
    or moved (its place in the order is another, and maybe its fields too). `name` is what readers call it.
    """

    what: str
    change: str
    id: str
    name: str
    fields: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a version as it is compared: its kind, its id and name, and its fields."""

    what: str
    id: str
    name: str
    fields: dict[str, Any]


Version = tuple[Taxonomy, Guideline]


def differences(before: Version | None, now: Version) -> list[Difference]:
    """List what differs, in the order in which parts are read now, what is gone after its kind; none where nothing."""
    found: list[Difference] = []
    for kind in ("taxonomy", "label", "category", "attribute", "guideline", "section", "example"):
        found += _of_kind(_parts(before, kind) if before else [], _parts(now, kind), whole=before is None)
    return found


def _parts(version: Version, kind: str) -> list[Part]:
    taxonomy, guideline = version
    rows: dict[str, tuple[Iterable[Any], str, str]] = {
        "label": (taxonomy.labels, "code", "name"),
        "category": (taxonomy.error_categories, "code", "name"),
        "attribute": (taxonomy.attributes, "code", "name"),
        "section": (guideline.sections, "id", "title"),
        "example": (guideline.examples, "id", "caption"),
    }
    if kind in rows:
        structs, key, name = rows[kind]
        return [_part(kind, msgspec.to_builtins(one), key, name) for one in structs]
    if kind == "taxonomy":
        body = msgspec.to_builtins(taxonomy)
        fields = {name: body[name] for name in ("many", "schema", "turns", "decisive") if body.get(name) is not None}
    else:
        fields = {"acknowledge": msgspec.to_builtins(guideline.acknowledge)} if guideline.acknowledge else {}
    return [Part(kind, kind, "", fields)]


def _part(kind: str, body: dict[str, Any], key: str, name: str) -> Part:
    fields = {field: value for field, value in body.items() if field != key}
    return Part(kind, body[key], body.get(name) or body[key], fields)


def _of_kind(before: Sequence[Part], now: Sequence[Part], *, whole: bool) -> list[Difference]:
    was = {part.id: part for part in before}
    still = {part.id for part in now}
    moved = set() if whole else _moved([part.id for part in before], [part.id for part in now])
    found = []
    for part in now:
        old = was.get(part.id)
        if old is None:
            if part.fields or part.what not in {"taxonomy", "guideline"}:
                found.append(Difference(part.what, "added", part.id, part.name, tuple(fields_of({}, part.fields))))
            continue
        changed = tuple(fields_of(old.fields, part.fields))
        if changed or part.id in moved:
            found.append(Difference(part.what, "moved" if part.id in moved else "changed", part.id, part.name, changed))
    gone = [part for part in before if part.id not in still]
    return found + [
        Difference(part.what, "removed", part.id, part.name, tuple(fields_of(part.fields, {}))) for part in gone
    ]


def _moved(before: Sequence[str], now: Sequence[str]) -> set[str]:
    """Give the parts that stand in another order, as few as explain it."""
    common = set(before) & set(now)
    old, new = [one for one in before if one in common], [one for one in now if one in common]
    if old == new:
        return set()
    blocks = SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
    kept = {one for block in blocks for one in new[block.b : block.b + block.size]}
    return common - kept


def fields_of(before: dict[str, Any], now: dict[str, Any]) -> Iterable[Field]:
    """Give the fields that differ between two parts, in the order of the part now."""
    for name in dict.fromkeys([*now, *before]):
        old, new = before.get(name), now.get(name)
        if old == new or (not old and not new and not isinstance(old or new, bool)):
            continue
        both = isinstance(old or "", str) and isinstance(new or "", str)
        yield Field(name, old, new, tuple(runs(old or "", new or "")) if both else ())


def runs(before: str, now: str) -> list[Run]:
    """Tell two texts apart word by word, or line by line where they are long."""
    old, new = _tokens(before, now)
    found: list[Run] = []
    for op, start, end, to_start, to_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if op == "equal":
            found.append((SAME, "".join(old[start:end])))
            continue
        if end > start:
            found.append((GONE, "".join(old[start:end])))
        if to_end > to_start:
            found.append((NEW, "".join(new[to_start:to_end])))
    return found


def _tokens(before: str, now: str) -> tuple[list[str], list[str]]:
    old, new = TOKENS.findall(before), TOKENS.findall(now)
    if len(old) + len(new) <= MOST_TOKENS:
        return old, new
    return before.splitlines(keepends=True), now.splitlines(keepends=True)
