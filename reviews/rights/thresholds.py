"""Rights that have one threshold: reading it, moving it, and saying beforehand what share it sends to people."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import msgspec

from .fields import Subject
from .numbers import decimal, shortest
from .routing import route
from .shape import Arm, Condition, Rights, Rule

NAME = "Low confidence"

Counted = tuple[str | None, str, bool, int]
"""Items that routing treats alike: confidence as decimal text, impact, whether a label is unknown, how many."""


@dataclass(frozen=True, slots=True)
class Share:
    """Where counted items would go. `audited` is how many accepted ones are expected to be looked at again."""

    people: int
    accepted: int
    held: int
    unsure: int
    audited: Decimal

    @property
    def total(self) -> int:
        """All counted items."""
        return self.people + self.accepted + self.held


def threshold_of(rights: Rights) -> Decimal | None:
    """Give the confidence below which people decide: 0 nothing, 1 everything, None where rights have another shape."""
    otherwise = rights.otherwise.arm
    if not rights.routing:
        return {"accept": Decimal(0), "review": Decimal(1)}.get(otherwise)
    rule = rights.routing[0]
    if len(rights.routing) > 1 or len(rule.when) != 1 or (rule.then.arm, otherwise) != ("review", "accept"):
        return None
    part = rule.when[0]
    return decimal(str(part.value)) if (part.field, part.op) == ("confidence", "<") else None


def audit_rate_of(rights: Rights) -> Decimal:
    """Give the share of accepted items that are looked at again, 0 to 1."""
    return decimal(rights.otherwise.audit_rate or "0") or Decimal(0)


def arm_for_people(rights: Rights) -> Arm | None:
    """Give the arm that a threshold would send to people by; None where these rights name no queue for them."""
    arms = [*(rule.then for rule in rights.routing), rights.otherwise, rights.no_confidence]
    return next((arm for arm in arms if arm.arm == "review"), None)


def with_threshold(rights: Rights, threshold: Decimal, audit_rate: Decimal) -> dict[str, Any]:
    """Give the document with another threshold and audit rate, the rest as it stands; at 1 people decide everything.

    Raises:
        ValueError: these rights have another shape than one threshold.
    """
    if threshold_of(rights) is None:
        raise ValueError("these rights have more than one threshold")
    review = arm_for_people(rights)
    if review is None:
        raise ValueError("these rights name no queue that people decide in")
    name = rights.routing[0].name if rights.routing else NAME
    below = Condition("confidence", "<", shortest(threshold))
    rules = (Rule(name, (below,), review),) if 0 < threshold < 1 else ()
    otherwise = review if threshold >= 1 else Arm(arm="accept", audit_rate=shortest(audit_rate))
    changed = msgspec.structs.replace(rights, routing=rules, otherwise=otherwise)
    found: dict[str, Any] = msgspec.to_builtins(changed)
    return found


def share(counted: Sequence[Counted], rights: Rights, switch: str) -> Share:
    """Route each kind of counted item as intake would, and add up where they go."""
    totals = {"review": 0, "accept": 0, "hold": 0}
    unsure, audited = 0, Decimal(0)
    for confidence, impact, unknown, often in counted:
        sure = None if confidence is None else Decimal(confidence)
        routed = route(Subject(confidence=sure, impact=impact, unknown_labels=unknown), rights, switch)
        totals[routed.arm] += often
        unsure += often if routed.rule == "no_confidence" or (sure is None and routed.arm == "review") else 0
        audited += routed.audit_rate * often
    return Share(totals["review"], totals["accept"], totals["hold"], unsure, audited)
