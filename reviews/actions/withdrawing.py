"""Taking a decision back, until its outcome is released."""

import datetime as dt
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.errors import NotFound
from accounts.reads import Actor
from audit.models.sql import Row, ask_one, lock, run, together
from reviews.actions.annulling import Finding, annul_finding, close_after, finding_of, stands_without, tasks_after
from reviews.actions.ending import end_claims
from reviews.actions.hearing import hears_again, see_nothing_since
from reviews.actions.lines import drop_marks
from reviews.actions.seating import acting_role, ground_of, seat_claim, shown, tags_of, working_person
from reviews.actions.superseding import involve
from reviews.actions.trail import Trail
from reviews.errors import MovedOn, Released
from reviews.reads.held import Held, look_at_seat
from reviews.reads.published import rights_of
from reviews.rights import duration

Sit = Callable[[Row, int, Trail], Held]
"""Claims a withdrawn decision's seat again, given as it was looked at, its person, and the events so far."""
FIND = """
SELECT d.id, d.uuid, d.task_id, d.person_id, d.attempt, d.seat_id, d.claim_id, d.verdict, d.decided_at, d.event_id,
    t.item_id
FROM reviews_decision d JOIN reviews_task t ON t.id = d.task_id WHERE d.uuid = %s
"""
LOCKED = """
SELECT i.sseq AS item_sseq, i.head AS item_head, i.state AS item_state,
    t.sseq AS task_sseq, t.head AS task_head, t.state AS task_state, s.state AS seat_state, s.claim_id,
    s.person_id, s.lease_until
FROM reviews_item i JOIN reviews_task t ON t.item_id = i.id JOIN reviews_seat s ON s.task_id = t.id
WHERE s.id = %s
"""
PREFETCHED = "SELECT id FROM reviews_seat WHERE person_id = %s AND state = 'leased' AND slot = 'prefetch'"
OUTCOME = """
SELECT id, uuid, number, released_at, event_id FROM reviews_outcome WHERE task_id = %s AND annulled_at IS NULL
"""
BESIDE = ("audit", "second", "rereview")
APPEALED = "SELECT id FROM reviews_task WHERE item_id = %s AND kind = 'appeal' AND state = 'open'"
BALANCE = """
SELECT sum(CASE WHEN s.state = 'open' THEN 1 ELSE 0 END) AS free,
    sum(CASE WHEN s.state = 'leased' THEN 1 ELSE 0 END) AS leased,
    sum(CASE WHEN s.state = 'decided' AND d.verdict NOT IN ('skip', 'escalate', 'return') THEN 1 ELSE 0 END) AS answers
FROM reviews_seat s LEFT JOIN reviews_decision d ON d.claim_id = s.claim_id AND s.state = 'decided'
WHERE s.task_id = %s AND s.id <> %s
"""
TURN = """
UPDATE reviews_seat SET state = %s WHERE id IN (
    SELECT o.id FROM reviews_seat o WHERE o.task_id = %s AND o.state = %s AND o.id <> %s {which}
    ORDER BY o.number {way} LIMIT %s)
"""


def withdraw(*, decision: uuid.UUID, by: Actor, at: dt.datetime) -> Held:
    """Take a decision of mine back and hold its seat again, to be opened and redone.

    A settled, unreleased outcome is annulled and its number is not used again; so is what an audit found. A task that
    the decision opened is closed when nobody has touched it. A prefetched claim is given back; an open one takes its
    place. Said again while the redo lives, it answers the redo. Locks item, task, seat.

    Raises:
        NotFound: no such decision of this person.
        Released: its outcome is released, or its time is over.
        MovedOn: someone has taken up what it led to, or it is withdrawn already.
    """
    person_id = working_person(by)
    try:
        return _with_room(decision, person_id, by, at)
    except IntegrityError:  # a claim of the same person came in between: make room again
        return _with_room(decision, person_id, by, at)


