"""What pages send when someone decides, or says what they prefer."""

import json
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts.errors import BadPreference
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


WISHES = {"asked": None, "always": True, "never": False}
THEMES = ("system", "light", "dark")


def sent_veils(post: QueryDict) -> dict[str, bool | None]:
    """Read how someone wants hard content shown.

    Raises:
        BadPreference: a choice is missing or unknown.
    """
    names = [name for name in ("blur", "grey") if post.get(name) not in WISHES]
    names += ["look"] if post.get("look") not in {"hold", "press"} else []
    if names:
        raise BadPreference(fields=[(name, _("Choose one of those listed.")) for name in names])
    return {
        "blur": WISHES[post["blur"]],
        "grey": WISHES[post["grey"]],
        "holds": post["look"] == "hold",
    }


def sent_theme(post: QueryDict) -> str:
    """Read which theme someone wants.

    Raises:
        BadPreference: there is no such theme.
    """
    if post.get("theme") not in THEMES:
        raise BadPreference(fields=[("theme", _("Choose one of those listed."))])
    return post["theme"]
