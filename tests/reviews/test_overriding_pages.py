"""The pages of overrides and appeals: what they show, take and refuse."""

import datetime as dt
import html
import json
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Signature, User
from accounts.reads import Actor, console
from reviews.actions import receive_appeal, release
from reviews.models import Appeal, Outcome, Override, OverrideEnd
from reviews.wire import read_appeal
from reviews.wire.placing import line_of
from tests.invariants import breaches
from tests.reviews.overriding import (
    PASSWORD,
    ROW,
    accepted,
    decided,
    high,
    in_browser,
    in_force,
    one_more,
    put,
    town_with,
)
from tests.town import Town

pytestmark = pytest.mark.django_db
SPANS = '{"spans": [{"id": "a", "label": "cat", "start": 0, "end": 1}]}'


@pytest.fixture
def town() -> Town:
    return town_with()


def signed_in(who: Actor) -> Client:
    client = Client()
    client.force_login(User.objects.get(person_id=who.person_id), backend="django.contrib.auth.backends.ModelBackend")
    return client


def path(name: str, item, *more) -> str:
    return reverse(name, args=["cats", item.uuid, *more])


def post(client: Client, item, **more):
    told = {"over": str(in_force(item).uuid), "label": "fox", "reason": "A fox"} | more
    return client.post(path("override", item), told)


def test_an_outcome_is_put_aside_from_its_page(town):
    item = accepted(town)
    client = signed_in(town.adjudicators[0])
    assert path("override", item) in client.get(path("item", item)).content.decode()
    page = client.get(path("override", item)).content.decode()
    assert "in the place of outcome 1" in page and "Your password" not in page and "“Adjudicators”" in page
    assert post(client, item).headers["Location"] == path("item", item)
    assert in_force(item).source == "override"
    told = client.get(path("item", item)).content.decode()
    assert "Outcome 2" in told and "settled, not released yet" in told and "superseded" not in told
    release(at=timezone.now() + dt.timedelta(minutes=1))
    told = client.get(path("item", item)).content.decode()
    assert "How it came to this" in told and "Outcome 2" in told and "superseded" in told and "“A fox”" in told
    assert breaches() == []


def test_what_does_not_go_is_said_beside_the_form_and_what_was_typed_stays(town):
    item = high(town)
    client = signed_in(town.adjudicators[0])
    for more, told in (
        ({"label": "cat", "password": PASSWORD}, "answer in force already"),
        ({"reason": " ", "password": PASSWORD}, "Say why"),
        ({"password": "wrong", "reason": "Kept here"}, "not your password"),
        ({"label": "", "password": PASSWORD}, "Label"),
    ):
        answer = post(client, item, **more)
        assert answer.status_code == 422 and told in answer.content.decode(), told
    assert "Kept here" in post(client, item, password="wrong", reason="Kept here").content.decode()
    assert not Override.objects.exists() and not Signature.objects.exists()


def test_a_second_person_finds_it_on_their_home_and_signs_it_with_their_password(town):
    item = high(town)
    assert post(signed_in(town.adjudicators[0]), item, password=PASSWORD).status_code == 302
    proposed = Override.objects.get()
    address = reverse("signature", args=["cats", proposed.uuid])
    assert address not in signed_in(town.adjudicators[0]).get("/").content.decode()  # not to whoever put it forward
    client = signed_in(town.adjudicators[1])
    assert address in client.get("/").content.decode() and address in client.get(path("item", item)).content.decode()
    page = client.get(address).content.decode()
    assert "Fox" in page and "Cat" in page and "“A fox”" in page and proposed.digest in page
    wrong = client.post(address, {"digest": proposed.digest, "password": "wrong"})
    assert wrong.status_code == 422 and not OverrideEnd.objects.exists()
    assert client.post(address, {"digest": proposed.digest, "password": PASSWORD}).status_code == 302
    assert OverrideEnd.objects.get().how == "done" and address not in client.get("/").content.decode()
    assert "waits for no signature" in client.get(address).content.decode()


