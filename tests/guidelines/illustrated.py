"""A guideline with pictures and sounds, as editors would write one, in two versions."""

import io
from typing import Any

from PIL import Image, ImageDraw

from accounts.reads import Actor
from assets.actions import render_asset, store
from guidelines.models import GuidelineVersion
from tests.assets.sounds import tone
from tests.guidelines.writing import GUIDELINE, SPLIT, TAXONOMY, copied, published
from tests.town import Town

ILLUSTRATED: dict[str, Any] = TAXONOMY | {
    "labels": [
        {"code": "cat", "name": "Cat", "key": "1", "definition": "A cat can be seen.", "colour": 9},
        {"code": "kitten", "name": "Kitten", "key": "4", "definition": "A cat of less than a year.", "parent": "cat"},
        *TAXONOMY["labels"][1:],
    ],
    "error_categories": [
        {"code": "wrong", "name": "Wrong label", "definition": "Another label than the one that holds."},
        {"code": "missed", "name": "Animal overlooked"},
    ],
    "attributes": [{"code": "light", "name": "Light", "values": ["day", "night"]}],
}


def drawn(colour: str, mark: int) -> bytes:
    """Draw a picture that differs from others by its colour and mark."""
    image = Image.new("RGB", (640, 420), colour)
    pen = ImageDraw.Draw(image)
    pen.ellipse((80, 60, 300, 280), fill="white")
    pen.rectangle((400, 40 + mark, 560, 200 + mark), fill="black")
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def kept(town: Town, content: bytes) -> str:
    """Store a file, make what it is shown as, and give its name."""
    from accounts.reads import console

    asset, _ = store(project=town.project, content=content, by=console(), at=town.now, videos=True)
    render_asset(asset_id=asset.pk, at=town.now)
    return f"sha256:{asset.sha256}"


def shot(town: Town, number: int, verdict: str = "correct", **more: Any) -> dict[str, Any]:
    """Give an example with a picture."""
    colour = {"correct": "seagreen", "incorrect": "brown", "borderline": "goldenrod"}[verdict]
    return {
        "id": f"shot-{number}",
        "kind": "image",
        "verdict": verdict,
        "caption": f"Picture {number} is {verdict}.",
        "section": "toys",
        "label": "cat",
        "asset": kept(town, drawn(colour, number)),
        "alt": f"A disc and a block, number {number}",
        "regions": [{"x": 80, "y": 60, "width": 220, "height": 220, "note": "The animal, whole."}],
    } | more


def illustrated(town: Town) -> dict[str, Any]:
    """Write a guideline with pictures of each verdict, a sound, texts, and an example beside no section."""
    sections = [
        *copied(GUIDELINE)["sections"],
        {"id": "mistakes", "kind": "procedure", "title": "Mistakes", "text": "Say what is wrong.", "category": "wrong"},
        {
            "id": "night",
            "kind": "handling",
            "title": "Pictures at night",
            "text": "Look for the eyes.\n\n- Two\n- Green",
        },
    ]
    hiss = {
        "id": "hiss",
        "kind": "audio",
        "verdict": "correct",
        "caption": "A hiss is a cat.",
        "section": "cats",
        "label": "cat",
        "asset": kept(town, tone("ogg", 3)),
        "regions": [{"start_ms": 500, "end_ms": 1500, "note": "The hiss itself."}],
    }
    shots = [
        shot(town, 1),
        shot(town, 2, "incorrect"),
        shot(town, 3, "borderline", section="night", label="dog"),
        shot(town, 4, section=None, label="kitten"),
    ]
    return {"sections": sections, "examples": [*copied(GUIDELINE)["examples"], hiss, *shots]}


def two_versions(town: Town, by: Actor) -> tuple[GuidelineVersion, GuidelineVersion]:
    """Publish an illustrated guideline, and then one whose cat was split and whose words were changed."""
    first = illustrated(town)
    old = published(town, by, first, ILLUSTRATED, summary="With pictures.")
    town.wait(hours=1)
    sections = [dict(one) for one in first["sections"] if one["id"] != "night"]
    sections[0]["text"] = "Say which animal is **heard** or seen."
    sections[1]["label"] = "grown"
    examples = [dict(one) for one in first["examples"] if one["section"] != "night"]
    for one in examples:
        one["label"] = "kitten" if one["label"] == "kitten" else "grown"
    examples[-2]["caption"] = "Picture 2 is wrong: it is a block."
    split = SPLIT | {"mapping": {"rows": [{"was": ["cat"], "now": ["kitten", "grown"], "note": "By age."}]}}
    return old, published(town, by, {"sections": sections, "examples": examples}, split, summary="Cats by age.")
