"""Decoding in a child process with limits: nothing of an upload is decoded in a worker or a server."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.utils.translation import gettext as _

from assets.errors import NotAnImage, TooLarge

DECODER = Path(__file__).with_name("decoder.py")
PIXELS, MEMORY, CPU_S, WAIT_S = 100_000_000, 2**31, 20, 40
TYPES = {"JPEG": "image/jpeg", "MPO": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "GIF": "image/gif"}
NO_IMAGE, TOO_LARGE = 3, 4


@dataclass(frozen=True, slots=True)
class Made:
    """A WebP that a recipe made."""

    recipe: str
    body: bytes
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Decoded:
    """What an image turned out to be: upright size in pixels, and what was made of it."""

    media_type: str
    width: int
    height: int
    made: tuple[Made, ...]


def decode(image: IO[bytes], recipes: Mapping[str, int]) -> Decoded:
    """Decode an image to its end and make a WebP for each recipe (name to the side of its square in pixels).

    `image` is an open file of the system's, read from where it begins.

    Raises:
        NotAnImage: it is none of the known kinds, is cut short, or broke the decoder.
        TooLarge: it has too many pixels.
    """
    order = {"recipes": dict(recipes), "pixels": PIXELS, "memory": MEMORY, "cpu_s": CPU_S}
    image.seek(0)
    with tempfile.TemporaryFile() as answer:
        try:
            child = subprocess.run(  # noqa: S603 - our own program, no shell
                [sys.executable, "-I", str(DECODER), json.dumps(order)],
                stdin=image,
                stdout=answer,
                stderr=subprocess.DEVNULL,
                env={"MALLOC_ARENA_MAX": "2"},
                timeout=WAIT_S,
                check=False,
            )
        except subprocess.TimeoutExpired as problem:
            raise NotAnImage(_("This image took too long to decode; send it in a plainer form.")) from problem
        if child.returncode == TOO_LARGE:
            raise TooLarge(
                _("This image has more than %(n)d million pixels; send a smaller one.") % {"n": PIXELS // 1_000_000}
            )
        if child.returncode:
            raise NotAnImage
        answer.seek(0)
        return _read(answer)


def _read(answer: IO[bytes]) -> Decoded:
    told = json.loads(answer.readline())
    made = tuple(Made(one["recipe"], answer.read(one["bytes"]), one["width"], one["height"]) for one in told["files"])
    return Decoded(TYPES[told["format"]], told["width"], told["height"], made)
