"""What changed between two versions, as readers are shown it: words marked, labels with what became of them."""

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guidelines.content import Moved, Taxonomy
from guidelines.content.differing import Difference, Field, Run, differences
from guidelines.reads.reading import Chip, Reading, Seen, chips_of, reading_of, written_of
from guidelines.reads.steps import steps_to

MOST = 400
UNSHOWN = {"asset", "id", "mapping"}
FIELDS = {
    "acknowledge": gettext_lazy("To be acknowledged"),
    "active": gettext_lazy("May be said"),
    "alt": gettext_lazy("What the picture shows"),
    "caption": gettext_lazy("Caption"),
    "category": gettext_lazy("Error category"),
    "colour": gettext_lazy("Colour"),
    "decisive": gettext_lazy("What decides"),
    "definition": gettext_lazy("Definition"),
    "key": gettext_lazy("Key"),
    "kind": gettext_lazy("Kind"),
    "label": gettext_lazy("Label"),
    "labels": gettext_lazy("Labels"),
    "many": gettext_lazy("Several labels at once"),
    "name": gettext_lazy("Name"),
    "on": gettext_lazy("Where it goes"),
    "parent": gettext_lazy("Stands under"),
    "regions": gettext_lazy("Marked parts"),
    "schema": gettext_lazy("Fields of the form"),
    "section": gettext_lazy("Section"),
    "text": gettext_lazy("Text"),
    "title": gettext_lazy("Title"),
    "turns": gettext_lazy("Labels on turns"),
    "values": gettext_lazy("Values"),
    "verdict": gettext_lazy("Verdict"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """One field that differs: marked word by word where it is text, else as it was and as it is, in words."""

    name: Any
    runs: tuple[Run, ...]
    before: str
    now: str


@dataclass(frozen=True, slots=True)
class Change:
    """One part that differs: what it is (section, label, ...), how (added, removed, changed, moved), and its fields.

    An example stands here as it was and as it is; `at` is where a reader finds it on the guideline's page.
    """

    what: str
    how: str
    name: str
    at: str
    fields: tuple[Told, ...]
    was: Seen | None = None
    now: Seen | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """Labels of the version before and what they are now; `kind` is renamed, merged, split, retired or redrawn."""

    kind: str
    was: tuple[Chip, ...]
    now: tuple[Chip, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Changes:
    """All that differs between two versions; `more` counts what is left out for its length."""

    moves: tuple[Move, ...]
    rows: tuple[Change, ...]
    more: int


Which = tuple[str, str]
"""A version: the digest of its guideline, and of the taxonomy that it stood on."""


@lru_cache(maxsize=32)
def changes_of(project_id: int, before: Which, now: Which, _language: str | None) -> Changes:
    """Say what differs between two published versions of a project, which never change, in the language asked for."""
    old, new = reading_of(project_id, *before), reading_of(project_id, *now)
    taxonomies = _taxonomies(project_id, before[1], now[1])
    versions = [
        (taxonomies[which[1]], written) for which in (before, now) if (written := written_of(project_id, which[0]))
    ]
    found = differences(versions[0], versions[-1])
    names = {**_names(old), **_names(new)}
    was, stands = ({seen.example.id: seen for seen in one.examples} for one in (old, new))
    places = _places(new)
    rows = [row for one in found if (row := _row(one, names, was.get(one.id), stands.get(one.id), places)) is not None]
    return Changes(tuple(_moves(list(taxonomies.values()))), tuple(rows[:MOST]), max(0, len(rows) - MOST))


def _taxonomies(project_id: int, before: str, now: str) -> dict[str, Taxonomy]:
    """Give the taxonomies from one version to a later one, by digest, in their order."""
    found: dict[str, Taxonomy] = {}
    for digest, step in steps_to(project_id, now):
        if found or digest in {before, now}:
            found[digest] = step
    return found


def _moves(steps: Sequence[Taxonomy]) -> Iterable[Move]:
    for before, now in pairwise(steps):
        named = {**chips_of(now), **chips_of(before)}, chips_of(now)
        for row in now.mapping.rows if now.mapping else ():
            yield _move(row, *named)


def _move(row: Moved, before: dict[str, Chip], now: dict[str, Chip]) -> Move:
    was = tuple(before.get(code) or Chip(code, code, 0) for code in row.was)
    return Move(row.kind, was, tuple(now.get(code) or Chip(code, code, 0) for code in row.now), row.note)


Names = dict[tuple[str, str], str]


def _places(reading: Reading) -> set[str]:
    """Give what has an address on the guideline's page."""
    found = {f"section-{part.section.id}" for part in reading.parts}
    found |= {f"label-{one.chip.code}" for one in reading.labels} | {f"error-{one.code}" for one in reading.categories}
    return found | {f"example-{one.example.id}" for one in reading.examples}


def _row(one: Difference, names: Names, was: Seen | None, now: Seen | None, places: Set[str]) -> Change | None:
    """Put a difference in words; None where all that differs is not shown."""
    fields = tuple(_told(field, names) for field in one.fields if field.name not in UNSHOWN)
    shown = one.what == "example"
    if not fields and one.change == "changed" and not shown:
        return None
    at = f"{'error' if one.what == 'category' else one.what}-{one.id}"
    return Change(
        one.what,
        one.change,
        one.name,
        at if at in places else "",
        fields,
        was if shown else None,
        now if shown else None,
    )


def _names(reading: Reading) -> Names:
    """Give the names behind codes, by the field that holds the code."""
    found = {("section", part.section.id): part.section.title for part in reading.parts}
    found |= {("category", one.code): one.name for one in reading.categories}
    for chip in [*(one.chip for one in reading.became), *(one.chip for one in reading.labels)]:
        found |= {("label", chip.code): chip.name, ("parent", chip.code): chip.name}
    return found


def _told(field: Field, names: Names) -> Told:
    before, now = (_said(field.name, value, names) for value in (field.before, field.now))
    words = field.runs if field.name in {"text", "title", "name", "definition", "caption", "alt"} else ()
    return Told(FIELDS.get(field.name, field.name), words, before, now)


def _said(name: str, value: Any, names: Names) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if value is None or value == "" or value == []:
        return "–"
    if name == "regions":
        return str(len(value))
    if isinstance(value, list):
        return ", ".join(
            names.get((name.removesuffix("s"), one), one) if isinstance(one, str) else "…" for one in value
        )
    if isinstance(value, dict):
        return ", ".join(value.get("properties", value)) if isinstance(value.get("properties", {}), dict) else "…"
    return names.get((name, value), str(value)) if isinstance(value, str) else str(value)
