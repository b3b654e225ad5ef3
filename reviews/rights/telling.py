"""A whole document read back in plain words: one sentence a row, told apart by what it is about.

Whatever the sentences leave out is added behind them as it stands, so that two documents which differ never read alike.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from .human import listed, percent_of, spoken
from .sentences import arm_sentence, conditions_sentence, sentence
from .shape import Arm, Audit, Disagreement, EscalationRule, Override, Rights, Rule, Verdicts

Names = Mapping[str, str]
_PLACE = re.compile(r"(\w+)(?:\[(\d+)\])?")

SECTIONS = {
    "routing": gettext_lazy("Routing"),
    "otherwise": gettext_lazy("Routing"),
    "no_confidence": gettext_lazy("Routing"),
    "high_impact": gettext_lazy("Routing"),
    "verdicts": gettext_lazy("Verdicts"),
    "disagreement": gettext_lazy("When people disagree"),
    "overrides": gettext_lazy("Overrides"),
    "escalation": gettext_lazy("Escalation"),
    "service_levels": gettext_lazy("Service levels"),
    "on_deadline": gettext_lazy("Service levels"),
    "audit": gettext_lazy("Audit and quality"),
    "quality": gettext_lazy("Audit and quality"),
    "sets": gettext_lazy("Audit and quality"),
    "release_after": gettext_lazy("Times"),
    "lease": gettext_lazy("Times"),
    "batch": gettext_lazy("Batches"),
}
PLACES = {
    "routing": gettext_lazy("Rule"),
    "otherwise": gettext_lazy("Otherwise"),
    "no_confidence": gettext_lazy("Without a confidence"),
    "high_impact": gettext_lazy("High impact"),
}
ROLES = {
    "reviewer": pgettext_lazy("in a rule", "reviewers"),
    "adjudicator": pgettext_lazy("in a rule", "adjudicators"),
    "operations": pgettext_lazy("in a rule", "operations"),
    "guideline_editor": pgettext_lazy("in a rule", "guideline editors"),
    "compliance": pgettext_lazy("in a rule", "compliance"),
    "records_officer": pgettext_lazy("in a rule", "records officers"),
}
VERDICTS = {
    "approve": pgettext_lazy("in a rule", "approve"),
    "correct": pgettext_lazy("in a rule", "correct"),
    "reject": pgettext_lazy("in a rule", "reject"),
    "escalate": pgettext_lazy("in a rule", "escalate"),
    "skip": pgettext_lazy("in a rule", "skip"),
}
EVENTS = {
    "asked": pgettext_lazy("escalation", "When a reviewer asks"),
    "overdue": pgettext_lazy("escalation", "When a task is overdue"),
    "disagreement": pgettext_lazy("escalation", "When people disagree"),
    "label": pgettext_lazy("escalation", "When the answer has a certain label"),
    "skips": pgettext_lazy("escalation", "When a task is skipped"),
    "impact": pgettext_lazy("escalation", "When impact is high"),
    "cost": pgettext_lazy("escalation", "When the cost is high"),
}
RATES = {
    "gold_rate": pgettext_lazy("rate", "Gold"),
    "catch_rate": pgettext_lazy("rate", "Catch trials"),
    "blind_rate": pgettext_lazy("rate", "Blind reviews"),
    "evaluation_rate": pgettext_lazy("rate", "Evaluation set"),
    "fresh_rate": pgettext_lazy("rate", "Fresh set"),
}
DEADLINES = {
    "escalate": gettext_lazy("When the time to decide is up, the item is escalated"),
    "hold": gettext_lazy("When the time to decide is up, the item is held"),
    "withdraw": gettext_lazy("When the time to decide is up, the item is withdrawn"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """One row of a document: `key` tells it from the others of its part, `queues` are those that it names."""

    part: str
    key: str
    sentence: str
    queues: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The name that people gave it, "" where rows of its part have none."""
        return self.key if self.part in ("routing", "overrides", "escalation") else ""

    @property
    def section(self) -> str:
        """The heading it stands under."""
        return str(SECTIONS.get(self.part, self.part.replace("_", " ").capitalize()))


def told(rights: Rights, names: Names) -> list[Told]:
    """Read a document back, row by row, in its order; `names` are those of queues by slug."""
    return [*_routing(rights, names), *_people(rights, names), *_rest(rights, names), *_strangers(rights)]


