"""A video as an example of a guideline: brought, marked, judged, read, asked about, exported and carried elsewhere."""

import hashlib
import io
import re
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.errors import NotFound
from accounts.reads import Actor, console
from assets.actions import store
from assets.models import Asset, Grant
from guidelines.actions import digests_of, import_guideline
from guidelines.content import guideline_of
from guidelines.models import GuidelineDraft
from guidelines.policies import example_file
from guidelines.reads import exporting, inside, judged, reading_of
from reviews.models import Item
from tests.assets.conftest import storage  # noqa: F401 - a folder of its own for each test
from tests.assets.videos import crowded, video
from tests.guidelines.filmed import MARKED, filmed, walk
from tests.guidelines.packing import within, zipped
from tests.guidelines.test_guideline_editor import DRAFT, ROLES, fields, revision, signed_in, someone
from tests.guidelines.writing import GUIDELINE, READ, TAXONOMY, copied, draft, editor, published
from tests.town import Town, build

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return build(people=1, adjudicators=0)


@pytest.fixture
def edna(town: Town) -> Actor:
    return editor(town)


@pytest.fixture
def desk(edna: Actor) -> Client:
    return signed_in(edna)


def brought(desk: Client, *files: tuple[str, bytes]) -> Any:
    sent = [SimpleUploadedFile(name, body, "application/octet-stream") for name, body in files]
    return desk.post(f"{DRAFT}examples/", {"revision": revision(), "bring": "", "files": sent}, follow=True)


def marked(desk: Client, **changes: list[str]) -> int:
    """Send the form of the video, with other fields than it has, as a browser without scripts would."""
    page = desk.get(f"{DRAFT}examples/video/").content.decode()
    form = fields(page, "form-example-video")
    return desk.post(f"{DRAFT}examples/video/", form | changes).status_code


def faults(town: Town) -> list[str]:
    found = judged(town.project, GuidelineDraft.objects.select_related("project").get()).faults
    return [fault.sentence for fault in found if fault.place.startswith("examples")]


def test_an_editor_brings_a_video_and_marks_parts_of_it(town, edna, desk):
    draft(town, edna)
    page = brought(desk, ("walk.mp4", video())).content.decode()
    row = GuidelineDraft.objects.get().guideline["examples"][-1]
    assert (row["kind"], row["id"], row["verdict"]) == ("video", "video", "correct")
    assert f"/media/{row['asset'][7:]}/play/" in page and f"/media/{row['asset'][7:]}/screen/" in page
    times = {"region-start_ms": ["0", "800", ""], "region-end_ms": ["900", "1500", ""]}
    boxes = {f"region-{name}": ["", str(MARKED[1][name]), ""] for name in ("x", "y", "width", "height")}
    notes = {"region-note": ["It comes in.", "It sits.", ""], "caption": ["A walk."], "alt": ["A square walks."]}
    assert marked(desk, **times, **boxes, **notes) == 302
    kept = GuidelineDraft.objects.get().guideline["examples"][-1]
    assert kept["regions"] == MARKED and faults(town) == []
    listed = desk.get(f"{DRAFT}examples/").content.decode()
    assert f"/media/{row['asset'][7:]}/thumbnail/" in listed and "2 marked parts" in listed


@pytest.mark.parametrize(
    ("region", "sentence"),
    [
        ({"x": 1, "y": 1, "width": 5, "height": 5}, "A part of a video has a start and a later end"),
        ({"start_ms": 900, "end_ms": 900}, "A part of a video has a start and a later end"),
        ({"start_ms": 0}, "A part of a video has a start and a later end"),
        ({"start_ms": 0, "end_ms": 9, "x": 1, "y": 1}, "The box of a part of a video"),
        ({"start_ms": 0, "end_ms": 9, "x": 1, "y": 1, "width": 0, "height": 4}, "The box of a part of a video"),
    ],
)
def test_a_part_that_is_no_stretch_of_the_video_keeps_the_draft_from_being_published(town, edna, region, sentence):
    draft(town, edna, filmed(town, video(), regions=[region]))
    assert [one for one in faults(town) if one.startswith(sentence)] == faults(town) != []


