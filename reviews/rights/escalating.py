"""Which rule lifts an item to a higher level, and how long the clock waits at one."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

from .numbers import decimal, duration
from .shape import EscalationRule, Rights


def rules_above(rights: Rights, on: str, level: int) -> list[EscalationRule]:
    """List the rules of one event that lead higher than a level, the nearest level first."""
    found = [rule for rule in rights.escalation if rule.on == on and rule.to.level > level]
    return sorted(found, key=lambda rule: rule.to.level)


def rule_at_intake(rights: Rights, *, level: int, impact: str, cost: Decimal | None) -> EscalationRule | None:
    """Give the rule by which work opens higher than its route says: high impact, or a cost above the rule's."""
    found = rules_above(rights, "impact", level) if impact == "high" else []
    if cost is not None:
        found += [rule for rule in rules_above(rights, "cost", level) if cost > (decimal(rule.over or "0") or 0)]
    return max(found, key=lambda rule: rule.to.level, default=None)


def rules_of_labels(rights: Rights, *, level: int, output: Any) -> list[EscalationRule]:
    """List the rules that an answer's labels call for, the nearest level first."""
    given = set(labels_in(output))
    return [rule for rule in rules_above(rights, "label", level) if given & set(rule.labels or ())]


def rules_of_skips(rights: Rights, *, level: int, skips: int) -> list[EscalationRule]:
    """List the rules that this many skips of one task call for, the nearest level first."""
    return [rule for rule in rules_above(rights, "skips", level) if skips >= (rule.count or 1)]


def roles_told(rights: Rights, queue: str, rule: str | None = None) -> tuple[str, ...]:
    """List the roles that are told of what comes to a queue by a rule, or by any; in the order of the rules."""
    found = [row for row in rights.escalation if row.to.queue == queue and rule in (None, row.name)]
    return tuple(dict.fromkeys(role for row in found for role in row.to.notify))


def clock_waits(rights: Rights, *, level: int, escalated: bool) -> timedelta | None:
    """Say how long the clock waits for a task at a level; None where no rule lets it act.

    Above the last level that a rule names, a case that was escalated gets the wait of the highest rule once more: then
    there is nobody left to pass it to.
    """
    above = rules_above(rights, "overdue", level)
    if not above and escalated:
        above = rules_above(rights, "overdue", -1)[-1:]
    return duration(above[0].after) if above and above[0].after else None


def labels_in(output: Any) -> Iterator[str]:
    """Give every label that an output of any task type holds, on the whole or on a part."""
    if not isinstance(output, dict):
        return
    for name, value in output.items():
        for part in value if isinstance(value, list) else []:
            if name == "labels" and isinstance(part, str):
                yield part
            elif isinstance(part, dict):
                yield from labels_in({"labels": part.get("labels", [])})
                if isinstance(part.get("label"), str):
                    yield part["label"]
