"""Switches away from normal are told on every page; turned back, what they held is routed again and followed."""

import datetime as dt
import random
from functools import partial

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.actions import add_person, give_membership, name_owner
from accounts.errors import Forbidden
from accounts.models import Membership
from accounts.reads import actor_of_person, console
from audit.models import Erasure, Event
from guidelines.models import ModelVersion
from reviews.actions import ask_rerouting, find_reroutings, reroute, rerouting_all, turn_and_reroute, turn_switch
from reviews.errors import NothingToReroute, ReroutingRuns, StillHolding
from reviews.models import Item, Rerouting, ReroutingState, Route
from reviews.reads.held_by_switch import held_by_switch, would_go
from tests.arena import Worker
from tests.killing import killed_at
from tests.town import RIGHTS, build

db = pytest.mark.django_db
WHY = "A wrong model went out"


def turn(town, position, **scope):
    town.wait(seconds=1)
    scope = scope or {"project": town.project}
    return turn_switch(position=position, reason=WHY, by=console(), at=town.now, **scope)


def held_town(*confidences):
    """Give a town whose switch held items of these confidences."""
    town = build()
    turn(town, "hold-everything")
    for confidence in confidences:
        town.send(confidence)
    return town


def first_version(town):
    town.send(0.95)
    return ModelVersion.objects.get()


def signed_in(town, role, *, owner=False):
    person = add_person(name=role, email=f"{role}@turned.invalid", by=console(), at=town.now)
    if owner:
        name_owner(person=person, by=console(), at=town.now)
    else:
        give_membership(
            person=person, project=town.project, role=role, by=console(), at=town.now - dt.timedelta(minutes=1)
        )
    client = Client()
    client.force_login(person.users.get(), backend="django.contrib.auth.backends.ModelBackend")
    return client, actor_of_person(person, "browser")


def run(town, begun):
    reroute(rerouting_id=begun.pk, now=lambda: town.now)
    begun.refresh_from_db()
    return begun


@db
def test_what_would_go_where_is_what_then_goes_there():
    town = held_town(0.95, 0.7, 0.5, 0.2, None)
    owl = town.send(0.95, "owl")  # held for its label, by no switch
    going = would_go(town.project, "normal")
    assert (going.total, going.looked, going.accepted) == (5, 5, 2)
    assert going.queues == [("General", 3)] and going.staying == 0
    begun = turn_and_reroute(position="normal", reason=WHY, by=console(), at=town.now, project=town.project)
    assert run(town, begun[0]).state == ReroutingState.DONE
    assert (begun[0].total, begun[0].done, begun[0].left) == (5, 5, 0)
    states = dict(Item.objects.values_list("external_id", "state"))
    assert sorted(states.values()) == ["accepted", "accepted", "held", "open", "open", "open"]
    assert states[owl["external_id"]] == "held"
    assert held_by_switch(town.project.pk) == 0


@db
def test_turned_to_people_everything_goes_to_people():
    town = held_town(0.95, 0.5)
    going = would_go(town.project, "all-to-people")
    assert going.accepted == 0 and going.queues == [("General", 2)]
    begun = turn_and_reroute(position="all-to-people", reason=WHY, by=console(), at=town.now, project=town.project)
    run(town, begun[0])
    assert set(Item.objects.values_list("state", flat=True)) == {"open"}


@db
def test_what_a_rule_lifts_at_intake_would_go_to_the_level_above():
    lifted = {"name": "Heavy", "on": "impact", "to": {"level": 1, "queue": "senior"}}
    town = build(rights=RIGHTS | {"escalation": [lifted]})
    turn(town, "hold-everything")
    town.send(0.5, impact="high")
    assert would_go(town.project, "normal").queues == [("Senior", 1)]
    begun = turn_and_reroute(position="normal", reason=WHY, by=console(), at=town.now, project=town.project)
    run(town, begun[0])
    assert Item.objects.get().tasks.get().queue.slug == "senior"


@db
def test_nothing_is_routed_while_another_switch_holds():
    town = held_town(0.95)
    turn(town, "hold-everything", project=None)
    assert would_go(town.project, "normal").staying == 1
    begun = turn_and_reroute(position="normal", reason=WHY, by=console(), at=town.now, project=town.project)
    assert begun == []
    with pytest.raises(StillHolding):
        ask_rerouting(project=town.project, by=console(), at=town.now)
    assert Route.objects.count() == 1
    assert would_go(town.project, "normal", everywhere=True).accepted == 1


