"""An item that its system no longer needs: closed whole, told plainly, and nothing of what people did is lost."""

import json
from typing import Any

import pytest
from django.test import Client

from accounts.errors import NotFound
from accounts.models import Person
from accounts.reads import console
from audit.errors import Refusal
from audit.models import Event
from reviews.actions import (
    claim_again,
    decide,
    open_claim,
    prolong,
    release,
    route_again,
    save_draft,
    withdraw,
    withdraw_item,
)
from reviews.errors import ClaimLost, ItemSettled, MovedOn, NotHeld
from reviews.models import Decision, Draft, Item, Seat, Task
from reviews.wire import read_decision, read_draft
from tests.arena import Worker
from tests.invariants import breaches
from tests.reviews.caller import Caller, item, problem
from tests.town import RIGHTS, Town, build


@pytest.fixture
def town(db: None) -> Town:
    return build()


def call_off(town: Town, name: str = "item-1") -> Any:
    return withdraw_item(project=town.project, external_id=name, by=console(), at=town.now)


def test_a_waiting_item_is_withdrawn_once_with_its_task(town):
    town.send(0.5)
    for _ in range(2):
        assert call_off(town) == Item.objects.get().uuid
    assert Item.objects.get().state == "withdrawn" and Task.objects.get().state == "closed"
    assert Seat.objects.get().state == "closed" and town.take(town.people[0]) is None
    assert Event.objects.filter(type="reviews.item_withdrawn").count() == 1
    assert breaches() == []


def test_whoever_has_it_on_screen_is_told_why_and_keeps_what_they_typed(town):
    town.send(0.5)
    who = town.people[0]
    held = town.take(who)
    save_draft(token=held.token, body=read_draft(b'{"rationale": "a fox, I think"}'), by=who, at=town.now)
    call_off(town)
    sent = read_decision(b'{"verdict": "approve"}')
    for verb in (
        lambda: decide(token=held.token, sent=sent, by=who, at=town.now),
        lambda: open_claim(token=held.token, by=who, at=town.now),
        lambda: prolong(token=held.token, by=who, at=town.now),
        lambda: claim_again(token=held.token, by=who, at=town.now),
    ):
        with pytest.raises(ClaimLost, match="withdrawn it"):
            verb()
    assert not Decision.objects.exists()
    save_draft(token=held.token, body=read_draft(b'{"rationale": "a fox, surely"}'), by=who, at=town.now)
    assert json.loads(bytes(Draft.objects.get().body))["rationale"] == "a fox, surely"
    assert breaches() == []


def test_what_was_decided_stays_on_record_and_settles_nothing_and_cannot_be_taken_back(town):
    town.send(0.95, impact="high")
    who = town.people[0]
    town.decide(who, town.take(who), "approve")
    call_off(town)
    assert Decision.objects.count() == 1 and Seat.objects.filter(state="decided").count() == 1
    with pytest.raises(MovedOn):
        withdraw(decision=Decision.objects.get().uuid, by=who, at=town.now)
    town.wait(minutes=5)
    assert release(at=town.now) == 0 and town.take(town.people[1]) is None
    assert breaches() == []


def test_a_held_item_is_withdrawn_and_not_routed_again(town):
    town.send(0.5, "owl")
    call_off(town)
    with pytest.raises(NotHeld):
        route_again(item=Item.objects.get(), by=console(), at=town.now)


def test_an_escalated_item_is_withdrawn_with_the_task_it_was_passed_on_to(town):
    town.send(0.5)
    town.decide(town.people[0], town.take(town.people[0]), "escalate", rationale="hard")
    call_off(town)
    assert sorted(Task.objects.values_list("state", flat=True)) == ["closed", "passed_on"]
    assert breaches() == []


def test_an_item_with_an_outcome_is_not_withdrawn_and_its_audit_goes_on(town):
    town.send(0.7)  # accepted, and drawn for an audit
    town.send(0.5)
    town.decide(town.people[0], town.take(town.people[0], "general"), "approve")
    for name in ("item-1", "item-2"):
        with pytest.raises(ItemSettled):
            call_off(town, name)
    assert Task.objects.filter(kind="audit", state="open").exists() and breaches() == []
    with pytest.raises(NotFound):
        call_off(town, "item-9")


def test_a_program_withdraws_what_it_sent_and_a_stranger_nothing(town):
    caller = Caller(town.project)
    caller.send(item("a/b"))
    answer = caller.call("POST", "projects/cats/items/a%2Fb/withdrawal/")
    assert (answer.status_code, answer.told["state"], answer.told["outcome"]) == (200, "withdrawn", None)
    assert caller.call("POST", "projects/cats/items/a%2Fb/withdrawal/").told == answer.told
    assert caller.call("GET", "projects/cats/items/a%2Fb/", Prefer="wait=60").told == answer.told  # nothing will come
    assert caller.send(item("a/b")).told["state"] == "withdrawn"
    caller.send(item("c", 0.95))
    assert problem(caller.call("POST", "projects/cats/items/c/withdrawal/")) == (409, "item_settled")
    assert problem(caller.call("POST", "projects/cats/items/none/withdrawal/")) == (404, "not_found")
    caller.send(item("x/withdrawal"))
    assert caller.call("GET", "projects/cats/items/x/withdrawal/").told["external_id"] == "x/withdrawal"
    reader = Caller(town.project, "items:read", service="reader")
    assert problem(reader.call("POST", "projects/cats/items/x%2Fwithdrawal/withdrawal/")) == (403, "forbidden")


def test_the_pages_show_that_it_was_withdrawn(town):
    from accounts.actions import give_membership

    town.send(0.5)
    held = town.take(town.people[0])
    call_off(town)
    person = Person.objects.get(pk=town.people[1].person_id)
    for role in ("operations", "compliance"):
        give_membership(person=person, project=town.project, role=role, by=console(), at=town.now)
    client = Client()
    client.force_login(person.users.get(), backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(f"/projects/cats/items/{Item.objects.get().uuid}/").content.decode()
    assert "withdrawn" in page
    assert "withdrawn" in client.get("/projects/cats/items/").content.decode()
    reviewer = Client()
    who = Person.objects.get(pk=town.people[0].person_id)
    reviewer.force_login(who.users.get(), backend="django.contrib.auth.backends.ModelBackend")
    answer = reviewer.post(f"/claims/{held.token}/decision/", {"verdict": "approve"})
    assert answer.status_code == 409 and "has withdrawn it" in answer.content.decode()


def test_a_withdrawal_and_a_decision_at_once_leave_one_of_them(arena):
    seen = set()
    for number in range(6):
        town = build(slug=f"cats{number}", people=1, adjudicators=0, rights=RIGHTS | {"release_after": "PT1H"})
        town.send(0.5)
        who = town.people[0]
        held = town.take(who)
        workers = [Worker(), Worker()]
        calls = [lambda t=town: call_off(t), lambda t=town, w=who, h=held: t.decide(w, h, "approve")]
        begun = [worker.begin(call) for worker, call in zip(workers, calls if number % 2 else calls[::-1], strict=True)]
        refused = [problem for future in begun if isinstance(problem := future.exception(60), Refusal)]
        assert len(refused) == 1 and isinstance(refused[0], ClaimLost | ItemSettled)
        seen.add(type(refused[0]))
        assert breaches() == []
        for worker in workers:
            worker.end()
    assert seen
