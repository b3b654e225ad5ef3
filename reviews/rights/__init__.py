"""Decision rights: read and check a document, route an item by it, make its draws. Pure: no clock, no database."""

from .calendars import DAYS, Calendar, later, working
from .document import load, read
from .draws import AT_INTAKE, Draw, drawn, draws, month_seed, seed_commitment, unit
from .escalating import clock_waits, rule_at_intake, rule_of_labels, rule_of_skips, rules_above
from .fields import Subject
from .numbers import duration
from .routing import SWITCH, Routed, Switch, intake_rates, route
from .sentences import arm_sentence, sentence
from .shape import ADJUDICATION, ROLES, VERDICTS, Arm, Condition, EscalationRule, Rights, Rule
from .thresholds import Counted, Share, audit_rate_of, share, threshold_of, with_threshold

__all__ = [
    "ADJUDICATION",
    "AT_INTAKE",
    "DAYS",
    "ROLES",
    "SWITCH",
    "VERDICTS",
    "Arm",
    "Calendar",
    "Condition",
    "Counted",
    "Draw",
    "EscalationRule",
    "Rights",
    "Routed",
    "Rule",
    "Share",
    "Subject",
    "Switch",
    "arm_sentence",
    "audit_rate_of",
    "clock_waits",
    "drawn",
    "draws",
    "duration",
    "intake_rates",
    "later",
    "load",
    "month_seed",
    "read",
    "route",
    "rule_at_intake",
    "rule_of_labels",
    "rule_of_skips",
    "rules_above",
    "seed_commitment",
    "sentence",
    "share",
    "threshold_of",
    "unit",
    "with_threshold",
    "working",
]