def test_the_file_of_a_video_is_no_picture_and_a_picture_no_video(town, edna):
    document = filmed(town, video(), kind="image", regions=[])
    draft(town, edna, document)
    assert faults(town) == ["The file of this example is of another kind."]


def test_a_video_that_is_refused_is_named_with_the_reason_and_never_by_its_markup(town, edna, desk):
    draft(town, edna)
    hostile = "<img src=x onerror=alert(1)>.mp4"
    body = brought(desk, (hostile, video()[:-1]), ("two.mp4", crowded(pictures=2))).content.decode()
    assert hostile not in body and "no whole MP4" in unescape(body) and "more than one picture track" in body
    assert len(GuidelineDraft.objects.get().guideline["examples"]) == 2 and not Asset.objects.exists()


def test_readers_see_its_picture_and_play_it_in_parts_under_the_pages_policy(town, edna):
    document = filmed(town)
    published(town, edna, document, TAXONOMY)
    reader, sha256 = signed_in(town.people[0]), document["examples"][-1]["asset"][7:]
    answer = reader.get(reverse("guideline", args=["cats"]))
    figure = answer.content.decode().partition('id="example-walk"')[2].partition("</figure>")[0]
    assert 'alt="A square walks from the left to the right."' in figure and "0:00.8 – 0:01.5" in figure
    assert re.search(r'<g data-from="800" data-to="1500"><rect x="10" y="8" width="60" height="40"/><text', figure)
    assert "media-src 'self'" in answer["Content-Security-Policy"]
    address = reverse("guideline-media", args=["cats", sha256, "play-1"])
    assert f'href="{address}"' in figure
    whole = reader.get(address)
    assert whole["Content-Type"] == "video/webm" and "immutable" in whole["Cache-Control"]
    body = b"".join(whole.streaming_content)
    part = reader.get(address, headers={"Range": "bytes=100-199"})
    assert (part.status_code, part["Content-Range"]) == (206, f"bytes 100-199/{len(body)}")
    assert b"".join(part.streaming_content) == body[100:200]
    assert reader.get(reverse("guideline-media", args=["cats", sha256, "screen-1"]))["Content-Type"] == "image/webp"
    for recipe in ("listen-1", "original"):
        assert reader.get(reverse("guideline-media", args=["cats", sha256, recipe])).status_code == 404
    assert Client().get(address).status_code == 302


def test_a_video_of_no_guideline_in_force_is_no_readers(town, edna):
    draft(town, edna, filmed(town, video()))
    asset = Asset.objects.get()
    with pytest.raises(NotFound):
        example_file(project=town.project, sha256=asset.sha256, by=town.people[0], at=town.now)
    assert example_file(project=town.project, sha256=asset.sha256, by=edna, at=town.now) == asset


def test_while_no_worker_has_made_it_the_picture_is_there_and_the_video_is_said_to_come(town, edna):
    document = filmed(town, video())
    published(town, edna, document, TAXONOMY)
    sha256 = document["examples"][-1]["asset"][7:]
    fresh = video("vp8")
    asset, _new = store(project=town.project, content=fresh, by=console(), at=town.now, videos=True)
    document["examples"][-1]["asset"] = f"sha256:{asset.sha256}"
    published(town, edna, document, TAXONOMY, summary="Another walk.")
    reader = signed_in(town.people[0])
    assert reader.get(reverse("guideline-media", args=["cats", asset.sha256, "play-1"])).status_code == 503
    assert reader.get(reverse("guideline-media", args=["cats", asset.sha256, "screen-1"])).status_code == 200
    assert reader.get(reverse("guideline-media", args=["cats", sha256, "play-1"])).status_code == 200
    changes = reader.get(reverse("guideline-changes", args=["cats"])).content.decode()
    assert changes.count('data-module="clip"') == 2  # the one before beside the one now


