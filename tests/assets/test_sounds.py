"""Sounds come in whole and bounded, and what is heard of them has nothing of what was written into them."""

import io
import tempfile
import wave
from datetime import timedelta
from pathlib import Path
from typing import IO

import av
import pytest
from django.conf import LazySettings

from accounts.models import Project
from accounts.reads import Actor
from assets.actions import decoding, find_missing, hearing, show, showing, store
from assets.actions.hearing import kind_of
from assets.errors import NotAnImage, NotASound, NotMade, TooLarge, TooLong
from assets.jobs import make_renditions
from assets.models import Asset, Rendition
from assets.reads import lengths_of, open_original, open_rendition
from tests.assets.conftest import picture
from tests.assets.sounds import FORMS, TAGS, film, tone, with_cover
from tests.assets.test_storing import assert_nothing_happened
from tests.conftest import AT

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]


def kept(project: Project, by: Actor, content: bytes) -> Asset:
    return store(project=project, content=content, by=by, at=AT)[0]


def heard(asset: Asset) -> bytes:
    with open_rendition(asset, "listen").file as file:
        return file.read()


def plain_wav(samples: int = 32_000) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(b"\x01\x02" * samples)
    return out.getvalue()


def at_a_frame(content: bytes) -> bytes:
    """Cut a sound between two frames, so that each that is left is whole."""
    with av.open(io.BytesIO(content)) as file:
        places = [packet.pos for packet in file.demux(audio=0) if packet.pos]
    return content[: places[len(places) // 2]]


@pytest.mark.parametrize("form", FORMS)
def test_a_sound_is_kept_as_what_it_is_with_its_length(form: str, project: Project, by: Actor) -> None:
    content = tone(form, 2)
    asset = kept(project, by, content)
    assert (asset.media_type, asset.width, asset.height) == (FORMS[form][2], None, None)
    assert asset.duration_ms is not None and abs(asset.duration_ms - 2000) < 80
    assert lengths_of([asset.sha256]) == {asset.sha256: asset.duration_ms}
    with open_original(asset).file as file:
        assert file.read() == content


def test_a_picture_is_no_sound(project: Project, by: Actor) -> None:
    assert lengths_of([kept(project, by, picture()).sha256]) == {}


@pytest.mark.parametrize("form", FORMS)
def test_what_is_heard_has_none_of_what_was_written_into_the_original(form: str, project: Project, by: Actor) -> None:
    original = tone(form, 1, tags=TAGS)
    assert form == "aac" or all(word.encode() in original for word in TAGS.values())
    asset = kept(project, by, original)
    make_renditions(asset.pk)
    body = heard(asset)
    assert not any(word.encode() in body for word in TAGS.values())
    with av.open(io.BytesIO(body)) as sound:
        (track,) = sound.streams
        assert (sound.format.name, track.codec_context.name) == ("matroska,webm", "opus")
        assert {key.upper() for key in sound.metadata} <= {"ENCODER"} and set(track.metadata) <= {"DURATION"}
        length = sum(frame.samples / frame.sample_rate for frame in sound.decode(audio=0))
    assert abs(length - 1) < 0.1
    row = Rendition.objects.get()
    assert (row.recipe, row.version, row.media_type, row.bytes) == ("listen", 1, "audio/webm", len(body))


def test_the_same_sound_is_made_into_the_same_bytes(project: Project, by: Actor) -> None:
    asset = kept(project, by, tone("flac"))
    make_renditions(asset.pk)
    first = heard(asset)
    assert hearing.hear(on_disk(tone("flac")), hearing.FLAC, {"listen": 48_000}).made[0].body == first


def on_disk(content: bytes) -> IO[bytes]:
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the test
    file.write(content)
    file.flush()
    return file


def test_the_picture_of_a_cover_is_no_film_and_is_left_out(project: Project, by: Actor) -> None:
    cover = picture("PNG")
    asset = kept(project, by, with_cover(cover))
    make_renditions(asset.pk)
    assert cover[:40] not in heard(asset)


def test_more_than_two_channels_are_heard_as_two(project: Project, by: Actor) -> None:
    asset = kept(project, by, tone("wav", layout="5.1"))
    make_renditions(asset.pk)
    with av.open(io.BytesIO(heard(asset))) as sound:
        assert sound.streams.audio[0].codec_context.channels == 2


@pytest.mark.parametrize(
    "content",
    [
        b"RIFF\x10\x00\x00\x00WAVEhello, this is text",
        b"RIFF\x10\x00\x00\x00WAVE",
        b"ID3 hello" * 100,
        b"\xff\xfbhello" * 100,
        b"\xff\xf1hello" * 100,
        b"fLaC",
        b"OggS" + b"\x00" * 3000,
        b"\x00\x00\x00\x20ftypM4A " + b"\x00" * 200,
        plain_wav(0),
        tone("wav")[:-90_000],
        plain_wav()[: 44 + 4096 * 4],
        tone("flac")[:-4000],
        at_a_frame(tone("flac")),
        tone("ogg")[:-300],
        tone("m4a")[:-2000],
        tone("aac")[:-300],
    ],
    ids=[
        "text as wav", "wav-head", "text as mp3", "mp3-sync", "aac-sync", "flac-head", "ogg-head", "m4a-head",
        "wav of no length", "wav cut", "wav cut at a packet", "flac cut", "flac cut at a frame", "ogg cut", "m4a cut",
        "aac cut",
    ],
)  # fmt: skip
def test_what_is_no_whole_sound_is_refused(content: bytes, project: Project, by: Actor, storage: Path) -> None:
    with pytest.raises(NotASound, match="no whole WAV"):
        kept(project, by, content)
    assert_nothing_happened(storage)


def test_a_text_called_wav_is_refused_by_what_it_holds(project: Project, by: Actor, storage: Path) -> None:
    for content in (b"", b"hello", b"#EXTM3U\n#EXT-X-VERSION:3\nfile:///etc/passwd\n"):
        with pytest.raises(NotAnImage, match="and no sound"):
            kept(project, by, content)
    assert_nothing_happened(storage)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (film(), "moving pictures"),
        (film(sound=False), "moving pictures"),
        (film(moving=False, tracks=2), "several sound tracks"),
    ],
)
def test_what_holds_more_than_one_sound_is_refused_and_says_why(
    content: bytes, sentence: str, project: Project, by: Actor, storage: Path
) -> None:
    with pytest.raises(NotASound, match=sentence):
        kept(project, by, content)
    assert_nothing_happened(storage)


