"""Videos: told by their first bytes, opened by that one demuxer, decoded in the limited child process."""

import json
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO

from django.utils.translation import gettext as _

from assets.actions import decoding
from assets.actions.decoding import Decoded, Made, run_decoder
from assets.errors import NotAVideo, TooLarge, TooLong
from assets.reads import MOST_VIDEO_PIXELS, MOST_VIDEO_SECONDS

NO_VIDEO, TOO_LARGE, STILL, _MOVING, MORE, TOO_LONG = range(3, 9)
LOOK_S, MAKE_S = 60, 240
"""Seconds of processor time to decode the largest video that is taken, and to make what is played of it."""


class StandsStill(NotAVideo):
    """No pictures move in it; it may be a sound."""


@dataclass(frozen=True, slots=True)
class VideoKind:
    """A kind of video, as the decoder knows it, and the decoders that may be met in it."""

    form: str
    media_type: str
    codecs: tuple[str, ...]


MP4 = VideoKind("mp4", "video/mp4", ("h264", "aac"))
WEBM = VideoKind("webm", "video/webm", ("vp8", "vp9", "libdav1d", "av1", "opus", "libopus", "vorbis"))
QUICKTIME = b"qt  "


def video_of(head: bytes) -> VideoKind | None:
    """Tell by its first bytes which kind of video a file may be; None where it is none that is taken."""
    if head[4:8] == b"ftyp" and head[8:12] != QUICKTIME:
        return MP4
    return WEBM if head[:4] == b"\x1a\x45\xdf\xa3" else None


def watch(video: IO[bytes], kind: VideoKind, recipes: Mapping[str, int]) -> Decoded:
    """Decode a video to its end, and make what each recipe (name to the side of its square in pixels) asks for.

    `play` is VP9 and Opus in WebM, any other a picture of it. `video` is an open file of the system's, read from where
    it begins.

    Raises:
        StandsStill: no pictures move in it.
        NotAVideo: it holds more than one picture and one sound track, is cut short, or broke the decoder.
        TooLarge: it has too many pixels.
        TooLong: it lasts too long.
    """
    cpu_s = MAKE_S if recipes else LOOK_S
    order = {
        "recipes": dict(recipes),
        "video": kind.form,
        "codecs": kind.codecs,
        "pixels": MOST_VIDEO_PIXELS,
        "seconds": MOST_VIDEO_SECONDS,
        "memory": decoding.MEMORY,
        "cpu_s": cpu_s,
    }
    with tempfile.TemporaryFile() as answer:
        try:
            code = run_decoder(order, video, answer, wait_s=2 * cpu_s)
        except subprocess.TimeoutExpired as problem:
            raise NotAVideo(_("This video took too long to decode; send it in a plainer form.")) from problem
        if code:
            raise _refusal(code)
        told = json.loads(answer.readline())
        made = tuple(
            Made(
                one["recipe"],
                "video/webm" if one["recipe"] == "play" else "image/webp",
                answer.read(one["bytes"]),
                one["width"],
                one["height"],
            )
            for one in told["files"]
        )
        return Decoded(kind.media_type, made, told["width"], told["height"], told["duration_ms"])


def _refusal(code: int) -> NotAVideo | TooLarge | TooLong:
    if code == TOO_LONG:
        return TooLong(_("This video lasts longer than %(n)d seconds; show a part of it.") % {"n": MOST_VIDEO_SECONDS})
    if code == TOO_LARGE:
        return TooLarge(_("This video has more pixels than 1920 × 1080; bring a smaller one."))
    if code == STILL:
        return StandsStill(_("No pictures move in this file."))
    if code == MORE:
        return NotAVideo(
            _(
                "This video holds more than one picture track and one sound track (subtitles, attachments or others); "
                "save it without them."
            )
        )
    return NotAVideo()
