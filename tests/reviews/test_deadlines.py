"""Deadlines of items: taken at intake, shown, and met by escalation, hold or withdrawal, never by an approval."""

import datetime as dt
import json
from typing import Any

import pytest

from accounts.reads import console
from audit.models import Event, Payload
from reviews.actions import climb, meet_deadlines, prolong, receive, release, route_again, turn_switch, withdraw
from reviews.errors import ClaimLost
from reviews.models import ClaimEnd, Item, Outcome, Seat, Task
from reviews.reads.answers import answers, rfc3339
from reviews.wire import read_items
from tests.invariants import breaches
from tests.reviews.caller import Caller, item
from tests.reviews.test_escalation import CLOCK, levels, rule, told
from tests.town import RIGHTS, Town, build

pytestmark = pytest.mark.django_db


def wanted(town: Town, **span: float) -> str:
    """Give a time so long from now, as the API writes it."""
    return str(rfc3339(town.now + dt.timedelta(**span)))


def ends(on_deadline: str, **changes: Any) -> Town:
    """Build a town whose rights say this of deadlines."""
    return levels(rule("asked"), on_deadline=on_deadline, **changes)


def test_a_deadline_is_taken_told_and_due():
    town = ends("hold")
    until = town.now + dt.timedelta(hours=1)
    told = town.send(0.5, decide_by=wanted(town, hours=1))
    assert told["decide_by"] == rfc3339(until)
    assert answers(town.project.pk, "external_id", ["item-1"])["item-1"]["decide_by"] == rfc3339(until)
    assert Seat.objects.get().due_at == until
    town.send(0.5, decide_by=wanted(town, hours=5))
    assert Seat.objects.order_by("-pk")[0].due_at == town.now + dt.timedelta(hours=2)  # the service level is earlier


def test_a_deadline_lies_ahead_and_not_too_far_and_what_is_known_stays_known():
    town = build()
    caller = Caller(town.project)
    ahead = rfc3339(town.now + dt.timedelta(hours=1))
    for bad in (rfc3339(town.now - dt.timedelta(seconds=1)), rfc3339(town.now + dt.timedelta(days=367))):
        answer = caller.send(item("late", decide_by=bad))
        assert (answer.status_code, answer.told["errors"][0]["field"]) == (422, "decide_by")
    assert caller.send(item("good", decide_by=ahead)).status_code == 201

    entries = read_items(json.dumps(item("good", decide_by=ahead)).encode(), "application/json").entries
    again = receive(project=town.project, entries=entries, by=console(), at=town.now + dt.timedelta(days=2))[0]
    assert again.status == "known" and Item.objects.count() == 1


def test_at_its_deadline_an_item_is_escalated_one_level_and_once():
    town = ends("escalate")
    town.send(0.5, decide_by=wanted(town, hours=1))
    town.wait(minutes=59)
    assert meet_deadlines(at=town.now) == 0
    town.wait(minutes=1)
    assert (meet_deadlines(at=town.now), meet_deadlines(at=town.now)) == (1, 0)
    assert Task.objects.get(state="open").queue.slug == "senior" and told()[0]["on"] == "deadline"
    assert Item.objects.get().deadline_at is None and breaches() == []


def test_where_no_level_is_left_a_deadline_holds_the_item():
    town = ends("escalate")
    town.send(0.5, decide_by=wanted(town, hours=1))
    for who, reason in ((town.people[0], "Up"), (town.people[1], "Further")):
        held = town.take(who)
        town.decide(who, held, "escalate", rationale=reason)
    assert Task.objects.get(state="open").queue.slug == "adjudication"
    town.wait(hours=1)
    meet_deadlines(at=town.now)
    assert Item.objects.get().state == "held" and breaches() == []


