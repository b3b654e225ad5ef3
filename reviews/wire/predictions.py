"""Further predictions as they come in: what another model version says of an item that is here."""

from decimal import Decimal
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from reviews.errors import BadPrediction
from reviews.wire.bodies import LARGEST_ITEM, decimal_of
from reviews.wire.exact import Reader, text_of
from reviews.wire.misfits import misfits
from reviews.wire.shapes import ITEM_WORDS, ModelShape, Output, Share


class PredictionShape(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What another model version proposes for an item, as sent; it routes nothing. Null is the same as absent."""

    model: ModelShape
    purpose: Literal["shadow", "evaluation"]
    prediction: Output
    confidence: Share | None = None
    scores: Annotated[dict[str, Share], Meta(max_length=1000)] | None = None


PREDICTION_WORDS = {
    **{key: ITEM_WORDS[key] for key in ("model", "confidence", "scores")},
    "purpose": "Either shadow or evaluation.",
    "prediction": "An output of the project's task type.",
}


class PredictionBody(msgspec.Struct, frozen=True, kw_only=True):
    """A further prediction that reads; numbers are the decimals of their shortest text."""

    model: tuple[str, str]
    purpose: Literal["shadow", "evaluation"]
    prediction: Any
    confidence: Decimal | None
    scores: dict[str, Decimal]


def read_prediction(body: bytes) -> PredictionBody:
    """Read `{"model", "purpose", "prediction", "confidence"?, "scores"?}`, at most 1 MiB.

    Raises:
        BadBody: it is no JSON, not UTF-8, nested too deep.
        BadPrediction: `fields` names each place that cannot be taken.
    """
    reading = Reader().read(text_of(body))
    if reading.flaws:
        raise refusal(reading.flaws)
    if len(reading.body) > LARGEST_ITEM:
        raise refusal([("", f"A prediction has at most {LARGEST_ITEM // 2**20} MiB.")])
    try:
        sent = msgspec.convert(reading.value, PredictionShape)
    except msgspec.ValidationError:
        raise refusal(misfits(reading.value, PredictionShape, PREDICTION_WORDS)) from None
    if sent.prediction is None:
        raise refusal([("prediction", "This key is required.")])
    return PredictionBody(
        model=(sent.model.name, sent.model.version),
        purpose=sent.purpose,
        prediction=sent.prediction,
        confidence=None if sent.confidence is None else decimal_of(sent.confidence),
        scores={label: decimal_of(score) for label, score in (sent.scores or {}).items()},
    )


def refusal(errors: list[tuple[str, str]]) -> BadPrediction:
    """Shape the places at fault as a refusal that names the first."""
    path, message = errors[0]
    said = f"{path}: {message}" if path else message
    return BadPrediction(f"This prediction cannot be taken. {said}", fields=errors[:20])
