"""Intake, routing, draws, seeds and the switch, as verbs."""

import json

import pytest

from accounts.reads import console
from audit.models import Event
from guidelines.models import ModelVersion
from reviews.actions import publish_rights, receive, release, reveal_seeds, route_again, turn_switch
from reviews.errors import NoRights, NotHeld
from reviews.models import Item, Outcome, Route, Seat, Seed, Task
from reviews.wire import read_items
from tests.invariants import breaches
from tests.town import RIGHTS, build

pytestmark = pytest.mark.django_db


def post(town, *bodies):
    batch = read_items("\n".join(json.dumps(body) for body in bodies).encode(), "application/x-ndjson")
    return receive(project=town.project, entries=batch.entries, by=console(), at=town.now)


def test_the_same_body_again_answers_the_same_item_and_another_is_refused():
    town = build()
    first, again, other = (post(town, {"external_id": "a", "data": {"text": text}})[0] for text in ("x", "x", "y"))
    assert (first.status, again.status, again.item["id"]) == ("created", "known", first.item["id"])
    assert (other.status, other.problem.code) == ("refused", "item_differs")
    assert Item.objects.count() == 1 and breaches() == []


def test_one_bad_item_never_spoils_the_rest():
    town = build()
    answers = post(
        town,
        {"external_id": "good", "data": {}},
        {"external_id": "worse", "data": {}, "confidence": 1.2},
        {"external_id": "good", "data": {"text": "again"}},
        {"external_id": "no file", "data": {"image": "sha256:" + "0" * 64}},
        {"external_id": "odd", "model": {"name": "m", "version": "1"}, "prediction": {"boxes": []}, "confidence": 0.5},
        {"external_id": "fine", "data": {}},
    )  # fmt: skip
    assert [answer.status for answer in answers] == ["created", "refused", "refused", "refused", "refused", "created"]
    assert answers[2].problem.code == "duplicate_in_request"
    assert Item.objects.count() == 2 and breaches() == []


def test_an_unknown_label_is_created_and_held():
    town = build()
    item = town.send(0.95, "owl")
    assert (item["state"], item["problem"], item["route"]["rule"]) == ("held", "unknown_label", "unknown_label")
    assert not Task.objects.exists() and not Outcome.objects.exists() and breaches() == []


def test_high_impact_goes_to_people_whatever_rule_accepted():
    town = build()
    item = town.send(0.99, impact="high")
    assert (item["route"]["rule"], Task.objects.get().queue.slug, Seat.objects.count()) == ("high_impact", "senior", 2)


def test_no_confidence_goes_to_people():
    town = build()
    assert town.send(None)["route"]["rule"] == "no_confidence"
    assert Task.objects.get().queue.slug == "general"


def test_an_accept_is_settled_and_released_by_its_receipt_and_placed_by_the_releaser():
    town = build()
    item = town.send(0.95)
    assert item["outcome"]["source"] == "model" and item["outcome"]["output"] == {"labels": ["cat"]}
    assert Outcome.objects.get().position is None
    release(at=town.now)
    assert Outcome.objects.get().position == 1
    assert [event.type for event in Event.objects.filter(stream__startswith="item/")] == ["reviews.item_received"]
    assert breaches() == []


def test_a_project_without_rights_takes_nothing():
    from accounts.actions import create_project
    from tests.town import Town

    by = console()
    town = build()
    bare = create_project(slug="bare", name="Bare", task_type="classification", by=by, at=town.now)
    with pytest.raises(NoRights):
        Town(bare, [], [], town.now).send(0.5)
    assert Item.objects.count() == 0


def test_the_switch_sends_all_to_people_or_holds_from_the_next_item_on():
    town = build()
    by = console()
    town.send(0.95)
    turn_switch(position="all-to-people", reason="Drift", by=by, at=town.now, project=town.project)
    assert town.send(0.95)["route"]["rule"] == "switch"
    turn_switch(position="hold-everything", reason="Stop", by=by, at=town.now)
    assert town.send(0.95)["state"] == "held"
    turn_switch(position="normal", reason="Mended", by=by, at=town.now)
    turn_switch(position="normal", reason="Mended", by=by, at=town.now, project=town.project)
    version = ModelVersion.objects.get()
    turn_switch(position="hold-everything", reason="Bad model", by=by, at=town.now, model_version=version)
    assert (town.send(0.95)["state"], town.send(None)["state"]) == ("held", "waiting")
    assert breaches() == []