def test_home_tells_appeals_from_disagreements_and_what_waits_for_my_signature(town):
    put(town, high(town), town.adjudicators[0], signed=True)
    item = decided(town, town.people[0])
    receive_appeal(item=item, sent=read_appeal(b'{"grounds":"No cat"}'), by=one_more(town, "operations"), at=town.now)
    needs = re.findall(r"<b>(.*?)</b>", signed_in(town.adjudicators[1]).get("/").content.decode())
    assert "1 appeal to hear" in needs and "1 answer waits for your signature" in needs
    assert not [one for one in needs if "disagreement" in one]
    town.send(0.95, impact="high")
    for who, label in zip(town.people, ("dog", "fox", "cat"), strict=True):
        town.decide(
            who, town.take(who, "senior"), "approve" if label == "cat" else "correct", None if label == "cat" else label
        )
    needs = re.findall(r"<b>(.*?)</b>", signed_in(town.adjudicators[1]).get("/").content.decode())
    assert "1 disagreement to settle" in needs and "1 appeal to hear" in needs
    needs = re.findall(r"<b>(.*?)</b>", signed_in(town.adjudicators[0]).get("/").content.decode())
    assert not [one for one in needs if "signature" in one]  # not to whoever put it forward


def test_a_second_person_declines_on_the_page(town):
    item = high(town)
    post(signed_in(town.adjudicators[0]), item, password=PASSWORD)
    client, address = signed_in(town.adjudicators[1]), reverse("signature", args=["cats", Override.objects.get().uuid])
    assert client.post(address, {"decline": "1", "reason": " "}).status_code == 422
    assert client.post(address, {"decline": "1", "reason": "A cat"}).status_code == 302
    assert OverrideEnd.objects.get().how == "declined" and in_force(item).number == 1


def test_whoever_put_it_forward_takes_it_back_on_a_page_that_says_what_that_does(town):
    item = high(town)
    client = signed_in(town.adjudicators[0])
    post(client, item, password=PASSWORD)
    address = reverse("override-ending", args=["cats", Override.objects.get().uuid])
    signature = reverse("signature", args=["cats", Override.objects.get().uuid])
    assert address in client.get(signature).content.decode()
    other = signed_in(town.adjudicators[1])
    assert address not in other.get(signature).content.decode()
    assert [other.get(address).status_code, other.post(address).status_code] == [403, 403]
    assert [signed_in(town.people[2]).post(address).status_code for _ in range(1)] == [404]
    page = client.get(address).content.decode()
    assert "nobody can sign your answer any more" in page and not OverrideEnd.objects.exists()
    assert client.post(address).headers["Location"] == path("item", item)
    assert OverrideEnd.objects.get().how == "taken_back" and in_force(item).number == 1
    assert "waits for no signature" in client.get(address).content.decode()
    assert address not in client.get(signature).content.decode()
    assert "took it back" in client.get(path("item", item)).content.decode() and breaches() == []


BOX = {"id": "a", "label": "cat", "x": 1, "y": 2, "width": 30, "height": 40}


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ('{\n "boxes": [\n  {"id": "a" "label": "cat"}]}', "Line 3: this is no JSON from here on"),
        ("[1, 2", "Line 1: this is no JSON"),
        ('{"boxes":\n [\n  {"id": "a", "label": "yeti", "x": 1, "y": 2,\n   "width": 3, "height": 4}]}', "no label"),
        ('{"boxes":\n [\n  {"id": "a", "label": "cat", "x": 1, "y": 2,\n   "width": -3, "height": 4}]}', "Line 4"),
        ('{"boxes":\n [],\n "boxes": []}', "twice"),
        ("", "An answer is required"),
        ("[" * 300 + "]" * 300, "nests deeper"),
        ('{"boxes": [{"label": "\\ud800"}]}', "surrogate"),
    ],
)
def test_an_answer_written_as_json_is_refused_with_the_line_at_fault_and_stays(typed, told):
    town = town_with(task_type="detection")
    item = accepted(town, prediction={"boxes": [BOX]})
    client = signed_in(town.adjudicators[0])
    page = html.unescape(client.get(path("override", item)).content.decode())
    assert '"boxes": [' in page and '"width": 30' in page and "cat</span>, " in page
    answer = post(client, item, json=typed)
    shown = html.unescape(answer.content.decode())
    assert answer.status_code == 422 and told in shown and f">{typed}</textarea>" in shown
    assert "A fox" in shown and Outcome.objects.count() == 1


