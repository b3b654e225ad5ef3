"""What decision rights must satisfy before they are published: every problem, with its path and a sentence."""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence

from django.utils.translation import gettext as _

from reviews.wire.decisions import MOST_IN_A_BATCH

from .arms import arm_problems, decision_problems, lane_problems
from .conditions import conditions_problems
from .measures import measure_problems
from .numbers import decimal, duration, rate
from .shape import ADJUDICATION, ROLES, VERDICTS, EscalationRule, Override, Rights, Rule, Verdicts
from .wire import Problem

RESERVED = ("otherwise", "high_impact", "no_confidence", "switch", "unknown_label", "retired_label")
MOST_RULES = 200
EVENTS = ("asked", "overdue", "disagreement", "label", "skips", "impact", "cost")
NEEDS = {"overdue": "after", "label": "labels", "skips": "count", "cost": "over"}
MOST_SKIPS = 100


def problems_in(rights: Rights, queues: Mapping[str, int], task_type: str | None = None) -> Iterator[Problem]:
    """Find everything that keeps a document from being published.

    Args:
        rights: of the right shape, defaults filled in.
        queues: level of each queue of the project, by slug.
        task_type: the project's, which says what measures fit; None where no project is known.
    """
    if rights.v != 1:
        yield "v", _("Version 1 is the only one there is.")
    if len(rights.routing) > MOST_RULES:
        yield "routing", _("Routing takes at most %(n)d rules.") % {"n": MOST_RULES}
    yield from _names("routing", [rule.name for rule in rights.routing], RESERVED)
    for place, rule in enumerate(rights.routing):
        yield from _rule(rule, f"routing[{place}]")
    yield from arm_problems(rights, queues)
    yield from decision_problems(rights)
    yield from lane_problems(rights)
    yield from _verdicts(rights.verdicts, queues)
    yield from _disagreement(rights, queues, task_type)
    yield from _overrides(rights.overrides)
    yield from _escalation(rights.escalation, queues)
    yield from _service_levels(rights, queues)
    yield from _audit(rights, queues)
    yield from _quality_and_sets(rights)
    yield from _times(rights)
    yield from _batch(rights, queues)
    if rights.appeal is not None:
        yield from _queue(rights.appeal.queue, "appeal.queue", queues)


def _rule(rule: Rule, path: str) -> Iterator[Problem]:
    yield from conditions_problems(rule.when, f"{path}.when")


def _names(path: str, names: list[str], reserved: tuple[str, ...] = ()) -> Iterator[Problem]:
    for place, name in enumerate(names):
        where = f"{path}[{place}].name"
        if not name.strip() or name != name.strip() or len(name) > 100 or not name.isprintable():
            yield where, _("A name is 1 to 100 characters, without spaces around it.")
        if name in reserved:
            yield where, _("The name %(name)s is reserved; choose another.") % {"name": repr(name)}
    for place in repeated(names):
        said = _("The name %(name)s stands here twice; names tell rules apart.") % {"name": repr(names[place])}
        yield f"{path}[{place}].name", said


def repeated(values: Sequence[Hashable]) -> Iterator[int]:
    """Find the places whose value stood earlier already."""
    earlier: set[Hashable] = set()
    for place, value in enumerate(values):
        if value in earlier:
            yield place
        earlier.add(value)


def _twice(value: str) -> str:
    return _("%(value)s stands here twice.") % {"value": repr(value)}


def _queue(queue: str, path: str, queues: Mapping[str, int]) -> Iterator[Problem]:
    if queue not in queues:
        yield path, _("There is no queue %(queue)s in this project.") % {"queue": repr(queue)}


def _one_of(value: str, known: Iterable[str], path: str) -> Iterator[Problem]:
    if value not in known:
        yield path, _("Choose one of: %(known)s.") % {"known": ", ".join(known)}


def _several_of(values: tuple[str, ...], known: tuple[str, ...], path: str) -> Iterator[Problem]:
    for place, value in enumerate(values):
        yield from _one_of(value, known, f"{path}[{place}]")
    for place in repeated(values):
        yield f"{path}[{place}]", _twice(values[place])


def _verdicts(rows: tuple[Verdicts, ...], queues: Mapping[str, int]) -> Iterator[Problem]:
    for place, row in enumerate(rows):
        path = f"verdicts[{place}]"
        yield from _queue(row.queue, f"{path}.queue", queues)
        yield from _acting_role(row.role, f"{path}.role")
        yield from _several_of(row.allow, VERDICTS, f"{path}.allow")
        yield from _several_of(row.reason_for, VERDICTS, f"{path}.reason_for")
        if not row.allow:
            yield f"{path}.allow", _("Allow at least one verdict, or leave the row out.")
    for place in repeated([(row.queue, row.role) for row in rows]):
        yield f"verdicts[{place}]", _("This queue and role stand here twice.")


def _acting_role(role: str, path: str) -> Iterator[Problem]:
    yield from _one_of(role, ROLES, path)
    if role == "compliance":
        yield path, _("Compliance reads and exports everything and changes nothing; choose another role.")


def _disagreement(rights: Rights, queues: Mapping[str, int], task_type: str | None) -> Iterator[Problem]:
    rule = rights.disagreement
    yield from measure_problems(rule, task_type)
    yield from _one_of(rule.then, ("another", "adjudicate"), "disagreement.then")
    yield from _one_of(rule.finally_, ("adjudicate",), "disagreement.finally")
    yield from _queue(rule.queue, "disagreement.queue", queues)


