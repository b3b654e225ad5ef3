"""Further predictions: another model version's word on an item, kept beside it, routing nothing, shown to no judge."""

import json

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from accounts.reads import console
from audit.models import Erasure, Event, Payload
from audit.reads import content_commitment
from reviews.actions import receive_predictions, release, withdraw_item
from reviews.actions.predicting import ITEM
from reviews.models import Item, Prediction, Route, Task
from reviews.wire import Refused, read_predictions
from tests.guidelines.writing import SPLIT, editor, published
from tests.invariants import breaches
from tests.reviews.caller import Caller, problem
from tests.reviews.overriding import one_more
from tests.reviews.test_rereview import labelled
from tests.town import Town, build

pytestmark = pytest.mark.django_db
FOX = {"model": {"name": "m", "version": "2"}, "purpose": "shadow", "prediction": {"labels": ["fox"]}}
KIND = "reviews.prediction_received"


@pytest.fixture
def town() -> Town:
    return build()


@pytest.fixture
def model(town) -> Caller:
    return Caller(town.project, "predictions:write")


def send(caller: Caller, external_id: str = "item-1", **more):
    body = {key: part for key, part in {**FOX, **more}.items() if part is not None}
    return caller.call("POST", f"projects/cats/items/{external_id}/predictions/", body)


def page(who, name: str, *args) -> str:
    client = Client()
    client.force_login(User.objects.get(person_id=who.person_id), backend="django.contrib.auth.backends.ModelBackend")
    answer = client.get(reverse(name, args=args))
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_shadow_prediction_is_kept_with_its_event_and_changes_nothing_else(town, model):
    item = Item.objects.get(uuid=town.send(0.5)["id"])
    answer = send(model, confidence=0.97, scores={"fox": 0.97, "cat": 0.03})
    assert answer.status_code == 201 and answer.told["problem"] is None
    assert (answer.told["external_id"], answer.told["purpose"]) == ("item-1", "shadow")
    assert answer.told["model"] == {"name": "m", "version": "2"}
    kept = Prediction.objects.select_related("event").get(purpose="shadow")
    said = {"confidence": "0.97", "prediction": {"labels": ["fox"]}, "scores": {"cat": "0.03", "fox": "0.97"}}
    assert json.loads(bytes(kept.body)) == said and str(kept.confidence).rstrip("0") == "0.97"
    told = json.loads(bytes(Payload.objects.get(event=kept.event, section="prediction").body))
    assert told["content"] == content_commitment(bytes(kept.salt), bytes(kept.body)).hex()
    assert (told["model"], told["purpose"]) == ("m 2", "shadow")
    leaf = json.loads(bytes(kept.event.leaf))
    assert (kept.event.type, leaf["role"], leaf["tags"]["model"]) == (KIND, "service", str(kept.model_version.uuid))
    assert Route.objects.filter(item=item).count() == 1 and Task.objects.filter(item=item).count() == 1
    state = item.state
    item.refresh_from_db()
    assert item.state == state and breaches() == []


def test_the_same_again_answers_the_same_and_another_body_is_refused(town, model):
    town.send(0.5)
    first = send(model, confidence=0.5)
    for same in ({"confidence": 0.5}, {"confidence": 0.5, "scores": {}}):
        again = send(model, **same)
        assert (again.status_code, again.told) == (200, first.told)
    others = [{"confidence": 0.6}, {}, {"confidence": 0.5, "prediction": {"labels": ["dog"]}}, {"scores": {"fox": 1}}]
    for other in others:
        assert problem(send(model, **other)) == (409, "prediction_differs")
    assert send(model, purpose="evaluation", prediction={"labels": ["dog"]}).status_code == 201
    assert send(model, model={"name": "m", "version": "3"}, prediction={"labels": ["dog"]}).status_code == 201
    assert Event.objects.filter(type=KIND).count() == 3 == Prediction.objects.exclude(purpose="route").count()
    assert breaches() == []


