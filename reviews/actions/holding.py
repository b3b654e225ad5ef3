"""Holding a claim: on screen, prolonged, given back, what is typed kept."""

import datetime as dt
import uuid

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.errors import NotFound
from accounts.reads import Actor
from audit.models.sql import Row, ask_one, lock, run, together
from reviews.actions.claiming import LONGEST_PREFETCHED, PREFETCHED
from reviews.actions.ending import end_claims
from reviews.actions.losing import lost
from reviews.actions.resting import counted, looked_until
from reviews.actions.seating import MOVE_HEAD, acting_role, ground_of, shown, tags_of, working_person
from reviews.actions.trail import Trail
from reviews.errors import AnotherOpen, BreakDue, ClaimLost, InABatch
from reviews.reads.held import Held, look_at_claim
from reviews.reads.published import rights_of
from reviews.reads.resting import break_until
from reviews.rights import duration


def own_claim(token: uuid.UUID, by: Actor, at: dt.datetime) -> Row:
    """Look a claim up by its token.

    Raises:
        NotFound: there is no such claim, or it is another person's.
    """
    person_id = working_person(by)
    seen = look_at_claim(token, person_id, at)
    if seen is None or seen.claimant_id != person_id:
        raise NotFound
    return seen


LOCK_SEAT = """
SELECT t.sseq AS task_sseq, t.head AS task_head, t.state AS task_state, s.state AS seat_state, c.token, s.slot,
    s.lease_until, (SELECT count(*) FROM reviews_seat o WHERE o.person_id = s.person_id AND o.state = 'leased'
        AND o.slot = 'open' AND o.id <> s.id) AS others_open
FROM reviews_task t JOIN reviews_seat s ON s.task_id = t.id LEFT JOIN reviews_claim c ON c.id = s.claim_id
WHERE s.id = %s
"""


def lock_live(seat_id: int, token: uuid.UUID, at: dt.datetime) -> Row:
    """Lock a claim's task and seat and see that the claim lives.

    Raises:
        ClaimLost: it lapsed or ended.
    """
    seat = ask_one(LOCK_SEAT + lock("t", "s"), [seat_id])
    if seat is None or seat.seat_state != "leased" or seat.token != token or seat.lease_until <= at:
        raise lost(seat_id)
    return seat


def open_claim(*, token: uuid.UUID, by: Actor, at: dt.datetime) -> Held:
    """Say that the claim's item is on screen: a fact of its own, and the start of the full lease. Locks task, seat.

    Safe to say twice. A claim on screen before, set aside by a withdrawal, comes back to the screen.

    Raises:
        NotFound: no such claim of this person.
        ClaimLost: it lapsed or ended.
        AnotherOpen: another item is on screen.
        BreakDue: the person owes a break from hard content first.
        InABatch: the claim is one of a batch.
    """
    try:
        return _open(token, by, at)
    except IntegrityError as problem:  # two openings at once: the other item is on screen
        raise AnotherOpen from problem


@transaction.atomic
def _open(token: uuid.UUID, by: Actor, at: dt.datetime) -> Held:
    seen = own_claim(token, by, at)
    seat = lock_live(seen.seat_id, token, at)
    if seen.opened_at is not None and seat.slot == "open":
        return shown(seen)
    if seat.slot == "batch":
        raise InABatch
    if seat.others_open:
        raise AnotherOpen
    until = break_until(seen, at) if seen.opened_at is None and seat.slot == "prefetch" else None
    if until:
        raise BreakDue(until)
    until = at + duration(rights_of(seen.rights_body).lease)
    move = ("UPDATE reviews_seat SET slot = 'open', lease_until = %s WHERE id = %s", [until, seen.seat_id])
    if seen.opened_at is None:
        trail = Trail(ground_of(seen), by.as_role(acting_role(seen)), at)
        stream = f"task/{seen.task_uuid}"
        trail.at_head(stream, seat.task_sseq, seat.task_head)
        trail.add(stream, "reviews.opened", tags_of(seen), opened={"token": str(token)})
        event_id = trail.write()[0]
        head = trail.heads[stream]
        note = "INSERT INTO reviews_opening (claim_id, opened_at, event_id) VALUES (%s, %s, %s)"
        together(
            (note, [seen.looked_claim_id, at, event_id]),
            (MOVE_HEAD, [head.sseq, head.hash, seen.task_id]),
            move,
            *counted(seen, at),
        )
    else:
        together(move)
    seen.slot, seen.lease_until, seen.opened_at = "open", until, at
    return shown(seen)


@transaction.atomic
def prolong(*, token: uuid.UUID, by: Actor, at: dt.datetime) -> dt.datetime:
    """Start the lease of an open claim anew, since its person is at work; give its end. Locks task, seat.

    One that stands ready and was never opened ends 15 minutes after it was claimed at the latest, however often this
    is said: its end then moves no more, and after it the claim is lost. A claim set aside by a withdrawal keeps what it
    has left.

    Raises:
        NotFound: no such claim of this person.
        ClaimLost: it lapsed or ended.
        Forbidden: their role in this queue has ended; the claim lapses.
        InABatch: the claim is one of a batch.
    """
    seen = own_claim(token, by, at)
    seat = lock_live(seen.seat_id, token, at)
    if seat.slot == "batch":
        raise InABatch
    acting_role(seen)
    if seat.slot == "open":
        wanted = at + duration(rights_of(seen.rights_body).lease)
    else:
        wanted = min(at + PREFETCHED, (seen.opened_at or seen.claimed_at) + LONGEST_PREFETCHED)
    until: dt.datetime = max(wanted, seat.lease_until)
    looked = looked_until(seen, at) if seat.slot == "open" else []
    together(("UPDATE reviews_seat SET lease_until = %s WHERE id = %s", [until, seen.seat_id]), *looked)
    return until


def give_back(*, token: uuid.UUID, by: Actor, at: dt.datetime) -> None:
    """Give a claim back: its seat waits for anyone again. What was typed is kept. Locks task, seat.

    Raises:
        NotFound: no such claim of this person.
        ClaimLost: it lapsed or ended.
    """
    seen = own_claim(token, by, at)
    with transaction.atomic():
        lock_live(seen.seat_id, token, at)
        end_claims([seen.seat_id], reason="returned", by=by, at=at, tokens=[token])
        together(*looked_until(seen, at))


@transaction.atomic
def save_draft(*, token: uuid.UUID, body: bytes, by: Actor, at: dt.datetime) -> None:
    """Keep what is being typed, by task and person; kept as well when the claim has lapsed. Takes no lock.

    Raises:
        NotFound: no such claim of this person.
        ClaimLost: the task was decided under this claim.
    """
    person_id = working_person(by)
    claim = ask_one(
        "SELECT c.person_id, c.task_id, d.id AS decision_id FROM reviews_claim c "
        "LEFT JOIN reviews_decision d ON d.claim_id = c.id WHERE c.token = %s",
        [token],
    )
    if claim is None or claim.person_id != person_id:
        raise NotFound
    if claim.decision_id is not None:
        raise ClaimLost(_("This task is decided; there is nothing left to draft."))
    run(
        "INSERT INTO reviews_draft (task_id, person_id, body, saved_at) VALUES (%s, %s, %s, %s) "
        "ON CONFLICT (task_id, person_id) DO UPDATE SET body = excluded.body, saved_at = excluded.saved_at",
        [claim.task_id, person_id, body, at],
    )
