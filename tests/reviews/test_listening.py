"""Sounds in items: how they are shown, named in a claim's manifest, muted, and served in parts."""

import json
from dataclasses import replace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.actions import choose_veils
from accounts.reads import console
from assets.actions import show, store
from assets.models import Asset, Rendition
from hitl.loading import Line, with_media
from reviews.actions import apply_project, claim_batch, claim_next, put_rows
from reviews.models import Presentation, Setup
from reviews.reads.claims import replay
from reviews.reads.files import Picture
from reviews.reads.media import Sound, sounds_in
from reviews.reads.stages import stage
from reviews.reads.tray import preview
from reviews.reads.veils import Veil
from tests.assets.conftest import picture
from tests.assets.sounds import TAGS, film, tone
from tests.reviews.caller import Caller, problem
from tests.reviews.test_batches import town_of
from tests.reviews.test_pages import bench, signed_in, with_role
from tests.town import RIGHTS, Town, build, project_file

pytestmark = pytest.mark.django_db
SOUND, PICTURE = f"sha256:{'a' * 64}", f"sha256:{'b' * 64}"
LENGTHS = {"a" * 64: 64_000}


@pytest.fixture
def town() -> Town:
    return build(rights=RIGHTS)


def recorded(town: Town, form: str = "wav") -> Asset:
    """Send an item with a recording that tells who spoke."""
    content = tone(form, 1, tags=TAGS)
    asset, _ = store(project=town.project, content=content, by=console(), at=town.now)
    town.send(0.5, data={"recording": str(asset), "text": "A complaint"})
    return asset


def drawn(town: Town) -> Asset:
    asset, _ = store(project=town.project, content=picture(), by=console(), at=town.now)
    town.send(0.5, data={"image": str(asset)})
    return asset


def hard(**more: object) -> dict[str, object]:
    return {"hard_content": {"blur": False, "grey": False} | more}


def manifest(held) -> dict:
    return json.loads(bytes(Presentation.objects.get(claim__token=held.token).manifest))


def media(client: Client, asset: Asset, recipe: str = "listen-1", **headers: str):
    return client.get(reverse("media", args=["cats", asset.sha256, recipe]), headers=headers)


def body_of(answer) -> bytes:
    return b"".join(answer.streaming_content)


def test_a_sound_stands_on_the_stage_under_the_name_of_its_field_and_a_picture_beside_it():
    data = {"call_recording": SOUND, "photo": PICTURE, "text": "A complaint", "channel": "phone"}
    shown = stage(data, sounds=LENGTHS)
    assert (shown.kind, shown.pictures) == ("picture", [Picture("b" * 64, "Photo")])
    assert shown.sounds == [Sound("a" * 64, "Call recording", 64_000)]
    assert (shown.text, shown.facts, shown.rest) == ("A complaint", [("Channel", "phone")], None)
    assert (shown.sound_recipe, shown.sounds[0].length) == ("listen-1", "1:04")
    assert Sound("", "", 3_724_000).length == "1:02:04"
    assert stage({"call": SOUND}, sounds=LENGTHS).kind == "sound"


def test_a_turns_sound_is_told_from_its_picture():
    turns = [{"speaker": "A", "text": "x", "voice": SOUND, "photo": PICTURE}]
    (turn,) = stage({"turns": turns}, sounds=LENGTHS).turns
    assert (turn.pictures, [one.name for one in turn.sounds]) == (["b" * 64], ["Sound in turn 1"])


@pytest.mark.parametrize(
    ("data", "muted"),
    [
        ({"call": SOUND}, True),
        ({"turns": [{"speaker": "A", "text": "x", "voice": SOUND}]}, True),
        ({"image": PICTURE}, False),
        ({"text": "x"}, False),
    ],
)
def test_mute_lies_over_sounds_alone(data, muted):
    shown = stage(data, veil=Veil(mute=True), sounds=LENGTHS)
    assert (shown.muted, shown.veiled) == (muted, muted)
    assert not stage(data, sounds=LENGTHS).veiled


def test_without_files_nobody_asks_for_sounds():
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert sounds_in({"text": "x", "rest": [1, {"a": None}]}) == {}
    assert len(asked) == 0


def test_the_manifest_names_what_is_heard_and_that_it_was_muted(town):
    asset = recorded(town)
    show(asset=asset, recipe="listen", at=town.now).file.close()
    apply_project(document=project_file(rights=RIGHTS, **hard()), by=console(), at=town.now)
    held = town.take(town.people[0])
    told = manifest(held)
    assert (told["sound_recipe"], told["recipe"], told["veil"]) == ("listen-1", "screen-1", ["mute"])
    assert told["renditions"] == {str(asset): Rendition.objects.get().sha256}
    assert held.veil.mute