@db
def test_a_model_versions_switch_holds_its_own_items_back():
    town = build()
    town.send(0.95)
    version = ModelVersion.objects.get()
    turn(town, "hold-everything", model_version=version)
    town.send(0.95)
    turn(town, "hold-everything")
    town.send(None)
    begun = turn_and_reroute(position="normal", reason=WHY, by=console(), at=town.now, project=town.project)
    done = run(town, begun[0])
    assert (done.state, done.total, done.done, done.left) == ("done", 2, 1, 1)
    assert would_go(town.project, "normal", model=version.pk).accepted == 1


@db
def test_what_a_model_versions_switch_releases_behind_a_running_run_is_routed_too(monkeypatch):
    town = build()
    version = first_version(town)
    turn(town, "hold-everything", model_version=version)
    for _ in range(3):
        town.send(0.95)
    turn(town, "hold-everything")
    town.send(None)
    begun = turn_and_reroute(position="normal", reason=WHY, by=console(), at=town.now, project=town.project)[0]
    route, again = rerouting_all.route_again, []

    def routed(**told):
        if not again:  # three have been passed by
            town.wait(seconds=1)
            again.extend(
                turn_and_reroute(position="normal", reason=WHY, by=console(), at=town.now, model_version=version)
            )
        return route(**told)

    monkeypatch.setattr(rerouting_all, "route_again", routed)
    run(town, begun)
    assert [one.pk for one in again] == [begun.pk]
    assert (begun.state, begun.total, begun.done, begun.left) == (ReroutingState.DONE, 4, 4, 0)
    assert held_by_switch(town.project.pk) == 0 and Rerouting.objects.count() == 1


@db
def test_a_run_that_would_stop_begins_again_where_the_switch_was_turned_back_meanwhile(monkeypatch):
    town = held_town(0.95)
    turn(town, "normal")
    begun = ask_rerouting(project=town.project, by=console(), at=town.now)
    turn(town, "hold-everything")
    end, again = rerouting_all._end, []

    def ended(row, state, at, **told):
        if not again:  # it has seen the switch, and not said so yet
            town.wait(seconds=1)
            again.extend(
                turn_and_reroute(position="normal", reason=WHY, by=console(), at=town.now, project=town.project)
            )
        return end(row, state, at, **told)

    monkeypatch.setattr(rerouting_all, "_end", ended)
    assert run(town, begun).state == ReroutingState.DONE and [one.pk for one in again] == [begun.pk]
    assert held_by_switch(town.project.pk) == 0


def test_a_turn_waits_for_no_end_and_no_end_for_a_turn(arena):
    town = build()
    version = first_version(town)
    turn(town, "hold-everything", model_version=version)
    town.send(0.95)
    turn(town, "hold-everything")
    town.send(None)
    begun = turn_and_reroute(position="normal", reason=WHY, by=console(), at=town.now, project=town.project)[0]
    town.wait(seconds=1)
    turned = partial(turn_and_reroute, position="normal", reason=WHY, by=console(), at=town.now, model_version=version)
    worker, owner = Worker(), Worker()
    both = [worker.begin(lambda: reroute(rerouting_id=begun.pk, now=lambda: town.now)), owner.begin(turned)]
    for one in both:
        one.result(120)
    for one in (worker, owner):
        one.end()
    for one in Rerouting.objects.filter(state="waiting"):  # the turn came after the end
        run(town, one)
    assert held_by_switch(town.project.pk) == 0
    assert set(Rerouting.objects.values_list("state", flat=True)) == {"done"}


@db
def test_a_switch_turned_again_stops_the_run_and_says_so():
    town = held_town(0.95, 0.95)
    turn(town, "normal")
    begun = ask_rerouting(project=town.project, by=console(), at=town.now)
    turn(town, "hold-everything")
    assert run(town, begun).state == ReroutingState.STOPPED
    assert begun.said == StillHolding.sentence and begun.done == 0


@db
def test_there_is_one_run_at_a_time_and_none_for_nothing():
    town = build()
    with pytest.raises(NothingToReroute):
        ask_rerouting(project=town.project, by=console(), at=town.now)
    turn(town, "hold-everything")
    town.send(0.9)
    turn(town, "normal")
    first = ask_rerouting(project=town.project, by=console(), at=town.now)
    with pytest.raises(ReroutingRuns):
        ask_rerouting(project=town.project, by=console(), at=town.now)
    run(town, first)
    assert run(town, first).tries == 1  # done is done


