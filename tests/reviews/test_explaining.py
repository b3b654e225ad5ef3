"""An item's page says in a sentence why the item went there, and its draws can be redone from what the page shows."""

import subprocess
import sys

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.actions import add_person, give_membership
from accounts.models import Role
from accounts.reads import console
from reviews.actions import reveal_seeds, turn_switch
from reviews.models import Item, Seed
from reviews.reads.explaining import explained
from tests.town import RIGHTS, below, build

pytestmark = pytest.mark.django_db


def why(town, **sent):
    found = town.send(**sent)
    return explained(Item.objects.get(uuid=found["id"]), town.project, draws=True)


def test_each_way_that_an_item_can_go_is_said_in_a_sentence():
    town = build()
    said = why(town, confidence=0.5).said
    assert said == "The rule “Unsure” took it: “When confidence is below 0.60, one reviewer in General decides”."
    assert why(town, confidence=0.95).said == "No rule held, so the model's answer is accepted."
    said = why(town, confidence=None).said
    assert said.endswith("came without a confidence, so one reviewer in General decides.")
    said = why(town, confidence=0.95, impact="high").said
    assert said.endswith("but its impact is high, so two reviewers in Senior decide.")
    assert why(town, confidence=0.5, impact="high").said.endswith("so at least 2 people decide.")
    assert why(town, confidence=0.95, label="owl").said.endswith("does not have, so the item is held.")
    turn_switch(position="all-to-people", reason="x", by=console(), at=town.now, project=town.project)
    said = why(town, confidence=0.95).said
    assert said == "The switch stood at “Everything goes to people”, so one reviewer in General decides."
    turn_switch(position="hold-everything", reason="x", by=console(), at=town.now, project=town.project)
    assert why(town, confidence=0.95).said.endswith("“Everything is held”, so the item is held.")


def test_doubts_about_a_rule_are_said_with_its_name():
    skilled = {"arm": "review", "queue": "general", "skills": ["lang:{segments.language}"]}
    rules = [
        {"name": "Heavy", "when": [{"field": "data.weight", "op": ">", "value": "3"}], "then": skilled},
        {"name": "Unsure", "when": [below("0.60")], "then": skilled},
    ]
    town = build(rights=RIGHTS | {"routing": rules})
    assert why(town, data={"weight": "heavy"}).said.startswith("The rule “Heavy” compares a value that is not")
    assert "by a segment that the item lacks" in why(town).said


def test_conditions_and_version_are_those_of_the_route():
    town = build()
    found = why(town, confidence=0.7)
    assert [(one["seen"], one["result"]) for one in found.conditions] == [("0.7", False), ("0.7", True)]
    standing = town.project.rights.get()
    assert (found.version, found.digest, found.rule) == (standing.number, standing.digest, "Middling")


def test_the_script_on_the_page_redoes_the_draw_once_the_seed_is_revealed():
    town = build()
    town.send(0.7, external_id='a "quoted" \\ name')
    item = Item.objects.get()
    kept = explained(item, town.project, draws=True).draws
    assert [(one.purpose, one.drawn) for one in kept] == [("audit", True)]
    assert kept[0].revealed_on is not None and 'fromhex("")' in kept[0].script
    town.wait(days=45)
    reveal_seeds(at=town.now)
    assert Seed.objects.get().seed
    told = explained(item, town.project, draws=True).draws[0]
    assert told.revealed_on is None
    ran = subprocess.run([sys.executable, "-c", told.script], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["True", "True"]


@pytest.mark.parametrize(("roles", "draws"), [(["compliance"], True), (["operations"], False)])
def test_the_page_tells_draws_to_compliance_alone(roles, draws):
    town = build()
    town.send(0.7)
    person = add_person(name="reader", email="reader@why.invalid", by=console(), at=timezone.now())
    for role in roles:
        give_membership(person=person, project=town.project, role=Role(role), by=console(), at=town.now)
    client = Client()
    client.force_login(person.users.get(), backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(reverse("item", args=["cats", Item.objects.get().uuid])).content.decode()
    assert "The rule “Middling” took it" in page and town.project.rights.get().digest in page
    assert ("hmac.digest" in page) == draws
