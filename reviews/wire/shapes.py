"""What may be sent, said once: the API's checks and its schema both read these shapes."""

import uuid
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

_END = r"(?![\s\S])"  # the very end: `$` also stands before a last line feed

ExternalId = Annotated[str, Meta(pattern=f"^[ -~]{{1,200}}{_END}", description="1 to 200 printable ASCII characters")]
Name = Annotated[str, Meta(min_length=1, max_length=100)]
Share = Annotated[float, Meta(ge=0, le=1)]
SegmentText = Annotated[str, Meta(min_length=1, max_length=64)]
Cost = Annotated[str, Meta(pattern=rf"^[0-9]{{1,12}}(\.[0-9]{{1,4}})?{_END}")]
Units = Annotated[int, Meta(ge=1, le=2**31 - 1)]
_RFC3339 = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?([Zz]|[+-][0-9]{2}:[0-9]{2})"
Moment = Annotated[str, Meta(pattern=_RFC3339 + _END, description="RFC 3339 with an offset")]
Output = Annotated[
    Any, Meta(description="By task type. classification: Labels, `turns` only where the project labels turns")
]
ActionHash = Annotated[str, Meta(pattern=f"^[!-~]{{1,200}}{_END}")]
EndpointName = Annotated[
    str, Meta(pattern=f"^[a-z0-9][a-z0-9_-]{{0,63}}{_END}", description="An endpoint of the project, to be called back")
]
Code = Annotated[str, Meta(min_length=1, max_length=100)]


class ModelShape(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A model version, named by the system that runs it."""

    name: Name
    version: Name


class ItemShape(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """An item as sent; null is the same as absent."""

    external_id: ExternalId
    model: ModelShape | None = None
    prediction: Output = None
    confidence: Share | None = None
    scores: Annotated[dict[str, Share], Meta(max_length=1000)] | None = None
    data: dict[str, Any] | None = None
    segments: Annotated[dict[SegmentText, SegmentText], Meta(max_length=20)] | None = None
    impact: Literal["normal", "high"] | None = None
    cost: Cost | None = None
    units: Units | None = None
    occurred_at: Moment | None = None
    decide_by: Moment | None = None
    action_hash: ActionHash | None = None
    callback: EndpointName | None = None


class DecisionShape(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A decision as sent; null is the same as absent.

    `decision` goes with the verdict return alone: under a claim of an adjudication it names which of the decisions in
    `prior` goes back to its author, and `rationale` is the note, of 1 to 2,000 characters, on what to look at again.
    """

    verdict: Literal["approve", "correct", "reject", "escalate", "skip", "return"] | None = None
    output: Output = None
    error_categories: Annotated[list[Code], Meta(max_length=100)] | None = None
    rationale: Annotated[str, Meta(max_length=10_000)] | None = None
    active_ms: Annotated[int, Meta(ge=0, le=86_400_000)] | None = None
    decision: uuid.UUID | None = None


ITEM_WORDS = {
    "external_id": "1 to 200 printable ASCII characters.",
    "model": "A name and a version, each of 1 to 100 characters.",
    "confidence": "A number from 0 to 1.",
    "scores": "At most 1,000 numbers from 0 to 1, by label.",
    "data": "An object.",
    "segments": "At most 20 segments; keys and values are strings of 1 to 64 characters.",
    "impact": "Either normal or high.",
    "cost": 'A decimal as text, such as "12.50": 0 or more, at most 12 digits before the point and 4 after it.',
    "units": "A whole number from 1 to 2,147,483,647.",
    "occurred_at": "RFC 3339 with an offset, such as 2026-11-23T10:00:00Z.",
    "decide_by": "RFC 3339 with an offset, such as 2026-11-23T10:00:00Z.",
    "action_hash": "1 to 200 printable ASCII characters without spaces.",
    "callback": "The name of an endpoint of the project: 1 to 64 small letters, digits, - and _.",
}
DECISION_WORDS = {
    "verdict": "One of approve, correct, reject, escalate, skip, return.",
    "error_categories": "At most 100 codes of 1 to 100 characters.",
    "rationale": "At most 10,000 characters.",
    "active_ms": "Whole milliseconds from 0 to 86,400,000.",
    "decision": "The id of a decision, a UUID.",
}