def test_where_nothing_sounds_the_manifest_tells_of_no_mute(town):
    asset = drawn(town)
    show(asset=asset, recipe="screen", at=town.now).file.close()
    town.send(0.5, data={"text": "x"})
    apply_project(document=project_file(rights=RIGHTS, **hard(grey=True)), by=console(), at=town.now)
    for _ in range(2):
        held = town.take(town.people[0])
        told = manifest(held)
        assert "sound_recipe" not in told and told["veil"] == ["grey"]
        town.decide(town.people[0], held)


@pytest.mark.parametrize(
    ("asked", "may_lift", "own", "muted"),
    [
        (False, False, None, False),
        (True, False, None, True),
        (False, False, True, True),
        (True, False, False, True),
        (True, True, False, False),
        (False, True, False, False),
        (True, True, None, True),
    ],
)
def test_a_person_may_always_have_it_muted_and_sounding_only_where_the_project_lets_go(asked, may_lift, own, muted):
    town = build(rights=RIGHTS, **hard(mute=asked, may_lift=may_lift))
    recorded(town)
    choose_veils(blur=None, grey=None, mute=own, holds=True, by=replace(town.people[0], via="browser"))
    held = town.take(town.people[0])
    assert held.veil.mute is muted
    assert manifest(held).get("veil", []) == (["mute"] if muted else [])
    page = bench(signed_in(town.people[0])).content.decode()
    assert (" muted></audio>" in page, "Hold to listen" in page) == (muted, muted)


def test_a_claim_keeps_its_mute_when_the_project_lets_go_and_own_mute_comes_over_it_at_once(town):
    who = town.people[0]
    recorded(town)
    held = town.take(who)
    assert "veil" not in manifest(held)
    choose_veils(blur=None, grey=None, mute=True, holds=True, by=replace(who, via="browser"))
    assert claim_next(by=who, at=town.now, resume=True).veil.names == ["mute"]
    assert "veil" not in replay(held.token, town.now).held.presentation
    town.decide(who, held)
    recorded(town)
    held = town.take(who)
    choose_veils(blur=None, grey=None, mute=None, holds=True, by=replace(who, via="browser"))
    assert claim_next(by=who, at=town.now, resume=True).veil.names == ["mute"]


def test_a_project_file_mutes_hard_content_unless_it_says_otherwise_and_takes_it_back_when_left_out(town):
    for file, muted in (({"hard_content": {}}, True), (hard(mute=False), False), ({}, False)):
        apply_project(document=project_file(rights=RIGHTS, **file), by=console(), at=town.now)
        assert Setup.objects.get().mute is muted
    apply_project(document=project_file(rights=RIGHTS, **hard()), by=console(), at=town.now)
    page = signed_in(with_role(town, "operations")).get(reverse("items", args=["cats"])).content.decode()
    assert "Its sound is muted until they ask to hear it." in page


def test_the_page_has_a_player_of_the_rendition_and_no_picture_of_it(town):
    asset = recorded(town)
    client = signed_in(town.people[0])
    page = bench(client).content.decode()
    address = reverse("media", args=["cats", asset.sha256, "listen-1"])
    assert f'<audio controls preload="metadata" src="{address}">' in page
    assert '<b class="cut">Recording</b><span class="muted num">0:01</span>' in page
    assert "<img" not in page and "A complaint" in page and "data-muted" not in page
    assert "media-src 'self'" in client.get("/")["Content-Security-Policy"]


def test_it_is_heard_on_the_items_page_and_in_the_replay_too(town):
    asset = recorded(town)
    held = town.take(town.people[0])
    town.decide(town.people[0], held)
    client = signed_in(with_role(town, "operations"))
    for name, key in (("item", held.item.uuid), ("presentation", held.token)):
        page = client.get(reverse(name, args=["cats", key])).content.decode()
        assert reverse("media", args=["cats", asset.sha256, "listen-1"]) in page