def test_the_quiz_asks_about_a_video_and_tells_no_note_before_it_is_answered(town, edna):
    document = {**READ, "examples": [walk(town)], "acknowledge": {"questions": 1, "right": 1}}
    document["sections"] = [one for one in copied(GUIDELINE)["sections"] if one["kind"] != "edge_case"]
    document["examples"][0]["section"] = "cats"
    published(town, edna, document, TAXONOMY)
    reader = signed_in(town.people[0])
    reader.post(reverse("guideline-acknowledgement", args=["cats"]), {"version": 1})
    page = reader.get(reverse("quiz", args=["cats"])).content.decode()
    assert 'data-module="clip"' in page and "0:00.8 – 0:01.5" in page and "It sits." not in page
    sha256 = document["examples"][0]["asset"][7:]
    assert reader.get(reverse("quiz-media", args=["cats", sha256, "play"]))["Content-Type"] == "video/webm"


def test_the_saved_page_holds_it_within_a_bound_and_else_its_picture_and_says_so(town, edna, monkeypatch):
    document = filmed(town)
    made = published(town, edna, document, TAXONOMY)
    reader, sha256 = signed_in(town.people[0]), document["examples"][-1]["asset"][7:]
    page = reader.get(reverse("guideline-export", args=["cats"])).content.decode()
    assert 'src="data:video/webm;base64,' in page and page.count("data:image/webp;base64,") == 2
    monkeypatch.setattr(exporting, "MOST_VIDEO_BYTES", 10)
    page = reader.get(reverse("guideline-export", args=["cats"])).content.decode()
    assert "data:video" not in page and "data:image/webp;base64," in page
    assert "A picture of a video that is not in this file:" in page and document["examples"][-1]["asset"] in page
    reading = reading_of(town.project.pk, made.digest, made.taxonomy.digest)
    assert set(inside(town.project, reading)) == {sha256}
    assert inside(town.project, reading, most=0) == {}


def test_it_travels_in_an_archive_with_the_same_hashes(town, edna):
    made = published(town, edna, filmed(town, video("vp9")), TAXONOMY)
    archive = zipped(town, edna)
    original = video("vp9")
    assert within(archive)[f"files/{hashlib.sha256(original).hexdigest()}.webm"] == original
    assert digests_of(io.BytesIO(archive)) == (made.taxonomy.digest, made.digest)
    other = build(slug="elsewhere", name="Elsewhere", people=1, adjudicators=0)
    otto = editor(other, "otto")
    come = import_guideline(
        project=other.project, source=io.BytesIO(archive), publish=True, summary="Brought.", by=otto, at=other.now
    )
    assert come.version is not None and come.version.digest == made.digest and zipped(other, otto) == archive
    assert [one.kind for one in guideline_of(bytes(come.version.body)).examples] == ["text", "text", "video"]


def test_a_guideline_without_videos_keeps_the_hash_that_it_had_before_there_were_any(town, edna):
    made = published(town, edna, GUIDELINE, TAXONOMY)
    assert made.digest == "851c19388372d7d3521aa2eadae9c023e6c7813742d6262c98556730b9951b6a"


def test_an_item_with_a_video_is_refused_though_the_project_holds_it(town, edna):
    document = filmed(town, video())
    published(town, edna, document, TAXONOMY)
    assert Grant.objects.filter(project=town.project).count() == 1
    with pytest.raises(AssertionError, match="is a video, which guidelines show"):
        town.send(0.5, data={"image": document["examples"][-1]["asset"]})
    assert not Item.objects.exists()


@pytest.mark.parametrize(("recipe", "allowed"), [("play-1", 200), ("screen-1", 200), ("original", 404)])
def test_whoever_sees_the_project_may_play_it_and_nobody_else(town, edna, recipe, allowed):
    document = filmed(town)
    published(town, edna, document, TAXONOMY)
    address = reverse("guideline-media", args=["cats", document["examples"][-1]["asset"][7:], recipe])
    found = {role: someone(town, role).get(address).status_code for role in ROLES}
    assert found == dict.fromkeys(ROLES, allowed) | {"outsider": 404, "stranger": 302}
