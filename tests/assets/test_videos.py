"""Videos come in for guidelines alone, whole and bounded; what is played has nothing of what was written into them."""

import io
import zipfile
from datetime import timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import pytest
from PIL import Image

from accounts.models import Project
from accounts.reads import Actor
from assets.actions import find_missing, show, store, watching
from assets.errors import NotAnImage, NotASound, NotAVideo, NotMade, TooLarge, TooLong
from assets.jobs import make_renditions
from assets.models import Asset, Rendition
from assets.reads import lengths_of, open_rendition, sizes_of
from tests.assets.conftest import picture
from tests.assets.sounds import film, tone
from tests.assets.test_sounds import on_disk
from tests.assets.test_storing import assert_nothing_happened
from tests.assets.videos import FORMS, TAGS, crowded, video
from tests.conftest import AT

pytestmark = pytest.mark.django_db


def kept(project: Project, by: Actor, content: bytes, *, videos: bool = True) -> Asset:
    return store(project=project, content=content, by=by, at=AT, videos=videos)[0]


def made(asset: Asset, recipe: str) -> bytes:
    with open_rendition(asset, recipe).file as file:
        return file.read()


def corner(image: Image.Image, place: tuple[int, int]) -> int:
    """How much red a point has: the white corner of a test's video has all of it."""
    found: Any = image.convert("RGB").getpixel(place)
    return int(found[0])


@pytest.mark.parametrize("form", FORMS)
def test_a_video_is_kept_as_what_it_is_with_size_and_length(form: str, project: Project, by: Actor) -> None:
    asset = kept(project, by, video(form))
    assert (asset.media_type, asset.width, asset.height, asset.moves) == (FORMS[form][3], 160, 96, True)
    assert asset.duration_ms is not None and abs(asset.duration_ms - 2000) < 80
    assert lengths_of([asset.sha256]) == {} and sizes_of([asset.sha256]) == {asset.sha256: (160, 96)}


@pytest.mark.parametrize("form", FORMS)
def test_what_is_played_has_none_of_what_was_written_into_the_original(form: str, project: Project, by: Actor) -> None:
    original = video(form, tagged=True)
    assert all(word.encode() in original for word in TAGS.values())
    asset = kept(project, by, original)
    make_renditions(asset.pk)
    body = made(asset, "play")
    assert not any(word.encode() in body for word in TAGS.values())
    with av.open(io.BytesIO(body)) as played:
        assert (played.format.name, played.streams.video[0].codec_context.name) == ("matroska,webm", "vp9")
        assert [one.codec_context.name for one in played.streams.audio] == (["opus"] if form != "av1" else [])
        assert {key.upper() for key in played.metadata} <= {"ENCODER"}
        assert sum(1 for _ in played.decode(video=0)) == 60
    rows = {row.recipe: (row.media_type, row.width, row.height) for row in Rendition.objects.all()}
    assert rows["play"] == ("video/webm", 160, 96)
    assert rows["screen"] == rows["thumbnail"] == ("image/webp", 160, 96)


def test_the_same_video_is_made_into_the_same_bytes(project: Project, by: Actor) -> None:
    asset = kept(project, by, video())
    make_renditions(asset.pk)
    first = {recipe: made(asset, recipe) for recipe in ("play", "screen")}
    again = watching.watch(on_disk(video()), watching.MP4, {"play": 960, "screen": 1600})
    assert {one.recipe: one.body for one in again.made} == first


