"""What the page sends when someone decides."""

import json
import re
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from reviews.errors import BadBody
from reviews.wire import DecisionBody, read_decision

NUMBER = re.compile(r"0{0,9}[0-9]{1,6}")


def sent_decision(post: QueryDict) -> DecisionBody:
    """Read a decision from the form: what the page's script wrote in `body`, or the plain fields of a page without it.

    Raises:
        BadBody: it does not read.
    """
    body = post.get("body") or json.dumps(_plain(post), ensure_ascii=False)
    return read_decision(body.encode())


def _plain(post: QueryDict) -> dict[str, Any]:
    verdict = post.get("verdict") or "skip"
    told: dict[str, Any] = {"verdict": verdict}
    if verdict == "correct":
        told["output"] = {"labels": post.getlist("label"), **sent_turns(post)}
    if post.get("rationale"):
        told["rationale"] = post["rationale"]
    if post.getlist("category") and verdict in {"correct", "reject"}:
        told["error_categories"] = post.getlist("category")
    return told


def sent_turns(post: QueryDict) -> dict[str, Any]:
    """Read the labels of turns: under `on:` and a label's code the numbers of its turns, counted from 1."""
    turns: dict[int, list[str]] = {}
    for name in post:
        code = name.removeprefix("on:")
        for number in filter(None, map(str.strip, str(post[name]).split(","))) if code != name else ():
            if not NUMBER.fullmatch(number) or int(number) < 1:
                told = _("“%(said)s” is no number of a turn. Write numbers from 1, with commas between them.")
                raise BadBody(told % {"said": number[:40]}, fields=[("turns", _("This is no number of a turn."))])
            turns.setdefault(int(number) - 1, []).append(code)
    return {"turns": [{"turn": turn, "labels": turns[turn]} for turn in sorted(turns)]} if turns else {}