def test_boxes_are_put_aside_and_whoever_signs_sees_both_answers_whole():
    always = ROW | {"second_person_when": [{"field": "impact", "op": "exists"}]}
    town = town_with(always, task_type="detection")
    item = accepted(town, prediction={"boxes": [BOX]})
    typed = json.dumps({"boxes": [BOX | {"label": "fox", "x": 7.5}]}, indent=1)
    answer = post(signed_in(town.adjudicators[0]), item, json=typed, password="not mine")
    assert answer.status_code == 422 and typed in html.unescape(answer.content.decode())
    assert post(signed_in(town.adjudicators[0]), item, json=typed, password=PASSWORD).status_code == 302
    made = Override.objects.get()
    address = reverse("signature", args=["cats", made.uuid])
    client = signed_in(town.adjudicators[1])
    page = html.unescape(client.get(address).content.decode())
    assert '"x": 7.5' in page and '"label": "fox"' in page and '"x": 1' in page
    assert client.post(address, {"digest": made.digest, "password": PASSWORD}).status_code == 302
    assert json.loads(bytes(in_force(item).body))["output"]["boxes"][0]["x"] == 7.5 and breaches() == []


@pytest.mark.parametrize(
    ("path", "line"),
    [("", 2), ("a", 3), ("a.1", 5), ("a.1.b", 7), ("a.9", 3), ("c\n", 10), ("d", 2), ("a.1.b.x", 7), ("e.f.g", 12)],
)
def test_a_path_is_found_in_the_text_that_it_is_of(path, line):
    text = (
        '\n{"x": {"a": 1}, \n "a":[1 ,\n\n {"y": "}",\n  "b":\n 2}],\n'
        ' "q": "a\\"",\n\n "c\\n": null, "e":\n\n {"f": 0}}'
    )
    assert line_of(text, path) == line


def test_too_many_wrong_passwords_lock_signing_as_they_lock_the_door(town, settings):
    item = high(town)
    client = signed_in(town.adjudicators[0])
    answers = [post(client, item, password="wrong").status_code for _ in range(settings.AXES_FAILURE_LIMIT)]
    assert answers == [422] * (settings.AXES_FAILURE_LIMIT - 1) + [429]
    assert post(client, item, password=PASSWORD).status_code == 429 and not Override.objects.exists()


def test_who_may_see_and_not_do_is_told_why(town):
    item = accepted(town)
    for who in (one_more(town, "operations"), one_more(town, "compliance")):
        client = signed_in(who)
        told = client.get(path("item", item)).content.decode()
        assert path("override", item) not in told and "do not let your role" in told
        for answer in (client.get(path("override", item)), post(client, item)):
            assert answer.status_code == 403 and "do not let your role" in answer.content.decode()
    assert in_force(item).number == 1


def test_nobody_judges_their_own_work_by_any_page(town):
    own = town_with({"name": "All", "roles": ["reviewer", "adjudicator"], "second_person_when": []}, slug="own")
    who = in_browser(own.people[0])
    item = decided(own, own.people[0])
    client = signed_in(who)
    answer = client.post(
        reverse("override", args=["own", item.uuid]),
        {"over": str(in_force(item).uuid), "label": "fox", "reason": "Mine"},
    )
    assert answer.status_code == 403 and in_force(item).number == 1
    proposed = put(town, high(town), town.adjudicators[0], signed=True)
    first = signed_in(town.adjudicators[0])
    address = reverse("signature", args=["cats", proposed.uuid])
    assert "yourself" in first.get(address).content.decode()
    assert first.post(address, {"digest": proposed.digest, "password": PASSWORD}).status_code == 403
    assert not OverrideEnd.objects.exists()


