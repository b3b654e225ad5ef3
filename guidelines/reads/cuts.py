"""What a panel beside an item shows of a guideline: what is said of one label or error, one section, or what is found.

What it shows follows from the version and the question alone, so that it may be kept under its address for good.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from guidelines.content import Category
from guidelines.reads.reading import Chip, Meaning, Part, Reading, Seen, reading_of

MOST_EXAMPLES, MOST_PARTS, MOST_FOUND = 24, 12, 40


@dataclass(frozen=True, slots=True)
class Cut:
    """A part of a guideline. `about` is the label or error category; `more` counts what is left out for its length.

    `parts` are shown whole, `lines` named only, `examples` stand beside no section shown.
    """

    about: Meaning | Category | None = None
    parts: tuple[Part, ...] = ()
    lines: tuple[Part, ...] = ()
    examples: tuple[Seen, ...] = ()
    more: int = 0


def cut_of(reading: Reading, at: str) -> Cut | None:
    """Cut a guideline at `label-<code>`, `error-<code>`, `section-<id>`, or "" for its beginning; None: no such."""
    kind, _, code = at.partition("-")
    if not at:
        return _bounded(None, [part for part in reading.parts if part.section.kind == "overview"], (), reading.parts)
    if kind == "label":
        about = next((one for one in reading.labels if one.chip.code == code), None)
        parts = [part for part in reading.parts if part.section.label == code]
        mine = [one for one in reading.examples if one.example.label == code]
        return _bounded(about, parts, mine) if about or parts or mine else None
    if kind == "error":
        category = next((one for one in reading.categories if one.code == code), None)
        told = [part for part in reading.parts if part.section.category == code]
        return _bounded(category, told, ()) if category else None
    if kind == "section":
        parts = [part for part in reading.parts if part.section.id == code]
        return _bounded(None, parts, ()) if parts else None
    return None


def _bounded(
    about: Meaning | Category | None, parts: Sequence[Part], mine: Iterable[Seen], lines: Sequence[Part] = ()
) -> Cut:
    """Keep to what a panel can hold: of a label's own examples first, then of the others that its sections show."""
    own = list(mine)
    beside = {one.example.id for part in parts for one in part.examples}
    told = [one for part in parts for one in part.examples] + [one for one in own if one.example.id not in beside]
    first = {one.example.id for one in own}
    kept = {one.example.id for one in sorted(told, key=lambda one: one.example.id not in first)[:MOST_EXAMPLES]}
    shown = tuple(
        replace(part, examples=tuple(one for one in part.examples if one.example.id in kept))
        for part in parts[:MOST_PARTS]
    )
    rest = tuple(one for one in own if one.example.id in kept and one.example.id not in beside)
    return Cut(about, shown, tuple(lines), rest, len(told) - len(kept) + len(parts) - len(shown))


def found_in(reading: Reading, typed: str) -> Cut:
    """Find the sections and examples that have all the words typed, without regard to case and accents."""
    words = plain_of(typed).split()
    if not words:
        return Cut()
    parts, examples = _index(reading.project, reading.guideline, reading.taxonomy)
    told = [part for part, text in zip(reading.parts, parts, strict=True) if all(word in text for word in words)]
    seen = [one for one, text in zip(reading.examples, examples, strict=True) if all(word in text for word in words)]
    more = max(0, len(told) - MOST_FOUND) + max(0, len(seen) - MOST_EXAMPLES)
    return Cut(None, (), tuple(told[:MOST_FOUND]), tuple(seen[:MOST_EXAMPLES]), more)


def plain_of(text: str) -> str:
    """Give a text as it is compared: small letters, without accents."""
    return "".join(one for one in unicodedata.normalize("NFD", text) if not unicodedata.combining(one)).lower()


@lru_cache(maxsize=8)
def _index(project_id: int, guideline: str, taxonomy: str) -> tuple[list[str], list[str]]:
    reading = reading_of(project_id, guideline, taxonomy)

    parts = [_said(part.section.title, part.section.text, part.chip, part.category) for part in reading.parts]
    seen = [(one.example, one.chip) for one in reading.examples]
    examples = [_said(one.caption, one.text, one.alt, chip) for one, chip in seen]
    return parts, examples


def _said(*told: str | Chip | Category | None) -> str:
    """Give all that is said as it is compared, of labels and categories their names."""
    return plain_of(" ".join(one if isinstance(one, str) else one.name for one in told if one))
