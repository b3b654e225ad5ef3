"""Files that an item names in lists and deeper down: each is shown, under the name of its place."""

import io
import json
import re
from typing import Any

import pytest
from django.urls import reverse
from PIL import Image

from accounts.reads import console
from assets.actions import store
from reviews.models import Item, Presentation
from reviews.reads.consents import showables
from reviews.reads.files import Picture, taken_out
from reviews.reads.media import files_in
from reviews.reads.stages import Stage, stage
from reviews.reads.veils import Veil
from tests.assets.sounds import tone
from tests.reviews.test_pages import signed_in
from tests.town import Town, build

pytestmark = pytest.mark.django_db
A, B, C = (f"sha256:{letter * 64}" for letter in "abc")


def picture(town: Town, shade: int) -> str:
    """Give the project a picture and name it."""
    content = io.BytesIO()
    Image.new("RGB", (40, 30), (shade, 0, 0)).save(content, "PNG")
    asset, _ = store(project=town.project, content=content.getvalue(), by=console(), at=town.now)
    return f"sha256:{asset.sha256}"


def drawn(html: str) -> str:
    """Give the stage of a page."""
    found = re.search(r'class="(?:stage|card seen)[^>]*>.*?</section>', html, re.S)
    assert found
    return found[0]


def pictures(shown: Stage) -> list[tuple[str, str]]:
    return [(f"sha256:{one.sha256}", one.name) for one in shown.pictures]


def test_a_list_of_files_is_shown_in_order_each_named_by_its_place():
    shown = stage({"cover_photo": C, "images": [B, A], "text": "Two sides"})
    assert pictures(shown) == [(C, "Cover photo"), (B, "Images 1"), (A, "Images 2")]
    assert (shown.kind, shown.text, shown.facts, shown.rest) == ("picture", "Two sides", [], None)


def test_a_file_deeper_down_is_shown_and_its_name_stands_where_it_stood():
    shown = stage({"candidates": [{"image": A, "text": "One"}, {"image": B}], "files": [C, "and a word"]})
    assert pictures(shown) == [(A, "Candidates 1 image"), (B, "Candidates 2 image"), (C, "Files 1")]
    told = [{"image": "Candidates 1 image", "text": "One"}, {"image": "Candidates 2 image"}]
    assert shown.rest == {"candidates": told, "files": ["Files 1", "and a word"]}


def test_outlines_stay_on_the_picture_that_is_a_member_of_its_own():
    assert pictures(stage({"around": {"image": A}, "image": B})) == [(B, "Image"), (A, "Around image")]


def test_sounds_in_a_list_are_heard_under_their_places():
    shown = stage({"audio": [A, B], "images": [C]}, sounds={"a" * 64: 1000, "b" * 64: 2000}, veil=Veil(mute=True))
    assert [(one.name, one.duration_ms) for one in shown.sounds] == [("Audio 1", 1000), ("Audio 2", 2000)]
    assert (pictures(shown), shown.muted) == ([(C, "Images 1")], True)
    assert stage({"audio": [A]}, sounds={"a" * 64: 1000}).kind == "sound"


def test_files_in_a_turn_are_shown_wherever_they_stand_in_it():
    part = {"type": "image", "image": B}
    turns = [
        {"role": "user", "content": [{"type": "text", "text": "See"}, part], "images": [A, C]},
        {"role": "user", "content": C},
    ]
    first, second = stage({"messages": turns}).turns
    assert first.pictures == ["a" * 64, "c" * 64, "b" * 64]
    assert (first.text, first.rest) == ("See", {"content": [{"type": "image", "image": "Content 1 image"}]})
    assert (second.pictures, second.text, second.rest) == (["c" * 64], "", None)


def test_blur_and_grey_lie_over_a_list_of_pictures():
    assert stage({"images": [A, B]}, veil=Veil(grey=True)).veiled
    assert stage({"images": [A, B]}, veil=Veil(blur=True)).veiled


@pytest.mark.parametrize(
    "data",
    [
        {"images": [A, [B, {"deep": [C]}]]},
        {"text": "x", "note": "sha256:short", "images": []},
        {"turns": [{"speaker": "A", "text": A, "photos": [B]}], "file": C},
        {"messages": [{"role": "user", "content": [A, {"text": B}]}]},
    ],
)
def test_every_file_that_is_named_is_shown_and_no_digest_is(data: dict[str, Any]):
    shown = stage(data)
    seen = {f"sha256:{sha}" for turn in shown.turns for sha in turn.pictures} | {one for one, _ in pictures(shown)}
    assert seen == files_in(data)
    told = [shown.text, shown.facts, shown.rest, [(turn.text, turn.rest) for turn in shown.turns]]
    assert not re.search("[0-9a-f]{64}", json.dumps(told))


def test_what_names_no_file_is_left_as_it_came():
    sent = {"images": [], "note": f"see {A}", "upper": f"sha256:{'A' * 64}", "rest": [1, {"a": None}]}
    assert taken_out(sent) == ([], sent)
    assert taken_out({"a_b": A}) == ([Picture("a" * 64, "A b")], {})


def test_the_workbench_and_the_items_page_show_every_picture_of_a_list_by_name():
    town = build()
    both = [picture(town, 10), picture(town, 20)]
    item = town.send(data={"images": both})
    browser = signed_in(town.people[0])
    for address in (
        reverse("work", args=[town.project.slug, "general"]),
        reverse("item", args=[town.project.slug, item["id"]]),
    ):
        html = drawn(browser.get(address).content.decode())
        assert re.findall(r"<figcaption[^>]*>(.*?)<", html) == ["Images 1", "Images 2"]
        assert re.findall(r'alt="(.*?)"', html) == ["Images 1 of item item-1", "Images 2 of item item-1"]
        found = re.findall(r'src="(.*?)"', html)
        assert [one[7:] in address for one, address in zip(both, found, strict=True)] == [True, True]
        assert all(browser.get(address).status_code == 200 for address in found)
        assert "sha256:" not in re.sub("<[^>]+>", "", html)


def test_the_manifest_names_every_picture_of_a_list_and_a_stranger_gets_none():
    town, other = build(), build(slug="dogs")
    both = [picture(town, 10), picture(town, 20)]
    town.send(data={"images": both})
    held = town.take(town.people[0])
    manifest = json.loads(bytes(Presentation.objects.get(claim__token=held.token).manifest))
    assert manifest["assets"] == sorted(both)
    address = reverse("media", args=[town.project.slug, both[1][7:], "screen-1"])
    assert signed_in(other.people[0]).get(address).status_code == 404


def test_each_picture_and_sound_of_a_list_can_become_an_example():
    town = build()
    sound, _ = store(project=town.project, content=tone("wav", 1), by=console(), at=town.now)
    town.send(data={"images": [picture(town, 10), picture(town, 20)], "audio": [str(sound)]})
    offered = showables(Item.objects.get())
    assert [(one.kind, one.place) for one in offered] == [("image", 1), ("image", 2), ("audio", 1)]
