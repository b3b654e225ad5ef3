"""The names that the editor of decision rights gives to fields, and the words of their choices."""

from typing import Any

from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.models import Role

OPERATORS = {
    "=": pgettext_lazy("condition", "is"),
    "!=": pgettext_lazy("condition", "is not"),
    "<": pgettext_lazy("condition", "is below"),
    "<=": pgettext_lazy("condition", "is at most"),
    ">": pgettext_lazy("condition", "is above"),
    ">=": pgettext_lazy("condition", "is at least"),
    "in": pgettext_lazy("condition", "is one of"),
    "not_in": pgettext_lazy("condition", "is none of"),
    "contains": pgettext_lazy("condition", "contains"),
    "exists": pgettext_lazy("condition", "is there"),
}
LABELS: dict[str, Any] = {
    "name": gettext_lazy("Name"),
    "when": gettext_lazy("When all of this holds"),
    "field": gettext_lazy("Field"),
    "op": gettext_lazy("Comparison"),
    "value": gettext_lazy("Value"),
    "then": gettext_lazy("Then"),
    "arm": gettext_lazy("Then"),
    "audit_rate": gettext_lazy("Look again at"),
    "queue": gettext_lazy("Queue"),
    "queues": gettext_lazy("Queues"),
    "decisions": gettext_lazy("People who decide"),
    "second_share": gettext_lazy("Second look at"),
    "skills": gettext_lazy("Skills asked for"),
    "role": gettext_lazy("Role"),
    "roles": gettext_lazy("Roles"),
    "allow": gettext_lazy("May"),
    "reason_for": gettext_lazy("Needs a reason for"),
    "measure": gettext_lazy("Answers are compared by"),
    "agree_at": gettext_lazy("They agree from"),
    "match_at": gettext_lazy("Elements match from an overlap of"),
    "finally": gettext_lazy("At last"),
    "at_most": gettext_lazy("People asked at most"),
    "reason": gettext_lazy("A reason is required"),
    "second_person_when": gettext_lazy("A second person signs when all of this holds"),
    "on": gettext_lazy("On"),
    "after": gettext_lazy("After"),
    "labels": gettext_lazy("Labels"),
    "count": gettext_lazy("Skips of one item"),
    "over": gettext_lazy("Above a cost of"),
    "max_age": gettext_lazy("At most this long after release"),
    "notify": gettext_lazy("Tell"),
    "due_after": gettext_lazy("Due after"),
    "on_deadline": gettext_lazy("When the time to decide is up"),
    "blind": gettext_lazy("The model’s answer is hidden"),
    "correction": gettext_lazy("An answer that differs"),
    "gold_rate": gettext_lazy("Gold items"),
    "catch_rate": gettext_lazy("Catch trials"),
    "blind_rate": gettext_lazy("Blind reviews"),
    "evaluation_rate": gettext_lazy("Evaluation set"),
    "fresh_rate": gettext_lazy("Fresh set"),
    "release_after": gettext_lazy("A decision can be taken back for"),
    "lease": gettext_lazy("A claim lasts"),
    "most": gettext_lazy("Items at once, at most"),
}
HELPS: dict[str, Any] = {
    "skills": gettext_lazy("Parted by commas; a segment in braces stands for its value: lang:{segments.language}"),
    "decisions": gettext_lazy("How many must give the same answer"),
    "release_after": gettext_lazy("As in 15 s, 20 min, 4 h or 2 d"),
    "due_after": gettext_lazy("As in 20 min, 4 h or 2 d"),
    "lease": gettext_lazy("From the opening of an item"),
}
WORDS: dict[str, dict[str, Any]] = {
    "arm": {
        "accept": gettext_lazy("accept the model’s answer"),
        "review": gettext_lazy("people decide"),
        "hold": gettext_lazy("hold the item"),
    },
    "op": OPERATORS,
    "role": dict(Role.choices),
    "roles": dict(Role.choices),
    "verdicts": {
        "approve": pgettext_lazy("verdict", "Approve"),
        "correct": pgettext_lazy("verdict", "Correct"),
        "reject": pgettext_lazy("verdict", "Reject"),
        "escalate": pgettext_lazy("verdict", "Escalate"),
        "skip": pgettext_lazy("verdict", "Skip"),
    },
    "on": {
        "asked": gettext_lazy("a reviewer asks"),
        "overdue": gettext_lazy("a task is overdue"),
        "disagreement": gettext_lazy("people disagree"),
        "label": gettext_lazy("a label is answered"),
        "skips": gettext_lazy("a task was skipped"),
        "impact": gettext_lazy("impact is high"),
        "cost": gettext_lazy("the cost is high"),
    },
    "measure": {"exact": gettext_lazy("being the same")},
    "then": {"another": gettext_lazy("ask one more person"), "adjudicate": gettext_lazy("an adjudicator settles it")},
    "finally": {"adjudicate": gettext_lazy("an adjudicator settles it")},
    "on_deadline": {
        "escalate": gettext_lazy("escalate the item"),
        "hold": gettext_lazy("hold the item"),
        "withdraw": gettext_lazy("withdraw the item"),
    },
    "correction": {
        "supersede": gettext_lazy("becomes the outcome"),
        "record": gettext_lazy("is only recorded"),
    },
}
SAID = {
    "rate": gettext_lazy("Write a share from 0 to 100 %, as in 15 %."),
    "duration": gettext_lazy("Write a time of at most 400 days, as in 15 s, 20 min, 4 h or 2 d."),
}
"""What a field of a kind says instead of the check's own sentence, which speaks of the text of the document."""

