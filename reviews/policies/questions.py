"""Who asks, who answers, who sees what of a question's item, and who says that an item may be shown in a guideline."""

import datetime as dt

from django.utils.translation import gettext as _

from accounts.errors import Forbidden
from accounts.models import Project, Role
from accounts.policies import is_owner, role_in
from accounts.reads import Actor
from reviews.models import Decision, Question, Seat, SeatState
from reviews.policies.parts import withheld

FIRST = (Role.REVIEWER, Role.ADJUDICATOR)
HELD_OR_DECIDED = (SeatState.LEASED, SeatState.DECIDED)


def asking(*, by: Actor, project: Project, at: dt.datetime) -> tuple[Actor, int]:
    """Give the actor in a role of theirs in a project, and the person they are: who asks of its guideline.

    Raises:
        Forbidden: no person with a role there, or by token: one reads and asks in the browser.
    """
    if by.person_id is None or by.token_id is not None:
        raise Forbidden(_("A person asks, signed in."))
    roles = role_in(by.person_id, project.pk, at)
    if not roles:
        raise Forbidden(_("You hold no role in this project. Whoever works there asks, and its editors answer."))
    first = next((one for one in FIRST if one in roles), None)
    return by.as_role(first.value if first else min(roles)), by.person_id


def may_ask(*, by: Actor, project: Project, at: dt.datetime) -> bool:
    """Tell whether the actor may ask of a project's guideline: whoever has a role there."""
    return by.person_id is not None and by.token_id is None and bool(role_in(by.person_id, project.pk, at))


def may_consent(*, by: Actor, project: Project, at: dt.datetime) -> bool:
    """Tell whether the actor answers for a project's records: its compliance, and owners; a token never."""
    if by.person_id is None or by.token_id is not None:
        return False
    return is_owner(by) or Role.COMPLIANCE in role_in(by.person_id, project.pk, at)


def consenting(*, by: Actor, project: Project, at: dt.datetime) -> tuple[Actor, int]:
    """Give the actor in the role that lets them say whether an item may be shown, and the person they are.

    Raises:
        Forbidden: neither compliance of the project nor an owner, or no person.
    """
    if by.person_id is None or not may_consent(by=by, project=project, at=at):
        raise Forbidden(_("Only compliance of this project and owners say whether an item may be shown."))
    answers = Role.COMPLIANCE in role_in(by.person_id, project.pk, at)
    return by.as_role(Role.COMPLIANCE.value if answers else "owner"), by.person_id


def kept_from(rows: list[Question], *, by: Actor, at: dt.datetime) -> set[int]:
    """Give the items of these questions that the reader still decides on: what others ask of them is withheld.

    What they decided and took back counts, since they may be asked again. One statement, and two more for each item.
    """
    person = by.person_id or 0
    asked = {row.item_id for row in rows if row.item_id and row.person_id != person}
    if not asked:
        return set()
    held = Seat.objects.filter(item__in=asked, person=person, state__in=HELD_OR_DECIDED).values_list("item_id")
    said = Decision.objects.filter(task__item__in=asked, person=person).values_list("task__item_id")
    return {one for (one,) in held.union(said) if withheld(one, person, at)}