def test_a_sound_that_is_too_long_is_refused_however_few_bytes_it_has(
    project: Project, by: Actor, storage: Path, settings: LazySettings
) -> None:
    settings.SOUND_MINUTES = 1
    silence = tone("flac", 2)
    with pytest.raises(TooLong, match="longer than 1 minutes"):
        kept(project, by, tone("ogg", 61))
    assert kept(project, by, silence).duration_ms == 2000
    assert Asset.objects.count() == 1


def test_a_sound_of_too_many_bytes_is_refused(
    project: Project, by: Actor, storage: Path, settings: LazySettings
) -> None:
    settings.ASSET_BYTES = 1000
    with pytest.raises(TooLarge):
        kept(project, by, tone())
    assert_nothing_happened(storage)


def test_a_coding_that_is_not_listed_is_not_decoded(
    project: Project, by: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(hearing.MARKS, b"OggS", hearing.Kind("ogg", "audio/ogg", ("vorbis",)))
    with pytest.raises(NotASound):
        kept(project, by, tone("ogg"))


@pytest.mark.parametrize(("limit", "value"), [("MEMORY", 60 * 2**20), ("CPU_S", -60)])
def test_a_decoder_of_sound_that_breaks_its_limits_is_a_refusal(
    limit: str, value: int, project: Project, by: Actor, storage: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decoding, limit, value)
    with pytest.raises(NotASound):
        kept(project, by, tone())
    assert_nothing_happened(storage)


def test_the_decoder_of_sound_opens_no_file_that_a_sound_refers_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = Path(decoding.DECODER).read_text()
    spy = tmp_path / "spy.py"
    spy.write_text(source.replace("with av.open(", "open('/etc/hostname')\n        with av.open("))
    file = on_disk(tone())
    answer = on_disk(b"")
    order = {"recipes": {}, "demuxer": "wav", "codecs": ["pcm_s16le"], "seconds": 9, "memory": 2**31, "cpu_s": 9}
    assert decoding.run_decoder(order, file, answer, wait_s=20) == 0
    monkeypatch.setattr(decoding, "DECODER", spy)
    assert decoding.run_decoder(order, file, answer, wait_s=20) != 0


def test_what_no_worker_has_made_is_made_when_it_is_to_be_heard_unless_it_is_long(
    project: Project, by: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    asset = kept(project, by, tone())
    monkeypatch.setattr(showing, "LONGEST_MS", 1999)
    with pytest.raises(NotMade):
        show(asset=asset, recipe="listen", at=AT)
    assert not Rendition.objects.exists()
    monkeypatch.setattr(showing, "LONGEST_MS", 2000)
    show(asset=asset, recipe="listen", at=AT).file.close()
    assert Rendition.objects.get().recipe == "listen"


def test_the_clock_asks_again_for_sounds_and_pictures_until_each_has_what_its_kind_needs(
    project: Project, by: Actor
) -> None:
    sound, image = kept(project, by, tone()), kept(project, by, picture())
    later = AT + timedelta(minutes=2)
    assert set(find_missing(at=later)) == {sound.pk, image.pk}
    make_renditions(sound.pk)
    assert find_missing(at=later) == [image.pk]
    make_renditions(image.pk)
    assert find_missing(at=later) == []


def test_a_sound_has_no_picture_and_a_picture_no_sound(project: Project, by: Actor) -> None:
    sound, image = kept(project, by, tone()), kept(project, by, picture())
    for asset, recipe in ((sound, "screen"), (image, "listen")):
        with pytest.raises(KeyError):
            show(asset=asset, recipe=recipe, at=AT)


def test_a_wav_that_was_written_without_an_end_in_sight_is_whole(project: Project, by: Actor) -> None:
    body = plain_wav()
    assert kept(project, by, body[:40] + b"\xff\xff\xff\xff" + body[44:]).duration_ms == 4000


def test_first_bytes_tell_the_kinds_of_sound_apart() -> None:
    for form, (_container, _codec, media_type) in FORMS.items():
        kind = kind_of(tone(form, 0.2)[:4096])
        assert kind is not None and kind.media_type == media_type
    assert kind_of(picture()) is None and kind_of(b"") is None
