"""Returning a decision to its author for rework, by whoever is to settle a disagreement."""

import datetime as dt
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.errors import NotFound
from accounts.reads import Actor
from audit.models.sql import Row, ask, ask_one, insert, lock, many, run, together
from reviews.actions.ending import end_claims
from reviews.actions.holding import own_claim
from reviews.actions.lines import drop_marks, due_at
from reviews.actions.seating import acting_role, ground_of, tags_of
from reviews.actions.trail import Trail
from reviews.errors import AuthorGone, ClaimLost, MovedOn, NotOpened, NotReturnable, ReasonMissing
from reviews.models import CLIMBS, SHOWS_PRIOR
from reviews.reads.calendars import calendar_of
from reviews.reads.held import NEVER_DUE, look_at_seat
from reviews.reads.published import rights_of
from reviews.rights import clock_waits, later

REWORK = dt.timedelta(hours=24)
LONGEST_NOTE = 2000
ANSWERS = ("approve", "correct", "reject")
FIND = """
SELECT d.uuid, d.task_id, d.person_id, d.attempt, d.seat_id, d.claim_id, d.verdict FROM reviews_decision d
WHERE d.uuid = %s
"""
LOCKED = """
SELECT i.sseq AS item_sseq, i.head AS item_head, t.state AS task_state, t.sseq AS task_sseq, t.head AS task_head,
    s.id AS seat_id, s.state AS seat_state, s.claim_id, s.slot, s.lease_until
FROM reviews_item i JOIN reviews_task t ON t.item_id = i.id JOIN reviews_seat s ON s.task_id = t.id
WHERE i.id = %s AND t.id IN {tasks} ORDER BY t.id, s.id
"""
WORKS = """
SELECT 1 AS works FROM reviews_personlane pl JOIN accounts_membership m ON m.id = pl.membership_id
WHERE pl.lane_id = %s AND pl.person_id = %s AND m.from_at <= %s AND (m.until_at IS NULL OR m.until_at > %s)
"""
BEFORE = """
SELECT w.withdrawn_at, p.body FROM reviews_claim c JOIN reviews_claimend e ON e.claim_id = c.id
JOIN reviews_withdrawal w ON w.returned_by_id = c.person_id AND w.withdrawn_at = e.ended_at
LEFT JOIN audit_payload p ON p.event_id = w.event_id AND p.section = 'rework'
WHERE c.token = %s AND w.task_id = %s AND w.person_id = %s AND w.attempt = %s
"""
SHOWN_ALL = "SELECT uuid FROM reviews_task WHERE item_id = %s AND id <> %s AND kind IN {kinds}"
ONLOOKERS = """
SELECT DISTINCT c.person_id FROM audit_event e JOIN reviews_claim c ON c.event_id = e.id
WHERE e.stream IN {streams} AND e.type = 'reviews.claimed'
    AND NOT EXISTS (SELECT 1 FROM reviews_onlooker o WHERE o.task_id = %s AND o.person_id = c.person_id)
"""


@dataclass(frozen=True, slots=True)
class GivenBack:
    """A decision that went back to its author: until when the seat is theirs alone, and whether this call did it."""

    kept_until: dt.datetime
    new: bool


@transaction.atomic
def return_for_rework(*, token: uuid.UUID, decision: uuid.UUID, note: str, by: Actor, at: dt.datetime) -> GivenBack:
    """Return one of the decisions that an open adjudication shows to its author, with a note on what to look at again.

    The decision stays on record and is taken back by name, so that its author can make another. Their seat waits for
    them alone for 24 hours, then for others; nobody who has been shown the decisions side by side may sit there. The
    adjudication is closed, and opens anew where the redo settles nothing. Said again with the same note under the same
    claim it changes nothing. Locks item, tasks, seats.

    Raises:
        NotFound: no such claim of this person, or no such decision before it.
        ReasonMissing: there is no note, or one of more than 2,000 characters.
        NotReturnable: this is no adjudication, or the decision is no answer, or one's own.
        ClaimLost, NotOpened: the claim has ended, or was never on screen.
        MovedOn: the decision has been taken back.
        AuthorGone: its author no longer works in its queue.
    """
    note = note.strip()
    if not note or len(note) > LONGEST_NOTE:
        raise ReasonMissing(fields=[("note", _("A note has 1 to %(n)d characters.") % {"n": LONGEST_NOTE})])
    seen = own_claim(token, by, at)
    found = _shown(decision, seen)
    tasks, ids = many([seen.task_id, found.task_id])
    rows = ask(LOCKED.format(tasks=tasks) + lock("i", "t", "s"), [seen.item_id, *ids])
    own, theirs = [next(row for row in rows if row.seat_id == seat) for seat in (seen.seat_id, found.seat_id)]
    before = ask_one(BEFORE, [token, found.task_id, found.person_id, found.attempt])
    if before is not None and before.body is not None and json.loads(before.body)["note"] == note:
        return GivenBack(before.withdrawn_at + REWORK, new=False)
    _check(seen, found, own, theirs, at)
    author = look_at_seat(found.seat_id, found.person_id, at)
    assert author is not None
    if not ask(WORKS, [author.lane_id, found.person_id, at, at]):
        raise AuthorGone
    by = by.as_role(acting_role(seen))
    end_claims([seen.seat_id], reason="ended", by=by, at=at, tokens=[token])
    _reopen(seen, found, author, theirs, note, by, at)
    _remember_onlookers(seen.item_id, found.task_id)
    drop_marks(author.lane_id)
    return GivenBack(at + REWORK, new=True)