@pytest.mark.parametrize(
    ("turned", "size", "white"), [(90, (96, 160), (5, 150)), (180, (160, 96), (150, 90)), (270, (96, 160), (90, 5))]
)
def test_a_video_stands_upright(
    turned: int, size: tuple[int, int], white: tuple[int, int], project: Project, by: Actor
) -> None:
    asset = kept(project, by, video(turned=turned))
    assert (asset.width, asset.height) == size
    make_renditions(asset.pk)
    poster = Image.open(io.BytesIO(made(asset, "screen")))
    with av.open(io.BytesIO(made(asset, "play"))) as played:
        *_, last = played.decode(video=0)
    for image in (poster, last.to_image()):
        assert image.size == size and corner(image, white) > 240 and corner(image, (size[0] // 2, size[1] // 2)) < 240


def test_pixels_that_are_not_square_and_times_that_do_not_begin_at_nought_are_put_right(
    project: Project, by: Actor
) -> None:
    asset = kept(project, by, video(pixel=Fraction(2), begins=20))
    assert (asset.width, asset.height) == (320, 96) and abs((asset.duration_ms or 0) - 2000) < 80
    make_renditions(asset.pk)
    with av.open(io.BytesIO(made(asset, "play"))) as played:
        frames = list(played.decode(video=0))
    assert (frames[0].width, frames[0].height) == (320, 96) and (frames[0].time or 0) < 0.1


@pytest.mark.parametrize("form", ["mp4", "vp9"])
def test_sound_that_comes_before_the_first_picture_is_heard_too(form: str, project: Project, by: Actor) -> None:
    asset = kept(project, by, video(form, dark=8))
    make_renditions(asset.pk)
    with av.open(io.BytesIO(made(asset, "play"))) as played:
        frames = list(played.decode(audio=0))
    assert (frames[0].time or 0) < 0.05 and abs(sum(one.samples for one in frames) / 48_000 - 2) < 0.1


def test_a_large_video_is_played_smaller_and_its_poster_is_not_the_dark_beginning(project: Project, by: Actor) -> None:
    asset = kept(project, by, video("vp8", 1, size=(1920, 1080)))
    make_renditions(asset.pk)
    row = Rendition.objects.get(recipe="play")
    assert (row.width, row.height) == (960, 540)
    assert corner(Image.open(io.BytesIO(made(asset, "screen"))), (10, 10)) > 240


def boxed(name: bytes, body: bytes) -> bytes:
    return (8 + len(body)).to_bytes(4, "big") + name + body


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.html", "<script>alert(1)</script>")
    return out.getvalue()


BROKEN = {
    "cut in the middle": video()[: len(video()) // 2],
    "cut by a byte": video()[:-1],
    "a zip behind it": video() + zipped(),
    "a page before it": b"<html>" + video(),
    "a box that nobody knows": video() + boxed(b"evil", b"<script>"),
    "no more than a head": video()[:32],
    "a head and zeroes": b"\x00\x00\x00\x20ftypisom" + b"\x00" * 3000,
    "a webm cut in the middle": video("vp9")[: len(video("vp9")) // 2],
    "a webm cut by a byte": video("vp9")[:-1],
    "a zip behind a webm": video("vp9") + zipped(),
    "a recording cut inside a picture": video("vp9", live=True)[:-7],
    "a webm of zeroes": b"\x1a\x45\xdf\xa3" + b"\x00" * 3000,
    "a webm without an end": b"\x1a\x45\xdf\xa3\x84\x42\x82\x84webm" * 9,
    "matroska": video("vp9").replace(b"\x42\x82\x84webm", b"\x42\x82\x84mkv1"),
    "pictures of a kind not taken": film(sound=False),
    "nothing but a beginning": video()[:8],
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
def test_what_is_no_whole_video_is_refused(content: bytes, project: Project, by: Actor, storage: Path) -> None:
    with pytest.raises((NotAVideo, NotAnImage, NotASound)) as refused:
        kept(project, by, content)
    assert refused.value.sentence.endswith(".")
    assert_nothing_happened(storage)


def test_bytes_that_were_changed_inside_are_refused_or_played_to_the_end(project: Project, by: Actor) -> None:
    for place in range(600, len(video()) - 600, 1711):
        body = bytearray(video())
        body[place : place + 40] = b"\xff" * 40
        try:
            asset = kept(project, by, bytes(body))
        except NotAVideo:
            continue
        make_renditions(asset.pk)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (crowded(pictures=2), "more than one picture track"),
        (crowded(sounds=2), "more than one picture track"),
        (crowded(more=True), "more than one picture track"),
        (video("vp9", live=True) + b"\x19\x41\xa4\x69\x80", "more than one picture track"),
        (video("vp8", sound=False).replace(b"V_VP8", b"V_XYZ"), "no whole MP4"),
    ],
    ids=["two pictures", "two sounds", "a track of data", "an attachment", "a codec that nobody knows"],
)
def test_what_holds_more_or_else_than_one_video_is_refused_and_says_why(
    content: bytes, sentence: str, project: Project, by: Actor, storage: Path
) -> None:
    with pytest.raises(NotAVideo, match=sentence):
        kept(project, by, content)
    assert_nothing_happened(storage)


def test_a_video_that_is_too_large_or_too_long_is_refused_however_few_bytes_it_has(
    project: Project, by: Actor, storage: Path
) -> None:
    with pytest.raises(TooLarge, match="1920 × 1080"):
        kept(project, by, video("mp4", 0.2, size=(4096, 2304), sound=False))
    with pytest.raises(TooLarge):
        kept(project, by, video("mp4", 0.2, size=(16_000, 64), sound=False))
    with pytest.raises(NotAVideo):
        kept(project, by, video("vp8", 0.2, size=(8, 8), sound=False))
    with pytest.raises(TooLong, match="longer than 60 seconds"):
        kept(project, by, video("vp8", 61, size=(32, 32), sound=False))
    assert_nothing_happened(storage)
    assert kept(project, by, video("mp4", 0.2, size=(1080, 1920), sound=False)).height == 1920


def test_a_recording_that_does_not_know_its_length_is_taken_as_long_as_it_is(project: Project, by: Actor) -> None:
    asset = kept(project, by, video("vp9", live=True))
    assert abs((asset.duration_ms or 0) - 2000) < 80


def test_a_decoder_of_videos_that_breaks_its_limits_is_a_refusal(
    project: Project, by: Actor, storage: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "LOOK_S", 0)
    with pytest.raises(NotAVideo):
        kept(project, by, video())
    assert_nothing_happened(storage)


@pytest.mark.parametrize("form", FORMS)
def test_a_video_for_an_item_is_refused_as_ever_also_where_a_guideline_shows_it(
    form: str, project: Project, by: Actor, storage: Path
) -> None:
    refused = NotASound if form == "mp4" else NotAnImage
    with pytest.raises(refused):
        kept(project, by, video(form), videos=False)
    assert_nothing_happened(storage)
    kept(project, by, video(form))
    with pytest.raises(NotASound, match="moving pictures"):
        kept(project, by, video(form), videos=False)


def test_a_sound_and_a_picture_are_what_they_were_where_videos_are_taken(project: Project, by: Actor) -> None:
    for content, media_type in ((tone("m4a"), "audio/mp4"), (tone("ogg"), "audio/ogg"), (picture(), "image/png")):
        assert kept(project, by, content).media_type == media_type


def test_what_is_played_waits_for_a_worker_and_its_picture_does_not(project: Project, by: Actor) -> None:
    asset = kept(project, by, video())
    with pytest.raises(NotMade):
        show(asset=asset, recipe="play", at=AT)
    show(asset=asset, recipe="screen", at=AT).file.close()
    assert set(Rendition.objects.values_list("recipe", flat=True)) == {"screen", "thumbnail"}
    later = AT + timedelta(minutes=2)
    assert find_missing(at=later) == [asset.pk]
    make_renditions(asset.pk)
    assert find_missing(at=later) == []
    show(asset=asset, recipe="play", at=AT).file.close()
    with pytest.raises(KeyError):
        show(asset=asset, recipe="listen", at=AT)
