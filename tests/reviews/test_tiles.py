"""What a tile of a batch has room for: whatever it does not draw whole waits for single review."""

import json
import re
from typing import Any

import pytest
from django.urls import reverse

from reviews.actions import claim_batch
from reviews.models import Seat
from reviews.reads.tiles import fits_a_tile
from tests.reviews.test_batches import TOGETHER, confirm, taken, town_of
from tests.reviews.test_files_in_lists import picture
from tests.reviews.test_pages import signed_in
from tests.town import build

pytestmark = pytest.mark.django_db
A, B = (f"sha256:{letter * 64}" for letter in "ab")
TALK = [{"speaker": "A", "text": "I will sue you"}, {"speaker": "B", "text": "hello there"}]


@pytest.mark.parametrize(
    ("data", "fits"),
    [
        ({"image": A}, True),
        ({"images": [A], "text": "One side"}, True),
        ({"front": A, "back": B}, False),
        ({"images": [A, B]}, False),
        ({"image": A, "scans": [{"file": B}]}, False),
        ({"turns": TALK}, False),
        ({"messages": [{"role": "user", "content": "Hi"}]}, False),
        ({"text": "x" * 560}, True),
        ({"text": "x" * 561}, False),
        ({"text": "a\n\nb\n" * 7}, False),
        ({"a": 1, "b": "two", "c": None}, True),
        ({f"field_{number}": number for number in range(21)}, False),
        ({"rest": list(range(10))}, True),
        ({"rest": list(range(30))}, False),
        ({}, False),
    ],
)
def test_a_tile_takes_what_it_draws_whole(data: dict[str, Any], fits: bool):
    assert fits_a_tile(data, {}) is fits


def test_what_an_item_belongs_to_takes_its_room_on_the_tile():
    assert not fits_a_tile({"text": "x" * 560}, {"device": "shelf-cam-2"})


def test_what_a_tile_does_not_draw_whole_is_in_no_batch_and_waits_for_single_review():
    town = build(rights=TOGETHER)
    one, two = picture(town, 10), picture(town, 20)
    town.send(data={"front": one, "back": two})
    town.send(data={"images": [one, two]})
    town.send(data={"turns": TALK})
    town.send(data={"text": "It would not move for anyone at all. " * 40})
    town.send(data={"image": one})
    town.send()
    batch, shown = taken(town)
    assert [tile.held.item.external_id for tile in shown] == ["item-5", "item-6"]
    confirm(town, batch, shown)
    assert claim_batch(queue=town.queue(), by=town.people[0], at=town.now) is None
    assert Seat.objects.filter(state="open", single=False).count() == 4
    held = town.take(town.people[0])
    assert held.item.external_id == "item-1"


def test_ordinary_work_behind_many_long_texts_is_found():
    town = town_of(0)
    for _ in range(60):
        town.send(data={"text": "x" * 700})
    town.send()
    _batch, shown = taken(town)
    assert [tile.held.item.external_id for tile in shown] == ["item-61"]


def test_a_tile_bears_all_of_its_item():
    town = build(rights=TOGETHER)
    text = "A cat sat by the door. " * 14
    town.send(data={"images": [picture(town, 10)], "text": text, "mood": "cross", "rest": {"deep": [7]}})
    town.send(segments={"device": "shelf-cam-2"})
    address = reverse("batch", args=[town.project.slug, "general"])
    html = signed_in(town.people[0]).get(address).content.decode()
    first, second = re.findall(r'<button class="tile".*?</button>', html, re.S)
    assert first.count("<img") == first.count('data-module="picture"') == 1
    told = re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", first))
    assert text.strip() in told
    assert all(part in told for part in ("Mood cross", "&quot;deep&quot;: [ 7 ]"))
    assert "device shelf-cam-2" in re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", second))
    assert not re.search("[0-9a-f]{64}", json.dumps(told))
