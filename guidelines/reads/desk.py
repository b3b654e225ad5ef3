"""A draft on its editor's desk: its parts as cards, and beside each what keeps it from being published."""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from guidelines.content import taxonomy_doc
from guidelines.content.checks import KEYS, Fault, quizzed
from guidelines.content.editing import Document, Rows
from guidelines.models import GuidelineDraft
from guidelines.reads.standing import Judged, draft_of, guideline_in_force, judged, takes_two, taxonomy_in_force

PLACE = re.compile(r"(?P<what>[a-z_]+)(?:\[(?P<place>\d+)\])?(?:\.(?P<field>[a-z_]+)(?:\[\d+\])?)?")
KINDS_OF = {
    "sections": ("section", "id"),
    "examples": ("example", "id"),
    "labels": ("label", "code"),
    "error_categories": ("category", "code"),
    "attributes": ("attribute", "code"),
}
MOST_FAULTS, MOST_HINTS = 40, 10


@dataclass(frozen=True, slots=True)
class Note:
    """What is wrong: `what` is section, example, label, category, attribute or the name of a place by itself.

    Its tone is reject for what keeps a draft from being published, warn for a hint.
    """

    what: str
    id: str
    field: str
    sentence: str
    name: str = ""
    tone: str = "reject"


@dataclass(frozen=True, slots=True)
class LabelCard:
    """A label on the desk: its number among the colours, and whether it could be said before."""

    row: Document
    hue: int
    known: bool
    notes: list[Note] = field(default_factory=list)

    @property
    def active(self) -> bool:
        """Tell whether it may be said."""
        return self.row.get("active") is not False


@dataclass(frozen=True, slots=True)
class Card:
    """A section or an example on the desk; `number` counts from 1, `label` is its label's card."""

    row: Document
    number: int
    last: bool
    label: LabelCard | None
    notes: list[Note]
    examples: int = 0
    section: str = ""


