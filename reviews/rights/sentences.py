"""Read a rule back in plain words."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from .numbers import decimal, shortest
from .shape import Arm, Condition, Rule

_WORDS = {
    "=": gettext_lazy("%(name)s is %(value)s"),
    "!=": gettext_lazy("%(name)s is not %(value)s"),
    "<": gettext_lazy("%(name)s is below %(value)s"),
    "<=": gettext_lazy("%(name)s is at most %(value)s"),
    ">": gettext_lazy("%(name)s is above %(value)s"),
    ">=": gettext_lazy("%(name)s is at least %(value)s"),
    "in": gettext_lazy("%(name)s is one of %(value)s"),
    "not_in": gettext_lazy("%(name)s is none of %(value)s"),
    "contains": gettext_lazy("%(name)s contains %(value)s"),
}
_FOLDS = {
    "min": gettext_lazy("the lowest %(name)s"),
    "max": gettext_lazy("the highest %(name)s"),
    "count": gettext_lazy("the number of %(name)s"),
}
_NAMES = {"confidence": pgettext_lazy("in a rule", "confidence"), "impact": pgettext_lazy("in a rule", "impact")}
_IMPACTS = {"normal": pgettext_lazy("impact in a rule", "normal"), "high": pgettext_lazy("impact in a rule", "high")}
_COUNTS = (
    gettext_lazy("one reviewer"),
    gettext_lazy("two reviewers"),
    gettext_lazy("three reviewers"),
    gettext_lazy("four reviewers"),
    gettext_lazy("five reviewers"),
    gettext_lazy("six reviewers"),
    gettext_lazy("seven reviewers"),
    gettext_lazy("eight reviewers"),
    gettext_lazy("nine reviewers"),
)


def sentence(rule: Rule, names: Mapping[str, str] | None = None) -> str:
    """Read a routing rule: "When confidence is below 0.60, one reviewer in General decides".

    Args:
        rule: as published.
        names: names of the queues by slug; a queue without one is called by its slug.
    """
    arm = arm_sentence(rule.then, names)
    if not rule.when:
        return _("Always %(arm)s") % {"arm": arm}
    return _("When %(conditions)s, %(arm)s") % {"conditions": conditions_sentence(rule.when), "arm": arm}


def conditions_sentence(conditions: Sequence[Condition]) -> str:
    """Read conditions that must all hold: "confidence is below 0.60 and impact is high"."""
    return _(" and ").join(_condition(part) for part in conditions)


def arm_sentence(arm: Arm, names: Mapping[str, str] | None = None) -> str:
    """Read what an arm does: "the model's answer is accepted and 15 % are audited"."""
    if arm.arm == "hold":
        return _("the item is held")
    if arm.arm == "accept":
        accepted = _("the model's answer is accepted")
        audited = _share(arm.audit_rate)
        return accepted + (_(" and %(share)s %% are audited") % {"share": audited} if audited else "")
    return _asked(arm, names or {})


def _asked(arm: Arm, names: Mapping[str, str]) -> str:
    count = arm.decisions or 1
    queue = names.get(arm.queue or "") or (arm.queue or "").replace("-", " ").capitalize()
    skills = _(" with %(skills)s") % {"skills": ", ".join(arm.skills)} if arm.skills else ""
    told = (
        _("%(people)s in %(queue)s%(skills)s decides") if count == 1 else _("%(people)s in %(queue)s%(skills)s decide")
    )
    again = _share(arm.second_share)
    looks = _(" and %(share)s %% get a second look") % {"share": again} if again else ""
    return told % {"people": _COUNTS[count - 1], "queue": queue, "skills": skills} + looks


def _condition(condition: Condition) -> str:
    fold, _colon, rest = condition.field.rpartition(":")
    name = str(_NAMES.get(condition.field, condition.field))
    if fold in _FOLDS:
        name = _FOLDS[fold] % {"name": rest}
    if condition.op == "exists":
        there = _("%(name)s is there") if condition.value == "true" else _("%(name)s is absent")
        return there % {"name": name}
    values = condition.value if isinstance(condition.value, tuple) else (condition.value,)
    words = _IMPACTS if condition.field == "impact" else {}
    return _WORDS[condition.op] % {"name": name, "value": ", ".join(str(words.get(one or "", one)) for one in values)}


def _share(text: str | None) -> str:
    share = decimal(text or "0") or Decimal(0)
    return shortest(share * 100) if share else ""