def _with_room(decision: uuid.UUID, person_id: int, by: Actor, at: dt.datetime) -> Held:
    with transaction.atomic():
        if (redo := _standing(decision, person_id, at, locking=False).redo) is not None:
            return redo
        prefetched = ask_one(PREFETCHED, [person_id])
        if prefetched is not None:
            end_claims([prefetched.id], reason="returned", by=by, at=at)
    with transaction.atomic():
        return take_back(decision, person_id, by, at, _on_screen)


@dataclass(frozen=True)
class _Standing:
    """A decision that may be taken back, with its rows; or the claim of its redo, when that lives already."""

    found: Row
    now: Row
    seen: Row
    outcome: Row | None = None
    finding: Finding | None = None
    after: Sequence[Row] = ()
    redo: Held | None = None


def _standing(decision: uuid.UUID, person_id: int, at: dt.datetime, *, locking: bool) -> _Standing:
    """Look a decision up and see that it can be taken back; with `locking` its item, task and seat are locked first.

    Raises:
        NotFound, Released, MovedOn: as `withdraw` does.
    """
    found = ask_one(FIND, [decision])
    if found is None or found.person_id != person_id:
        raise NotFound
    now = ask_one(LOCKED + (lock("i", "t", "s") if locking else ""), [found.seat_id])
    seen = look_at_seat(found.seat_id, person_id, at)
    assert now is not None
    assert seen is not None
    if now.seat_state != "decided" or now.claim_id != found.claim_id:
        if now.seat_state == "leased" and now.person_id == person_id and now.lease_until > at:
            return _Standing(found, now, seen, redo=shown(seen))
        raise MovedOn(_("This decision is withdrawn already."))
    outcome = ask_one(OUTCOME, [found.task_id])
    _check_time(found, now, seen, outcome, at)
    if seen.kind == "appeal" and now.task_state == "settled":
        see_nothing_since(seen)
    finding = finding_of(seen) if now.task_state == "settled" else None
    settled = outcome or finding
    if settled is not None and stands_without(found, seen, settled.event_id):
        raise MovedOn(_("What was settled stands without your decision, so there is nothing to take back."))
    after = tasks_after(found, locking=locking) if now.task_state == "passed_on" else []
    return _Standing(found, now, seen, outcome, finding, after)


def take_back(decision: uuid.UUID, person_id: int, by: Actor, at: dt.datetime, sit: Sit) -> Held:
    """Take a decision back in the caller's transaction, and hold its seat again as `sit` does.

    Raises:
        NotFound, Released, MovedOn: as `withdraw` does.
    """
    standing = _standing(decision, person_id, at, locking=True)
    if standing.redo is not None:
        return standing.redo
    found, now, seen, outcome = standing.found, standing.now, standing.seen, standing.outcome
    by = by.as_role(acting_role(seen))
    trail = Trail(ground_of(seen), by, at)
    task_stream, item_stream = f"task/{seen.task_uuid}", f"item/{seen.item_uuid}"
    trail.at_head(task_stream, now.task_sseq, now.task_head)
    trail.at_head(item_stream, now.item_sseq, now.item_head)
    item_state = now.item_state
    place = trail.add(task_stream, "reviews.decision_withdrawn", tags_of(seen), withdrawal={"decision": str(decision)})
    if outcome is not None:
        told = {"outcome": str(outcome.uuid), "number": outcome.number}
        trail.add(item_stream, "reviews.outcome_annulled", tags_of(seen), outcome=told)
        run("UPDATE reviews_outcome SET annulled_at = %s WHERE id = %s", [at, outcome.id])
    if standing.finding is not None:
        annul_finding(standing.finding, trail, seen)
    if seen.kind == "appeal" and now.task_state == "settled":
        hears_again(seen, trail)
    close_after(standing.after, trail, seen)
    if outcome is not None or now.task_state != "open":
        item_state = _item_state(seen)
    return _seat_again(found, seen, trail, place, item_state, sit)


