"""What comes in over HTTP, read exactly: pure functions from bytes to values, and the refusals."""

from reviews.wire.appeals import AppealBody, read_appeal
from reviews.wire.bodies import MOST_ITEMS, Batch, Refused, Submission, read_items
from reviews.wire.decisions import Confirmation, DecisionBody, read_confirmation, read_decision, read_draft, read_names
from reviews.wire.predictions import PredictionBody, read_prediction, read_predictions

__all__ = [
    "MOST_ITEMS",
    "AppealBody",
    "Batch",
    "Confirmation",
    "DecisionBody",
    "PredictionBody",
    "Refused",
    "Submission",
    "read_appeal",
    "read_confirmation",
    "read_decision",
    "read_draft",
    "read_items",
    "read_names",
    "read_prediction",
    "read_predictions",
]
