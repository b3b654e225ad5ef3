"""Decisions side by side: each in words, what in it differs from the others marked, boxes and areas drawn."""

import uuid
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from django.utils.formats import localize
from django.utils.translation import gettext as _

from assets.reads import sizes_of
from reviews.outputs.shapes import ELEMENTS
from reviews.reads.held import Held
from reviews.reads.prior import Prior
from reviews.reads.said import words_of

LONGEST = 2000  # words of a text whose differences are marked
SIDES = ("x", "y", "width", "height")
ANSWERS = ("approve", "correct", "reject")


@dataclass(frozen=True, slots=True)
class Take:
    """An earlier decision to pick from: its key, its words, and what in it differs from the other ones.

    `text` are the parts of a transcript, those that not all have marked. `returnable` decisions may be sent back;
    what is `in_force` is the answer that an appeal is about, which is nobody's decision.
    """

    key: str
    who: str
    verdict: str
    words: list[tuple[str, str, bool]]
    text: list[tuple[str, bool]]
    rationale: str | None
    output: Any
    decision: uuid.UUID | None
    returnable: bool
    in_force: bool


@dataclass(frozen=True, slots=True)
class Outline:
    """A box or an area of one decision: `take` is the number whose stroke it has, `points` a polygon's corners."""

    take: int
    label: str
    x: float
    y: float
    width: float
    height: float
    points: str = ""


@dataclass(frozen=True, slots=True)
class Drawing:
    """What all decisions drew, over a picture of this size in pixels."""

    width: float
    height: float
    outlines: list[Outline]


def takes(held: Held) -> list[Take]:
    """List the earlier decisions of a claim side by side; what not all of them say is marked.

    Of an appeal the answer in force comes first: whoever takes it lets the outcome stand.
    """
    outputs = _outputs(held)
    told = [_said(output, held) for output in outputs]
    texts = [_text(output, held.task.task_type) for output in outputs]
    words = [[(term, word, any((term, word) not in other for other in told)) for term, word in mine] for mine in told]
    marked = [_marked(mine, [*texts[:place], *texts[place + 1 :]]) for place, mine in enumerate(texts)]
    found = []
    if held.complaint is not None:
        verdict = "reject" if held.complaint.output is None else ""
        who = _("the answer in force")
        found.append(Take("1", who, verdict, words[0], marked[0], None, held.complaint.output, None, False, True))
    for place, one in enumerate(held.prior, len(found)):
        found.append(
            Take(
                str(place + 1), one.who, one.verdict, words[place], marked[place], one.rationale, one.output, one.uuid,
                returnable(held, one), False,
            )
        )  # fmt: skip
    return found


def returnable(held: Held, one: Prior) -> bool:
    """Tell whether an earlier decision may go back to its author: an answer, shown to whoever is to settle it."""
    settles = held.task.kind == "adjudication" and one.kind not in {"adjudication", "escalation"}
    return settles and one.verdict in ANSWERS


def _outputs(held: Held) -> list[Any]:
    """Give the answers that stand side by side, an appealed one first."""
    return [*([held.complaint.output] if held.complaint else []), *(one.output for one in held.prior)]


def drawing(held: Held, pictures: list[str]) -> Drawing | None:
    """Draw what the earlier decisions of a claim drew, over its picture; None where nothing was drawn."""
    key = ELEMENTS.get(held.task.task_type, "")
    drawn = [(number, output[key]) for number, output in enumerate(_outputs(held), 1) if output and key in output]
    outlines = [
        outline for number, elements in drawn for element in elements if (outline := _outline(number, element, held))
    ]
    if not outlines:
        return None
    size = sizes_of(pictures[:1]).get(pictures[0]) if pictures else None
    right, bottom = (max(getattr(one, a) + getattr(one, b) for one in outlines) for a, b in (SIDES[::2], SIDES[1::2]))
    width, height = size or (right, bottom)
    return Drawing(width, height, outlines)


def _said(output: Any, held: Held) -> list[tuple[str, str]]:
    """Say an output in words: (term, word), an element of it each its own."""
    key = ELEMENTS.get(held.task.task_type, "")
    if held.task.task_type == "transcript" or not isinstance(output, dict) or not isinstance(output.get(key), list):
        return [] if held.task.task_type == "transcript" else [part[:2] for part in words_of(output, held.taxonomy)]
    names = {one["code"]: one.get("name") or one["code"] for one in held.taxonomy.get("labels", [])}
    whole = [("", names.get(code, code)) for code in output.get("labels") or []]
    return whole + [_element(element, names, held.item.data) for element in output[key]]


def _element(element: dict[str, Any], names: dict[str, str], data: dict[str, Any]) -> tuple[str, str]:
    if "name" in element:
        value = element["value"]
        return element["name"], "–" if value is None else str(localize(value) if not isinstance(value, bool) else value)
    label = names.get(element["label"], element["label"])
    if "start" in element:
        text = str(data.get("text") or "")[element["start"] : element["end"]]
        return label, f"{element['start']}–{element['end']} {text}".strip()
    if "actors" in element:
        return label, f"{element['start_ms']}–{element['end_ms']} ms {', '.join(element['actors'])}".strip()
    if element.get("x") is not None:
        x, y, width, height = (localize(element[side]) for side in SIDES)
        return label, _("%(width)s × %(height)s at %(x)s, %(y)s") % {"width": width, "height": height, "x": x, "y": y}
    return label, _("an area")


def _text(output: Any, task_type: str) -> list[str]:
    if task_type != "transcript" or not isinstance(output, dict):
        return []
    return [word for segment in output["segments"] for word in str(segment["text"]).split()]


def _marked(words: list[str], others: list[list[str]]) -> list[tuple[str, bool]]:
    """Put a text together of parts, those marked that not all others have there; nothing is marked in long ones."""
    if max(map(len, [words, *others])) > LONGEST:
        return [(" ".join(words), False)]
    common = [True] * len(words)
    for other in others:
        shared = [False] * len(words)
        for block in SequenceMatcher(None, words, other, autojunk=False).get_matching_blocks():
            shared[block.a : block.a + block.size] = [True] * block.size
        common = [one and its for one, its in zip(common, shared, strict=True)]
    parts: list[tuple[str, bool]] = []
    for word, same in zip(words, common, strict=True):
        if parts and parts[-1][1] is not same:
            parts[-1] = (f"{parts[-1][0]} {word}", not same)
        else:
            parts.append((word, not same))
    return parts


def _outline(number: int, element: dict[str, Any], held: Held) -> Outline | None:
    """Outline a box, or a polygon; a mask is said in words alone."""
    names = {one["code"]: one.get("name") or one["code"] for one in held.taxonomy.get("labels", [])}
    label = names.get(element.get("label", ""), str(element.get("label") or element.get("name") or ""))
    if element.get("polygon"):
        xs, ys = zip(*element["polygon"], strict=True)
        points = " ".join(f"{x},{y}" for x, y in element["polygon"])
        return Outline(number, label, min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys), points)
    if element.get("x") is None:
        return None
    return Outline(number, label, *(element[side] for side in SIDES))