def test_a_part_of_a_sound_is_served_and_what_lies_outside_is_refused_with_its_size(town):
    asset, client = recorded(town), signed_in(town.people[0])
    whole = media(client, asset)
    body = body_of(whole)
    size = len(body)
    assert (whole.status_code, whole["Accept-Ranges"], whole["Content-Type"]) == (200, "bytes", "audio/webm")
    for asked, first, last in (
        ("bytes=0-", 0, size - 1),
        ("bytes=10-19", 10, 19),
        ("bytes=100-9999999", 100, size - 1),
        ("bytes=-7", size - 7, size - 1),
        ("bytes=-9999999", 0, size - 1),
    ):
        part = media(client, asset, Range=asked)
        assert part.status_code == 206
        assert part["Content-Range"] == f"bytes {first}-{last}/{size}"
        assert int(part["Content-Length"]) == last - first + 1
        assert body_of(part) == body[first : last + 1]
    for asked in (f"bytes={size}-", "bytes=-0"):
        refused = media(client, asset, Range=asked)
        assert (refused.status_code, refused["Content-Range"]) == (416, f"bytes */{size}")
        assert body_of(refused) == b""
    for asked in ("bytes=9-3", "bytes=0-1,5-6", "lines=1-2", "bytes=x"):
        assert (media(client, asset, Range=asked).status_code) == 200


def test_a_part_of_another_rendition_is_answered_by_the_whole(town):
    asset, client = recorded(town), signed_in(town.people[0])
    mark = media(client, asset)["ETag"]
    assert media(client, asset, Range="bytes=0-1", **{"If-Range": mark}).status_code == 206
    assert media(client, asset, Range="bytes=0-1", **{"If-Range": '"other"'}).status_code == 200


def test_strangers_are_served_no_part_and_reviewers_no_original(town):
    asset, other = recorded(town, "mp3"), build(slug="dogs", rights=RIGHTS)
    stranger, client = signed_in(other.people[0]), signed_in(town.people[0])
    for recipe in ("listen-1", "listen", "original"):
        assert media(stranger, asset, recipe, Range="bytes=0-1").status_code == 404
    assert media(client, asset, "original", Range="bytes=0-1").status_code == 403
    assert media(client, asset, "screen").status_code == 404
    assert media(client, drawn(town), "listen").status_code == 404
    assert b"Ada" in body_of(media(signed_in(with_role(town, "compliance")), asset, "original"))
    assert b"Ada" not in body_of(media(client, asset))


def test_what_must_be_heard_comes_in_no_batch():
    town = town_of(0)
    recorded(town)
    who, queue = town.people[0], town.queue()
    assert claim_batch(queue=queue, by=who, at=town.now) is None
    drawn(town)
    recorded(town)
    batch = claim_batch(queue=queue, by=who, at=town.now)
    assert batch is not None
    assert "sound_recipe" not in json.loads(bytes(Presentation.objects.get().manifest))


def test_the_api_takes_sounds_and_says_why_it_does_not(town):
    model = Caller(town.project)
    sent = model.call("POST", "projects/cats/assets/", tone("ogg"), kind="audio/ogg")
    assert sent.status_code == 201
    told = {name: sent.told[name] for name in ("media_type", "width", "height")}
    assert told == {"media_type": "audio/ogg", "width": None, "height": None}
    assert abs(sent.told["duration_ms"] - 2000) < 80
    assert problem(model.call("POST", "projects/cats/assets/", film())) == (422, "not_a_sound")
    assert problem(model.call("POST", "projects/cats/assets/", tone()[:-90_000])) == (422, "not_a_sound")


def test_a_sound_too_long_is_refused_by_the_api(town, settings):
    settings.SOUND_MINUTES = 0
    answer = Caller(town.project).call("POST", "projects/cats/assets/", tone())
    assert problem(answer) == (413, "too_long")


def test_items_are_loaded_with_the_sounds_that_they_name(town, tmp_path):
    (tmp_path / "call.flac").write_bytes(tone("flac"))
    line = with_media(Line(1, b'{"external_id": "1", "data": {"call": "call.flac"}}'), town.project, tmp_path)
    assert line.problem is None
    assert json.loads(line.body)["data"] == {"call": str(Asset.objects.get())}


def test_a_tray_shows_its_own_sounds_and_tells_nothing_of_those_of_other_projects(town):
    other = build(slug="dogs", rights=RIGHTS)
    asset, _ = store(project=other.project, content=tone(), by=console(), at=town.now)
    by = with_role(town, "operations")
    for expected in ([], [(asset.sha256, "Call")]):
        tray = put_rows(project=town.project, text=f"call,label\n{asset},cat\n", by=by, at=town.now)
        (sample,) = preview(tray).samples
        assert [(one.sha256, one.name) for one in sample.stage.sounds] == expected
        store(project=town.project, content=tone(), by=console(), at=town.now)
