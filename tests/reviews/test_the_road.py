"""The main road, walked once: an item comes in, a person decides, the outcome goes out."""

import pytest

from reviews.actions import release
from reviews.models import Outcome
from tests.town import build

pytestmark = pytest.mark.django_db


def test_an_unsure_item_is_decided_by_a_person_and_released_in_order():
    town = build()
    item = town.send(0.5)
    assert (item["route"]["arm"], item["state"], item["outcome"]) == ("review", "waiting", None)
    held = town.take(town.people[0])
    assert held.item.external_id == item["external_id"] and held.proposal == {"labels": ["cat"]}
    decided = town.decide(town.people[0], held, "correct", "dog")
    assert release(at=town.now) == 0
    town.wait(seconds=16)
    assert release(at=town.now) == 1
    outcome = Outcome.objects.get()
    assert (outcome.position, outcome.source, outcome.number) == (1, "reviewer", 1)
    assert decided.output == {"labels": ["dog"]}
