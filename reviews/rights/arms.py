"""What the arms of a document must satisfy, and how an arm is filled in."""

from collections.abc import Iterator, Mapping

import msgspec
from django.utils.translation import gettext as _

from .numbers import rate
from .routing import SEGMENT
from .shape import Arm, Rights
from .wire import Problem

ARMS = ("accept", "review", "hold")
MOST_DECISIONS, MOST_AT_ONCE, MOST_LANES, MOST_SKILLS = 9, 20, 64, 10
LONGEST_SKILL = 100

_OF_REVIEW = ("queue", "decisions", "second_share", "skills")
BELONGS = {"accept": ("audit_rate",), "review": _OF_REVIEW, "hold": ()}
_DEFAULTS: dict[str, Arm] = {
    "accept": Arm(arm="accept", audit_rate="0"),
    "review": Arm(arm="review", decisions=1, second_share="0", skills=()),
    "hold": Arm(arm="hold"),
}


def filled(arm: Arm) -> Arm:
    """Fill in what an arm leaves out; an unknown arm stays as it is."""
    default = _DEFAULTS.get(arm.arm, arm)
    given = {key: value for key in arm.__struct_fields__ if (value := getattr(arm, key)) is not None}
    return msgspec.structs.replace(default, **given)


def arm_problems(rights: Rights, queues: Mapping[str, int]) -> Iterator[Problem]:
    """Find what is wrong with any arm by itself, and accepts where a person must be asked."""
    for path, arm in rights.arms():
        if arm.arm not in ARMS:
            yield f"{path}.arm", _("Choose one of: %(known)s.") % {"known": ", ".join(ARMS)}
            continue
        yield from _strangers(arm, path)
        if arm.arm == "review":
            yield from _review(arm, path, queues)
        elif arm.audit_rate is not None and arm.arm == "accept":
            yield from _share(arm.audit_rate, f"{path}.audit_rate")
        if arm.arm == "accept" and path in ("no_confidence", "high_impact"):
            yield f"{path}.arm", _("Here a person must be asked or the item held; choose review or hold.")


def _strangers(arm: Arm, path: str) -> Iterator[Problem]:
    for key in ("audit_rate", *_OF_REVIEW):
        if getattr(arm, key) is not None and key not in BELONGS[arm.arm]:
            owner = "accept" if key == "audit_rate" else "review"
            named = {"key": key, "owner": owner, "arm": arm.arm}
            yield f"{path}.{key}", _("%(key)s belongs to the arm %(owner)s, not to %(arm)s; leave it out.") % named


def _review(arm: Arm, path: str, queues: Mapping[str, int]) -> Iterator[Problem]:
    if arm.queue is None:
        yield f"{path}.queue", _("A review needs a queue.")
    elif arm.queue not in queues:
        yield f"{path}.queue", _("There is no queue %(queue)s in this project.") % {"queue": repr(arm.queue)}
    if arm.decisions is not None and not 1 <= arm.decisions <= MOST_DECISIONS:
        yield f"{path}.decisions", _("A review takes 1 to %(n)d decisions.") % {"n": MOST_DECISIONS}
    yield from _share(arm.second_share or "0", f"{path}.second_share")
    skills = arm.skills or ()
    if len(skills) > MOST_SKILLS:
        yield f"{path}.skills", _("A review asks for at most %(n)d skills.") % {"n": MOST_SKILLS}
    for place, skill in enumerate(skills):
        yield from _skill(skill, f"{path}.skills[{place}]")


def _share(text: str, path: str) -> Iterator[Problem]:
    if rate(text) is None:
        yield path, _("Write a share from 0 to 1, as in 0.10.")


def _skill(skill: str, path: str) -> Iterator[Problem]:
    rest = SEGMENT.sub("x", skill)
    if "{" in rest or "}" in rest:
        yield path, _("A skill takes only segments in braces, as in lang:{segments.language}.")
    elif not rest.strip() or rest != rest.strip() or not rest.isprintable() or len(skill) > LONGEST_SKILL:
        yield path, _("A skill is 1 to %(n)d characters, without spaces around it.") % {"n": LONGEST_SKILL}


def decision_problems(rights: Rights) -> Iterator[Problem]:
    """Find out whether `disagreement.at_most` leaves room for the decisions that the arms ask for."""
    most = max(arm.decisions or 1 for _path, arm in rights.arms())
    at_most = rights.disagreement.at_most
    if not 1 <= at_most <= MOST_AT_ONCE:
        yield "disagreement.at_most", _("Write a number from 1 to %(n)d.") % {"n": MOST_AT_ONCE}
    elif at_most < most <= MOST_DECISIONS:
        yield "disagreement.at_most", _("An arm asks for %(n)d decisions; write at least %(n)d.") % {"n": most}


def lane_problems(rights: Rights) -> Iterator[Problem]:
    """Find queues that would get more than 64 lanes, one a set of skills."""
    lanes: dict[str, set[frozenset[str]]] = {}
    for path, arm in rights.arms():
        if arm.queue is None:
            continue
        sets = lanes.setdefault(arm.queue, set())
        sets.add(frozenset(arm.skills or ()))
        if len(sets) == MOST_LANES + 1:
            named = {"queue": repr(arm.queue), "n": MOST_LANES}
            said = _("The queue %(queue)s would get more than %(n)d lanes, one a skill set.") % named
            yield f"{path}.skills", said
