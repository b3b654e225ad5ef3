"""Rows of the loop."""

from reviews.models.drafting import RightsDraft
from reviews.models.exports import UNFINISHED, Chosen, Export, ExportState
from reviews.models.items import Impact, Item, ItemState, Prediction, Route
from reviews.models.judgements import Decision, Feed, Outcome, Source, Verdict, Withdrawal
from reviews.models.lines import Lane, PersonLane, Queue, Watermark
from reviews.models.overriding import Appeal, End, Involvement, Override, OverrideEnd
from reviews.models.standing import Exposure, Position, RightsVersion, Seed, Setup, SwitchChange
from reviews.models.trays import Tray
from reviews.models.work import (
    APART,
    SETTLING,
    SHOWS_PRIOR,
    Batch,
    Claim,
    ClaimEnd,
    Draft,
    Kind,
    Opening,
    Presentation,
    Seat,
    SeatState,
    Task,
    TaskState,
)

__all__ = [
    "APART",
    "SETTLING",
    "SHOWS_PRIOR",
    "UNFINISHED",
    "Appeal",
    "Batch",
    "Chosen",
    "Claim",
    "ClaimEnd",
    "Decision",
    "Draft",
    "End",
    "Export",
    "ExportState",
    "Exposure",
    "Feed",
    "Impact",
    "Involvement",
    "Item",
    "ItemState",
    "Kind",
    "Lane",
    "Opening",
    "Outcome",
    "Override",
    "OverrideEnd",
    "PersonLane",
    "Position",
    "Prediction",
    "Presentation",
    "Queue",
    "RightsDraft",
    "RightsVersion",
    "Route",
    "Seat",
    "SeatState",
    "Seed",
    "Setup",
    "Source",
    "SwitchChange",
    "Task",
    "TaskState",
    "Tray",
    "Verdict",
    "Watermark",
    "Withdrawal",
]