def _shown(decision: uuid.UUID, seen: Row) -> Row:
    """Give the decision, as the claim's presentation names it among those of the task that it settles.

    Raises:
        NotFound, NotReturnable: as `return_for_rework` does.
    """
    found = ask_one(FIND, [decision])
    named = {one["decision"] for one in json.loads(seen.manifest).get("prior", [])}
    if found is None or str(decision) not in named:
        raise NotFound
    fits = seen.kind == "adjudication" and found.task_id == seen.after_id and found.verdict in ANSWERS
    if not fits or found.person_id == seen.claimant_id:
        raise NotReturnable
    return found


def _check(seen: Row, found: Row, own: Row, theirs: Row, at: dt.datetime) -> None:
    """See that the claim lives, on screen, and that the decision stands on a task which waits for a settlement.

    Raises:
        ClaimLost, NotOpened, MovedOn: as `return_for_rework` does.
    """
    if own.seat_state != "leased" or own.claim_id != seen.looked_claim_id or own.lease_until <= at:
        raise ClaimLost
    if seen.opened_at is None or own.slot != "open":
        raise NotOpened
    standing = theirs.seat_state == "decided" and theirs.claim_id == found.claim_id
    if not standing or theirs.task_state != "passed_on":
        raise MovedOn


def _reopen(seen: Row, found: Row, author: Row, theirs: Row, note: str, by: Actor, at: dt.datetime) -> None:
    """Take the decision back, let its seat wait for its author, and close the adjudication."""
    trail = Trail(ground_of(seen), by, at)
    task_stream, item_stream = f"task/{author.task_uuid}", f"item/{seen.item_uuid}"
    trail.at_head(task_stream, theirs.task_sseq, theirs.task_head)
    trail.at_head(item_stream, theirs.item_sseq, theirs.item_head)
    until = at + REWORK
    told = {"decision": str(found.uuid), "seat": author.seat_number}
    rework = {"note": note, "until": until.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}
    place = trail.add(task_stream, "reviews.decision_returned", tags_of(author), withdrawal=told, rework=rework)
    put_off = {"task": str(seen.task_uuid), "after": str(author.task_uuid)}
    trail.add(item_stream, "reviews.adjudication_put_off", tags_of(seen), task=put_off)
    event = trail.write()[place]
    run(
        "INSERT INTO reviews_withdrawal (task_id, person_id, attempt, withdrawn_at, returned_by_id, event_id) "
        "VALUES (%s, %s, %s, %s, %s, %s)",
        [found.task_id, found.person_id, found.attempt, at, seen.claimant_id, event],
    )
    run("UPDATE reviews_seat SET compared = TRUE WHERE task_id = %s AND id <> %s", [found.task_id, found.seat_id])
    due, climb_at = _due(author, at, until)
    task, item = trail.heads[task_stream], trail.heads[item_stream]
    together(
        (
            "UPDATE reviews_seat SET state = 'open', person_id = NULL, claim_id = NULL, compared = TRUE, "
            "kept_for_id = %s, kept_until = %s, due_at = %s, rank = 0 WHERE id = %s",
            [found.person_id, until, due, found.seat_id],
        ),
        ("UPDATE reviews_seat SET state = 'closed' WHERE task_id = %s AND state = 'open'", [seen.task_id]),
        ("UPDATE reviews_item SET sseq = %s, head = %s WHERE id = %s", [item.sseq, item.hash, seen.item_id]),
    )
    run("UPDATE reviews_task SET state = 'closed' WHERE id = %s", [seen.task_id])
    run(
        "UPDATE reviews_task SET state = 'open', sseq = %s, head = %s, climb_at = %s WHERE id = %s",
        [task.sseq, task.hash, climb_at, found.task_id],
    )


def _due(author: Row, at: dt.datetime, until: dt.datetime) -> tuple[dt.datetime, dt.datetime | None]:
    """Say when the author's seat is due, and when the clock passes the task on: never within the author's own time."""
    rights, calendar = rights_of(author.rights_body), calendar_of(author.project_id)
    due = due_at(rights, author.queue_slug, at, calendar, author.decide_by)
    wait = clock_waits(rights, level=author.queue_level, escalated=author.kind == "escalation")
    never = due - at > NEVER_DUE / 2 and author.kind != "escalation"  # a higher level's clock runs without a due time
    if wait is None or author.kind not in CLIMBS or never:
        return due, None
    return due, later(until if author.kind == "escalation" else max(due, until), wait, calendar)


def _remember_onlookers(item_id: int, task_id: int) -> None:
    """Write down who has been shown the task's decisions: everyone who ever claimed a task that shows them."""
    kinds, names = many(SHOWS_PRIOR)
    streams, ids = many(f"task/{row.uuid}" for row in ask(SHOWN_ALL.format(kinds=kinds), [item_id, task_id, *names]))
    rows: Sequence[Row] = ask(ONLOOKERS.format(streams=streams), [*ids, task_id])
    insert("reviews_onlooker", {"task_id": "bigint", "person_id": "bigint"}, [(task_id, row.person_id) for row in rows])
