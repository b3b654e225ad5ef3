"""One version as it is read: sections in their order, labels as a tree, examples beside what they show."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.utils.safestring import SafeString

from assets.models import Asset
from guidelines.content import (
    Attribute,
    Category,
    Example,
    Guideline,
    Region,
    Section,
    Taxonomy,
    carried,
    colours_of,
    guideline_of,
)
from guidelines.models import GuidelineVersion
from guidelines.reads.rendering import rendered
from guidelines.reads.steps import steps_to


@dataclass(frozen=True, slots=True)
class Chip:
    """A label as it is named: `number` is its colour, 0 for none; one that is not active may be said no longer."""

    code: str
    name: str
    number: int
    key: str = ""
    active: bool = True


@dataclass(frozen=True, slots=True)
class Became:
    """A label of an earlier version that may be said no longer, and what it is now: nothing where it was retired."""

    chip: Chip
    now: tuple[Chip, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Meaning:
    """A label with what it means, `depth` levels below others.

    `on` is item or turn where it goes there alone, `part` the section that defines it.
    """

    chip: Chip
    depth: int
    definition: str
    on: str
    part: str


@dataclass(frozen=True, slots=True)
class Seen:
    """An example ready to be shown; width and height in pixels, and the length in ms, where its file has them."""

    example: Example
    chip: Chip | None
    sha256: str
    width: int | None
    height: int | None
    duration_ms: int | None

    @property
    def boxes(self) -> tuple[Region, ...]:
        """Give the regions that are drawn over its picture: none where nothing is known of its size."""
        return tuple(one for one in self.example.regions if one.x is not None) if self.width else ()

    def number(self, box: Region) -> int:
        """Give the number of a region among all of them, from 1."""
        return self.example.regions.index(box) + 1

    @property
    def size(self) -> int:
        """Give the height of a number written on its picture, in pixels of the picture."""
        return max(12, max(self.width or 0, self.height or 0) // 16)

    @property
    def seconds(self) -> float:
        """Its length in seconds."""
        return (self.duration_ms or 0) / 1000


@dataclass(frozen=True, slots=True)
class Part:
    """A section ready to be shown, with the examples that stand beside it."""

    number: int
    section: Section
    html: SafeString
    chip: Chip | None
    category: Category | None
    examples: tuple[Seen, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """A project's guideline on a taxonomy, each by the digest of its version.

    `loose` examples stand beside no section.
    """

    project: int
    guideline: str
    taxonomy: str
    language: str
    parts: tuple[Part, ...]
    loose: tuple[Seen, ...]
    labels: tuple[Meaning, ...]
    became: tuple[Became, ...]
    categories: tuple[Category, ...]
    attributes: tuple[Attribute, ...]

    @property
    def examples(self) -> tuple[Seen, ...]:
        """Give every example once, in the order in which they are read."""
        return (*(one for part in self.parts for one in part.examples), *self.loose)

    @property
    def shown(self) -> tuple[Chip, ...]:
        """Give the labels that examples show, as the labels stand."""
        codes = {one.chip.code for one in self.examples if one.chip}
        return tuple(one.chip for one in self.labels if one.chip.code in codes)


@lru_cache(maxsize=16)
def reading_of(project_id: int, guideline: str, taxonomy: str) -> Reading:
    """Read a project's published guideline ("" for none) on a taxonomy, both by digest; nothing of it ever changes.

    Three statements, and none when it was read before.
    """
    steps = [step for _digest, step in steps_to(project_id, taxonomy)]
    written = written_of(project_id, guideline) or Guideline("", taxonomy)
    return composed((project_id, guideline, taxonomy), written, steps)


def written_of(project_id: int, digest: str) -> Guideline | None:
    """Give a project's published guideline by its digest; None for "" and for another's."""
    bodies = GuidelineVersion.objects.filter(project=project_id, digest=digest).values_list("body", flat=True)
    body = bodies.first() if digest else None
    return guideline_of(bytes(body)) if body else None


def composed(which: tuple[int, str, str], written: Guideline, steps: Sequence[Taxonomy]) -> Reading:
    """Put a guideline and a taxonomy, the last of these steps, together; `which` names project and both digests."""
    taxonomy = steps[-1] if steps else Taxonomy()
    chips = chips_of(taxonomy)
    beside: dict[str | None, list[Seen]] = defaultdict(list)
    known = {one.id for one in written.sections}
    files = _files(written.examples)
    for one in written.examples:
        sha256 = (one.asset or "").removeprefix("sha256:")
        seen = Seen(one, chips.get(one.label or ""), sha256, *files.get(sha256, (None, None, None)))
        beside[one.section if one.section in known else None].append(seen)
    categories = {one.code: one for one in taxonomy.error_categories}
    parts = tuple(
        Part(
            number,
            one,
            rendered(one.text),
            chips.get(one.label or ""),
            categories.get(one.category or ""),
            tuple(beside[one.id]),
        )
        for number, one in enumerate(written.sections, 1)
    )
    return Reading(
        *which,
        written.language,
        parts,
        tuple(beside[None]),
        tuple(_tree(taxonomy, chips, written.sections)),
        tuple(_became(steps, chips)),
        taxonomy.error_categories,
        taxonomy.attributes,
    )


def chips_of(taxonomy: Taxonomy) -> dict[str, Chip]:
    """Give every label of a taxonomy as it is named, by code."""
    colours = colours_of(taxonomy)
    return {one.code: Chip(one.code, one.name, colours[one.code], one.key or "", one.active) for one in taxonomy.labels}


def _files(examples: Iterable[Example]) -> dict[str, tuple[int | None, int | None, int | None]]:
    wanted = {one.asset.removeprefix("sha256:") for one in examples if one.asset}
    if not wanted:
        return {}
    rows = Asset.objects.filter(sha256__in=wanted).values_list("sha256", "width", "height", "duration_ms")
    return {sha256: (width, height, length) for sha256, width, height, length in rows}


def _tree(taxonomy: Taxonomy, chips: dict[str, Chip], sections: Sequence[Section]) -> Iterable[Meaning]:
    """Give the labels that may be said, each below its parent."""
    known = {one.code for one in taxonomy.active}
    below: dict[str | None, list[int]] = defaultdict(list)
    for place, one in enumerate(taxonomy.active):
        below[one.parent if one.parent in known else None].append(place)
    defined: dict[str, str] = {}
    for section in sections:
        if section.label and section.kind == "label":
            defined.setdefault(section.label, section.id)
    waits = [(place, 0) for place in reversed(below[None])]
    while waits:
        place, depth = waits.pop()
        one = taxonomy.active[place]
        yield Meaning(chips[one.code], depth, one.definition, one.on or "", defined.get(one.code, ""))
        waits += [(under, depth + 1) for under in reversed(below[one.code])]


def _became(steps: Sequence[Taxonomy], chips: dict[str, Chip]) -> Iterable[Became]:
    """Say of labels that may be said no longer what they are now, following the mapping of each version."""
    rows = [step.mapping.rows if step.mapping else () for step in steps]
    named = {label.code: label.name for step in steps for label in step.labels}
    mapped = {code: row.note for step in rows for row in step for code in row.was}
    retired = [code for code, chip in chips.items() if not chip.active]
    for code in dict.fromkeys([*retired, *mapped]):
        if code in chips and chips[code].active:
            continue
        now = carried(code, rows).now if code in mapped else ()
        said = tuple(chips[one] for one in now if one in chips and chips[one].active)
        yield Became(chips.get(code) or Chip(code, named.get(code, code), 0, "", False), said, mapped.get(code, ""))
