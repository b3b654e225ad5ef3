"""Decision rights: read and check a document, route an item by it, make its draws. Pure: no clock, no database."""

from .calendars import DAYS, Calendar, all_work, later, working
from .changed import Changed, Sheet, band_of, changed_as_told, changed_of, read_changed, sheet_of, wilson
from .document import STARTING, load, read
from .draws import AT_INTAKE, REVEALED_AFTER, Draw, chance, drawn, draws, month_seed, seed_commitment, unit, units
from .escalating import clock_waits, roles_told, rule_at_intake, rules_above, rules_of_labels, rules_of_skips
from .estimating import Estimate, estimate
from .fields import Subject
from .numbers import duration
from .overriding import Asked, asked
from .replaying import UNKNOWN, Past, PastRouting, Place, happened, place_of
from .routing import SWITCH, Routed, Switch, intake_rates, route
from .sentences import arm_sentence, sentence
from .shape import ADJUDICATION, ROLES, VERDICTS, Arm, Condition, Disagreement, EscalationRule, Override, Rights, Rule
from .tallying import GONE, NONE, OTHER, Counts, Sample, Tally
from .thresholds import Counted, Share, arm_for_people, audit_rate_of, share, threshold_of, with_threshold

__all__ = [
    "ADJUDICATION",
    "AT_INTAKE",
    "DAYS",
    "GONE",
    "NONE",
    "OTHER",
    "REVEALED_AFTER",
    "ROLES",
    "STARTING",
    "SWITCH",
    "UNKNOWN",
    "VERDICTS",
    "Arm",
    "Asked",
    "Calendar",
    "Changed",
    "Condition",
    "Counted",
    "Counts",
    "Disagreement",
    "Draw",
    "EscalationRule",
    "Estimate",
    "Override",
    "Past",
    "PastRouting",
    "Place",
    "Rights",
    "Routed",
    "Rule",
    "Sample",
    "Share",
    "Sheet",
    "Subject",
    "Switch",
    "Tally",
    "all_work",
    "arm_for_people",
    "arm_sentence",
    "asked",
    "audit_rate_of",
    "band_of",
    "chance",
    "changed_as_told",
    "changed_of",
    "clock_waits",
    "drawn",
    "draws",
    "duration",
    "estimate",
    "happened",
    "intake_rates",
    "later",
    "load",
    "month_seed",
    "place_of",
    "read",
    "read_changed",
    "roles_told",
    "route",
    "rule_at_intake",
    "rules_above",
    "rules_of_labels",
    "rules_of_skips",
    "seed_commitment",
    "sentence",
    "share",
    "sheet_of",
    "threshold_of",
    "unit",
    "units",
    "wilson",
    "with_threshold",
    "working",
]
