"""Decision rights: read and check a document, route an item by it, make its draws. Pure: no clock, no database."""

from .document import load, read
from .draws import AT_INTAKE, Draw, drawn, draws, month_seed, seed_commitment, unit
from .fields import Subject
from .numbers import duration
from .overriding import Asked, asked
from .routing import SWITCH, Routed, Switch, intake_rates, route
from .sentences import arm_sentence, sentence
from .shape import ADJUDICATION, ROLES, VERDICTS, Arm, Condition, Override, Rights, Rule
from .thresholds import Counted, Share, audit_rate_of, share, threshold_of, with_threshold

__all__ = [
    "ADJUDICATION",
    "AT_INTAKE",
    "ROLES",
    "SWITCH",
    "VERDICTS",
    "Arm",
    "Asked",
    "Condition",
    "Counted",
    "Draw",
    "Override",
    "Rights",
    "Routed",
    "Rule",
    "Share",
    "Subject",
    "Switch",
    "arm_sentence",
    "asked",
    "audit_rate_of",
    "drawn",
    "draws",
    "duration",
    "intake_rates",
    "load",
    "month_seed",
    "read",
    "route",
    "seed_commitment",
    "sentence",
    "share",
    "threshold_of",
    "unit",
    "with_threshold",
]
