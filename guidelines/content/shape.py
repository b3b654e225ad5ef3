"""The shape of a taxonomy and of a guideline: what one published document holds.

A document leaves out what has its default, so that one that uses nothing new keeps the bytes, and the hash, that it has
always had. Sections and examples stand in the order in which they are read.
"""

import re
from collections.abc import Mapping as MappingOf
from typing import Any, Literal

import msgspec

KINDS = ("overview", "label", "edge_case", "handling", "procedure", "other")
VERDICTS = ("correct", "incorrect", "borderline")
HEADING = re.compile(r"^#{1,2}[ \t]+(.+?)[ \t]*#*[ \t]*$")
FENCE = re.compile(r"^ {0,3}(```|~~~)")


class Label(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A label: `on` keeps it to whole items or turns; `colour` is 1 to 12, else by its place; not active is retired."""

    code: str
    name: str
    key: str | None = None
    definition: str = ""
    on: Literal["item", "turn"] | None = None
    parent: str | None = None
    colour: int | None = None
    active: bool = True


class Category(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An error category."""

    code: str
    name: str
    definition: str = ""


class Attribute(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What may be said of a part beside its label; `labels` keeps it to these, `values` are those of a choice."""

    code: str
    name: str
    kind: Literal["choice", "text", "number", "boolean"] = "choice"
    values: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()


class Moved(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Where labels of the version before went.

    One to one is renamed, many to one merged, one to many split, to none retired.
    """

    was: tuple[str, ...]
    now: tuple[str, ...] = ()
    note: str = ""

    @property
    def kind(self) -> str:
        """Name it: renamed, merged, split, retired, or redrawn where many became many."""
        if not self.now:
            return "retired"
        if len(self.was) == 1:
            return "renamed" if len(self.now) == 1 else "split"
        return "merged" if len(self.now) == 1 else "redrawn"


class Mapping(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the labels of the version before carry over; `before` is the SHA-256 of that version in hex."""

    before: str
    rows: tuple[Moved, ...] = ()


class Taxonomy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Labels, error categories and attributes, or a form's schema."""

    labels: tuple[Label, ...] = ()
    error_categories: tuple[Category, ...] = ()
    many: bool = False
    schema: dict[str, Any] | None = None
    turns: bool = False
    decisive: tuple[str, ...] | None = None
    attributes: tuple[Attribute, ...] = ()
    mapping: Mapping | None = None

    @property
    def active(self) -> tuple[Label, ...]:
        """Give the labels that may be said."""
        return tuple(label for label in self.labels if label.active)


class Region(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A part of an example: a box in pixels of the original from its top left, or a stretch in milliseconds.

    Of a video it is a stretch, and where only a part of the picture is meant, a box too.
    """

    x: int | None = None
    y: int | None = None
    width: int | None = None
    height: int | None = None
    start_ms: int | None = None
    end_ms: int | None = None
    note: str = ""


class Example(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One visual example: what is shown, how it was judged and why; `asset` is `sha256:` and 64 hex digits.

    A page is the image of a document's page.
    """

    id: str
    kind: Literal["image", "page", "audio", "video", "text"]
    verdict: Literal["correct", "incorrect", "borderline"]
    caption: str = ""
    section: str | None = None
    label: str | None = None
    asset: str | None = None
    text: str | None = None
    alt: str = ""
    regions: tuple[Region, ...] = ()


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One section, in Markdown; `label` or `category` is what it defines or is about."""

    id: str
    kind: Literal["overview", "label", "edge_case", "handling", "procedure", "other"]
    title: str
    text: str = ""
    label: str | None = None
    category: str | None = None


class Acknowledge(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """That reviewers acknowledge this version before they claim; `right` of `questions` drawn from its examples."""

    questions: int = 0
    right: int = 0


class Guideline(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A guideline in one language, on the taxonomy with this SHA-256 in hex."""

    language: str
    taxonomy: str
    sections: tuple[Section, ...] = ()
    examples: tuple[Example, ...] = ()
    acknowledge: Acknowledge | None = None


def shaped_taxonomy(sent: MappingOf[str, Any]) -> Taxonomy:
    """Read a taxonomy that may still be wrong in what it says.

    Raises:
        msgspec.ValidationError: it has not even the shape.
    """
    return msgspec.convert(sent, Taxonomy)


def shaped_guideline(sent: MappingOf[str, Any]) -> Guideline:
    """Read a guideline that may still be wrong in what it says; one that is a single text is cut at its headings.

    Raises:
        msgspec.ValidationError: it has not even the shape.
    """
    if "text" in sent:
        rest = {name: value for name, value in sent.items() if name != "text"}
        return msgspec.convert({**rest, "sections": _sections(str(sent["text"]))}, Guideline)
    return msgspec.convert(sent, Guideline)


def taxonomy_doc(body: bytes) -> Taxonomy:
    """Read a published taxonomy back."""
    return msgspec.json.decode(body, type=Taxonomy)


def guideline_of(body: bytes) -> Guideline:
    """Read a published guideline back."""
    return shaped_guideline(msgspec.json.decode(body))


def taxonomy_body(taxonomy: Taxonomy) -> dict[str, Any]:
    """Give what is published of a taxonomy."""
    body: dict[str, Any] = {
        "labels": [_label(label) for label in taxonomy.labels],
        "error_categories": [_category(one) for one in taxonomy.error_categories],
        "many": taxonomy.many,
        "schema": taxonomy.schema,
    }
    if taxonomy.turns:
        body["turns"] = True
    if taxonomy.decisive is not None:
        body["decisive"] = list(taxonomy.decisive)
    if taxonomy.attributes:
        body["attributes"] = msgspec.to_builtins(taxonomy.attributes)
    if taxonomy.mapping is not None and taxonomy.mapping.rows:
        body["mapping"] = {"before": taxonomy.mapping.before, "rows": msgspec.to_builtins(taxonomy.mapping.rows)}
    return body


def guideline_body(guideline: Guideline) -> dict[str, Any]:
    """Give what is published of a guideline."""
    made: dict[str, Any] = msgspec.to_builtins(guideline)
    return {"sections": [], "examples": [], **made}


def _label(label: Label) -> dict[str, Any]:
    told: dict[str, Any] = {
        "code": label.code,
        "name": label.name,
        "key": label.key,
        "definition": label.definition,
    }
    more = {"on": label.on, "parent": label.parent, "colour": label.colour}
    told |= {name: value for name, value in more.items() if value is not None}
    return told if label.active else {**told, "active": False}


def _category(one: Category) -> dict[str, Any]:
    told = {"code": one.code, "name": one.name}
    return {**told, "definition": one.definition} if one.definition else told


def _sections(text: str) -> list[dict[str, Any]]:
    """Cut one text at its first and second headings; what stands before the first is the overview."""
    parts: list[tuple[str, list[str]]] = [("", [])]
    fenced = False
    for line in text.splitlines():
        fenced ^= bool(FENCE.match(line))
        heading = None if fenced else HEADING.match(line)
        if heading:
            parts.append((heading[1], []))
        else:
            parts[-1][1].append(line)
    found = [(title, "\n".join(lines).strip()) for title, lines in parts]
    kept = [(title, words) for title, words in found if title or words]
    return [
        {
            "id": f"s{number}",
            "kind": "other" if number > 1 else "overview",
            "title": title or ("Overview" if number == 1 else ""),
            "text": words,
        }
        for number, (title, words) in enumerate(kept, 1)
    ]
