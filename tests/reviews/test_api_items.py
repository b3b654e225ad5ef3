"""Items over HTTP: in, out, refused."""

import json
import uuid
from urllib.parse import quote

import msgspec
import pytest
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actions import end_token
from accounts.reads import console
from audit.models import Event
from reviews.actions import release
from reviews.api.shapes import ItemAnswer, ResultsAnswer
from reviews.models import Item, ItemState
from tests.reviews.caller import Caller, item, problem
from tests.town import build, project_file

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    return build()


@pytest.fixture
def model(town):
    return Caller(town.project)


def counts():
    return Item.objects.count(), Event.objects.count()


def test_one_item_is_created_and_then_known(model):
    first, second = model.send(item()), model.send(item())
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.told == second.told
    assert first.headers["Cache-Control"] == "no-store"
    told = msgspec.convert(first.told, ItemAnswer)
    assert (told.external_id, told.state, told.route.arm, told.outcome) == ("frame-1", "waiting", "review", None)


def test_another_body_under_a_known_id_is_refused_and_changes_nothing(model):
    model.send(item())
    before = counts()
    assert problem(model.send(item(confidence=0.51))) == (409, "item_differs")
    assert counts() == before


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (item(units=0), "units"),
        (item("x" * 201), "external_id"),
        (item(colour="red"), "colour"),
        (item(data={"image": f"sha256:{'0' * 64}"}), "data"),
        (item(prediction={"boxes": []}), "prediction"),
    ],
)
def test_bad_input_names_its_field_and_writes_nothing(model, body, field):
    model.send(item("before"))
    before, answer = counts(), model.send(body)
    assert problem(answer) == (422, "bad_item")
    assert any(field in error["field"] for error in answer.told["errors"]), answer.told
    assert counts() == before


@pytest.mark.parametrize("body", [b"", b"nonsense", b"[]", b"\xff", b'{"a": 1, "a": 2}', b"[" * 5000])
def test_what_is_no_item_at_all_is_refused(model, body):
    before = counts()
    assert problem(model.send(body)) == (422, "bad_body")
    assert counts() == before


def test_an_unknown_label_is_held(model):
    answer = model.send(item(prediction={"labels": ["wolf"]}))
    assert (answer.status_code, answer.told["state"], answer.told["problem"]) == (201, "held", "unknown_label")


def test_several_items_answer_each_in_the_order_sent(model):
    model.send(item("known"))
    model.send(item("other"))
    first = [item("new"), item("known"), item("other", 0.4), item("bad", units=-1)]
    bodies = [*first, item("new", 0.3), {"no": "id"}, item("last", 0.95)]
    answer = model.send({"items": bodies})
    told = msgspec.convert(answer.told, ResultsAnswer)
    assert answer.status_code == 200
    assert [(one.external_id, one.status, one.problem and one.problem.code) for one in told.results] == [
        ("new", "created", msgspec.UNSET),
        ("known", "known", msgspec.UNSET),
        ("other", "refused", "item_differs"),
        ("bad", "refused", "bad_item"),
        ("new", "refused", "duplicate_in_request"),
        (None, "refused", "bad_item"),
        ("last", "created", msgspec.UNSET),
    ]
    for one in answer.told["results"]:
        assert ("item" in one) != ("problem" in one)
        if "item" in one:
            msgspec.convert(one["item"], ItemAnswer)
    assert answer.told["results"][-1]["item"]["outcome"]["source"] == "model"
    assert sorted(Item.objects.values_list("external_id", flat=True)) == ["known", "last", "new", "other"]


def test_items_come_one_a_line_too(model):
    lines = b"\n".join([json.dumps(item("a")).encode(), b"", b"broken", json.dumps(item("b")).encode()])
    answer = model.send(lines, kind="application/x-ndjson; charset=utf-8")
    assert [one["status"] for one in answer.told["results"]] == ["created", "refused", "created"]


def test_more_than_a_thousand_items_are_refused_whole(model):
    assert problem(model.send({"items": [item(str(number)) for number in range(1001)]})) == (422, "bad_body")
    assert Item.objects.count() == 0


@override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=1000)
def test_a_body_over_the_limit_is_refused_before_it_is_read(model):
    assert problem(model.send(item(data={"text": "x" * 2000}))) == (413, "too_large")
    assert Item.objects.count() == 0


@pytest.mark.parametrize("name", ["a b", "a/b", "a/b/", "/", "..", "%2F", "a?b#c", "~", "x" * 200, "é".encode().hex()])
def test_an_item_is_read_by_any_external_id(model, name):
    sent = model.send(item(name)).told
    by_name = model.call("GET", f"projects/{model.project.slug}/items/{quote(name, safe='')}/")
    by_id = model.call("GET", f"items/{sent['id']}/")
    assert by_name.told == by_id.told == sent
    assert by_name.status_code == by_id.status_code == 200


def test_an_outcome_shows_once_it_is_released(town, model):
    sent = model.send(item()).told
    held = town.take(town.people[0])
    town.decide(town.people[0], held, "correct", "dog")
    assert model.call("GET", f"items/{sent['id']}/").told["outcome"] is None
    town.wait(minutes=1)
    release(at=town.now)
    told = msgspec.convert(model.call("GET", f"items/{sent['id']}/").told, ItemAnswer)
    assert told.state == ItemState.DECIDED
    assert told.outcome is not None
    assert (told.outcome.source, told.outcome.output) == ("reviewer", {"labels": ["dog"]})