def test_the_version_that_the_item_came_with_sends_no_further_prediction(town, model):
    town.send(0.5)
    answer = send(model, model={"name": "m", "version": "1"})
    assert problem(answer) == (422, "bad_prediction") and answer.told["errors"][0]["field"] == "model"
    assert Prediction.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        ({"prediction": None}, "prediction"),
        ({"purpose": "route"}, "purpose"),
        ({"model": None}, "model"),
        ({"model": {"name": "m"}}, "model"),
        ({"confidence": 1.01}, "confidence"),
        ({"scores": {"fox": -0.1}}, "scores.fox"),
        ({"prediction": {"labels": ["fox", "cat"]}}, "prediction.labels"),
        ({"prediction": {"boxes": []}}, "prediction"),
        ({"impact": "high"}, "impact"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(town, model, wrong, place):
    town.send(0.5)
    before = Event.objects.filter(type__startswith="reviews.").count()
    answer = send(model, **wrong)
    assert problem(answer) == (422, "bad_prediction")
    assert next(one["field"] for one in answer.told["errors"]) == place
    assert Prediction.objects.count() == 1
    assert Event.objects.filter(type__startswith="reviews.").count() == before


@pytest.mark.parametrize("body", [b"{", b'{"purpose":"shadow","purpose":"shadow"}', b"\xff", b"[]", b""])
def test_what_is_no_object_is_refused(town, model, body):
    town.send(0.5)
    answer = model.call("POST", "projects/cats/items/item-1/predictions/", body)
    assert answer.status_code == 422 and Prediction.objects.count() == 1


def test_a_label_that_the_project_lacks_is_kept_and_marked_and_holds_nothing(town, model):
    town.send(0.5)
    answer = send(model, prediction={"labels": ["yeti"]})
    assert (answer.status_code, answer.told["problem"]) == (201, "unknown_label")
    assert Item.objects.get().state == "open" and Prediction.objects.get(purpose="shadow").problem == "unknown_label"
    assert breaches() == []


def test_a_label_that_was_retired_is_told_from_one_that_never_was(town, model):
    item = Item.objects.get(uuid=town.send(0.5, "dog")["id"])
    published(town, editor(town), labelled(), SPLIT)
    answer = send(model, prediction={"labels": ["cat"]})
    assert (answer.status_code, answer.told["problem"]) == (201, "retired_label")
    kept = Prediction.objects.get(purpose="shadow")
    told = json.loads(bytes(Payload.objects.get(event=kept.event, section="prediction").body))
    assert kept.problem == told["problem"] == "retired_label"
    shown = page(one_more(town, "compliance"), "item", "cats", item.uuid)
    assert "a label that was retired by then" in shown and "did not have then" not in shown
    answer = send(model, prediction={"labels": ["yeti"]}, purpose="evaluation")
    assert answer.told["problem"] == "unknown_label"
    shown = page(one_more(town, "compliance"), "item", "cats", item.uuid)
    assert "a label that was retired by then" in shown and "did not have then" in shown


def test_an_item_that_is_over_takes_no_more_and_one_that_is_not_there_is_none(town, model):
    town.send(0.5)
    first = send(model)
    withdraw_item(project=town.project, external_id="item-1", by=console(), at=town.now)
    answer = send(model, purpose="evaluation")
    assert problem(answer) == (409, "item_over") and "withdrawn" in answer.told["detail"]
    assert send(model).told == first.told  # what was taken stays taken
    assert problem(send(model, "none")) == (404, "not_found")
    Item.objects.update(state="expired")
    answer = send(model, purpose="evaluation")
    assert problem(answer) == (409, "item_over") and "expired" in answer.told["detail"]
    assert Prediction.objects.count() == 2


def test_a_decided_item_still_takes_one(town, model):
    town.send(0.95)
    assert send(model).status_code == 201
    assert Item.objects.get().state == "accepted" and breaches() == []


def test_nobody_who_may_be_asked_sees_it_anywhere_and_those_who_oversee_do(town, model):
    item = Item.objects.get(uuid=town.send(0.5)["id"])
    who = town.people[0]
    overseers = [one_more(town, role) for role in ("operations", "compliance", "guideline_editor", "records_officer")]
    send(model, model={"name": "spectre", "version": "9"}, confidence=0.42)
    held = town.take(who)
    assert "spectre" not in repr(held) and "spectre" not in page(who, "work", "cats", "general")
    town.decide(who, held)
    town.wait(minutes=1)
    release(at=town.now)
    asked = [who, *town.adjudicators[:1]]
    for one in asked:
        shown = page(one, "item", "cats", item.uuid)
        assert "Answer in force" in shown and "spectre" not in shown and "prediction came in" not in shown
    for one in overseers:
        shown = page(one, "item", "cats", item.uuid)
        assert "spectre 9" in shown and "42 %" in shown and "prediction came in, shadow: spectre 9" in shown
    assert "spectre 9" in page(overseers[1], "trail", "cats")
    read = Caller(town.project).call("GET", "projects/cats/items/item-1/")
    assert read.status_code == 200 and "spectre" not in json.dumps(read.told)


@pytest.mark.parametrize("role", ["reviewer", "adjudicator"])
def test_a_person_who_may_be_asked_cannot_find_out_by_guessing(town, model, role):
    town.send(0.5)
    send(model)
    who = (town.people if role == "reviewer" else town.adjudicators)[0]
    mine = Caller(town.project, "predictions:write", who=who)
    for guess in ("fox", "dog"):
        answer = send(mine, prediction={"labels": [guess]})
        assert answer.status_code == (404 if role == "reviewer" else 403)
    operator = Caller(town.project, "predictions:write", who=one_more(town, "operations"))
    assert send(operator).status_code == 200
    assert Prediction.objects.count() == 2


def test_a_further_prediction_is_frozen_and_erased_whole(town, model):
    town.send(0.5)
    send(model)
    kept = Prediction.objects.filter(purpose="shadow")
    for change in ({"purpose": "evaluation"}, {"problem": "x"}, {"body": b"{}"}, {"event": None}, {"confidence": 1}):
        with pytest.raises(DatabaseError), transaction.atomic():
            kept.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        kept.delete()
    erasure = Erasure.objects.create(event=Event.objects.order_by("pk")[0], kind="request")
    kept.update(body=None, salt=None, erasure=erasure)
    assert problem(send(model)) == (409, "prediction_gone")
    shown = page(one_more(town, "compliance"), "item", "cats", Item.objects.get().uuid)
    assert "What it predicted was erased" in shown


def test_a_prediction_without_its_event_and_a_second_of_one_version_are_no_rows(town, model):
    town.send(0.5)
    send(model)
    row = Prediction.objects.select_related(None).get(purpose="shadow")
    again = {key: getattr(row, key) for key in ("item_id", "model_version_id", "body", "salt", "commitment")}
    other = Event.objects.exclude(pk=row.event_id)[0]
    for more in ({"purpose": "shadow"}, {"purpose": "route", "event": other}, {"purpose": "shadow", "event": other}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Prediction.objects.create(**again, **more)
    with pytest.raises(DatabaseError), transaction.atomic():
        Prediction.objects.create(**again, purpose="evaluation", event_id=row.event_id)


def listed(caller: Caller, *entries):
    return caller.call("POST", "projects/cats/predictions/", {"predictions": list(entries)})


def test_several_are_taken_in_one_request_and_a_bad_one_spoils_none(town, model):
    for _ in range(3):
        town.send(0.5)
    assert send(model, "item-2").status_code == 201
    sent = [
        {**FOX, "external_id": "item-3"},
        {**FOX, "external_id": "item-1", "confidence": 2},
        {**FOX, "external_id": "item-2"},
        {**FOX, "external_id": "none"},
        {**FOX, "external_id": "item-1", "prediction": {"labels": ["yeti"]}},
        {**FOX, "external_id": "item-3", "prediction": {"labels": ["dog"]}},
        {**FOX, "external_id": "item-3", "prediction": {"boxes": []}, "purpose": "evaluation"},
        "no object",
        {**FOX, "external_id": "item-3", "model": {"name": "m", "version": "1"}},
    ]
    answer = listed(model, *sent)
    assert answer.status_code == 200
    told = [(one["external_id"], one["status"], one.get("problem", {}).get("code")) for one in answer.told["results"]]
    assert told == [
        ("item-3", "created", None),
        ("item-1", "refused", "bad_prediction"),
        ("item-2", "known", None),
        ("none", "refused", "not_found"),
        ("item-1", "created", None),
        ("item-3", "refused", "prediction_differs"),
        ("item-3", "refused", "bad_prediction"),
        (None, "refused", "bad_prediction"),
        ("item-3", "refused", "bad_prediction"),
    ]
    assert answer.told["results"][4]["prediction"]["problem"] == "unknown_label"
    assert answer.told["results"][1]["problem"]["errors"][0]["field"] == "confidence"
    assert {one["status"] for one in listed(model, sent[0], sent[2]).told["results"]} == {"known"}
    assert Prediction.objects.exclude(purpose="route").count() == 3 == Event.objects.filter(type=KIND).count()
    assert breaches() == []


@pytest.mark.parametrize(
    "body", [b"{}", b"[]", b'{"predictions":{}}', b'{"predictions":[],"more":1}', b'{"predictions":[{}', b"\xff"]
)
def test_a_list_that_is_none_is_refused_whole(model, body):
    assert problem(model.call("POST", "projects/cats/predictions/", body)) == (422, "bad_body")


def test_a_list_has_at_most_a_thousand_and_no_person_sends_one(town, model):
    town.send(0.5)
    entry = {**FOX, "external_id": "item-1"}
    assert problem(listed(model, *[entry] * 1001)) == (422, "bad_body") and Prediction.objects.count() == 1
    told = [one["status"] for one in listed(model, *[entry] * 1000).told["results"]]
    assert told == ["created"] + ["known"] * 999
    person = Caller(town.project, "predictions:write", who=one_more(town, "operations"))
    assert problem(listed(person, entry)) == (403, "forbidden")


def entries(town: Town, count: int) -> bytes:
    names = [f"item-{town.sent + place + 1}" for place in range(count)]
    for _ in names:
        town.send(0.5)
    return json.dumps({"predictions": [{**FOX, "external_id": name} for name in names]}).encode()


def test_each_of_a_list_is_kept_by_itself_so_others_work_between_them(town):
    sent, seen = [one for one in read_predictions(entries(town, 3)) if not isinstance(one, Refused)], 0

    def die_at_the_third(execute, sql, params, many, context):
        nonlocal seen
        seen += sql.startswith(ITEM)
        if seen == 3 and sql.startswith(ITEM):
            raise KeyboardInterrupt
        return execute(sql, params, many, context)

    with connection.execute_wrapper(die_at_the_third), pytest.raises(KeyboardInterrupt):
        receive_predictions(project=town.project, entries=sent, by=console(), at=town.now)
    assert Prediction.objects.exclude(purpose="route").count() == 2 == Event.objects.filter(type=KIND).count()
    assert breaches() == []


def test_one_of_a_list_takes_few_statements(town, model):
    def statements(count: int) -> int:
        body = entries(town, count)
        with CaptureQueriesContext(connection) as taken:
            assert model.call("POST", "projects/cats/predictions/", body).status_code == 200
        return len(taken)

    statements(1)
    assert (statements(22) - statements(2)) / 20 <= 10
