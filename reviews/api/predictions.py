"""Further predictions in."""

from django.http import HttpRequest, HttpResponseBase

from accounts.models import Scope
from reviews.actions import receive_prediction
from reviews.api import items
from reviews.api.answering import answer
from reviews.api.asking import api, in_project, item_of
from reviews.api.shapes import ModelOfPrediction, PredictionAnswer
from reviews.models import Prediction
from reviews.reads.answers import rfc3339
from reviews.wire import read_prediction


@api("POST", "GET")
def predictions(request: HttpRequest, project: str, external_id: str) -> HttpResponseBase:
    """Take a further prediction in; what is read here is an item whose own id ends so."""
    if request.method != "POST":
        return items.item(request, project, f"{external_id}/predictions")
    call = in_project(request, project, Scope.PREDICTIONS_WRITE)
    item = item_of(call, external_id)
    taken = receive_prediction(item=item, sent=read_prediction(request.body), by=call.by, at=call.at)
    return answer(_shown(taken.prediction, external_id), 201 if taken.new else 200)


def _shown(one: Prediction, external_id: str) -> PredictionAnswer:
    assert one.event is not None
    return PredictionAnswer(
        external_id=external_id,
        model=ModelOfPrediction(name=one.model_version.name, version=one.model_version.version),
        purpose=one.purpose,  # type: ignore[arg-type]
        problem="unknown_label" if one.problem else None,
        received_at=str(rfc3339(one.event.recorded_at)),
    )
