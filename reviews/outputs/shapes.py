"""The shape of an output, and so of a prediction, by task type: pixels, milliseconds, code points."""

from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

Id = Annotated[str, Meta(min_length=1, max_length=100)]
Label = Annotated[str, Meta(min_length=1, max_length=200)]
Length = Annotated[float, Meta(ge=0)]
Whole = Annotated[int, Meta(ge=0)]
Size = Annotated[int, Meta(ge=1, le=100_000)]
Score = Annotated[float, Meta(ge=0, le=1)]
Point = Annotated[list[Length], Meta(min_length=2, max_length=2)]


class LabelsOfTurn(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The labels of one turn of a conversation; `turn` counts from 0."""

    turn: Whole
    labels: Annotated[list[Label], Meta(min_length=1)]


class Labels(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """classification: one label, or a set of them; of a conversation also those of single turns, in their order."""

    labels: list[Label]
    turns: list[LabelsOfTurn] | UnsetType = UNSET


class Box(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A rectangle from its top left corner."""

    id: Id
    label: Label
    x: Length
    y: Length
    width: Length
    height: Length
    score: Score | None = None
    attributes: dict[str, Any] | None = None


class Boxes(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """detection."""

    boxes: list[Box]


class RunLengths(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A compressed COCO mask: size is [height, width]."""

    size: Annotated[list[Size], Meta(min_length=2, max_length=2)]
    counts: Annotated[str, Meta(min_length=1)]


class Region(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """An area: either a polygon or a mask."""

    id: Id
    label: Label
    polygon: Annotated[list[Point], Meta(min_length=3)] | None = None
    rle: RunLengths | None = None
    attributes: dict[str, Any] | None = None


class Regions(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """segmentation."""

    regions: list[Region]


class Word(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A word with its times."""

    start_ms: Whole
    end_ms: Whole
    text: str
    score: Score | None = None


class Utterance(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What one speaker says from start to end; speaker is null when unknown."""

    id: Id
    start_ms: Whole
    end_ms: Whole
    speaker: Annotated[str, Meta(max_length=200)] | None
    text: str
    words: list[Word] | None = None


class Transcript(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """transcript."""

    segments: list[Utterance]


class Event(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Something that happens from start to end, and who does it."""

    id: Id
    label: Label
    start_ms: Whole
    end_ms: Whole
    actors: list[Annotated[str, Meta(min_length=1, max_length=200)]]
    attributes: dict[str, Any] | None = None


class Events(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """events."""

    events: list[Event]


class Redacted(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A rectangle to be made unreadable, on a page or for a time; start and end come together."""

    id: Id
    label: Label
    x: Length
    y: Length
    width: Length
    height: Length
    page: Whole | None = None
    start_ms: Whole | None = None
    end_ms: Whole | None = None


class Redaction(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """redaction."""

    regions: list[Redacted]


class Field(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A value read from a page; the four lengths of its place come together or not at all."""

    name: Label
    value: str | float | bool | None
    page: Whole
    x: Length | None = None
    y: Length | None = None
    width: Length | None = None
    height: Length | None = None
    score: Score | None = None


class Fields(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """fields."""

    fields: list[Field]


class Span(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A stretch of text from start up to but not including end."""

    id: Id
    label: Label
    start: Whole
    end: Whole


class Spans(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """spans, and labels of the whole text."""

    spans: list[Span]
    labels: list[Label] | None = None


SHAPES: dict[str, type[msgspec.Struct]] = {
    "classification": Labels,
    "detection": Boxes,
    "segmentation": Regions,
    "transcript": Transcript,
    "events": Events,
    "redaction": Redaction,
    "fields": Fields,
    "spans": Spans,
}
ELEMENTS = {
    "detection": "boxes",
    "segmentation": "regions",
    "transcript": "segments",
    "events": "events",
    "redaction": "regions",
    "fields": "fields",
    "spans": "spans",
}
