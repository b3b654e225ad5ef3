"""The files of a guideline inside one page that needs nothing else."""

from base64 import b64encode
from itertools import product

from accounts.models import Project
from assets.reads import bytes_of, made_of
from guidelines.reads.reading import Reading

MOST_BYTES = 24 * 2**20
"""Bytes of all files inside the page, as they are shown; what comes after it in the order of reading is only named."""
MOST_SOUND_BYTES = 2**20
"""Bytes of one sound inside the page; a longer one is only named."""
MOST_VIDEO_BYTES = 4 * 2**20
"""Bytes of one video inside the page; of a longer one only its picture is there."""


def inside(
    project: Project, reading: Reading, *, most: int = MOST_BYTES, most_sound: int = MOST_SOUND_BYTES
) -> dict[str, str]:
    """Give what of the examples' files goes into the page, each SHA-256 in hex with its bytes as a data address.

    Pictures as they are shown on a screen, sounds as they are heard; of a video a picture, and what is played under its
    SHA-256 with `/play` behind it. Not what is not made yet. One statement.
    """
    named = [one.sha256 for one in reading.examples if one.sha256]
    made = made_of(project, named)
    found: dict[str, str] = {}
    left = most
    least = {"listen": most_sound, "play": MOST_VIDEO_BYTES}
    for sha256, recipe in product(dict.fromkeys(named), ("screen", "listen", "play")):
        one = made.get((sha256, recipe))
        if one is None or one.bytes > min(left, least.get(recipe, left)):
            continue
        content = bytes_of(one)
        if content is not None:
            left -= len(content)
            name = f"{sha256}/play" if recipe == "play" else sha256
            found[name] = f"data:{one.media_type};base64,{b64encode(content).decode()}"
    return found
