"""One part of a draft as its form sends it, read into the part as it stood; what is wrong in it is told beside it."""

from itertools import zip_longest
from typing import Any

from django.http import QueryDict

from guidelines.content.editing import Document, set_out
from guidelines.content.shape import KINDS, VERDICTS

BOX = ("x", "y", "width", "height")
STRETCH = ("start_ms", "end_ms")
FIELDS = {"audio": STRETCH, "video": (*STRETCH, *BOX)}
PICTURES = ("image", "page")
ATTRIBUTES = ("choice", "text", "number", "boolean")
LARGEST = 2**31


def words(sent: QueryDict, name: str) -> str:
    """Give what was typed, with the line ends of a text."""
    return sent.get(name, "").replace("\r\n", "\n").replace("\r", "\n")


def whole(typed: str) -> int | None:
    """Give a whole number from 0 on; None for what is none."""
    text = typed.strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 11 and int(text) < LARGEST else None


def read_section(sent: QueryDict, row: Document) -> None:
    """Read a section."""
    kind = sent.get("kind", "")
    set_out(
        row,
        {
            "kind": kind if kind in KINDS else row.get("kind", "other"),
            "title": words(sent, "title").strip(),
            "text": words(sent, "text"),
            "label": words(sent, "label"),
            "category": words(sent, "category"),
        },
        kept=("kind", "title"),
    )


def read_example(sent: QueryDict, row: Document) -> None:
    """Read an example; what kind of file it has does not change, but a picture may be a page's."""
    kind, verdict = sent.get("kind", ""), sent.get("verdict", "")
    known = PICTURES if row.get("kind") in PICTURES else (row.get("kind"),)
    set_out(
        row,
        {
            "kind": kind if kind in known else row.get("kind"),
            "verdict": verdict if verdict in VERDICTS else row.get("verdict"),
            "caption": words(sent, "caption").strip(),
            "section": words(sent, "section"),
            "label": words(sent, "label"),
            "alt": words(sent, "alt").strip(),
            "regions": _regions(sent, FIELDS.get(str(row.get("kind")), BOX)),
        },
        kept=("kind", "verdict"),
    )
    if row.get("kind") == "text":
        set_out(row, {"text": words(sent, "text")})


def _regions(sent: QueryDict, fields: tuple[str, ...]) -> list[Document]:
    """Read the marked parts, row by row; one of which nothing is told is none."""
    typed = zip_longest(*(sent.getlist(f"region-{name}") for name in fields), fillvalue="")
    notes = [note.strip() for note in sent.getlist("region-note")]
    found = []
    for numbers, note in zip_longest(typed, notes, fillvalue=""):
        told: Document = {}
        set_out(told, {**{name: whole(one) for name, one in zip(fields, numbers, strict=False)}, "note": note})
        if told:
            found.append(told)
    return found


def read_label(sent: QueryDict, row: Document) -> None:
    """Read a label; its code is another matter."""
    on, colour = sent.get("on", ""), whole(sent.get("colour", ""))
    row["name"] = words(sent, "name").strip()
    row["key"] = words(sent, "key").strip()[:8].lower() or None
    row["definition"] = words(sent, "definition").strip()
    more: dict[str, Any] = {"on": on if on in ("item", "turn") else None, "parent": words(sent, "parent")}
    set_out(row, {**more, "colour": colour or None})


def read_category(sent: QueryDict, row: Document) -> None:
    """Read an error category."""
    row["name"] = words(sent, "name").strip()
    set_out(row, {"definition": words(sent, "definition").strip()})


def read_attribute(sent: QueryDict, row: Document) -> None:
    """Read an attribute; the values of a choice stand one on a line."""
    kind = sent.get("kind", "")
    values = [line.strip() for line in words(sent, "values").split("\n") if line.strip()]
    row["name"] = words(sent, "name").strip()
    row["kind"] = kind if kind in ATTRIBUTES else "choice"
    set_out(row, {"values": values if row["kind"] == "choice" else [], "labels": sent.getlist("labels")})


def read_acknowledge(sent: QueryDict, document: Document) -> None:
    """Read whether the version is acknowledged, and by what quiz."""
    if sent.get("acknowledge") != "yes":
        document.pop("acknowledge", None)
        return
    asked = {"questions": whole(sent.get("questions", "")), "right": whole(sent.get("right", ""))}
    document["acknowledge"] = {name: number for name, number in asked.items() if number}
