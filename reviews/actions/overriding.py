"""Overrides: a new answer over the released one, by whom the rights let, signed by a second person where they ask."""

import datetime as dt
import hashlib
import uuid
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions import Proof, sign
from accounts.errors import Forbidden
from accounts.models import Signature
from accounts.reads import Actor
from audit.reads import canonical, timestamp, uuid7
from reviews.actions.judging import fitted
from reviews.actions.superseding import Content, Locked, content, involve, lock_item, read_content, supersede
from reviews.errors import BadDecision, ReasonMissing, RecordDiffers
from reviews.models import End, Item, Outcome, Override, OverrideEnd
from reviews.outputs import same
from reviews.policies import Leave, leave_to_override
from reviews.reads.facts import data_of, taxonomy_in_force

WAITS_FOR = dt.timedelta(days=7)
LONGEST_REASON = 4000
I_PROPOSE, I_APPROVE = "I propose this override", "I approve this override"


@transaction.atomic
def put_aside(
    *,
    item: Item,
    over: uuid.UUID,
    output: Any,
    reason: str,
    by: Actor,
    at: dt.datetime,
    proof: Proof | None = None,
) -> Override:
    """Put a new answer over the outcome in force, which the person was shown as `over`.

    It is settled at once, and due for release at once; where the rights ask for a second person it only waits for their
    signature, seven days at the most, and `proof` signs it for the first. Locks the person, then item and open tasks.

    Raises:
        Forbidden, ItemGone, NothingInForce, InWork, OverrideWaits, OwnWork: as `policies.leave_to_override` says.
        RecordDiffers: another outcome is in force by now.
        ReasonMissing: the rights ask for a reason.
        BadOutput, BadDecision: the answer does not fit, or changes nothing.
    """
    leave = leave_to_override(item=item, by=by, at=at)
    by = by.as_role(leave.role)
    override = _row(item, leave, _said(item, leave, output, reason, at), by, at)
    if leave.asked.second:
        override.signature = _signed(proof, bytes(override.record), item, by, at)
    locked = lock_item(item, rights=leave.rights, by=by, at=at)
    if leave_to_override(item=item, by=by, at=at) != leave or leave.over.uuid != over:
        raise RecordDiffers(_("Another answer is in force by now. Look at the item again."))
    _tell(locked, override, reason.strip())
    return _written(locked, override, output, at)


def _row(item: Item, leave: Leave, said: Content, by: Actor, at: dt.datetime) -> Override:
    """Make the row of what is put forward, still to be signed, told and written."""
    row, made = leave.asked.row, uuid7(at)
    assert row is not None
    record = _record(made, item, leave, said, by, at)
    return Override(
        uuid=made,
        item=item,
        over=leave.over,
        person_id=by.person_id or 0,
        rights=leave.rights,
        row=row.name,
        second=leave.asked.second,
        **said.columns(),
        record=record,
        digest=hashlib.sha256(record).hexdigest(),
        proposed_at=at,
        until_at=at + WAITS_FOR if leave.asked.second else None,
    )


def _tell(locked: Locked, override: Override, reason: str) -> None:
    """Tell what is put aside or forward: by which row, why, and what stood before and would after."""
    told = {
        "override": str(override.uuid),
        "row": override.row,
        "reason": reason or None,
        "over": override.over.number,
        "before": bytes(override.over.commitment).hex(),
        "after": bytes(override.commitment).hex(),
        "record": override.digest,
        "signature": str(override.signature.uuid) if override.signature else None,
    }
    locked.tell("reviews.override_proposed" if override.second else "reviews.override_made", override=told)


def _said(item: Item, leave: Leave, output: Any, reason: str, at: dt.datetime) -> Content:
    """Fit the answer to task type and taxonomy in force, and see that it differs and that a reason is there."""
    row = leave.asked.row
    reason = reason.strip()
    if (row is not None and row.reason and not reason) or len(reason) > LONGEST_REASON:
        raise ReasonMissing(fields=[("reason", _("A reason has 1 to %(n)d characters.") % {"n": LONGEST_REASON})])
    if output is None:
        raise BadDecision(_("Choose an answer first."), fields=[("output", _("An answer is required."))])
    task_type = item.project.task_type
    output = fitted(task_type, output, taxonomy_in_force(item.project), data_of(item))
    before = read_content(leave.over.body).get("output")
    if before is not None and same(task_type, before, output):
        told = _("This is the answer in force already; change something.")
        raise BadDecision(told, fields=[("output", told)])
    return content({"output": output, "reason": reason})


def _record(made: uuid.UUID, item: Item, leave: Leave, said: Content, by: Actor, at: dt.datetime) -> bytes:
    """Write what is put forward, by ids and commitments: what signatures are bound to."""
    return canonical(
        {
            "v": 1,
            "kind": "override",
            "override": str(made),
            "project": str(item.project.uuid),
            "item": str(item.uuid),
            "over": str(leave.over.uuid),
            "number": leave.over.number,
            "before": bytes(leave.over.commitment).hex(),
            "after": said.commitment.hex(),
            "rights": leave.rights.digest,
            "row": leave.asked.row.name if leave.asked.row else "",
            "by": by.pseudonym,
            "proposed_at": timestamp(at),
        }
    )


def _signed(proof: Proof | None, record: bytes, item: Item, by: Actor, at: dt.datetime) -> Signature:
    """Let the first person sign what they put forward."""
    if proof is None:
        raise Forbidden(_("This is signed by two people; sign it with your password first."))
    return sign(proof=proof, record=record, meaning=I_PROPOSE, project=item.project, by=by, at=at)


def _written(locked: Locked, override: Override, output: Any, at: dt.datetime) -> Override:
    """Write an override with its event; without a second person with its end and its outcome too."""
    superseding = None
    if not override.second:
        superseding = supersede(locked, over=override.over, output=output, source="override", at=at)
    events = locked.write()
    override.event_id = events[0]
    override.save(force_insert=True)
    if superseding is not None:
        outcome = Outcome.objects.create(event_id=events[superseding.place], **superseding.values)
        OverrideEnd.objects.create(
            override=override,
            how=End.DONE,
            outcome=outcome,
            ended_at=at,
            event_id=events[superseding.place],
            **content({"reason": ""}).columns(),
        )
    involve(override.item_id, [override.person_id], events[0])
    return override
