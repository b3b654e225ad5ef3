"""The second person of an override signs it, or declines; the first may take it back; else it falls or lapses."""

import datetime as dt
import uuid

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions import Proof, sign
from accounts.errors import NotFound
from accounts.models import Signature
from accounts.policies import role_in
from accounts.reads import Actor, clock
from audit.models.sql import ask
from reviews.actions.judging import fitted
from reviews.actions.overriding import I_APPROVE, LONGEST_REASON
from reviews.actions.superseding import Locked, content, involve, lock_item, read_content, supersede
from reviews.errors import BadOutput, NothingInForce, ReasonMissing, RecordDiffers
from reviews.models import End, Outcome, Override, OverrideEnd
from reviews.policies import Leave, leave_to_sign, leave_to_take_back, outcome_in_force
from reviews.reads.facts import data_of, facts_of, rights_in_force, taxonomy_in_force
from reviews.rights import asked

DUE = """
SELECT v.id FROM reviews_override v LEFT JOIN reviews_overrideend e ON e.override_id = v.id
WHERE e.override_id IS NULL AND v.second AND (v.until_at <= %s OR EXISTS (SELECT 1 FROM reviews_outcome o
    WHERE o.item_id = v.item_id AND o.released_at IS NOT NULL
        AND o.number > (SELECT x.number FROM reviews_outcome x WHERE x.id = v.over_id)))
ORDER BY v.item_id, v.id LIMIT %s
"""


def _found(override: uuid.UUID) -> Override:
    found = Override.objects.select_related("item__project", "over", "rights", "person").filter(uuid=override).first()
    if found is None:
        raise NotFound
    return found


@transaction.atomic
def countersign(*, override: uuid.UUID, digest: str, proof: Proof, by: Actor, at: dt.datetime) -> OverrideEnd:
    """Sign, as the second person, what another one put forward, as it was shown under `digest`.

    Its outcome is settled and due at once. Where another outcome is in force by now, the rights no longer let who put
    it forward, or the labels no longer allow its answer, it falls instead: the end says so. Locks the person, then item
    and open tasks.

    Raises:
        NotFound: there is no such override.
        Forbidden, ItemGone, InWork, NothingInForce, OverrideOver, OwnWork: as `policies.leave_to_sign` says.
        RecordDiffers: the record is not the one that was shown, or its answer is gone.
    """
    found = _found(override)
    leave = leave_to_sign(override=found, by=by, at=at)
    if fault := _fault(found, leave, at):
        return _fallen(found, fault, at)
    by = by.as_role(leave.role)
    if found.digest != digest or found.body is None:
        raise RecordDiffers
    signature = sign(
        proof=proof, record=bytes(found.record), meaning=I_APPROVE, project=found.item.project, by=by, at=at
    )
    locked = lock_item(found.item, rights=leave.rights, by=by, at=at)
    found = _found(override)
    leave = leave_to_sign(override=found, by=by, at=at)
    if _fault(found, leave, at):
        raise RecordDiffers(_("Something changed while you signed. Look at it again."))
    return _done(found, signature, locked, by, at)


def _fault(found: Override, leave: Leave, at: dt.datetime) -> str:
    """Say over what a proposal falls; "" where it still stands on what it was put forward on."""
    if leave.over.pk != found.over_id:
        return "superseded"
    standing, subject = rights_in_force(found.item.project_id), facts_of(found.item)
    roles = role_in(found.person_id, found.item.project_id, at)
    age = found.proposed_at - (found.over.released_at or found.proposed_at)
    lets = standing is not None and subject is not None and asked(standing[1], subject, roles, age).row is not None
    if not lets:
        return "rights_changed"
    return "" if found.body is None or _fits(found) else "taxonomy_changed"


def _fits(found: Override) -> bool:
    """Tell whether an answer that was put forward may still be said, by the taxonomy in force."""
    item, output = found.item, read_content(found.body)["output"]
    try:
        fitted(item.project.task_type, output, taxonomy_in_force(item.project), data_of(item))
    except BadOutput:
        return False
    return True


