"""The files of a guideline inside one page that needs nothing else."""

from base64 import b64encode

from accounts.models import Project
from assets.reads import bytes_of, made_of
from guidelines.reads.reading import Reading

MOST_BYTES = 24 * 2**20
"""Bytes of all files inside the page, as they are shown; what comes after it in the order of reading is only named."""
MOST_SOUND_BYTES = 2**20
"""Bytes of one sound inside the page; a longer one is only named."""


def inside(
    project: Project, reading: Reading, *, most: int = MOST_BYTES, most_sound: int = MOST_SOUND_BYTES
) -> dict[str, str]:
    """Give what of the examples' files goes into the page, each SHA-256 in hex with its bytes as a data address.

    Pictures as they are shown on a screen, sounds as they are heard; not what is not made yet. One statement.
    """
    named = [one.sha256 for one in reading.examples if one.sha256]
    made = made_of(project, named)
    found: dict[str, str] = {}
    left = most
    for sha256 in dict.fromkeys(named):
        one = made.get(sha256)
        if one is None or one.bytes > left or (one.recipe == "listen" and one.bytes > most_sound):
            continue
        content = bytes_of(one)
        if content is not None:
            left -= len(content)
            found[sha256] = f"data:{one.media_type};base64,{b64encode(content).decode()}"
    return found
