"""What the page sends when someone decides."""

import json
from typing import Any

from django.http import QueryDict

from reviews.wire import DecisionBody, read_decision


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
        told["output"] = {"labels": post.getlist("label")}
    if post.get("rationale"):
        told["rationale"] = post["rationale"]
    if post.getlist("category") and verdict in {"correct", "reject"}:
        told["error_categories"] = post.getlist("category")
    return told
