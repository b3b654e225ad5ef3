"""Claiming again: the item of a lapsed claim, if nobody has taken it since."""

import datetime as dt
import uuid

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.reads import Actor
from audit.models.sql import ask, ask_one, lock
from reviews.actions.claiming import PREFETCHED, see_no_part
from reviews.actions.ending import end_claims
from reviews.actions.holding import own_claim
from reviews.actions.losing import lost
from reviews.actions.seating import shown, write_claim
from reviews.errors import AnotherOpen, ClaimLost
from reviews.reads.held import Held, look_at_seat

MINE = """
SELECT id, task_id, slot, lease_until FROM reviews_seat
WHERE person_id = %s AND state = 'leased' AND slot IN ('open', 'prefetch')
UNION ALL
SELECT id, task_id, slot, lease_until FROM reviews_seat WHERE person_id = %s AND state = 'leased' AND place IS NOT NULL
"""  # in two parts, each as its partial index has it
FREE = """
SELECT s.id FROM reviews_task t JOIN reviews_seat s ON s.task_id = t.id
WHERE t.id = %s AND t.state = 'open' AND s.state = 'open'
    AND (s.kept_for_id IS NULL OR s.kept_for_id = %s OR s.kept_until <= %s)
    AND NOT EXISTS (SELECT 1 FROM reviews_onlooker o WHERE o.task_id = t.id AND o.person_id = %s) AND EXISTS (
    SELECT 1 FROM reviews_personlane pl JOIN accounts_membership m ON m.id = pl.membership_id
    WHERE pl.lane_id = s.lane_id AND pl.person_id = %s AND m.from_at <= %s AND (m.until_at IS NULL OR m.until_at > %s))
ORDER BY CASE s.id WHEN %s THEN 0 ELSE 1 END, s.id LIMIT 1
"""
TAKEN = gettext_noop("Someone else has taken this item since; take the next one. What you typed is kept.")


def claim_again(*, token: uuid.UUID, by: Actor, at: dt.datetime) -> Held:
    """Lease the item of a lapsed claim of mine again, as a prefetched claim; another prefetched one is given back.

    A batch stays as it is. A claim that still lives is answered as it is. Locks task, then seat.

    Raises:
        NotFound: no such claim of this person.
        AnotherOpen: another item is on screen.
        ClaimLost: it is decided, or others have all its seats.
        Forbidden: none of the person's roles works in its queue now.
        AcknowledgementDue: the guideline in force there asks to be acknowledged first.
    """
    seen = own_claim(token, by, at)
    for mine in ask(MINE, [seen.claimant_id] * 2):
        if mine.lease_until > at and mine.task_id == seen.task_id:
            found = look_at_seat(mine.id, seen.claimant_id, at)
            assert found is not None
            return shown(found)
        if mine.lease_until > at and mine.slot == "batch":
            continue  # stands beside the workbench
        if mine.lease_until > at and mine.slot != "prefetch":
            raise AnotherOpen
        reason = "returned" if mine.lease_until > at else "lapsed"
        end_claims([mine.id], reason=reason, by=by, at=at)
    try:
        return _claim(seen.task_id, seen.seat_id, seen.claimant_id, by, at)
    except IntegrityError as problem:  # the person has a part in this item by now
        raise ClaimLost(_(TAKEN)) from problem


@transaction.atomic
def _claim(task_id: int, seat_id: int, person_id: int, by: Actor, at: dt.datetime) -> Held:
    free = ask_one(FREE + lock("t", "s", skip=True), [task_id, person_id, at, person_id, person_id, at, at, seat_id])
    found = look_at_seat(free.id, person_id, at) if free else None
    if found is None:
        raise lost(seat_id, _(TAKEN))
    see_no_part(found, person_id)
    return write_claim(found, person_id, slot="prefetch", until=at + PREFETCHED, by=by, at=at)