def test_at_its_deadline_an_item_is_held_and_says_why():
    town = ends("hold")
    town.send(0.5, decide_by=wanted(town, hours=1))
    held = town.take(town.people[0])
    town.wait(minutes=14)
    for _ in range(4):
        prolong(token=held.token, by=town.people[0], at=town.now)
        town.wait(minutes=14)
    assert meet_deadlines(at=town.now) == 1
    found = json.loads(bytes(Payload.objects.get(event__type="reviews.item_held", section="held").body))
    assert (Item.objects.get().state, found["reason"]) == ("held", "deadline")
    town.decide(town.people[0], held)  # on record, and settles nothing
    assert not Outcome.objects.exists() and breaches() == []
    route_again(item=Item.objects.get(), by=console(), at=town.now)
    assert meet_deadlines(at=town.now + dt.timedelta(days=1)) == 0 and breaches() == []


@pytest.mark.parametrize("sits", ["nobody", "somebody", "one of two", "somebody below"])
def test_at_its_deadline_an_item_expires_with_its_seats_and_claims(sits):
    two = {"routing": [], "otherwise": {"arm": "review", "queue": "general", "decisions": 2}} if "two" in sits else {}
    town = levels(*CLOCK, on_deadline="withdraw", service_levels=[{"queue": "general", "due_after": "PT1M"}], **two)
    town.send(0.5, decide_by=wanted(town, minutes=90))
    town.wait(minutes=50)
    held = None
    if sits != "nobody":
        held = town.take(town.people[0])
    town.wait(minutes=12)
    if sits == "somebody below":
        prolong(token=held.token, by=town.people[0], at=town.now)
        town.wait(minutes=14)
        assert climb(at=town.now) == 1
        prolong(token=held.token, by=town.people[0], at=town.now)
    if sits == "one of two":
        town.decide(town.people[0], held)
    town.now = Item.objects.get().decide_by
    assert (meet_deadlines(at=town.now), meet_deadlines(at=town.now)) == (1, 0)
    found = answers(town.project.pk, "external_id", ["item-1"])["item-1"]
    assert (found["state"], found["outcome"]) == ("expired", None)
    assert not Seat.objects.filter(state__in=["open", "leased"]).exists()
    assert not Task.objects.filter(state="open").exists() and not Outcome.objects.exists()
    assert ClaimEnd.objects.count() == (1 if sits in {"somebody", "somebody below"} else 0)
    assert Event.objects.get(type="reviews.item_expired").stream.startswith("item/") and breaches() == []
    if sits == "somebody":
        with pytest.raises(ClaimLost):
            town.decide(town.people[0], held)


def test_a_held_item_expires_and_one_that_has_its_answer_never_does():
    town = levels(*CLOCK, on_deadline="withdraw")
    town.send(0.5, "owl", decide_by=wanted(town, hours=1))
    town.send(0.5, decide_by=wanted(town, hours=1))
    town.send(0.95, decide_by=wanted(town, hours=1))
    assert Item.objects.get(external_id="item-3").deadline_at is None
    town.wait(minutes=59, seconds=50)
    who = town.people[0]
    made = town.decide(who, town.take(who))
    town.wait(seconds=10)
    assert meet_deadlines(at=town.now) == 2
    states = dict(Item.objects.values_list("external_id", "state"))
    assert states == {"item-1": "expired", "item-2": "decided", "item-3": "accepted"}
    withdraw(decision=made.uuid, by=who, at=town.now)  # taken back before its release: it has no answer after all
    town.wait(seconds=15)
    assert meet_deadlines(at=town.now) == 1
    assert Item.objects.get(external_id="item-2").state == "expired" and breaches() == []


def test_what_is_released_is_looked_at_no_more():
    town = ends("withdraw")
    town.send(0.5, decide_by=wanted(town, hours=1))
    who = town.people[0]
    town.decide(who, town.take(who))
    town.wait(hours=1)
    release(at=town.now)
    assert (meet_deadlines(at=town.now), meet_deadlines(at=town.now)) == (1, 0)
    assert Item.objects.get().state == "decided" and RIGHTS["v"] == 1


