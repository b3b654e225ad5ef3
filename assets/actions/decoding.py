"""Decoding in a child process with limits: nothing of an upload is decoded in a worker or a server."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext as _

from assets.errors import NotAnImage, TooLarge

DECODER = Path(__file__).with_name("decoder.py")
PIXELS, MEMORY, CPU_S, WAIT_S = 100_000_000, 2**31, 20, 40
TYPES = {"JPEG": "image/jpeg", "MPO": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "GIF": "image/gif"}
NO_IMAGE, TOO_LARGE = 3, 4


@dataclass(frozen=True, slots=True)
class Made:
    """What a recipe made: a WebP or what is played of a video, with its size in pixels, or what is heard, without."""

    recipe: str
    media_type: str
    body: bytes
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, slots=True)
class Decoded:
    """What a file turned out to be, and what was made of it: an upright size in pixels, a length, or both."""

    media_type: str
    made: tuple[Made, ...]
    width: int | None = None
    height: int | None = None
    duration_ms: int | None = None


def decode(image: IO[bytes], recipes: Mapping[str, int]) -> Decoded:
    """Decode an image to its end and make a WebP for each recipe (name to the side of its square in pixels).

    `image` is an open file of the system's, read from where it begins.

    Raises:
        NotAnImage: it is none of the known kinds, is cut short, or broke the decoder.
        TooLarge: it has too many pixels.
    """
    order = {"recipes": dict(recipes), "pixels": PIXELS, "memory": MEMORY, "cpu_s": CPU_S}
    with tempfile.TemporaryFile() as answer:
        try:
            code = run_decoder(order, image, answer, wait_s=WAIT_S)
        except subprocess.TimeoutExpired as problem:
            raise NotAnImage(_("This image took too long to decode; send it in a plainer form.")) from problem
        if code == TOO_LARGE:
            raise TooLarge(
                _("This image has more than %(n)d million pixels; send a smaller one.") % {"n": PIXELS // 1_000_000}
            )
        if code:
            raise NotAnImage
        return _read(answer)


def run_decoder(order: Mapping[str, Any], file: IO[bytes], answer: IO[bytes], *, wait_s: float) -> int:
    """Let the decoder read a file from where it begins; gives its exit code, and its answer from where that begins.

    Raises:
        TimeoutExpired: it did not end in time, and was ended.
    """
    file.seek(0)
    child = subprocess.run(  # noqa: S603 - our own program, no shell
        [sys.executable, "-I", str(DECODER), json.dumps(order)],
        stdin=file,
        stdout=answer,
        stderr=subprocess.DEVNULL,
        env={"MALLOC_ARENA_MAX": "2"},
        timeout=wait_s,
        check=False,
    )
    answer.seek(0)
    return child.returncode


def _read(answer: IO[bytes]) -> Decoded:
    told = json.loads(answer.readline())
    made = tuple(
        Made(one["recipe"], "image/webp", answer.read(one["bytes"]), one["width"], one["height"])
        for one in told["files"]
    )
    return Decoded(TYPES[told["format"]], made, told["width"], told["height"])