def test_a_large_integer_comes_back_as_it_went_in(model):
    answer = model.send(b'{"external_id": "x", "data": {"n": 100000000000000000000}}')
    assert answer.status_code == 201


def test_strangers_find_nothing(town, model):
    other = Caller(build(slug="dogs").project, service="dogs")
    sent = model.send(item()).told
    before = counts()
    slug = town.project.slug
    assert problem(other.call("POST", f"projects/{slug}/items/", item("new"))) == (404, "not_found")
    assert problem(other.call("GET", f"projects/{slug}/items/frame-1/")) == (404, "not_found")
    assert problem(other.call("GET", f"items/{sent['id']}/")) == (404, "not_found")
    assert problem(other.call("GET", f"items/{uuid.uuid4()}/")) == (404, "not_found")
    assert problem(other.call("GET", f"projects/{slug}/outcomes/")) == (404, "not_found")
    assert problem(other.call("POST", f"projects/{slug}/assets/", b"x")) == (404, "not_found")
    assert problem(other.call("POST", "projects/none/items/", item())) == (404, "not_found")
    assert counts() == before


def test_a_scope_that_lacks_is_named_and_a_stranger_learns_of_no_project(town):
    reader = Caller(town.project, "items:read")
    answer = reader.send(item())
    assert problem(answer) == (403, "forbidden")
    assert "items:write" in answer.told["detail"]
    assert problem(reader.call("POST", "projects/none/items/", item())) == (404, "not_found")
    assert Item.objects.count() == 0


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Bearer wrong", "Basic abc", "Bearer é"])
def test_without_a_token_that_counts_nobody_is_let_in(model, header):
    answer = model.call("POST", f"projects/{model.project.slug}/items/", item(), Authorization=header)
    assert problem(answer) == (401, "not_signed_in")
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert Item.objects.count() == 0


def test_an_ended_token_counts_no_more(model):
    end_token(token=model.row, by=console(), at=timezone.now())
    assert problem(model.send(item())) == (401, "not_signed_in")


def test_a_browser_session_opens_no_door_of_the_api(town, model):
    from accounts.models import User

    model.client.force_login(User.objects.filter(person_id=town.people[0].person_id).first())
    answer = model.client.get(f"/api/v1/projects/{town.project.slug}/outcomes/")
    assert problem(answer) == (401, "not_signed_in")


def test_what_django_itself_refuses_is_a_problem_document_too(model):
    assert problem(model.call("GET", "nowhere/")) == (404, "not_found")
    assert problem(model.call("POST", f"projects/{model.project.slug}/items", item())) == (404, "not_found")
    wrong = model.call("DELETE", f"projects/{model.project.slug}/items/")
    assert problem(wrong) == (405, "method_not_allowed")
    assert wrong.headers["Allow"] == "POST"


def test_a_body_in_chunks_is_refused_rather_than_lost(model):
    answer = model.call("POST", "projects/cats/items/", **{"Transfer-Encoding": "chunked"})
    assert problem(answer) == (411, "length_required")


def test_draws_show_with_the_scope_alone_and_never_to_who_may_be_asked(town, model):
    sent = model.send(item(confidence=0.7)).told
    path = f"items/{sent['id']}/"
    assert "draws" not in sent["route"]
    assert "draws" not in model.call("GET", path).told["route"]
    auditor = Caller(town.project, "items:read", "audit:read", service="auditor")
    told = msgspec.convert(auditor.call("GET", path).told, ItemAnswer)
    assert [draw.purpose for draw in told.route.draws] == ["audit"]
    from accounts.actions import give_membership
    from accounts.models import Person

    adjudicator = town.adjudicators[0]
    person = Person.objects.get(pk=adjudicator.person_id)
    give_membership(person=person, project=town.project, role="compliance", by=console(), at=timezone.now())
    asked = Caller(town.project, "items:read", "audit:read", who=adjudicator)
    assert "draws" not in asked.call("GET", path).told["route"]


def test_who_still_decides_on_an_item_does_not_read_its_answer(town, model):
    sent = model.send(item(confidence=0.7)).told  # accepted, with a blind audit
    auditor = town.people[0]
    town.take(auditor)
    own = Caller(town.project, "items:read", "items:write", who=auditor)
    assert problem(own.call("GET", f"items/{sent['id']}/")) == (403, "forbidden")
    again = own.send(item(confidence=0.7))
    assert (again.status_code, again.told["outcome"], again.told["route"]["conditions"]) == (200, None, [])
    other = Caller(town.project, "items:read", who=town.people[1])
    assert problem(other.call("GET", f"items/{sent['id']}/")) == (404, "not_found")


def test_an_item_costs_few_statements(model, engine):
    model.send(item("warm"))
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert model.send(item("cold")).status_code == 201
    asked = [query["sql"] for query in seen if not query["sql"].startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"))]
    assert len(asked) - 2 <= (17 if engine == "postgres" else 21), "\n".join(asked)


def test_a_project_without_rights_takes_nothing(town):
    from accounts.actions import create_project

    bare = create_project(slug="bare", name="Bare", task_type="classification", by=console(), at=timezone.now())
    assert problem(Caller(bare, service="bare").send(item())) == (409, "no_rights")


def test_the_form_of_a_project_is_kept(town):
    schema = {"type": "object", "properties": {"ok": {"type": "boolean"}}, "required": ["ok"]}
    forms = build(slug="forms", task_type="form", labels=[], schema=schema)
    answer = Caller(forms.project, service="forms").send(item(prediction={"ok": "yes"}))
    assert problem(answer) == (422, "bad_item")
    assert project_file()["slug"] == "cats"
