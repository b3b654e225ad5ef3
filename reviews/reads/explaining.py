"""Why an item went where it went, in a sentence, with what anyone needs to redo it."""

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Project
from reviews.models import Impact, Item, Queue, Route, Seed
from reviews.reads.published import rights_of
from reviews.reads.words import position_word
from reviews.rights import REVEALED_AFTER, Arm, Rights, arm_sentence, sentence

HOLD = Arm(arm="hold")


@dataclass(frozen=True, slots=True)
class Redrawn:
    """One draw of a route and how to redo it. `revealed_on` is the day from which its seed is known, None: it is."""

    purpose: str
    pi: str
    drawn: bool
    revealed_on: dt.date | None
    script: str


@dataclass(frozen=True, slots=True)
class Explained:
    """Why the newest route took the item where it did: said in a sentence, with each condition that was read."""

    said: str
    arm: str
    rule: str
    conditions: list[dict[str, Any]]
    version: int
    digest: str
    draws: list[Redrawn]


def explained(item: Item, project: Project, *, draws: bool) -> Explained:
    """Explain an item's newest route; two statements, with `draws` three."""
    route = Route.objects.select_related("rights").filter(item=item).latest("number")
    names = dict(Queue.objects.filter(project=project).values_list("slug", "name"))
    rights = rights_of(bytes(route.rights.body))
    made = json.loads(route.draws) if draws else []
    seeds = {seed.month: seed for seed in Seed.objects.filter(project=project)} if made else {}
    return Explained(
        _said(route, rights, names, high=item.impact == Impact.HIGH),
        route.arm,
        route.rule,
        json.loads(route.conditions),
        route.rights.number,
        route.rights.digest,
        [_redrawn(draw, project, item.external_id, seeds.get(draw["month"])) for draw in made],
    )


def _said(route: Route, rights: Rights, names: dict[str, str], *, high: bool) -> str:
    """Say it in a sentence, or two where a high impact asks for more people than the rule."""
    if problem := _problem(route):
        return problem
    if route.rule == "otherwise":
        return _("No rule held, so %(arm)s.") % {"arm": arm_sentence(rights.otherwise, names)}
    if route.rule == "no_confidence":
        arm = arm_sentence(rights.no_confidence, names)
        return _("The rules let the model's answer pass, but it came without a confidence, so %(arm)s.") % {"arm": arm}
    if route.rule == "retired_label":
        arm = arm_sentence(rights.no_confidence, names)
        return _("The model proposed a label that may not be said any more, so %(arm)s.") % {"arm": arm}
    if route.rule == "high_impact":
        arm = arm_sentence(rights.high_impact or rights.no_confidence, names)
        return _("The rules let the model's answer pass, but its impact is high, so %(arm)s.") % {"arm": arm}
    if route.rule == "switch":
        arm = arm_sentence(HOLD if route.arm == "hold" else rights.no_confidence, names)
        position = position_word(route.switch)
        return _("The switch stood at “%(position)s”, so %(arm)s.") % {"position": position, "arm": arm}
    return _by_rule(route, rights, names, high=high)


def _by_rule(route: Route, rights: Rights, names: dict[str, str], *, high: bool) -> str:
    rule = next(one for one in rights.routing if one.name == route.rule)
    said = _("The rule “%(name)s” took it: “%(sentence)s”.") % {"name": rule.name, "sentence": sentence(rule, names)}
    least = (rights.high_impact or rights.no_confidence).decisions or 1
    if high and rule.then.arm == "review" and least > (rule.then.decisions or 1):
        said += " " + _("Its impact is high, so at least %(n)s people decide.") % {"n": least}
    return said


def _problem(route: Route) -> str:
    """Say why it is held on doubt; "" where it is not."""
    told = {
        "unknown_label": _("The model proposed a label that the project does not have, so the item is held."),
        "type_mismatch": _("The rule “%(name)s” compares a value that is not of its kind, so the item is held."),
        "missing_segment": _("The rule “%(name)s” asks for a skill by a segment that the item lacks, so it is held."),
        "too_many_lanes": _("The rule “%(name)s” asks for more kinds of skills than a queue takes, so it is held."),
        "nobody_left": _("Everyone who works there has had this item already, so it is held."),
    }
    return told[route.problem] % {"name": route.rule} if route.problem in told else ""


def _redrawn(draw: dict[str, Any], project: Project, external_id: str, seed: Seed | None) -> Redrawn:
    known = seed.seed if seed else None
    return Redrawn(
        draw["purpose"],
        draw["pi"],
        draw["drawn"],
        None if known else _revealed_on(draw["month"]),
        _script(draw, str(project.uuid), external_id, known, seed.commitment if seed else ""),
    )


def _revealed_on(month: str) -> dt.date:
    """Give the day on which a month's seed is revealed: a week after the month."""
    year, number = map(int, month.split("-"))
    following = dt.date(year + number // 12, number % 12 + 1, 1)
    return following + REVEALED_AFTER


def _script(draw: dict[str, Any], project: str, external_id: str, seed: str | None, commitment: str) -> str:
    """Write the few lines of Python that redo a draw."""
    words = json.dumps(["hitl-draw/v1", project, draw["purpose"], external_id])
    return f"""import hashlib, hmac
from fractions import Fraction
seed = bytes.fromhex("{seed or ""}")
assert hashlib.sha256(seed).hexdigest() == "{commitment}"
words = "\\x1f".join({words}).encode()
u = int.from_bytes(hmac.digest(seed, words, "sha256")[:8], "big")
print(u == 0x{draw["u"]}, u < int(Fraction("{draw["pi"]}") * 2**64))  # True {draw["drawn"]}"""