ADD = {
    "routing": gettext_lazy("Add a rule"),
    "when": gettext_lazy("Add a condition"),
    "second_person_when": gettext_lazy("Add a condition"),
    "verdicts": gettext_lazy("Add a queue and role"),
    "overrides": gettext_lazy("Add an override"),
    "escalation": gettext_lazy("Add an escalation"),
    "service_levels": gettext_lazy("Add a service level"),
}
ROWS = {
    "routing": gettext_lazy("Rule"),
    "when": gettext_lazy("Condition"),
    "second_person_when": gettext_lazy("Condition"),
    "verdicts": gettext_lazy("Row"),
    "overrides": gettext_lazy("Override"),
    "escalation": gettext_lazy("Escalation"),
    "service_levels": gettext_lazy("Service level"),
}
HEADS = {
    "routing": gettext_lazy("Routing"),
    "otherwise": gettext_lazy("Otherwise"),
    "no_confidence": gettext_lazy("Without a confidence"),
    "high_impact": gettext_lazy("High impact"),
    "verdicts": gettext_lazy("Verdicts"),
    "disagreement": gettext_lazy("When people disagree"),
    "overrides": gettext_lazy("Overrides"),
    "escalation": gettext_lazy("Escalation"),
    "service_levels": gettext_lazy("Service levels"),
    "audit": gettext_lazy("Audit"),
    "quality": gettext_lazy("Quality"),
    "sets": gettext_lazy("Sets"),
    "batch": gettext_lazy("Batches"),
    "appeal": gettext_lazy("Appeals"),
    "times": gettext_lazy("Times and deadlines"),
}
HINTS = {
    "routing": gettext_lazy("Read from the top; the first that fits decides"),
    "otherwise": gettext_lazy("What no rule takes"),
    "no_confidence": gettext_lazy("Instead of accepting an item that came without a confidence"),
    "high_impact": gettext_lazy("Instead of accepting an item of high impact"),
    "verdicts": gettext_lazy("A queue without a row lets reviewers give every verdict"),
    "batch": gettext_lazy("Queues in which several proposals may be confirmed at once"),
}


def word(kind: str, code: str) -> str:
    """Say a choice in words; one without is said as it stands."""
    return str(WORDS.get(kind, {}).get(code, code.replace("_", " ")))


def label(key: str) -> str:
    """Name a field; one without a name is called by its key."""
    return str(LABELS.get(key) or key.replace("_", " ").capitalize())
