"""The codes of the loop in words, for pages: rules, arms, verdicts, conditions, draws."""

from typing import Any

from django.utils.formats import localize
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from reviews.models import Impact, Kind, Source

RULES = {
    "otherwise": pgettext_lazy("rule", "No rule matched"),
    "high_impact": pgettext_lazy("rule", "High impact"),
    "no_confidence": pgettext_lazy("rule", "No confidence"),
    "switch": pgettext_lazy("rule", "The switch"),
    "unknown_label": pgettext_lazy("rule", "Unknown label"),
    "retired_label": pgettext_lazy("rule", "Retired label"),
}
HELD_AGAIN = {
    "unknown_label": gettext_lazy(
        "Held again: the model proposed a label that the taxonomy lacks. Add it there first."
    ),
    "nobody_left": gettext_lazy("Held again: everyone in its queue has had this item. Give someone else the role."),
    "": gettext_lazy("Held again: the decision rights or a switch hold it. The item's page says which."),
}
PURPOSES = {
    "audit": gettext_lazy("Audit"),
    "second": gettext_lazy("Second review"),
    "blind": gettext_lazy("Blind review"),
    "evaluation": gettext_lazy("Evaluation"),
    "fresh": gettext_lazy("Fresh sample"),
    "learning": gettext_lazy("Learning"),
    "gold": gettext_lazy("Gold"),
    "catch": gettext_lazy("Catch trial"),
}
FIELDS = {
    "confidence": pgettext_lazy("field", "confidence"),
    "impact": pgettext_lazy("field", "impact"),
    "cost": pgettext_lazy("field", "cost"),
    "units": pgettext_lazy("field", "units"),
    "model.name": pgettext_lazy("field", "model"),
    "model.version": pgettext_lazy("field", "model version"),
}
OPERATORS = {
    "=": "=",
    "!=": "≠",
    "<": "<",
    "<=": "≤",
    ">": ">",
    ">=": "≥",
    "in": pgettext_lazy("condition", "is one of"),
    "not_in": pgettext_lazy("condition", "is none of"),
    "contains": pgettext_lazy("condition", "contains"),
}
POSITIONS = {
    "normal": gettext_lazy("By the decision rights"),
    "all-to-people": gettext_lazy("Everything goes to people"),
    "hold-everything": gettext_lazy("Everything is held"),
}
WORDS: dict[str, dict[str, Any]] = {
    "arm": {
        "accept": pgettext_lazy("arm", "acceptance"),
        "review": pgettext_lazy("arm", "people"),
        "hold": pgettext_lazy("arm", "hold"),
    },
    "rule": RULES,
    "verdict": {
        "approve": gettext_lazy("Approved"),
        "correct": gettext_lazy("Corrected"),
        "reject": gettext_lazy("Rejected"),
        "escalate": gettext_lazy("Escalated"),
        "skip": gettext_lazy("Skipped"),
        "return": gettext_lazy("Returned"),
    },
    "kind": dict(Kind.choices),
    "source": dict(Source.choices),
    "reason": {
        "nobody_left": gettext_lazy("nobody is left to ask"),
        "unanswered": gettext_lazy("nobody answered in time, and there is no higher level"),
        "deadline": gettext_lazy("nobody had answered by its deadline"),
    },
    "on": {
        "asked": gettext_lazy("a person asked for it"),
        "overdue": gettext_lazy("nobody answered in time"),
        "disagreement": gettext_lazy("people disagree"),
        "label": gettext_lazy("the answer has a label that asks for it"),
        "skips": gettext_lazy("it was skipped again and again"),
        "impact": gettext_lazy("its impact is high"),
        "cost": gettext_lazy("its cost is high"),
        "deadline": gettext_lazy("its deadline passed"),
    },
    "how": {
        "answered": gettext_lazy("it was answered"),
        "covered": gettext_lazy("a version covers it now"),
        "withdrawn": gettext_lazy("whoever asked took it back"),
    },
    "ending": {
        "changed": gettext_lazy("the draft was changed"),
        "discarded": gettext_lazy("the draft was discarded"),
        "taken_back": gettext_lazy("it was taken back"),
    },
    "publishing": {
        "two": gettext_lazy("it takes two people"),
        "asked": gettext_lazy("somebody asks that one person be enough again"),
        "kept": gettext_lazy("it still takes two people"),
        "one": gettext_lazy("one person is enough"),
    },
    "why": {
        "superseded": gettext_lazy("another outcome is in force by now"),
        "rights_changed": gettext_lazy("the decision rights no longer let who put it forward"),
        "taxonomy_changed": gettext_lazy("the labels in force by now no longer allow its answer"),
    },
    "result": {
        "upheld": gettext_lazy("the outcome stands"),
        "overturned": gettext_lazy("another outcome supersedes it"),
    },
    "purpose": {
        "shadow": pgettext_lazy("prediction", "shadow"),
        "evaluation": pgettext_lazy("prediction", "evaluation"),
    },
    "finding": {
        "agrees": gettext_lazy("the same answer"),
        "differs": gettext_lazy("another answer"),
        "retired": gettext_lazy("another answer, since a label of the earlier one may not be said any more"),
    },
}


def rule_word(name: str) -> str:
    """Name a rule; those that hitl itself brings have words, a project's own its name."""
    return str(RULES.get(name, name))


def position_word(position: str) -> str:
    """Say where a switch stands."""
    return str(POSITIONS[position])


def purpose_word(purpose: str) -> str:
    """Name what a draw was for."""
    return str(PURPOSES.get(purpose, purpose))


def condition_words(field: str, op: str, value: Any) -> str:
    """Say a condition: its field, what it compares, with what."""
    named = str(FIELDS.get(field, field))
    if op == "exists":
        said = _("%(field)s is there") if value == "true" else _("%(field)s is not there")
        return said % {"field": named}
    return f"{named} {OPERATORS.get(op, op)} {value_words(value)}"


def value_words(value: Any) -> str:
    """Say a value of a condition, several with commas between them."""
    if isinstance(value, list | tuple):
        return ", ".join(map(value_words, value))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(Impact(value).label) if value in Impact.values else str(localize(value))
