"""Questions, answers and wishes for examples as their forms send them."""

import uuid
from dataclasses import fields
from typing import Any

from django.http import QueryDict

from reviews.actions import Wish


def uuid_in(sent: QueryDict, name: str) -> uuid.UUID | None:
    """Give the id that was sent; None for none, and for what is none."""
    try:
        return uuid.UUID(sent.get(name, ""))
    except ValueError:
        return None


def page_in(sent: QueryDict) -> int:
    """Give the number of the page that is asked for, 1 for what is none."""
    typed = sent.get("page", "")
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 6 else 1


def sent_question(sent: QueryDict) -> dict[str, Any]:
    """Read a question as the verb takes it."""
    return {
        "text": sent.get("text", ""),
        "section": sent.get("section", "")[:64],
        "wanted": uuid_in(sent, "question"),
        "claim": uuid_in(sent, "claim"),
        "item": uuid_in(sent, "item"),
    }


def sent_end(sent: QueryDict) -> dict[str, Any]:
    """Read an answer as the verb takes it; a version that is none is 0, which is none either."""
    version = sent.get("version", "")
    number = int(version) if version.isascii() and version.isdecimal() and len(version) < 8 else 0
    return {"text": sent.get("text", ""), "covered_by": number if sent.get("how") == "covered" else None}


def sent_wish(sent: QueryDict) -> Wish:
    """Read a wish for an example."""
    told = {one.name: sent.get(one.name, "").replace("\r\n", "\n").replace("\x00", "") for one in fields(Wish)}
    return Wish(**{**told, "section": told["section"][:64], "label": told["label"][:64]})
