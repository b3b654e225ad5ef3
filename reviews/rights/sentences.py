"""Read a rule back in plain words."""

from collections.abc import Mapping
from decimal import Decimal

from .numbers import decimal, shortest
from .shape import Arm, Condition, Rule

_WORDS = {
    "=": "is",
    "!=": "is not",
    "<": "is below",
    "<=": "is at most",
    ">": "is above",
    ">=": "is at least",
    "in": "is one of",
    "not_in": "is none of",
    "contains": "contains",
}
_FOLDS = {"min": "the lowest", "max": "the highest", "count": "the number of"}
_COUNTS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def sentence(rule: Rule, names: Mapping[str, str] | None = None) -> str:
    """Read a routing rule: "When confidence is below 0.60, one reviewer in General decides".

    Args:
        rule: as published.
        names: names of the queues by slug; a queue without one is called by its slug.
    """
    if not rule.when:
        return f"Always {arm_sentence(rule.then, names)}"
    return f"When {' and '.join(_condition(part) for part in rule.when)}, {arm_sentence(rule.then, names)}"


def arm_sentence(arm: Arm, names: Mapping[str, str] | None = None) -> str:
    """Read what an arm does: "the model's answer is accepted and 15 % are audited"."""
    if arm.arm == "hold":
        return "the item is held"
    if arm.arm == "accept":
        return f"the model's answer is accepted{_share(arm.audit_rate, 'are audited')}"
    count = arm.decisions or 1
    people = "one reviewer" if count == 1 else f"{_COUNTS[count]} reviewers"
    queue = (names or {}).get(arm.queue or "") or (arm.queue or "").replace("-", " ").capitalize()
    skills = f" with {', '.join(arm.skills)}" if arm.skills else ""
    decides = "decides" if count == 1 else "decide"
    return f"{people} in {queue}{skills} {decides}{_share(arm.second_share, 'get a second look')}"


def _condition(condition: Condition) -> str:
    fold, _, rest = condition.field.rpartition(":")
    name = f"{_FOLDS[fold]} {rest}" if fold in _FOLDS else condition.field
    if condition.op == "exists":
        return f"{name} is {'there' if condition.value == 'true' else 'absent'}"
    value = ", ".join(condition.value) if isinstance(condition.value, tuple) else condition.value
    return f"{name} {_WORDS[condition.op]} {value}"


def _share(text: str | None, what: str) -> str:
    share = decimal(text or "0") or Decimal(0)
    return f" and {shortest(share * 100)} % {what}" if share else ""