def _check_time(found: Row, now: Row, seen: Row, outcome: Row | None, at: dt.datetime) -> None:
    """See that nothing which this decision led to is out in the world.

    Raises:
        Released: the outcome is out, or an audit, skip or escalation is past the time its outcome would have had.
        MovedOn: the task was closed over it.
    """
    if outcome is not None and outcome.released_at is not None:
        raise Released
    if now.task_state == "closed" or now.item_state in {"held", "withdrawn", "expired", "erased"}:
        raise MovedOn
    final = outcome is None and (now.task_state != "open" or found.verdict == "skip")
    if final and at > found.decided_at + duration(rights_of(seen.rights_body).release_after):
        raise Released


def _item_state(seen: Row) -> str:
    """Give the milestone that an item stands at without the annulled outcome."""
    left = ask_one(
        "SELECT source FROM reviews_outcome WHERE item_id = %s AND annulled_at IS NULL ORDER BY number DESC LIMIT 1",
        [seen.item_id],
    )
    if left is None:
        return "open"
    return "accepted" if left.source == "model" else "decided"


def _seat_again(found: Row, seen: Row, trail: Trail, place: int, item_state: str, sit: Sit) -> Held:
    """Write the withdrawal and hold the seat again by a new claim."""
    _balance(found, seen)
    item_stream, task_stream = f"item/{seen.item_uuid}", f"task/{seen.task_uuid}"
    events = trail.write()
    trail.entries.clear()
    item, task = trail.heads[item_stream], trail.heads[task_stream]
    if seen.kind in BESIDE and ask_one(APPEALED, [seen.item_id]) is not None:
        involve(seen.item_id, [found.person_id], events[place])  # whoever takes it back may not hear the appeal either
    run(
        "INSERT INTO reviews_withdrawal (task_id, person_id, attempt, withdrawn_at, event_id) "
        "VALUES (%s, %s, %s, %s, %s)",
        [found.task_id, found.person_id, found.attempt, trail.at, events[place]],
    )
    together(
        (
            "UPDATE reviews_task SET state = 'open', sseq = %s, head = %s WHERE id = %s",
            [task.sseq, task.hash, seen.task_id],
        ),
        (
            "UPDATE reviews_item SET state = %s, sseq = %s, head = %s WHERE id = %s",
            [item_state, item.sseq, item.hash, seen.item_id],
        ),
    )
    return sit(seen, found.person_id, trail)


def _on_screen(seen: Row, person_id: int, trail: Trail) -> Held:
    """Hold a seat in the open slot; what stood there is set aside."""
    run(
        "UPDATE reviews_seat SET slot = 'prefetch' WHERE person_id = %s AND state = 'leased' AND slot = 'open'",
        [person_id],
    )
    until = trail.at + duration(rights_of(seen.rights_body).lease)
    return seat_claim(seen.seat_id, person_id, slot="open", until=until, by=trail.by, at=trail.at, trail=trail)


def _balance(found: Row, seen: Row) -> None:
    """Leave the task with as many seats as answers are still wanted, the redo's among them.

    A seat that the decision asked for is closed again, unless it is kept for a rework; one that it closed waits again.
    """
    row = ask_one(BALANCE, [found.task_id, found.seat_id])
    assert row is not None
    missing = max(seen.wanted - (row.answers or 0), 1) - (row.leased or 0) - (row.free or 0) - 1
    if missing > 0:
        run(TURN.format(which="", way="ASC"), ["open", found.task_id, "closed", found.seat_id, missing])
    elif missing < 0 and row.free:
        run(
            TURN.format(which="AND o.kept_for_id IS NULL", way="DESC"),
            ["closed", found.task_id, "open", found.seat_id, min(-missing, row.free)],
        )
    if missing > 0:
        drop_marks(seen.lane_id)