def test_another_projects_override_does_not_exist(town):
    proposed = put(town, high(town), town.adjudicators[0], signed=True)
    town_with(slug="others")
    stranger = signed_in(town_with(slug="third").adjudicators[0])
    assert stranger.get(reverse("signature", args=["third", proposed.uuid])).status_code == 404
    assert stranger.get(reverse("signature", args=["cats", proposed.uuid])).status_code == 404


def test_operations_take_a_complaint_in_and_its_end_is_told_on_the_item(town):
    item = accepted(town)
    who = one_more(town, "operations")
    client = signed_in(who)
    assert path("appeals", item) in client.get(path("item", item)).content.decode()
    assert client.post(path("appeals", item), {"grounds": " "}).status_code == 422
    assert client.post(path("appeals", item), {"grounds": "I am a dog", "from": "Rex"}).status_code == 302
    assert Appeal.objects.get().person_id == who.person_id
    told = client.get(path("item", item)).content.decode()
    assert "I am a dog" in told and "Waits to be heard" in told
    hearer = town.adjudicators[0]
    work = signed_in(hearer).get(reverse("work", args=["cats", "adjudication"])).content.decode()
    assert "I am a dog" in work and "Rex" in work and "the answer in force" in work
    facts = json.loads(re.search(r'id="pane-facts" type="application/json">(.*?)</script>', work)[1])
    assert facts["takes"][0]["output"] == {"labels": ["cat"]} and "approve" in facts["reasonFor"]
    assert Outcome.objects.count() == 1


def test_the_admin_has_no_page_for_what_was_put_aside_signed_or_complained(town):
    from django.contrib import admin

    from accounts.actions import name_owner
    from accounts.models import Person
    from reviews.models import Involvement

    put(town, high(town), town.adjudicators[0], signed=True)
    assert not {Override, OverrideEnd, Appeal, Involvement, Signature, Outcome} & set(admin.site._registry)
    owner = town.adjudicators[0]
    name_owner(person=Person.objects.get(pk=owner.person_id), by=console(), at=town.now)
    told = signed_in(owner).get("/admin/").content.decode().lower()
    assert "override" not in told and "appeal" not in told and "signature" not in told


@pytest.mark.parametrize(
    ("kind", "schema", "before", "sent", "after"),
    [
        (
            "form",
            {"type": "object", "properties": {"decision": {"enum": ["approve", "decline"]}}, "required": ["decision"]},
            {"decision": "approve"},
            {"field-decision": '"decline"'},
            {"decision": "decline"},
        ),
        (
            "form",
            {"type": "object", "properties": {"sum": {"type": "number"}, "paid": {"type": "boolean"}}},
            {"sum": 1, "paid": True},
            {"field-sum": "2.5"},
            {"sum": 2.5, "paid": False},
        ),
        (
            "spans",
            None,
            {"spans": []},
            {"json": '{"spans": [{"id": "a", "label": "cat", "start": 0, "end": 1}]}'},
            None,
        ),
    ],
)
def test_an_answer_is_composed_by_its_task_type(kind, schema, before, sent, after):
    more = {"schema": schema, "decisive": []} if schema else {}
    town = town_with(ROW, task_type=kind, **more)
    item = accepted(town, prediction=before)
    client = signed_in(town.adjudicators[0])
    assert client.get(path("override", item)).status_code == 200
    answer = client.post(path("override", item), {"over": str(in_force(item).uuid), "reason": "So", **sent})
    assert answer.status_code == 302, re.sub(r"<[^>]+>", "", answer.content.decode())[-800:]
    made = json.loads(bytes(in_force(item).body))["output"]
    assert made == after if after else made["spans"][0]["label"] == "cat"


@pytest.mark.parametrize("value", ['"owl"', "owl", ""])
def test_a_choice_that_is_none_is_refused(value):
    schema = {"type": "object", "properties": {"decision": {"enum": ["approve", "decline"]}}, "required": ["decision"]}
    town = town_with(ROW, task_type="form", schema=schema, decisive=[])
    item = accepted(town, prediction={"decision": "approve"})
    answer = signed_in(town.adjudicators[0]).post(
        path("override", item), {"over": str(in_force(item).uuid), "reason": "So", "field-decision": value}
    )
    assert answer.status_code == 422 and in_force(item).number == 1
