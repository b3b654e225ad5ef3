"""Further predictions in."""

from typing import Literal

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from accounts.errors import Forbidden
from accounts.models import Scope
from audit.errors import Refusal
from reviews.actions import Predicted, receive_prediction, receive_predictions
from reviews.api import items
from reviews.api.answering import answer
from reviews.api.asking import api, in_project, item_of
from reviews.api.shapes import (
    EntryProblem,
    FieldShape,
    ModelOfPrediction,
    PredictionAnswer,
    PredictionResult,
    PredictionsAnswer,
)
from reviews.models import Prediction
from reviews.reads.answers import rfc3339
from reviews.wire import PredictionBody, Refused, read_prediction, read_predictions


@api("POST", "GET")
def predictions(request: HttpRequest, project: str, external_id: str) -> HttpResponseBase:
    """Take a further prediction in; what is read here is an item whose own id ends so."""
    if request.method != "POST":
        return items.item(request, project, f"{external_id}/predictions")
    call = in_project(request, project, Scope.PREDICTIONS_WRITE)
    item = item_of(call, external_id)
    taken = receive_prediction(item=item, sent=read_prediction(request.body), by=call.by, at=call.at)
    return answer(_shown(taken.prediction, external_id), 201 if taken.new else 200)


@api("POST")
def several(request: HttpRequest, project: str) -> HttpResponse:
    """Take up to 1,000 further predictions in; a person sends them one by one, as each item may be theirs to decide."""
    call = in_project(request, project, Scope.PREDICTIONS_WRITE)
    if call.by.person_id is not None:
        raise Forbidden("A program sends predictions in lists; a person sends them one by one.")
    read = read_predictions(request.body)
    sent = [one for one in read if not isinstance(one, Refused)]
    told = iter(receive_predictions(project=call.project, entries=sent, by=call.by, at=call.at))
    return answer(
        PredictionsAnswer(results=[_result(one, None if isinstance(one, Refused) else next(told)) for one in read])
    )


def _result(sent: tuple[str, PredictionBody] | Refused, told: Predicted | Refusal | None) -> PredictionResult:
    if isinstance(sent, Refused):
        return _refused(sent.external_id, sent.code, sent.sentence, sent.errors)
    if not isinstance(told, Predicted):
        assert told is not None
        return _refused(sent[0], told.code, told.sentence, told.fields)
    status: Literal["created", "known"] = "created" if told.new else "known"
    return PredictionResult(external_id=sent[0], status=status, prediction=_shown(told.prediction, sent[0]))


def _refused(name: str | None, code: str, sentence: str, errors: list[tuple[str, str]]) -> PredictionResult:
    places = [FieldShape(field=field, message=message) for field, message in errors]
    problem = EntryProblem(code=code, detail=sentence, errors=places)
    return PredictionResult(external_id=name, status="refused", problem=problem)


def _shown(one: Prediction, external_id: str) -> PredictionAnswer:
    assert one.event is not None
    return PredictionAnswer(
        external_id=external_id,
        model=ModelOfPrediction(name=one.model_version.name, version=one.model_version.version),
        purpose=one.purpose,  # type: ignore[arg-type]
        problem=one.problem or None,  # type: ignore[arg-type]
        received_at=str(rfc3339(one.event.recorded_at)),
    )
