"""A guideline with a video, as editors would write one."""

from typing import Any

from tests.assets.videos import video
from tests.guidelines.illustrated import kept
from tests.guidelines.writing import GUIDELINE, copied
from tests.town import Town

MARKED: list[dict[str, Any]] = [
    {"start_ms": 0, "end_ms": 900, "note": "It comes in."},
    {"x": 10, "y": 8, "width": 60, "height": 40, "start_ms": 800, "end_ms": 1500, "note": "It sits."},
]


def walk(town: Town, content: bytes | None = None, **more: Any) -> dict[str, Any]:
    """Give an example with a video of two seconds, two stretches of which are marked."""
    return {
        "id": "walk",
        "kind": "video",
        "verdict": "correct",
        "caption": "This walk is a cat’s.",
        "section": "toys",
        "label": "cat",
        "asset": kept(town, content or video(size=(640, 360))),
        "alt": "A square walks from the left to the right.",
        "regions": [dict(one) for one in MARKED],
    } | more


def filmed(town: Town, content: bytes | None = None, **more: Any) -> dict[str, Any]:
    """Write a guideline with it."""
    made = copied(GUIDELINE)
    made["examples"].append(walk(town, content, **more))
    return made