def _overrides(rows: tuple[Override, ...]) -> Iterator[Problem]:
    yield from _names("overrides", [row.name for row in rows])
    for place, row in enumerate(rows):
        path = f"overrides[{place}]"
        if not row.roles:
            yield f"{path}.roles", _("Name at least one role.")
        for number, role in enumerate(row.roles):
            yield from _acting_role(role, f"{path}.roles[{number}]")
        for key, conditions in (("when", row.when), ("second_person_when", row.second_person_when)):
            yield from conditions_problems(conditions, f"{path}.{key}")
        if row.max_age is not None:
            yield from _duration(row.max_age, f"{path}.max_age")


def _escalation(rows: tuple[EscalationRule, ...], queues: Mapping[str, int]) -> Iterator[Problem]:
    yield from _names("escalation", [row.name for row in rows])
    for place, row in enumerate(rows):
        path = f"escalation[{place}]"
        yield from _one_of(row.on, EVENTS, f"{path}.on")
        for event, key in NEEDS.items():
            if row.on in EVENTS and row.on != event and getattr(row, key) is not None:
                yield f"{path}.{key}", _("This belongs to a rule on %(event)s; leave this out.") % {"event": event}
        yield from _needed(row, path)
        yield from _queue(row.to.queue, f"{path}.to.queue", queues)
        if (level := queues.get(row.to.queue, row.to.level)) != row.to.level:
            named = {"queue": repr(row.to.queue), "level": level}
            yield f"{path}.to.level", _("The queue %(queue)s stands at level %(level)s.") % named
        yield from _several_of(row.to.notify, ROLES, f"{path}.to.notify")


def _needed(row: EscalationRule, path: str) -> Iterator[Problem]:
    """Find what a rule's own key lacks."""
    over = decimal(row.over) if row.over is not None else None
    if row.on == "overdue" and row.after is None:
        yield f"{path}.after", _("Say how long after it is due, as in PT4H.")
    elif row.on == "overdue":
        yield from _duration(str(row.after), f"{path}.after")
    elif row.on == "label" and not row.labels:
        yield f"{path}.labels", _("Name at least one label.")
    elif row.on == "skips" and (row.count is None or not 1 <= row.count <= MOST_SKIPS):
        yield f"{path}.count", _("Say after how many skips of one item, 1 to %(n)d.") % {"n": MOST_SKIPS}
    elif row.on == "cost" and (over is None or over < 0):
        yield f"{path}.over", _("Say above which cost, as in 1000.00.")
    for place in repeated(row.labels or ()):
        yield f"{path}.labels[{place}]", _twice((row.labels or ())[place])


def _service_levels(rights: Rights, queues: Mapping[str, int]) -> Iterator[Problem]:
    for place, level in enumerate(rights.service_levels):
        path = f"service_levels[{place}]"
        yield from _queue(level.queue, f"{path}.queue", queues)
        yield from _duration(level.due_after, f"{path}.due_after")
    for place in repeated([level.queue for level in rights.service_levels]):
        yield f"service_levels[{place}].queue", _("This queue stands here twice.")
    yield from _one_of(rights.on_deadline, ("escalate", "hold", "withdraw"), "on_deadline")


def _batch(rights: Rights, queues: Mapping[str, int]) -> Iterator[Problem]:
    if rights.batch is None:
        return
    if not 1 <= rights.batch.most <= MOST_IN_A_BATCH:
        yield "batch.most", _("A batch takes 1 to %(n)d items.") % {"n": MOST_IN_A_BATCH}
    if not rights.batch.queues:
        yield "batch.queues", _("Name at least one queue, or leave batch out.")
    for place, queue in enumerate(rights.batch.queues):
        yield from _queue(queue, f"batch.queues[{place}]", queues)
        if queue == ADJUDICATION:
            yield f"batch.queues[{place}]", _("Disagreements are settled one by one; name another queue.")
    for place in repeated(rights.batch.queues):
        yield f"batch.queues[{place}]", _twice(rights.batch.queues[place])


def _audit(rights: Rights, queues: Mapping[str, int]) -> Iterator[Problem]:
    yield from _queue(rights.audit.queue, "audit.queue", queues)
    yield from _one_of(rights.audit.correction, ("supersede", "record"), "audit.correction")


def _quality_and_sets(rights: Rights) -> Iterator[Problem]:
    quality, sets = rights.quality, rights.sets
    for key in ("gold_rate", "catch_rate", "blind_rate"):
        if (value := rate(getattr(quality, key))) is None:
            yield f"quality.{key}", _("Write a share from 0 to 1.")
        elif value > 0:
            yield f"quality.{key}", _later(_("A %(rate)s above 0") % {"rate": key.replace("_", " ")})
    if quality.pause is not None:
        yield "quality.pause", _later(_("A pause"))
    if rights.ladder is not None:
        yield "ladder", _later(_("A ladder"))
    for key in ("evaluation_rate", "fresh_rate"):
        if rate(getattr(sets, key)) is None:
            yield f"sets.{key}", _("Write a share from 0 to 1.")


def _later(what: str) -> str:
    return _("%(what)s comes with a later version; leave it out.") % {"what": what}


def _times(rights: Rights) -> Iterator[Problem]:
    yield from _duration(rights.release_after, "release_after")
    yield from _duration(rights.lease, "lease")


def _duration(text: str, path: str) -> Iterator[Problem]:
    try:
        duration(text)
    except ValueError as problem:
        yield path, str(problem)
