"""Who is told of something outside the pages: only who may see it, and only what they may see of it."""

import datetime as dt
from collections.abc import Collection
from enum import Enum

from accounts.errors import Forbidden
from accounts.models import Role
from accounts.reads import Actor
from audit.errors import Refusal
from reviews.models import Notice, Queue, SeatState, TaskState, Why
from reviews.policies.judging import leave_to_sign
from reviews.policies.parts import has_part, withheld
from reviews.policies.places import workable
from reviews.policies.roles import may_be_asked, may_browse
from reviews.rights import Rights, roles_told


class Sees(Enum):
    """What somebody is told of: nothing, that something waits in a queue, or which item."""

    NOTHING = "nothing"
    QUEUE = "queue"
    ITEM = "item"


def told_of_hold(rights: Rights, queue: str) -> tuple[str, ...]:
    """List the roles that are told when an item is held: whoever routes it again, and whom its last level names."""
    return tuple(dict.fromkeys([Role.OPERATIONS.value, *roles_told(rights, queue)]))


def still_theirs(notice: Notice, *, roles: Collection[str], by: Actor, at: dt.datetime) -> Sees:
    """Say what somebody may be told by a notice at this instant, in the `roles` that they have in its project now.

    Nothing, where it was settled, is in somebody's hands, or is no longer theirs.
    """
    if not roles or (notice.roles and set(notice.roles).isdisjoint(roles)):
        return Sees.NOTHING
    if notice.question is not None:
        return _of_question(notice, by)
    if notice.why == Why.SIGNATURE:
        return _signs(notice, by, at)
    if notice.why == Why.RETURNED:
        return _redoes(notice, by, at)
    if notice.why == Why.HELD:
        waits = notice.item is not None and notice.item.state == "held"
    else:
        assert notice.task is not None
        waits = notice.task.state == TaskState.OPEN and not hasattr(notice.task, "acknowledgement")
    return _sees(notice, roles, by, at) if waits else Sees.NOTHING


def _sees(notice: Notice, roles: Collection[str], by: Actor, at: dt.datetime) -> Sees:
    """Say what roles see of an item: it, who browses; its queue, who works there and had no part; else nothing.

    Who holds the item, or can still take a decision on it back, is told nothing of where it went.
    """
    person = by.person_id or 0
    assert notice.item_id is not None
    if may_be_asked(roles) and withheld(notice.item_id, person, at):
        return Sees.NOTHING
    if may_browse(roles):
        return Sees.ITEM
    works = notice.why == Why.ESCALATED and notice.queue is not None and _works(notice.queue, by, at)
    return Sees.QUEUE if works and not has_part(notice.item_id, person) else Sees.NOTHING


def _of_question(notice: Notice, by: Actor) -> Sees:
    """Say what is told of a question, of which an e-mail names only the number: it waits, or it was answered."""
    assert notice.question is not None
    over = hasattr(notice.question, "end")
    theirs = notice.question.person_id == by.person_id
    told = over and theirs if notice.why == Why.ANSWERED else not over
    return Sees.ITEM if told else Sees.NOTHING


def _works(queue: Queue, by: Actor, at: dt.datetime) -> bool:
    try:
        workable(queue, by=by, at=at)
    except Forbidden:
        return False
    return True


def _redoes(notice: Notice, by: Actor, at: dt.datetime) -> Sees:
    assert notice.task is not None
    assert notice.queue is not None
    kept = notice.task.seats.filter(kept_for=by.person_id, kept_until__gt=at, state=SeatState.OPEN)
    theirs = notice.task.state == TaskState.OPEN and kept.exists() and _works(notice.queue, by, at)
    return Sees.ITEM if theirs else Sees.NOTHING


def _signs(notice: Notice, by: Actor, at: dt.datetime) -> Sees:
    assert notice.override is not None
    try:
        leave_to_sign(override=notice.override, by=by, at=at)
    except Refusal:
        return Sees.NOTHING
    return Sees.ITEM