def _done(found: Override, signature: Signature, locked: Locked, by: Actor, at: dt.datetime) -> OverrideEnd:
    locked.item = found.item
    told = {
        "override": str(found.uuid),
        "over": found.over.number,
        "record": found.digest,
        "signature": str(signature.uuid),
    }
    place = locked.tell("reviews.override_signed", override=told)
    output = read_content(found.body)["output"]
    new = supersede(locked, over=found.over, output=output, source="override", at=at)
    events = locked.write()
    outcome = Outcome.objects.create(event_id=events[new.place], **new.values)
    involve(found.item_id, [signature.person_id], events[place])
    return OverrideEnd.objects.create(
        override=found,
        how=End.DONE,
        person_id=by.person_id,
        signature=signature,
        outcome=outcome,
        ended_at=at,
        event_id=events[place],
        **content({"reason": ""}).columns(),
    )


@transaction.atomic
def decline(*, override: uuid.UUID, reason: str, by: Actor, at: dt.datetime) -> OverrideEnd:
    """Decline, as the second person, what another one put forward, with a reason. Locks item and open tasks.

    Raises:
        NotFound, Forbidden, ItemGone, InWork, NothingInForce, OverrideOver, OwnWork: as for a signature.
        ReasonMissing: no reason is given.
    """
    reason = reason.strip()
    if not reason or len(reason) > LONGEST_REASON:
        raise ReasonMissing(fields=[("reason", _("A reason has 1 to %(n)d characters.") % {"n": LONGEST_REASON})])
    found = _found(override)
    leave = leave_to_sign(override=found, by=by, at=at)
    by = by.as_role(leave.role)
    locked = lock_item(found.item, rights=leave.rights, by=by, at=at)
    found = _found(override)
    leave_to_sign(override=found, by=by, at=at)
    return _ended(found, End.DECLINED, reason, locked, by.person_id, at)


@transaction.atomic
def take_override_back(*, override: uuid.UUID, by: Actor, at: dt.datetime) -> OverrideEnd:
    """Take back what one put forward oneself and nobody has signed yet; the outcome stays. Locks item and open tasks.

    Their first signature stays on record, and they had a part in the item.

    Raises:
        NotFound: there is no such override.
        Forbidden: somebody else put it forward, or the actor comes by a token.
        OverrideOver: it waits no longer.
    """
    found = _found(override)
    by = by.as_role(leave_to_take_back(override=found, by=by, at=at))
    locked = lock_item(found.item, rights=found.rights, by=by, at=at)
    found = _found(override)
    leave_to_take_back(override=found, by=by, at=at)
    return _ended(found, End.TAKEN_BACK, "", locked, by.person_id, at)


def _fallen(found: Override, why: str, at: dt.datetime) -> OverrideEnd:
    """Let a proposal fall; somebody may have ended it meanwhile, then that end is given."""
    locked = lock_item(found.item, rights=found.rights, by=clock().as_role("clock"), at=at)
    ended = OverrideEnd.objects.filter(override=found).first()
    return ended or _ended(found, End.FELL, why, locked, None, at)


def _ended(
    found: Override, how: str, reason: str, locked: Locked, person_id: int | None, at: dt.datetime
) -> OverrideEnd:
    said = content({"reason": reason})
    told = {"override": str(found.uuid), "content": said.commitment.hex()}
    word = "reason" if how == End.DECLINED else "why"
    locked.tell(f"reviews.override_{how}", override=told | ({word: reason} if reason else {}))
    event = locked.write()[0]
    if person_id is not None:
        involve(found.item_id, [person_id], event)
    return OverrideEnd.objects.create(
        override=found, how=how, person_id=person_id, ended_at=at, event_id=event, **said.columns()
    )


def end_overrides(*, at: dt.datetime, limit: int = 200) -> int:
    """End the proposals that nobody may sign any more: too old, or over an outcome that is in force no longer.

    A transaction each. Gives how many.
    """
    rows = ask(DUE, [at, limit])
    return sum(_end_one(row.id, clock().as_role("clock"), at) for row in rows)


@transaction.atomic
def _end_one(override_id: int, by: Actor, at: dt.datetime) -> int:
    found = Override.objects.select_related("item__project", "over", "rights").get(pk=override_id)
    locked = lock_item(found.item, rights=found.rights, by=by, at=at)
    if OverrideEnd.objects.filter(override=found).exists():
        return 0
    try:
        over = outcome_in_force(found.item).pk != found.over_id
    except NothingInForce:
        over = True
    if not over and (found.until_at is None or found.until_at > at):
        return 0
    _ended(found, End.FELL if over else End.LAPSED, "superseded" if over else "", locked, None, at)
    return 1