def _routing(rights: Rights, names: Names) -> Iterator[Told]:
    for rule in rights.routing:
        yield Told("routing", rule.name, sentence(rule, names), _queues(rule.then))
    doubt = rights.no_confidence
    rest = _("Otherwise %(arm)s") % {"arm": arm_sentence(rights.otherwise, names)}
    yield Told("otherwise", "", rest, _queues(rights.otherwise))
    unsure = _("Without a confidence %(arm)s") % {"arm": arm_sentence(doubt, names)}
    yield Told("no_confidence", "", unsure, _queues(doubt))
    high = rights.high_impact or doubt
    said = _("When impact is high and the model would decide, %(arm)s") % {"arm": arm_sentence(high, names)}
    yield Told("high_impact", "", said, _queues(high))


def _people(rights: Rights, names: Names) -> Iterator[Told]:
    for row in rights.verdicts:
        yield Told("verdicts", f"{row.queue} {row.role}", verdicts_sentence(row, names), (row.queue,))
    yield Told("disagreement", "", disagreement_sentence(rights.disagreement, names), (rights.disagreement.queue,))
    for override in rights.overrides:
        yield Told("overrides", override.name, override_sentence(override))
    for rule in rights.escalation:
        yield Told("escalation", rule.name, escalation_sentence(rule, names), (rule.to.queue,))


def _rest(rights: Rights, names: Names) -> Iterator[Told]:
    for level in rights.service_levels:
        said = _("In %(queue)s a task is due after %(time)s")
        values = {"queue": queue_name(level.queue, names), "time": spoken(level.due_after)}
        yield Told("service_levels", level.queue, said % values + _more(level, "queue", "due_after"), (level.queue,))
    yield Told("on_deadline", "", str(DEADLINES.get(rights.on_deadline, rights.on_deadline)))
    yield Told("audit", "", audit_sentence(rights.audit, names), (rights.audit.queue,))
    for part in ("quality", "sets"):
        yield Told(part, "", _rates(getattr(rights, part)))
    released = _("A decision can be taken back for %(time)s, then it is released")
    yield Told("release_after", "", released % {"time": spoken(rights.release_after)})
    yield Told("lease", "", _("A claim lasts %(time)s from its opening") % {"time": spoken(rights.lease)})
    if rights.batch is not None:
        queues = listed(queue_name(queue, names) for queue in rights.batch.queues)
        values = {"queues": queues, "most": str(rights.batch.most)}
        said = _("In %(queues)s up to %(most)s proposals may be confirmed at once") % values
        yield Told("batch", "", said, rights.batch.queues)


def _strangers(rights: Rights) -> Iterator[Told]:
    """Give what no sentence is made of as it stands."""
    for key in rights.__struct_fields__:
        value = getattr(rights, key)
        if key not in SECTIONS and key != "v" and value is not None:
            yield Told(key, "", f"{key.replace('_', ' ').capitalize()}: {plain(value)}")


def verdicts_sentence(row: Verdicts, names: Names) -> str:
    """Say what a role may decide in a queue."""
    values = {
        "role": ROLES.get(row.role, row.role),
        "queue": queue_name(row.queue, names),
        "verdicts": _words(row.allow, VERDICTS),
        "reasons": _words(row.reason_for, VERDICTS),
    }
    said = _("In %(queue)s %(role)s may %(verdicts)s") % values
    why = _(", with a reason for %(reasons)s") % values if row.reason_for else ""
    return said + why + _more(row, "queue", "role", "allow", "reason_for")


def disagreement_sentence(rule: Disagreement, names: Names) -> str:
    """Say when people agree and what follows where they do not."""
    values = {
        "measure": rule.measure.replace("_", " "),
        "share": percent_of(rule.agree_at),
        "most": rule.at_most,
        "queue": queue_name(rule.queue, names),
    }
    exact = rule.measure == "exact" and percent_of(rule.agree_at) == "100 %"
    when = _("Answers agree when they are the same") if exact else _("Answers agree from %(share)s of %(measure)s")
    after = (
        _("else another person is asked, up to %(most)s in all, then %(queue)s settles it")
        if rule.then == "another"
        else _("else %(queue)s settles it (at most %(most)s people are asked)")
    )
    known = ("measure", "agree_at", "then", "at_most", "finally_", "queue")
    return f"{when % values}; {after % values}{_more(rule, *known)}"


def override_sentence(row: Override) -> str:
    """Say who may put another outcome over one in force."""
    said = _("%(roles)s may override") % {"roles": _words(row.roles, ROLES).capitalize()}
    said += _(" when %(conditions)s") % {"conditions": conditions_sentence(row.when)} if row.when else ""
    said += _(", with a reason") if row.reason else _(", without a reason")
    if row.second_person_when:
        second = conditions_sentence(row.second_person_when)
        said += _("; a second person signs when %(conditions)s") % {"conditions": second}
    return said + _more(row, "name", "roles", "when", "reason", "second_person_when")


