"""Where an item goes: a pure function of the item, its prediction, the decision rights and the switch."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, NamedTuple

import msgspec

from .comparing import compare
from .fields import Subject
from .numbers import decimal
from .shape import Arm, Rights

Switch = Literal["normal", "all-to-people", "hold-everything"]
SWITCH = ("normal", "all-to-people", "hold-everything")
SEGMENT = re.compile(r"\{segments\.([^{}]+)\}")

_HOLD = Arm(arm="hold")


@dataclass(frozen=True, slots=True)
class Routed:
    """Why an item goes where it goes.

    `arm` is accept, review or hold. `rule` is the deciding rule's name, or `otherwise`, `high_impact`,
    `no_confidence`, `retired_label`, `switch`, `unknown_label`. `problem` says why doubt held the item:
    `unknown_label`, `type_mismatch`, `missing_segment`; or, of what is not held, `retired_label`; else None.
    `conditions` are all conditions read, in order, each with `rule`, `field`, `op`, `value`, `seen` and `result`.
    `queue`, `decisions` and `skills` (sorted) belong to a review, else None, 0 and (). `audit_rate` belongs to an
    accept and `second_share` to a review, 0 to 1, else 0.
    """

    arm: str
    rule: str
    problem: str | None
    conditions: list[dict[str, Any]]
    queue: str | None
    decisions: int
    skills: tuple[str, ...]
    audit_rate: Decimal
    second_share: Decimal


class _Choice(NamedTuple):
    rule: str
    arm: Arm
    problem: str | None = None


def route(subject: Subject, rights: Rights, switch: str) -> Routed:
    """Route an item.

    Rules are read top down, the first whose conditions all hold decides. A mismatch in any condition read holds the
    item under that rule's name. Then an accept gives way to `high_impact`, else to `no_confidence`, as it does where
    the prediction names a retired label; a review of a high-impact item takes at least `high_impact`'s decisions, and a
    hold stands. The switch comes last. A skill whose segment the item lacks holds it: nobody could be asked.

    Args:
        subject: the item and its prediction.
        rights: the published document, from `read` or `load`.
        switch: `normal`, `all-to-people` or `hold-everything`.

    Raises:
        ValueError: no such switch position.
    """
    if switch not in SWITCH:
        raise ValueError(f"no such switch position: {switch}")
    if subject.unknown_labels:
        return _routed(_Choice("unknown_label", _HOLD, "unknown_label"), [], subject)
    conditions: list[dict[str, Any]] = []
    choice = _by_rules(subject, rights, conditions)
    choice = _by_doubt(choice, subject, rights)
    choice = _by_switch(choice, rights, switch)
    return _routed(choice, conditions, subject)


def intake_rates(routed: Routed, rights: Rights) -> dict[str, Decimal]:
    """Give the rates of the draws that intake makes for a routed item, 0 to 1, by purpose."""
    return {"audit": routed.audit_rate, "second": routed.second_share, **rights.set_rates()}


def _by_rules(subject: Subject, rights: Rights, conditions: list[dict[str, Any]]) -> _Choice:
    """Read the rules and note each condition read."""
    for rule in rights.routing:
        results: list[bool | None] = []
        for part in rule.when:
            result, seen = compare(subject, part)
            results.append(result)
            value = list(part.value) if isinstance(part.value, tuple) else part.value
            conditions.append(  # in the order of RFC 8785, as they are read back
                {
                    "field": part.field,
                    "op": part.op,
                    "result": bool(result),
                    "rule": rule.name,
                    "seen": seen,
                    "value": value,
                }
            )
        if None in results:
            return _Choice(rule.name, _HOLD, "type_mismatch")
        if all(results):
            return _Choice(rule.name, rule.then)
    return _Choice("otherwise", rights.otherwise)


def _by_doubt(choice: _Choice, subject: Subject, rights: Rights) -> _Choice:
    """Send an accept to people where impact is high or nothing says how sure the model was."""
    high = rights.high_impact or rights.no_confidence
    if choice.arm.arm == "accept":
        if subject.impact == "high":
            return _Choice("high_impact", high)
        if subject.retired_labels:
            return _Choice("retired_label", rights.no_confidence)
        return _Choice("no_confidence", rights.no_confidence) if subject.confidence is None else choice
    if choice.arm.arm == "review" and subject.impact == "high":
        decisions = max(choice.arm.decisions or 1, high.decisions or 1)
        return choice._replace(arm=msgspec.structs.replace(choice.arm, decisions=decisions))
    return choice


def _by_switch(choice: _Choice, rights: Rights, switch: str) -> _Choice:
    """Apply the switch; what is held already keeps the name of what held it."""
    if switch == "hold-everything" and choice.arm.arm != "hold":
        return _Choice("switch", _HOLD)
    if switch == "all-to-people" and choice.arm.arm == "accept":
        return _Choice("switch", rights.no_confidence)
    return choice


def _routed(choice: _Choice, conditions: list[dict[str, Any]], subject: Subject) -> Routed:
    skills = _skills(choice.arm.skills or (), subject)
    if skills is None:
        choice, skills = _Choice(choice.rule, _HOLD, "missing_segment"), ()
    arm = choice.arm
    rests = subject.retired_labels and arm.arm != "hold"
    return Routed(
        arm=arm.arm,
        rule=choice.rule,
        problem="retired_label" if rests else choice.problem,
        conditions=conditions,
        queue=arm.queue,
        decisions=arm.decisions or 0,
        skills=skills,
        audit_rate=_rate(arm.audit_rate),
        second_share=_rate(arm.second_share),
    )


def _skills(templates: tuple[str, ...], subject: Subject) -> tuple[str, ...] | None:
    """Fill the segments into skill templates; None when the item lacks one or has it empty."""
    if not all(subject.segments.get(key) for template in templates for key in SEGMENT.findall(template)):
        return None
    return tuple(sorted({SEGMENT.sub(lambda key: subject.segments[key[1]], template) for template in templates}))


def _rate(text: str | None) -> Decimal:
    return (decimal(text) if text else None) or Decimal(0)
