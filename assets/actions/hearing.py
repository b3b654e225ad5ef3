"""Sounds: told by their first bytes, opened by that one demuxer, decoded in the limited child process."""

import json
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO

from django.conf import settings
from django.utils.translation import gettext as _

from assets.actions import decoding
from assets.actions.decoding import Decoded, Made, run_decoder
from assets.errors import NotASound, TooLong

NO_SOUND, MOVING, SEVERAL, TOO_LONG = range(5, 9)
PLAIN = (
    "pcm_u8", "pcm_s16le", "pcm_s24le", "pcm_s32le", "pcm_f32le", "pcm_f64le", "pcm_alaw", "pcm_mulaw",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of sound: FFmpeg's name of its demuxer, and the decoders that may be met in it."""

    demuxer: str
    media_type: str
    codecs: tuple[str, ...]


WAV = Kind("wav", "audio/wav", PLAIN)
FLAC = Kind("flac", "audio/flac", ("flac",))
MP3 = Kind("mp3", "audio/mpeg", ("mp3float", "mp3"))
OGG = Kind("ogg", "audio/ogg", ("opus", "libopus", "vorbis", "flac"))
M4A = Kind("mp4", "audio/mp4", ("aac", "alac"))
AAC = Kind("aac", "audio/aac", ("aac",))
MARKS = {b"fLaC": FLAC, b"OggS": OGG}
SYNC = dict.fromkeys((b"\xff\xfb", b"\xff\xfa", b"\xff\xf3", b"\xff\xf2", b"\xff\xe3", b"\xff\xe2"), MP3)
SYNC |= dict.fromkeys((b"\xff\xf1", b"\xff\xf0", b"\xff\xf9", b"\xff\xf8"), AAC)


def kind_of(head: bytes) -> Kind | None:
    """Tell by its first bytes which kind of sound a file is; None where it is none that is taken.

    WAV, FLAC, Ogg and MP4 have a mark, ADTS and MPEG audio a sync word; ID3 stands before MPEG.
    """
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return WAV
    if head[4:8] == b"ftyp":
        return M4A
    if head[:3] == b"ID3":
        return MP3
    return MARKS.get(head[:4]) or SYNC.get(head[:2])


def hear(sound: IO[bytes], kind: Kind, recipes: Mapping[str, int]) -> Decoded:
    """Decode a sound to its end, and make an Opus in WebM for each recipe (name to bits a second of each channel).

    `sound` is an open file of the system's, read from where it begins.

    Raises:
        NotASound: it holds no sound or more than one, moving pictures, is cut short, or broke the decoder.
        TooLong: it lasts longer than `HITL_SOUND_MINUTES`.
    """
    minutes = settings.SOUND_MINUTES
    cpu_s = decoding.CPU_S + (minutes * 3 if recipes else minutes // 2)
    order = {
        "recipes": dict(recipes),
        "demuxer": kind.demuxer,
        "codecs": kind.codecs,
        "seconds": minutes * 60,
        "memory": decoding.MEMORY,
        "cpu_s": cpu_s,
    }
    with tempfile.TemporaryFile() as answer:
        try:
            code = run_decoder(order, sound, answer, wait_s=2 * cpu_s)
        except subprocess.TimeoutExpired as problem:
            raise NotASound(_("This sound took too long to decode; send it in a plainer form.")) from problem
        if code:
            raise _refusal(code)
        told = json.loads(answer.readline())
        made = tuple(Made(one["recipe"], "audio/webm", answer.read(one["bytes"])) for one in told["files"])
        return Decoded(kind.media_type, made, duration_ms=told["duration_ms"])


def moving() -> NotASound:
    """Give the refusal of a video where pictures and sounds are taken."""
    return NotASound(_("This file holds moving pictures; send its sound alone."))


def _refusal(code: int) -> NotASound | TooLong:
    if code == TOO_LONG:
        return TooLong(
            _("This sound lasts longer than %(n)d minutes; send it in parts.") % {"n": settings.SOUND_MINUTES}
        )
    sentences = {
        NO_SOUND: _("There is no sound in this file."),
        MOVING: moving().sentence,
        SEVERAL: _("This file holds several sound tracks; send each as a file of its own."),
    }
    return NotASound(sentences.get(code))
