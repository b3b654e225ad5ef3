"""What the API answers, said once: answers are made of these shapes, and the schema shows them."""

import uuid
from typing import Any, Literal

import msgspec


class Answer(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Base of what is answered."""


class FieldShape(Answer):
    """A place in what was sent, and what is wrong there."""

    field: str
    message: str


class ProblemShape(Answer):
    """A refusal, as RFC 9457 has it; `code` is stable."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    errors: list[FieldShape]


class ConditionShape(Answer):
    """One condition of a rule that was read, with the value that it saw (null where the field is absent)."""

    rule: str
    field: str
    op: str
    result: bool
    value: Any = None
    seen: Any = None


class DrawShape(Answer):
    """One draw: drawn where `u`, 16 hex digits, lies below `pi` of 2^64."""

    purpose: str
    month: str
    pi: str
    u: str
    drawn: bool


class RouteShape(Answer):
    """Why an item went where it went; `draws` only for a token that may see them."""

    arm: Literal["accept", "review", "hold"]
    rule: str
    rights_version: int
    rights_hash: str
    conditions: list[ConditionShape]
    draws: list[DrawShape] | msgspec.UnsetType = msgspec.UNSET


class OutcomeShape(Answer):
    """The answer for an item, and where it came from; times are RFC 3339 in UTC."""

    number: int
    source: Literal["model", "reviewer", "consensus", "adjudicator", "audit", "override", "appeal"]
    output: Any
    decided_at: str
    released_at: str
    supersedes: int | None
    action_hash: str | None


class ItemAnswer(Answer):
    """An item as it stands; `outcome` is null until one is released, `problem` says why an item is held."""

    id: uuid.UUID
    external_id: str
    state: Literal[
        "fetching", "accepted", "waiting", "in_review", "escalated", "decided", "held", "expired", "withdrawn", "erased"
    ]
    route: RouteShape
    outcome: OutcomeShape | None
    problem: str | msgspec.UnsetType = msgspec.UNSET
    decide_by: str | msgspec.UnsetType = msgspec.UNSET


class EntryProblem(Answer):
    """Why one item of several was refused."""

    code: str
    detail: str
    errors: list[FieldShape]


class ResultShape(Answer, omit_defaults=True):
    """What became of one item of several: `item` where it was created or known, `problem` where it was refused."""

    external_id: str | None
    status: Literal["created", "known", "refused"]
    item: ItemAnswer | msgspec.UnsetType = msgspec.UNSET
    problem: EntryProblem | msgspec.UnsetType = msgspec.UNSET


class ResultsAnswer(Answer):
    """One result an item, in the order sent."""

    results: list[ResultShape]


class AssetAnswer(Answer):
    """A file that the project holds; `id` names it in an item's `data`. An image's size is in pixels."""

    id: str
    media_type: str
    bytes: int
    width: int | None
    height: int | None
    duration_ms: int | None


class ClaimShape(Answer):
    """A lease: `until` is its end, `opened` whether the item has been on screen."""

    token: uuid.UUID
    until: str
    opened: bool


class TaskShape(Answer):
    """The work; `due_at` is null where nothing sets a time, `guidance` says how a higher level returned it."""

    id: uuid.UUID
    kind: str
    project: str
    queue: str
    task_type: str
    due_at: str | None
    guidance: str | msgspec.UnsetType = msgspec.UNSET


class AcknowledgedAnswer(Answer):
    """Since when somebody has an escalated task in hand."""

    acknowledged_at: str


class ItemOfClaim(Answer):
    """The item as its reviewer sees it."""

    external_id: str
    data: dict[str, Any]
    segments: dict[str, str]
    impact: Literal["normal", "high"]


class PriorShape(Answer):
    """An earlier decision that this seat is shown; `who` is a neutral name.

    One that is `returnable` may be given back to its author, by the verdict return.
    """

    id: uuid.UUID
    who: str
    verdict: str
    output: Any
    rationale: str | None
    differences: list[dict[str, Any]]
    decided_at: str
    returnable: bool


class AppealOfClaim(Answer):
    """The complaint that a seat of kind appeal hears, and the answer in force; the same answer lets that stand."""

    id: uuid.UUID
    grounds: str | None
    sender: str | None = msgspec.field(name="from")
    number: int
    output: Any


class ClaimAnswer(Answer):
    """A claim with all that its person may see; `proposal` and `confidence` are null where hidden or absent.

    `presentation` names by digest what is shown; `allowed` are the verdicts that may be sent, `reason_for` those that
    ask for a rationale; `draft` is what was saved before.
    """

    claim: ClaimShape
    task: TaskShape
    presentation: dict[str, Any]
    item: ItemOfClaim
    proposal: Any
    confidence: str | None
    taxonomy: dict[str, Any]
    allowed: list[str]
    reason_for: list[str]
    prior: list[PriorShape]
    draft: dict[str, Any] | None
    appeal: AppealOfClaim | msgspec.UnsetType = msgspec.UNSET


class UntilAnswer(Answer):
    """The end of a lease."""

    until: str


class DecisionAnswer(Answer):
    """A decision that stands: its verdict, null where it was derived from a hidden proposal, and its output."""

    id: uuid.UUID
    verdict: Literal["approve", "correct", "reject", "escalate", "skip", "return"] | None
    output: Any
    decided_at: str


class ReturnedAnswer(Answer):
    """A decision that went back to its author, whose seat is kept for them until `kept_until`; the claim has ended."""

    returned: uuid.UUID
    kept_until: str


class AppealAnswer(Answer):
    """An appeal against outcome `over`, and where it stands; times are RFC 3339 in UTC.

    It ends `upheld`, the outcome stands, or `overturned`, outcome `outcome` supersedes it; `reasons` are the grounds of
    that end. `grounds`, what was complained, is null where it was erased.
    """

    id: uuid.UUID
    external_id: str | None
    state: Literal["waiting", "in_hearing", "upheld", "overturned"]
    over: int
    grounds: str | None
    sender: str | None = msgspec.field(name="from")
    received_at: str
    ended_at: str | None
    reasons: str | None
    outcome: int | None


class ModelOfPrediction(Answer):
    """A model version."""

    name: str
    version: str


class PredictionAnswer(Answer):
    """A further prediction that is kept; it routes nothing.

    `problem` marks a label that the project does not have, or one that may not be said any more.
    """

    external_id: str
    model: ModelOfPrediction
    purpose: Literal["shadow", "evaluation"]
    problem: Literal["unknown_label", "retired_label"] | None
    received_at: str


class PredictionResult(Answer, omit_defaults=True):
    """What became of one prediction of several: `prediction` where it is kept, `problem` where it was refused."""

    external_id: str | None
    status: Literal["created", "known", "refused"]
    prediction: PredictionAnswer | msgspec.UnsetType = msgspec.UNSET
    problem: EntryProblem | msgspec.UnsetType = msgspec.UNSET


class PredictionsAnswer(Answer):
    """One result a prediction, in the order sent."""

    results: list[PredictionResult]


class FeedItem(Answer):
    """The item of an outcome."""

    id: uuid.UUID
    external_id: str


class FedOutcome(OutcomeShape):
    """A released outcome, at its position in the feed."""

    position: int
    item: FeedItem


class FeedAnswer(Answer):
    """Outcomes in the order of their release; `next_cursor` asks for what follows, now or later."""

    outcomes: list[FedOutcome]
    next_cursor: str
