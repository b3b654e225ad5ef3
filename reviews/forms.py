"""What pages send when someone decides, or says what they prefer."""

import json
from typing import Any, NamedTuple

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


WISHES: dict[str, bool | None] = {"asked": None, "always": True, "never": False}
THEMES = ("system", "light", "dark")


class Wishes(NamedTuple):
    """How someone wants hard content shown, as their preference keeps it."""

    blur: bool | None
    grey: bool | None
    holds: bool


def sent_veils(post: QueryDict) -> Wishes:
    """Read how someone wants hard content shown.

    Raises:
        BadPreference: a choice is missing or unknown.
    """
    sent = {name: str(post.get(name)) for name in ("blur", "grey", "look")}
    names = [name for name in ("blur", "grey") if sent[name] not in WISHES]
    names += ["look"] if sent["look"] not in {"hold", "press"} else []
    if names:
        raise BadPreference(fields=[(name, _("Choose one of those listed.")) for name in names])
    return Wishes(WISHES[sent["blur"]], WISHES[sent["grey"]], sent["look"] == "hold")


def sent_theme(post: QueryDict) -> str:
    """Read which theme someone wants.

    Raises:
        BadPreference: there is no such theme.
    """
    chosen = str(post.get("theme"))
    if chosen not in THEMES:
        raise BadPreference(fields=[("theme", _("Choose one of those listed."))])
    return chosen
