"""Further predictions as they come in: what another model version says of an item that is here."""

import re
from decimal import Decimal
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from reviews.errors import BadBody, BadPrediction
from reviews.wire.bodies import LARGEST_ITEM, Refused, decimal_of, elements, external_id_of
from reviews.wire.exact import Reader, Reading, text_of
from reviews.wire.misfits import misfits
from reviews.wire.shapes import ITEM_WORDS, ExternalId, ModelShape, Output, Share

Purpose = Literal["shadow", "evaluation"]
Scores = Annotated[dict[str, Share], Meta(max_length=1000)]
_list = re.compile(r'[ \t\n\r]*\{[ \t\n\r]*"predictions"[ \t\n\r]*:')


class PredictionShape(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What another model version proposes for an item, as sent; it routes nothing. Null is the same as absent."""

    model: ModelShape
    purpose: Purpose
    prediction: Output
    confidence: Share | None = None
    scores: Scores | None = None


class NamedPredictionShape(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A further prediction in a list of them, with the item that it is for."""

    external_id: ExternalId
    model: ModelShape
    purpose: Purpose
    prediction: Output
    confidence: Share | None = None
    scores: Scores | None = None


PREDICTION_WORDS = {
    "external_id": ITEM_WORDS["external_id"],
    **{key: ITEM_WORDS[key] for key in ("model", "confidence", "scores")},
    "purpose": "Either shadow or evaluation.",
    "prediction": "An output of the project's task type.",
}


class PredictionBody(msgspec.Struct, frozen=True, kw_only=True):
    """A further prediction that reads; numbers are the decimals of their shortest text."""

    model: tuple[str, str]
    purpose: Purpose
    prediction: Any
    confidence: Decimal | None
    scores: dict[str, Decimal]


def read_prediction(body: bytes) -> PredictionBody:
    """Read `{"model", "purpose", "prediction", "confidence"?, "scores"?}`, at most 1 MiB.

    Raises:
        BadBody: it is no JSON, not UTF-8, nested too deep.
        BadPrediction: `fields` names each place that cannot be taken.
    """
    return _judged(Reader().read(text_of(body)), PredictionShape)


def read_predictions(body: bytes) -> list[tuple[str, PredictionBody] | Refused]:
    """Read `{"predictions": [...]}`, at most 1,000, each with an `external_id` and judged alone.

    Raises:
        BadBody: no such list.
    """
    text = text_of(body)
    listed = _list.match(text)
    if listed is None:
        raise BadBody('Predictions are sent as {"predictions": [...]}, each with the external_id of its item.')
    return [_named(reading) for reading in elements(text, listed.end(), "predictions")]


def _named(reading: Reading) -> tuple[str, PredictionBody] | Refused:
    try:
        read = _judged(reading, NamedPredictionShape)
    except BadPrediction as problem:
        name = external_id_of(reading.value)
        return Refused(external_id=name, code=problem.code, sentence=problem.sentence, errors=problem.fields)
    return reading.value["external_id"], read


def _judged(reading: Reading, shape: type[PredictionShape | NamedPredictionShape]) -> PredictionBody:
    if reading.flaws:
        raise refusal(reading.flaws)
    if len(reading.body) > LARGEST_ITEM:
        raise refusal([("", f"A prediction has at most {LARGEST_ITEM // 2**20} MiB.")])
    try:
        sent = msgspec.convert(reading.value, shape)
    except msgspec.ValidationError:
        raise refusal(misfits(reading.value, shape, PREDICTION_WORDS)) from None
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