@db
def test_who_may_no_longer_govern_routes_nothing():
    town = held_town(0.95)
    turn(town, "normal")
    _, by = signed_in(town, "operations")
    begun = ask_rerouting(project=town.project, by=by, at=town.now)
    Membership.objects.filter(person_id=by.person_id).update(until_at=town.now)
    assert run(town, begun).state == ReroutingState.STOPPED
    assert begun.said == Forbidden.sentence and held_by_switch(town.project.pk) == 1


def test_a_killed_worker_loses_only_time(arena):
    town = held_town(*[0.95] * 4)
    turn(town, "normal")
    begun = ask_rerouting(project=town.project, by=console(), at=town.now)
    assert killed_at(random.randint(30, 60), lambda: reroute(rerouting_id=begun.pk, now=lambda: town.now))
    assert 0 < held_by_switch(town.project.pk) < 5
    run(town, begun)
    assert begun.state == ReroutingState.RUNNING  # its worker may still live
    town.wait(minutes=3)
    assert find_reroutings(at=town.now) == [begun.pk]
    assert (run(town, begun).state, begun.done) == (ReroutingState.DONE, 4)
    assert sorted(Route.objects.values_list("number", flat=True)) == [1, 1, 1, 1, 2, 2, 2, 2]


@db
def test_a_turned_switch_is_told_on_every_page_of_those_it_rules():
    town, other = build(), build(slug="dogs")
    client, _ = signed_in(town, "operations")
    stranger, _ = signed_in(other, "compliance")
    owner, _ = signed_in(town, "owner", owner=True)
    told = b'id="turned" role="region" aria-label="Turned switches">'
    assert told not in client.get(reverse("home")).content
    turn(town, "hold-everything")
    for address in (reverse("home"), reverse("operations", args=["cats"]), reverse("settings")):
        assert told in client.get(address).content
    assert told in owner.get(reverse("admin:index")).content
    assert told not in stranger.get(reverse("home")).content
    turn(town, "hold-everything", project=None)
    assert told in stranger.get(reverse("home")).content
    counted = stranger.get(reverse("counts")).json()
    assert "The whole installation" in counted["turned"] and "Cats" not in counted["turned"]


@db
def test_the_page_says_where_held_items_go_before_the_switch_is_turned_back():
    town = held_town(0.95, 0.5, 0.5)
    client, _ = signed_in(town, "operations")
    page = client.get(reverse("switch", args=["cats"]), {"position": "normal"}).content.decode()
    assert "3 items of Cats are held by a switch" in page and "to people in General" in page
    answer = client.post(reverse("switch", args=["cats"]), {"position": "normal", "reason": WHY, "reroute": "on"})
    assert answer.status_code == 302 and Rerouting.objects.get().total == 3
    assert "Held items are being routed again" in client.get(answer["Location"]).content.decode()
    run(town, Rerouting.objects.get())
    assert "3 held items were routed again" in client.get(answer["Location"]).content.decode()


@db
def test_without_the_tick_they_stay_held_and_can_be_routed_later():
    town = held_town(0.95)
    client, _ = signed_in(town, "operations")
    client.post(reverse("switch", args=["cats"]), {"position": "normal", "reason": WHY})
    assert not Rerouting.objects.exists()
    assert "1 item is held by a switch." in client.get(reverse("operations", args=["cats"])).content.decode()
    assert "out, as the model said" in client.get(reverse("reroutings", args=["cats"])).content.decode()
    assert client.post(reverse("reroutings", args=["cats"])).status_code == 302
    assert run(town, Rerouting.objects.get()).done == 1
    assert client.post(reverse("reroutings", args=["cats"])).status_code == 409


@db
def test_a_preview_costs_no_more_statements_for_more_items():
    counts = []
    for many in (1, 12):
        town = build(slug=f"cats{many}")
        turn(town, "hold-everything")
        for _ in range(many):
            town.send(0.5)
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert would_go(town.project, "normal").total == many
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 8


@db
def test_an_erased_body_stays_held_and_is_counted():
    town = held_town(0.95, 0.95)
    erase(Item.objects.order_by("pk")[0])
    turn(town, "normal")
    assert would_go(town.project, "normal").gone == 1
    begun = ask_rerouting(project=town.project, by=console(), at=town.now)
    assert run(town, begun).left == 1 and begun.done == 1


def erase(item):
    """Erase an item's body, as an approved request would."""
    event = Event.objects.order_by("-pk")[0]
    gone = Erasure.objects.create(event=event, kind="request")
    Item.objects.filter(pk=item.pk).update(body=None, salt=None, erasure=gone)
