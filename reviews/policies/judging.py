"""Who may put an outcome aside, sign that, or raise an appeal: never on their own work, never against the rights."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.errors import Forbidden
from accounts.policies import may_change_project, role_in
from accounts.reads import Actor
from audit.models.sql import ask_one
from reviews.errors import InWork, ItemGone, NoRights, NothingInForce, OverrideOver, OverrideWaits, OwnWork
from reviews.models import Item, Outcome, Override, OverrideEnd, RightsVersion
from reviews.reads.facts import facts_of, rights_in_force
from reviews.reads.published import rights_of
from reviews.rights import Asked, asked

BUSY = """
SELECT id FROM reviews_task WHERE item_id = %s AND state = 'open'
    AND kind IN ('work', 'learning', 'adjudication', 'escalation', 'appeal') LIMIT 1
"""
WAITS = """
SELECT v.id FROM reviews_override v LEFT JOIN reviews_overrideend e ON e.override_id = v.id
WHERE v.item_id = %s AND v.over_id = %s AND e.override_id IS NULL AND v.until_at > %s LIMIT 1
"""
JUDGED = """
SELECT d.id FROM reviews_decision d JOIN reviews_task t ON t.id = d.task_id WHERE t.item_id = %s AND d.person_id = %s
UNION ALL
SELECT w.id FROM reviews_withdrawal w JOIN reviews_task t ON t.id = w.task_id
WHERE t.item_id = %s AND w.returned_by_id = %s
UNION ALL
SELECT s.id FROM reviews_seat s WHERE s.item_id = %s AND s.person_id = %s AND s.state IN ('leased', 'decided')
UNION ALL
SELECT v.id FROM reviews_override v JOIN reviews_overrideend e ON e.override_id = v.id
WHERE v.item_id = %s AND e.how = 'done' AND (v.person_id = %s OR e.person_id = %s)
LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Leave:
    """What somebody may put aside: the outcome in force, by which row of which rights, and in which role."""

    over: Outcome
    asked: Asked
    rights: RightsVersion
    role: str


def judged(item_id: int, person_id: int) -> bool:
    """Tell whether somebody judged an item on any path.

    They decided on it, whether that stands or not, returned another's decision, hold it, or put an outcome of it aside.
    """
    return ask_one(JUDGED, [item_id, person_id] * 4 + [person_id]) is not None


def outcome_in_force(item: Item) -> Outcome:
    """Give the released outcome of an item that nothing newer is about to replace.

    Raises:
        NothingInForce: there is none.
    """
    newest = Outcome.objects.filter(item=item, annulled_at__isnull=True).order_by("-number").first()
    if newest is None or newest.released_at is None or item.state not in {"accepted", "decided"}:
        raise NothingInForce
    return newest


def at_rest(item: Item) -> None:
    """See that nobody works on an item; audits and second reviews of what stands go on beside anything.

    Raises:
        InWork: somebody does, or will.
    """
    if ask_one(BUSY, [item.pk]) is not None:
        raise InWork


def leave_to_override(*, item: Item, by: Actor, at: dt.datetime) -> Leave:
    """Say by what somebody may put the outcome in force aside.

    Raises:
        Forbidden: they come by a token, or the rights in force do not let them.
        ItemGone, NothingInForce, InWork, OverrideWaits: it is not to be put aside, or not now.
        OwnWork: they had a part in it.
    """
    leave = entitlement(item=item, by=by, at=at)
    if judged(item.pk, by.person_id or 0):
        raise OwnWork
    at_rest(item)
    if ask_one(WAITS, [item.pk, leave.over.pk, at]) is not None:
        raise OverrideWaits
    return leave


def entitlement(*, item: Item, by: Actor, at: dt.datetime) -> Leave:
    """Say by which row of the rights in force somebody is entitled, whatever their part in the item and its state.

    Raises:
        Forbidden: they come by a token, or the rights do not let them.
        ItemGone: the item's body is gone, so no condition can be read.
        NothingInForce: there is no outcome to be put aside.
    """
    if by.person_id is None or by.token_id is not None or by.via != "browser":
        raise Forbidden(_("Only a person puts an outcome aside, signed in, in the browser; no token does."))
    standing = rights_in_force(item.project_id)
    if standing is None:
        raise NoRights
    roles = role_in(by.person_id, item.project_id, at)
    if all(roles.isdisjoint(row.roles) for row in standing[1].overrides):
        raise Forbidden(_why("role"))
    over, subject = outcome_in_force(item), facts_of(item)
    if subject is None:
        raise ItemGone
    said = asked(standing[1], subject, roles, at - (over.released_at or at))
    if said.row is None:
        raise Forbidden(_why(said.why))
    role = next(role for role in said.row.roles if role in roles)
    return Leave(over, said, standing[0], role)


def _why(code: str) -> str:
    if code == "too_old":
        return _("This outcome is too old for your role to put aside. Ask somebody whom the decision rights still let.")
    if code == "conditions":
        return _("The decision rights do not let your role put the outcome of an item like this aside.")
    return _("The decision rights do not let your role put outcomes aside.")


def leave_to_sign(*, override: Override, by: Actor, at: dt.datetime) -> Leave:
    """Say by what somebody may sign, as the second person, what another one put forward.

    Raises:
        Forbidden: the rights in force do not entitle them.
        ItemGone, NothingInForce, InWork: the outcome is not to be put aside, or not now.
        OverrideOver: it waits no longer.
        OwnWork: they put it forward, or decided on the item.
    """
    if hasattr(override, "end") or override.until_at is None or override.until_at <= at:
        raise OverrideOver
    if override.person_id == by.person_id:
        raise OwnWork(_("You put this forward yourself; somebody else has to sign it."))
    if judged(override.item_id, by.person_id or 0):
        raise OwnWork
    try:
        leave = entitlement(item=override.item, by=by, at=at)
    except NothingInForce as problem:
        if OverrideEnd.objects.filter(override=override).exists():  # somebody else signed a moment ago
            raise OverrideOver from problem
        raise
    at_rest(override.item)
    return leave


def leave_to_take_back(*, override: Override, by: Actor, at: dt.datetime) -> str:
    """Say in which role somebody may take back what they put forward, whatever the rights let them do by now.

    Raises:
        Forbidden: somebody else put it forward, they come by a token, or they have no role in the project any more.
        OverrideOver: it waits no longer.
    """
    roles = sorted(role_in(by.person_id or 0, override.item.project_id, at))
    if by.token_id is not None or by.via != "browser" or by.person_id != override.person_id or not roles:
        raise Forbidden(_("Only whoever put an answer forward takes it back, signed in, in the browser."))
    if hasattr(override, "end") or override.until_at is None or override.until_at <= at:
        raise OverrideOver
    rows = rights_of(bytes(override.rights.body)).overrides
    named = [role for row in rows if row.name == override.row for role in row.roles]
    return next((role for role in named if role in roles), roles[0])


def why_no_appeal(*, item: Item, by: Actor, at: dt.datetime) -> str:
    """Say why somebody raises no appeal on an item's page; "" where they do: operations, for whoever complained."""
    if by.token_id is not None or not may_change_project(by=by, project=item.project, at=at):
        return _("Operations of this project take appeals in; or its own system sends them.")
    return ""
