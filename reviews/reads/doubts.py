"""What is odd in decision rights that may be published all the same: said beside the row, never in the way."""

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Membership, Project, Role
from reviews.models import Queue
from reviews.rights import Rights
from reviews.rights.human import listed
from reviews.rights.numbers import decimal
from reviews.rights.reaching import takers_of_the_rest, unreached
from reviews.rights.routing import SEGMENT
from reviews.rights.telling import queue_name

Doubt = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody with a role and skills at this moment."""

    person: int
    role: str
    skills: frozenset[str]


def members(project: Project, at: dt.datetime) -> list[Member]:
    """Read who has which role and skills in a project; one statement."""
    rows = Membership.objects.standing(at).filter(project=project).values_list("person_id", "role", "skills")
    return [Member(person, role, frozenset(skills)) for person, role, skills in rows]


def doubts(rights: Rights, queues: Sequence[Queue], team: Collection[Member]) -> list[Doubt]:
    """Find what is odd, as (path, sentence) pairs."""
    return [*_reach(rights), *_queues(rights, queues, team), *_roles(rights, team), *_claims(rights)]


def able(rights: Rights, queue: str, skills: Collection[str], team: Collection[Member]) -> set[int]:
    """Give the people who can work a queue's tasks with these skills; those that a segment names are not asked for."""
    roles = {row.role for row in rights.verdicts if row.queue == queue}
    wanted = {skill for skill in skills if not SEGMENT.search(skill)}
    return {one.person for one in team if one.role in roles and wanted <= one.skills}


def _reach(rights: Rights) -> Iterator[Doubt]:
    for found in unreached(rights.routing):
        if not found.by:
            yield f"routing[{found.place}]", _("Never reached: its conditions cannot hold together.")
        else:
            yield f"routing[{found.place}]", _taken(found.by)
    rest = takers_of_the_rest(rights.routing)
    if rest is not None:
        yield "otherwise", _taken(rest)


def _taken(by: tuple[int, ...]) -> str:
    numbers = ", ".join(str(place + 1) for place in by)
    return ngettext(
        "Never reached: rule %(numbers)s takes all of these.",
        "Never reached: rules %(numbers)s take all of these.",
        len(by),
    ) % {"numbers": numbers}


def _queues(rights: Rights, queues: Sequence[Queue], team: Collection[Member]) -> Iterator[Doubt]:
    known = {queue.slug: queue for queue in queues}
    names = {queue.slug: queue.name for queue in queues}
    asked = [(f"{path}.queue", arm.queue, arm.skills or (), arm.decisions or 1) for path, arm in rights.arms()]
    asked += [("disagreement.queue", rights.disagreement.queue, (), 1), ("audit.queue", rights.audit.queue, (), 1)]
    asked += [(f"escalation[{place}].to.queue", rule.to.queue, (), 1) for place, rule in enumerate(rights.escalation)]
    for path, slug, skills, wanted in asked:
        if slug is None or slug not in known:
            continue
        wants = [*skills, *known[slug].skills]
        there = len(able(rights, slug, wants, team))
        values = {"queue": queue_name(slug, names), "n": there, "wanted": wanted, "skills": listed(wants)}
        if not there:
            without = _("Nobody can work in %(queue)s: no member has a role that decides there.")
            skilled = _("Nobody can work in %(queue)s: no member has a role that decides there and %(skills)s.")
            yield path, (skilled if wants else without) % values
        elif there < wanted:
            yield path, _("%(wanted)s people are asked, and only %(n)s can work in %(queue)s.") % values


def _roles(rights: Rights, team: Collection[Member]) -> Iterator[Doubt]:
    held = {one.role for one in team}
    named: list[tuple[str, tuple[str, ...]]]
    named = [(f"verdicts[{place}].role", (row.role,)) for place, row in enumerate(rights.verdicts)]
    named += [(f"overrides[{place}].roles", row.roles) for place, row in enumerate(rights.overrides)]
    named += [(f"escalation[{place}].to.notify", row.to.notify) for place, row in enumerate(rights.escalation)]
    for path, roles in named:
        missing = [str(Role(role).label) for role in roles if role not in held and role in Role.values]
        if missing:
            yield path, _("Nobody holds this role now: %(roles)s.") % {"roles": listed(missing)}


def _claims(rights: Rights) -> Iterator[Doubt]:
    """Find accepts of which nobody would ever know how often they are wrong."""
    rates = [getattr(part, key) for part in (rights.quality, rights.sets) for key in part.__struct_fields__]
    if any(isinstance(rate, str) and decimal(rate) for rate in rates):
        return
    for path, arm in rights.arms():
        if arm.arm == "accept" and not decimal(arm.audit_rate or "0"):
            yield (
                f"{path}.audit_rate",
                _("Nothing of this is looked at again, so nobody can say how often the model is wrong here."),
            )
