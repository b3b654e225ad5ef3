"""Items in, items out."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponseBase

from accounts.errors import Forbidden, NotFound
from accounts.models import Scope
from audit.errors import Refusal
from reviews.actions import Received, receive, withdraw_item
from reviews.api.answering import answer
from reviews.api.asking import Call, api, at_item, in_project, sees_draws
from reviews.api.shapes import EntryProblem, FieldShape, ResultsAnswer, ResultShape
from reviews.api.waiting import held
from reviews.errors import BadBody, BadItem, ItemDiffers, ItemGone
from reviews.models import Item
from reviews.policies import item_for, withheld
from reviews.reads.answers import answers
from reviews.wire import Refused, read_items

SINGLE: dict[str, type[Refusal]] = {kind.code: kind for kind in (BadItem, BadBody, ItemDiffers, ItemGone)}
NDJSON = frozenset({"application/x-ndjson", "application/ndjson", "application/jsonl"})


@api("POST")
def items(request: HttpRequest, project: str) -> HttpResponseBase:
    """Take in one item, or up to 1,000."""
    call = in_project(request, project, Scope.ITEMS_WRITE)
    kind = "application/x-ndjson" if request.content_type in NDJSON else "application/json"
    batch = read_items(request.body, kind)
    results = receive(project=call.project, entries=batch.entries, by=call.by, at=call.at)
    if not batch.single:
        return answer(ResultsAnswer(results=[_result(one, call) for one in results]))
    if results[0].problem:
        raise _refusal(results[0].problem)
    return _held(request, call, _shown(results[0], call), 201 if results[0].status == "created" else 200)


@api("GET")
def item(request: HttpRequest, project: str, external_id: str) -> HttpResponseBase:
    """Show an item by the id that its system gave it."""
    call = in_project(request, project, Scope.ITEMS_READ)
    return _held(request, call, _looked_up(call, "external_id", external_id))


@api("GET")
def item_by_id(request: HttpRequest, item: uuid.UUID) -> HttpResponseBase:
    """Show an item by its own id."""
    call = at_item(request, item, Scope.ITEMS_READ)
    return _held(request, call, _looked_up(call, "uuid", item))


@api("POST", "GET")
def withdrawal(request: HttpRequest, project: str, external_id: str) -> HttpResponseBase:
    """Withdraw an item; what is read here is an item whose own id ends so."""
    if request.method != "POST":
        return item(request, project, f"{external_id}/withdrawal")
    call = in_project(request, project, Scope.ITEMS_WRITE)
    withdrawn = withdraw_item(project=call.project, external_id=external_id, by=call.by, at=call.at)
    return answer(answers(call.project.pk, "uuid", [withdrawn])[withdrawn])


def _held(request: HttpRequest, call: Call, item: dict[str, Any], status: int = 200) -> HttpResponseBase:
    """Answer with an item, when its caller wants to have it answered."""

    def now() -> dict[str, Any]:
        return _looked_up(call, "uuid", uuid.UUID(item["id"]))

    return held(request, item, now, status=status, may=call.by.person_id is None)


def _looked_up(call: Call, key: str, value: str | uuid.UUID) -> dict[str, Any]:
    """Read an item.

    Raises:
        NotFound: there is none, or it is not for this person.
        Forbidden: the person still decides on it.
    """
    found = answers(call.project.pk, key, [value], draws=sees_draws(call)).get(value)
    if found is None:
        raise NotFound
    if call.by.person_id is not None:
        row, _ = item_for(call.project.slug, uuid.UUID(found["id"]), by=call.by, at=call.at)
        if withheld(row.pk, call.by.person_id, call.at):
            raise Forbidden("You still decide on this item; it opens to you when its outcome is released.")
    return found


def _shown(one: Received, call: Call) -> dict[str, Any]:
    """Give a sent item as it stands; from its own reviewer what others said and the model's certainty are kept."""
    assert one.item is not None
    if one.status == "known" and call.by.person_id is not None:
        row = Item.objects.only("pk").get(project=call.project, external_id=one.item["external_id"])
        if withheld(row.pk, call.by.person_id, call.at):
            return {**one.item, "route": {**one.item["route"], "conditions": []}, "outcome": None}
    return one.item


def _result(one: Received, call: Call) -> ResultShape:
    if one.problem is None:
        return ResultShape(external_id=one.external_id, status=one.status, item=_shown(one, call))  # type: ignore[arg-type]
    errors = [FieldShape(field=field, message=message) for field, message in one.problem.errors]
    problem = EntryProblem(code=one.problem.code, detail=one.problem.sentence, errors=errors)
    return ResultShape(external_id=one.external_id, status="refused", problem=problem)


def _refusal(problem: Refused) -> Refusal:
    return SINGLE[problem.code](problem.sentence, fields=problem.errors)