def test_a_switchs_and_the_rights_events_carry_the_model_and_the_number_as_tags():
    town, by = build(), console()
    town.send(0.95)
    version = ModelVersion.objects.get()
    turn_switch(position="normal", reason="As it was", by=by, at=town.now)
    turn_switch(position="normal", reason="As it was", by=by, at=town.now, project=town.project)
    turn_switch(position="normal", reason="As it was", by=by, at=town.now, model_version=version)
    rights = {**RIGHTS, "release_after": "PT1M"}
    publish_rights(project=town.project, document=rights, reason="Slower", by=by, at=town.now)
    told = {
        kind: [json.loads(bytes(one.leaf))["tags"] for one in Event.objects.filter(type=kind).order_by("pk")]
        for kind in ("reviews.switch_turned", "reviews.rights_published")
    }
    assert [tags["model"] for tags in told["reviews.switch_turned"]] == [None, None, str(version.uuid)]
    assert [tags["rights"] for tags in told["reviews.rights_published"]] == [1, 2]


def test_a_held_item_is_routed_again_under_what_is_in_force_with_the_same_draw():
    town = build()
    by = console()
    turn_switch(position="hold-everything", reason="Stop", by=by, at=town.now)
    town.send(0.7)
    item = Item.objects.get()
    turn_switch(position="normal", reason="Go", by=by, at=town.now)
    town.wait(days=40)
    route = route_again(item=item, by=by, at=town.now)
    before, after = Route.objects.order_by("number")
    assert (before.arm, after.arm, route.number) == ("hold", "accept", 2)
    assert json.loads(after.draws)[0]["month"] == item.received_at.strftime("%Y-%m")
    assert Item.objects.get().state == "accepted" and Task.objects.get().kind == "audit"
    with pytest.raises(NotHeld):
        route_again(item=item, by=by, at=town.now)
    assert breaches() == []


def test_every_draw_can_be_redone_with_the_standard_library_from_the_revealed_seed():
    routing = [{"name": "All", "when": [], "then": {"arm": "accept", "audit_rate": "0.37"}}]
    town = build(rights=RIGHTS | {"routing": routing, "sets": {"evaluation_rate": "0.2", "fresh_rate": "0.1"}})
    for _ in range(60):
        town.send(0.95)
    promised = Event.objects.get(type="reviews.seed_committed")
    assert promised.pk < Event.objects.filter(type="reviews.item_received").order_by("pk")[0].pk
    month = town.now.strftime("%Y-%m")
    assert reveal_seeds(at=town.now) == 0
    town.wait(days=39)
    assert (reveal_seeds(at=town.now), reveal_seeds(at=town.now)) == (1, 0)
    payload = Event.objects.get(type="reviews.seed_revealed").payloads.get().body
    revealed = json.loads(bytes(payload))

    # fifteen lines of standard library
    import hashlib
    import hmac
    from fractions import Fraction

    seed = bytes.fromhex(revealed["seed"])
    assert hashlib.sha256(seed).hexdigest() == Seed.objects.get().commitment and revealed["month"] == month
    drawn = 0
    for route in Route.objects.select_related("item"):
        for draw in json.loads(route.draws):
            words = ["hitl-draw/v1", str(town.project.uuid), draw["purpose"], route.item.external_id]
            u = int.from_bytes(hmac.digest(seed, "\x1f".join(words).encode(), "sha256")[:8], "big")
            assert f"{u:016x}" == draw["u"]
            assert draw["drawn"] == (u < int(Fraction(draw["pi"]) * 2**64))
            drawn += draw["drawn"] and draw["purpose"] == "audit"
    assert drawn == Task.objects.filter(kind="audit").count() > 0


def test_another_draw_master_within_a_month_stops_intake_rather_than_breaking_the_promise(settings):
    from reviews.errors import SeedDiffers

    town = build()
    town.send(0.5)
    settings.DRAW_MASTER = b"x" * 32
    with pytest.raises(SeedDiffers):
        town.send(0.5)
    town.wait(days=60)
    assert reveal_seeds(at=town.now) == 0 and Seed.objects.get().seed is None
    assert Item.objects.count() == 1


def test_a_held_item_that_nobody_could_take_stays_held():
    town = build(people=1)
    town.send(0.5)
    town.decide(town.people[0], town.take(town.people[0]), "skip")
    item = Item.objects.get()
    assert item.state == "held"
    route = route_again(item=item, by=console(), at=town.now)
    assert (route.arm, route.problem) == ("hold", "nobody_left")
    assert Item.objects.get().state == "held" and breaches() == []