class Desk:
    """A draft with all that its pages show; no statement but those of `judged` and the taxonomy in force."""

    def __init__(self, draft: GuidelineDraft) -> None:
        self.draft, self.project, self.language = draft, draft.project, draft.language
        self.own = draft.language == draft.project.language
        self.two = takes_two(draft.project)
        self.standing = taxonomy_in_force(draft.project_id)
        self.before = taxonomy_doc(bytes(self.standing.body)) if self.standing else None
        self.guideline: Document = draft.guideline
        self.taxonomy: Document = _taxonomy(draft, bytes(self.standing.body) if self.standing else None)

    @cached_property
    def judged(self) -> Judged:
        """What it amounts to."""
        return judged(self.project, self.draft)

    @cached_property
    def notes(self) -> list[Note]:
        """All that keeps it from being published, in the order of the documents."""
        return [self._note(fault) for fault in self.judged.faults]

    @cached_property
    def hints(self) -> list[Note]:
        """What its editor had better look at again."""
        return [replace(self._note(hint), tone="warn") for hint in self.judged.hints]

    @property
    def first_hints(self) -> list[Note]:
        """As many of them as a list on a page may hold."""
        return self.hints[:MOST_HINTS]

    @property
    def more_hints(self) -> int:
        """How many that list leaves out."""
        return max(0, len(self.hints) - MOST_HINTS)

    @property
    def first_notes(self) -> list[Note]:
        """As many of them as a list on a page may hold."""
        return self.notes[:MOST_FAULTS]

    @property
    def more_notes(self) -> int:
        """How many that list leaves out."""
        return max(0, len(self.notes) - MOST_FAULTS)

    @property
    def overtaken(self) -> bool:
        """Tell whether another version came in force since it was begun."""
        base = guideline_in_force(self.project, self.language)
        same = (base.pk if base else None) == self.draft.base_id
        return not (
            same and (not self.own or (self.standing.pk if self.standing else None) == self.draft.taxonomy_base_id)
        )

    @cached_property
    def beside(self) -> Mapping[tuple[str, str], list[Note]]:
        """The same and the hints, by what they are about."""
        found = defaultdict(list)
        for note in (*self.notes, *self.hints):
            found[note.what, note.id].append(note)
        return found

    def notes_of(self, what: str, one: str = "") -> list[Note]:
        """Give what is wrong in one part, and after it what to look at again."""
        return self.beside.get((what, one), [])

    @property
    def facts_notes(self) -> list[Note]:
        """Give what is wrong in the summary and in what is asked of readers."""
        return [*self.notes_of("summary"), *self.notes_of("acknowledge")]

    @property
    def whole_notes(self) -> dict[str, list[Note]]:
        """Give what is wrong in lists as a whole, and in what stands alone, by the place."""
        return {what: notes for (what, one), notes in self.beside.items() if not one}

    @cached_property
    def codes_before(self) -> frozenset[str]:
        """The labels that could be said in the version in force."""
        return frozenset(label.code for label in self.before.active) if self.before else frozenset()

    @cached_property
    def labels(self) -> list[LabelCard]:
        """The labels, those that may be said first, as they stand; then those that are retired."""
        rows = self.rows("labels", self.taxonomy)
        known = {label.code for label in self.before.labels} if self.before else frozenset[str]()
        cards = [
            LabelCard(
                row, row.get("colour") or place % 12 + 1, row["code"] in known, self.notes_of("label", row["code"])
            )
            for place, row in enumerate(rows)
        ]
        return sorted(cards, key=lambda card: not card.active)

    @cached_property
    def label_cards(self) -> dict[str, LabelCard]:
        """The same by code."""
        return {card.row["code"]: card for card in self.labels}

    @property
    def active_labels(self) -> list[LabelCard]:
        """Those that may be said."""
        return [card for card in self.labels if card.active]

    @property
    def free_keys(self) -> list[str]:
        """The keys that no label has."""
        taken = {card.row.get("key") for card in self.active_labels}
        return [key for key in KEYS if key not in taken]

    @property
    def quizzed(self) -> int:
        """How many examples a quiz may draw from."""
        return len(quizzed(self.judged.guideline)) if self.judged.guideline else 0

    def rows(self, name: str, document: Document | None = None) -> Rows:
        """Give one of the lists."""
        rows: Rows = (self.guideline if document is None else document).get(name) or []
        return rows

    def row_of(self, what: str, one: str) -> Document | None:
        """Give the part that has a card where it is written: a section, or a term of the taxonomy."""
        listed = {name: (place, key) for place, (name, key) in KINDS_OF.items() if name != "example"}
        if what not in listed:
            return None
        place, key = listed[what]
        rows = self.rows(place, self.guideline if what == "section" else self.taxonomy)
        return next((row for row in rows if row.get(key) == one), None)

    @property
    def sections(self) -> list[Card]:
        """The sections as cards."""
        rows = self.rows("sections")
        shown = Counter(one.get("section") for one in self.rows("examples"))
        return [
            Card(
                row,
                number,
                number == len(rows),
                self._label(row),
                self.notes_of("section", row["id"]),
                shown[row["id"]],
            )
            for number, row in enumerate(rows, 1)
        ]

    def examples(self, asked: Mapping[str, str]) -> list[Card]:
        """Give the examples of a section, a label and a verdict, as far as these are asked for."""
        rows = self.rows("examples")
        wanted = {name: value for name, value in asked.items() if value and name in ("section", "label", "verdict")}
        titles = {one["id"]: one["title"] for one in self.rows("sections")}
        return [
            Card(
                row,
                number,
                number == len(rows),
                self._label(row),
                self.notes_of("example", row["id"]),
                section=titles.get(row.get("section"), ""),
            )
            for number, row in enumerate(rows, 1)
            if all(row.get(name) == value for name, value in wanted.items())
        ]

    def _label(self, row: Document) -> LabelCard | None:
        return self.label_cards.get(row.get("label") or "")

    def _note(self, fault: Fault) -> Note:
        found = PLACE.fullmatch(fault.place)
        if found is None:
            return Note("", "", "", fault.sentence)
        what, kept = found["what"], found["field"] or ""
        if what not in KINDS_OF or found["place"] is None:
            return Note(what, "", kept, fault.sentence)
        name, key = KINDS_OF[what]
        rows: Sequence[Any] = self.rows(what, self.guideline if name in ("section", "example") else self.taxonomy)
        row = rows[int(found["place"])]
        return Note(
            name, row[key], kept, fault.sentence, row.get("title") or row.get("name") or row.get("caption") or ""
        )


def desk(project: Any, language: str) -> Desk | None:
    """Give the draft in a language on its desk; None where there is none."""
    found = draft_of(project, language)
    return Desk(found) if found is not None else None


def _taxonomy(draft: GuidelineDraft, standing: bytes | None) -> Document:
    """Give the draft's own taxonomy, else the one that it stands on."""
    if draft.taxonomy is not None:
        return dict(draft.taxonomy)
    return {} if standing is None else dict(json.loads(standing))