def escalation_sentence(rule: EscalationRule, names: Names) -> str:
    """Say when an item climbs, where to, and who is told."""
    said = str(EVENTS.get(rule.on, rule.on))
    said += _(" for %(time)s") % {"time": spoken(rule.after)} if rule.after else ""
    values = {"queue": queue_name(rule.to.queue, names), "level": rule.to.level}
    said += _(", it goes to %(queue)s at level %(level)s") % values
    if rule.to.notify:
        said += _(", and %(roles)s are told") % {"roles": _words(rule.to.notify, ROLES)}
    return said + _more(rule, "name", "on", "to", "after") + _more(rule.to, "level", "queue", "notify")


def audit_sentence(audit: Audit, names: Names) -> str:
    """Say where audits go, and what one that differs does."""
    values = {"queue": queue_name(audit.queue, names)}
    said = _("Audits go to %(queue)s") % values
    said += _(", the model’s answer hidden") if audit.blind else _(", the model’s answer shown")
    differs = {
        "supersede": _("; an answer that differs becomes the outcome"),
        "record": _("; an answer that differs is only recorded"),
    }
    return said + differs.get(audit.correction, f"; {audit.correction}") + _more(audit, "queue", "blind", "correction")


def queue_name(slug: str, names: Names) -> str:
    """Name a queue; one without a name is called by its slug."""
    return names.get(slug) or slug.replace("-", " ").capitalize()


def place_words(path: str) -> str:
    """Name a place of a document as its editor does: `routing[1].then.queue` is "Routing 2"."""
    found = _PLACE.match(path)
    if found is None:
        return ""
    head = str(PLACES.get(found[1]) or SECTIONS.get(found[1]) or found[1].replace("_", " ").capitalize())
    return f"{head} {int(found[2]) + 1}" if found[2] else head


def _queues(arm: Arm) -> tuple[str, ...]:
    return (arm.queue,) if arm.queue else ()


def _words(codes: tuple[str, ...], words: Mapping[str, Any]) -> str:
    return listed(str(words.get(code, code)) for code in codes)


def _rates(part: msgspec.Struct) -> str:
    """Say rates one after the other."""
    return "; ".join(
        f"{RATES.get(key) or key.removesuffix('_rate').replace('_', ' ').capitalize()}: "
        f"{percent_of(value) if isinstance(value, str) else plain(value)}"
        for key in part.__struct_fields__
        if (value := getattr(part, key)) is not None
    )


def _more(part: msgspec.Struct, *known: str) -> str:
    """Add what a sentence leaves out, where it is something else than its default."""
    found = [(key, getattr(part, key)) for key in part.__struct_fields__ if key not in known]
    return "".join(f"; {key.replace('_', ' ')}: {plain(value)}" for key, value in found if value not in (None, ()))


def plain(value: Any) -> str:
    """Write any value of a document in one line, as it stands, without brackets."""
    tree = msgspec.to_builtins(value)
    if isinstance(tree, dict):
        return listed(f"{key.replace('_', ' ')} {plain(part)}" for key, part in tree.items() if part is not None)
    if isinstance(tree, list | tuple):
        return listed(map(plain, tree))
    if isinstance(tree, bool):
        return _("yes") if tree else _("no")
    return spoken(str(tree))


_OF_ROWS: dict[str, tuple[type[msgspec.Struct], Callable[[Any, Names], str]]] = {
    "routing": (Rule, sentence),
    "verdicts": (Verdicts, verdicts_sentence),
    "overrides": (Override, lambda row, names: override_sentence(row)),
    "escalation": (EscalationRule, escalation_sentence),
    "otherwise": (Arm, arm_sentence),
    "no_confidence": (Arm, arm_sentence),
    "high_impact": (Arm, arm_sentence),
    "disagreement": (Disagreement, disagreement_sentence),
    "audit": (Audit, audit_sentence),
}


def row_sentence(part: str, row: Any, names: Names) -> str:
    """Read one row of a document that is still being written; "" where it cannot be read yet, or needs no sentence."""
    if part not in _OF_ROWS or row is None:
        return ""
    shape, say = _OF_ROWS[part]
    try:
        return say(msgspec.convert(row, shape), names)
    except (msgspec.ValidationError, KeyError, IndexError):
        return ""
