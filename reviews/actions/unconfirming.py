"""Taking decisions of a batch back, until their outcomes are released: each returns to its place in the batch."""

import datetime as dt
import json
import uuid
from collections.abc import Collection
from functools import partial

from django.db import IntegrityError, transaction

from accounts.errors import NotFound
from accounts.reads import Actor
from audit.errors import Refusal
from audit.models.sql import Row, ask, many
from reviews.actions.batching import allowed_batch, write_claims
from reviews.actions.seating import shown
from reviews.actions.trail import Trail
from reviews.actions.withdrawing import take_back
from reviews.errors import AnotherBatch
from reviews.reads.batches import live_batch
from reviews.reads.held import Held, look_at_seat
from reviews.reads.published import rights_of
from reviews.rights import duration

DECIDED = """
SELECT d.uuid FROM reviews_decision d JOIN reviews_claim c ON c.id = d.claim_id
WHERE c.batch_id = %s AND d.uuid IN {decisions} ORDER BY d.id
"""


def withdraw_batch(
    *, batch: uuid.UUID, decisions: Collection[uuid.UUID], by: Actor, at: dt.datetime
) -> dict[uuid.UUID, Refusal | None]:
    """Take decisions of a batch back, each as `withdraw` does, but held again in the batch and not on the workbench.

    Each is taken back in a transaction of its own, so what is out already holds up no other; gives the refusal of
    each, None where it is back. Locks item, task, seat.

    Raises:
        NotFound: no such batch of this person.
        NoBatch: the person may have no batches there any more; each decision can be taken back alone.
        AnotherBatch: the person has taken another batch since.
    """
    row = allowed_batch(batch, by, at)
    if any(one.id != row.id and one.lease_until > at for one in live_batch(row.person_id)):
        raise AnotherBatch
    wanted, ids = many(decisions)
    known = [one.uuid for one in ask(DECIDED.format(decisions=wanted), [row.id, *ids])]
    answers: dict[uuid.UUID, Refusal | None] = {one: NotFound() for one in decisions if one not in known}
    return answers | {one: _taken_back(one, row, by, at) for one in known}


def _taken_back(decision: uuid.UUID, batch: Row, by: Actor, at: dt.datetime) -> Refusal | None:
    try:
        with transaction.atomic():
            take_back(decision, batch.person_id, by, at, partial(_in_the_batch, (batch.id, batch.uuid)))
    except IntegrityError:  # another batch of this person came in between and has the place
        return AnotherBatch()
    except Refusal as refusal:
        return refusal
    return None


def _in_the_batch(batch: tuple[int, uuid.UUID], seen: Row, person_id: int, trail: Trail) -> Held:
    """Hold a seat in its old place in a batch, unopened."""
    place = json.loads(seen.manifest)["grid"]["place"]
    until = trail.at + duration(rights_of(seen.rights_body).lease)
    write_claims([(seen, place)], person_id, batch, until=until, by=trail.by, at=trail.at, trail=trail)
    again = look_at_seat(seen.seat_id, person_id, trail.at)
    assert again is not None
    return shown(again)