def turn(town: Town, position: str) -> None:
    """Turn the project's switch."""
    turn_switch(position=position, reason="x", by=console(), at=town.now, project=town.project)


@pytest.mark.parametrize("then", ["hold", "escalate"])
def test_a_deadline_that_passes_while_an_item_is_held_is_told_once_and_met_no_more(then):
    town = levels(*CLOCK, on_deadline=then)
    turn(town, "hold-everything")
    town.send(0.5, decide_by=wanted(town, hours=1))
    town.wait(hours=1)
    assert (meet_deadlines(at=town.now), meet_deadlines(at=town.now)) == (1, 0)
    event = Event.objects.get(type="reviews.deadline_passed")
    assert event.stream == f"item/{Item.objects.get().uuid}" and Item.objects.get().state == "held"
    turn(town, "normal")
    route_again(item=Item.objects.get(), by=console(), at=town.now)
    assert (meet_deadlines(at=town.now), climb(at=town.now)) == (0, 0)
    assert Item.objects.get().state == "open" and breaches() == []


def test_work_that_opens_after_the_deadline_is_due_at_once_and_climbs_only_when_its_own_time_is_over():
    town = levels(*CLOCK, on_deadline="hold")
    town.send(0.5, decide_by=wanted(town, hours=1))
    town.wait(hours=9)
    meet_deadlines(at=town.now)
    route_again(item=Item.objects.get(), by=console(), at=town.now)
    assert Seat.objects.get(state="open").due_at == town.now
    assert (meet_deadlines(at=town.now), climb(at=town.now)) == (0, 0)
    town.wait(minutes=59)
    assert climb(at=town.now) == 0
    town.wait(minutes=1)
    assert climb(at=town.now) == 1 and told()[-1]["on"] == "overdue" and breaches() == []


def test_what_comes_back_from_a_level_after_the_deadline_does_not_climb_at_once():
    town = levels(*CLOCK, on_deadline="escalate")
    town.send(0.5, decide_by=wanted(town, hours=1))
    town.wait(hours=1)
    meet_deadlines(at=town.now)
    town.wait(minutes=30)
    held = town.take(town.people[0], "senior")
    town.decide(town.people[0], held, "return", rationale="Look at the tail")
    assert Task.objects.get(state="open").queue.slug == "general"
    assert (meet_deadlines(at=town.now), climb(at=town.now)) == (0, 0) and breaches() == []


@pytest.mark.parametrize("then", ["hold", "escalate", "withdraw"])
def test_an_item_routed_again_before_the_clock_came_to_its_deadline_meets_it_once(then):
    town = levels(*CLOCK, on_deadline=then)
    turn(town, "hold-everything")
    town.send(0.5, decide_by=wanted(town, hours=1))
    town.wait(hours=2)
    turn(town, "normal")
    route_again(item=Item.objects.get(), by=console(), at=town.now)
    assert (meet_deadlines(at=town.now), meet_deadlines(at=town.now)) == (1, 0)
    item = Item.objects.get()
    assert item.state == {"hold": "held", "escalate": "open", "withdraw": "expired"}[then] and item.deadline_at is None
    if then == "hold":
        route_again(item=item, by=console(), at=town.now)
        assert meet_deadlines(at=town.now) == 0 and Item.objects.get().state == "open"
    assert breaches() == []


def test_an_item_that_is_accepted_when_it_is_routed_again_has_no_deadline_any_more():
    town = levels(*CLOCK, on_deadline="withdraw")
    turn(town, "hold-everything")
    town.send(0.95, decide_by=wanted(town, hours=1))
    turn(town, "normal")
    route_again(item=Item.objects.get(), by=console(), at=town.now)
    assert (Item.objects.get().state, Item.objects.get().deadline_at) == ("accepted", None)
    town.wait(hours=1)
    assert meet_deadlines(at=town.now) == 0 and breaches() == []
