"""Two versions, or a draft and what is in force, part by part, a page at a time."""

from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guidelines.content.differing import Difference, Field, Run, Version, differences
from guidelines.content.shape import Example, Moved
from guidelines.forms.parts import whole
from guidelines.models import GuidelineVersion
from guidelines.reads.writing import documents_of

A_PAGE = 60
HEADS = {
    "taxonomy": gettext_lazy("The taxonomy as a whole"),
    "label": gettext_lazy("Labels"),
    "category": gettext_lazy("Error categories"),
    "attribute": gettext_lazy("Attributes"),
    "guideline": gettext_lazy("The guideline as a whole"),
    "section": gettext_lazy("Sections"),
    "example": gettext_lazy("Examples"),
}
FIELDS = {
    "code": gettext_lazy("Code"),
    "name": gettext_lazy("Name"),
    "key": gettext_lazy("Key"),
    "definition": gettext_lazy("Definition"),
    "on": gettext_lazy("Said of"),
    "parent": gettext_lazy("Stands under"),
    "colour": gettext_lazy("Colour"),
    "active": gettext_lazy("May be said"),
    "kind": gettext_lazy("Kind"),
    "title": gettext_lazy("Title"),
    "text": gettext_lazy("Text"),
    "label": gettext_lazy("Label"),
    "category": gettext_lazy("Error category"),
    "verdict": gettext_lazy("Verdict"),
    "caption": gettext_lazy("Caption"),
    "section": gettext_lazy("Section"),
    "asset": gettext_lazy("File"),
    "alt": gettext_lazy("What the picture shows"),
    "regions": gettext_lazy("Marked parts"),
    "values": gettext_lazy("Values"),
    "labels": gettext_lazy("Labels"),
    "acknowledge": gettext_lazy("Acknowledged by readers"),
    "many": gettext_lazy("Several labels at once"),
    "turns": gettext_lazy("Labels on turns"),
    "decisive": gettext_lazy("What decides"),
    "schema": gettext_lazy("The form’s schema"),
}


WORDS = {
    "overview": gettext_lazy("Overview"),
    "label": gettext_lazy("What a label means"),
    "edge_case": gettext_lazy("Edge case"),
    "handling": gettext_lazy("Accents and noise"),
    "procedure": gettext_lazy("Procedure"),
    "other": gettext_lazy("Other"),
    "correct": gettext_lazy("correct"),
    "incorrect": gettext_lazy("incorrect"),
    "borderline": gettext_lazy("borderline"),
    "image": gettext_lazy("a picture"),
    "page": gettext_lazy("the page of a document"),
    "audio": gettext_lazy("a sound"),
    "video": gettext_lazy("a video"),
    "text": gettext_lazy("words"),
    "choice": gettext_lazy("a choice"),
    "number": gettext_lazy("a number"),
    "boolean": gettext_lazy("yes or no"),
}
CODED = ("kind", "verdict")


@dataclass(frozen=True, slots=True)
class Line:
    """A field that differs: its name in words, and its values in words where it is no text."""

    label: str
    field: Field

    @property
    def runs(self) -> tuple[Run, ...]:
        """What tells two texts apart; none for what is a code."""
        return () if self.field.name in CODED else self.field.runs

    @property
    def before(self) -> str:
        """What it was."""
        return self._said(self.field.before)

    @property
    def now(self) -> str:
        """What it is."""
        return self._said(self.field.now)

    def _said(self, value: Any) -> str:
        return str(WORDS.get(value, value)) if value and self.field.name in CODED else _told(value)


@dataclass(frozen=True, slots=True)
class Shown:
    """A part that differs; of an example also both states with what they show, and the mapping of a label."""

    found: Difference
    lines: list[Line]
    before: Example | None = None
    now: Example | None = None
    moved: Moved | None = None


def compared(before: GuidelineVersion | None, now: GuidelineVersion, page: str) -> dict[str, Any]:
    """Compare two published versions, for a template."""
    return laid_out(documents_of(before) if before else None, documents_of(now), page)


def laid_out(before: Version | None, now: Version, page: str) -> dict[str, Any]:
    """Lay out what differs between two states, for a template."""
    found = differences(before, now)
    number = max(1, whole(page) or 1)
    pages = max(1, -(-len(found) // A_PAGE))
    number = min(number, pages)
    part = found[(number - 1) * A_PAGE : number * A_PAGE]
    old = {one.id: one for one in before[1].examples} if before else {}
    new = {one.id: one for one in now[1].examples}
    rows = now[0].mapping.rows if now[0].mapping and before and now[0] != before[0] else ()
    led = {code: row for row in rows for code in (*row.now, *row.was)}
    shown = []
    for what, parts in groupby(part, key=lambda one: one.what):
        drawn = [_shown(one, old, new, led) for one in parts]
        shown.append((str(HEADS[what]), drawn))
    return {"changes": shown, "mapping": rows, "count": len(found), "number": number, "pages": pages}


def _shown(found: Difference, old: dict[str, Example], new: dict[str, Example], led: dict[str, Moved]) -> Shown:
    lines = [Line(str(FIELDS.get(field.name, field.name)), field) for field in found.fields if field.name != "asset"]
    if found.what == "example":
        return Shown(found, lines, old.get(found.id), new.get(found.id))
    return Shown(found, lines, moved=led.get(found.id) if found.what == "label" else None)


def _told(value: Any) -> str:
    """Say a value: a list by commas, yes and no, regions by their numbers."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list | tuple):
        return "; ".join(_told(one) for one in value)
    if isinstance(value, dict):
        return ", ".join(f"{name} {_told(one)}" for name, one in value.items())
    return "" if value is None else str(value)
