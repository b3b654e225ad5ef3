"""Claiming: the next seat of my lanes, leased to me; opened, prolonged, given back."""

import datetime as dt
import hashlib
import uuid
from typing import Any

from accounts.errors import Forbidden, NotFound
from accounts.reads import Actor
from audit.models.sql import Row, ask, ask_one, lock, postgres, run, together
from audit.reads import canonical, uuid7
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import get_language

from reviews.actions.ending import end_claims
from reviews.actions.trail import Ground, Trail
from reviews.errors import AnotherOpen, ClaimLost
from reviews.models import Queue
from reviews.reads.held import Held, Prior, held, hides_proposal, look_at_claim, look_at_seat, prior_of, rights_of
from reviews.rights import duration

PREFETCHED = dt.timedelta(minutes=2)
WINDOW, MARK_FROM = 64, 8
START = dt.datetime(1, 1, 1, tzinfo=dt.UTC)

MINE = """
SELECT s.id AS seat_id, s.slot, s.lease_until, c.token, t.queue_id
FROM reviews_seat s JOIN reviews_claim c ON c.id = s.claim_id JOIN reviews_task t ON t.id = s.task_id
WHERE s.person_id = %s AND s.state = 'leased'
"""
PEEK = """
SELECT x.lane_id, x.rank, x.due_at, x.seat_id FROM (
    SELECT pl.lane_id, w.rank, w.due_at, w.seat_id, (
        SELECT s.id FROM reviews_seat s WHERE s.lane_id = pl.lane_id AND s.state = 'open'
            AND (s.rank, s.due_at, s.id) > (COALESCE(w.rank, -1), COALESCE(w.due_at, {start}), COALESCE(w.seat_id, 0))
        ORDER BY s.rank, s.due_at, s.id LIMIT 1) AS first_id
    FROM reviews_personlane pl
    JOIN accounts_membership m ON m.id = pl.membership_id
        AND m.from_at <= %s AND (m.until_at IS NULL OR m.until_at > %s)
    JOIN reviews_lane l ON l.id = pl.lane_id
    LEFT JOIN reviews_watermark w ON w.person_id = pl.person_id AND w.lane_id = pl.lane_id AND w.drop_at > %s
    WHERE pl.person_id = %s AND (%s = 0 OR l.queue_id = %s)
) x JOIN reviews_seat h ON h.id = x.first_id
ORDER BY h.rank, h.due_at, h.id
"""
ANY_LANE = """
SELECT DISTINCT pl.lane_id FROM reviews_personlane pl
JOIN accounts_membership m ON m.id = pl.membership_id AND m.from_at <= %s AND (m.until_at IS NULL OR m.until_at > %s)
JOIN reviews_lane l ON l.id = pl.lane_id
WHERE pl.person_id = %s AND (%s = 0 OR l.queue_id = %s)
"""
MAY_SIT = """
NOT EXISTS (SELECT 1 FROM reviews_seat o WHERE o.task_id = s.task_id AND o.person_id = %s
    AND o.state IN ('leased', 'decided'))
AND (NOT s.apart OR NOT EXISTS (SELECT 1 FROM reviews_seat o WHERE o.item_id = s.item_id AND o.person_id = %s
    AND o.apart AND o.state IN ('leased', 'decided')))
"""
TAKE = """
SELECT s.id AS seat_id, s.lane_id, s.rank, s.due_at, line.place
FROM ({line}) line
JOIN reviews_seat s ON s.id = line.id JOIN reviews_task t ON t.id = s.task_id
WHERE s.state = 'open' AND {may_sit}
ORDER BY s.rank, s.due_at, s.id LIMIT 1
"""
NEAR = f"""
SELECT z.id, row_number() OVER (ORDER BY z.rank, z.due_at, z.id) AS place FROM (
    SELECT o.id, o.rank, o.due_at FROM reviews_seat o WHERE o.lane_id = %s AND o.state = 'open'
        AND (o.rank, o.due_at, o.id) > (%s, %s, %s)
    ORDER BY o.rank, o.due_at, o.id LIMIT {WINDOW}) z
"""  # noqa: S608 - a constant
FAR = f"""
SELECT s.id, {WINDOW} AS place FROM reviews_seat s
WHERE s.lane_id = %s AND s.state = 'open' AND {MAY_SIT} ORDER BY s.rank, s.due_at, s.id LIMIT 8
"""  # noqa: S608 - a constant
NOTE_CLAIM = "INSERT INTO reviews_claim (token, seat_id, task_id, person_id, via, claimed_at, event_id) VALUES (%s, %s, %s, %s, %s, %s, %s) RETURNING id"
NOTE_SHOWN = "INSERT INTO reviews_presentation (claim_id, taxonomy_id, guideline_id, manifest) VALUES ({claim}, %s, %s, %s)"
LEASE = "UPDATE reviews_seat SET state = 'leased', person_id = %s, slot = %s, lease_until = %s, claim_id = {claim} WHERE id = %s"
MOVE_HEAD = "UPDATE reviews_task SET sseq = %s, head = %s WHERE id = %s"
MARK = """
INSERT INTO reviews_watermark (person_id, lane_id, rank, due_at, seat_id, drop_at) VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT (person_id, lane_id) DO UPDATE SET rank = excluded.rank, due_at = excluded.due_at,
    seat_id = excluded.seat_id,
    drop_at = CASE WHEN reviews_watermark.drop_at > %s THEN reviews_watermark.drop_at ELSE excluded.drop_at END
"""


def ground_of(seen: Row) -> Ground:
    """Give the project that a looked-at seat's events belong to."""
    return Ground(seen.project_id, seen.project_uuid, (seen.log_id, seen.origin))


def working_person(by: Actor) -> int:
    """Give the person who works; a service never does.

    Raises:
        Forbidden: the actor is no person.
    """
    if by.person_id is None:
        raise Forbidden("Only a person claims and decides; use a personal token.")
    return by.person_id


def claim_next(*, by: Actor, at: dt.datetime, queue: Queue | None = None, resume: bool = False) -> Held | None:
    """Lease the best open seat of my lanes (of one queue, when given) as a prefetched claim; None when nothing waits.

    A prefetched claim of the same line is answered again; one of another line is given back first. With `resume` the
    claim on screen, if there is one, is answered. A unique violation is a lost race and is retried once. Locks task,
    then seat.

    Raises:
        Forbidden: the actor is no person.
    """
    person_id = working_person(by)
    try:
        return _held_or_next(person_id, queue, resume, by, at)
    except IntegrityError:  # a lost race: what won it is there now
        return _held_or_next(person_id, queue, resume, by, at)


def _held_or_next(person_id: int, queue: Queue | None, resume: bool, by: Actor, at: dt.datetime) -> Held | None:
    for mine in ask(MINE, [person_id]):
        if mine.lease_until <= at or (mine.slot == "prefetch" and queue and mine.queue_id != queue.pk):
            end_claims([mine.seat_id], reason="lapsed" if mine.lease_until <= at else "returned", by=by, at=at)
        elif mine.slot == "prefetch" or resume:
            return _resumed(mine.seat_id, person_id, at)
    return _claim(person_id, queue, by, at)


def _resumed(seat_id: int, person_id: int, at: dt.datetime) -> Held:
    seen = look_at_seat(seat_id, person_id, at)
    assert seen is not None
    return shown(seen)


def shown(seen: Row) -> Held:
    """Shape a claimed seat by the manifest that its claim kept."""
    import json

    manifest = json.loads(seen.manifest)
    return held(seen, prior=prior_of(seen.item_id, seen.kind), manifest=manifest)


@transaction.atomic
def _claim(person_id: int, queue: Queue | None, by: Actor, at: dt.datetime) -> Held | None:
    taken = _take(person_id, queue, at)
    if taken is None:
        return None
    return seat_claim(taken.seat_id, person_id, slot="prefetch", until=at + PREFETCHED, by=by, at=at, mark=taken)


def _take(person_id: int, queue: Queue | None, at: dt.datetime) -> Row | None:
    """Lock the first seat that this person may sit in: near the head of each lane, then anywhere in it."""
    chosen = (0, 0) if queue is None else (queue.pk, queue.pk)
    start = "'-infinity'::timestamptz" if postgres() else "''"
    near = TAKE.format(line=NEAR, may_sit=MAY_SIT) + lock("t", "s", skip=True)
    for lane in ask(PEEK.format(start=start), [at, at, at, person_id, *chosen]):
        mark = (lane.rank, lane.due_at, lane.seat_id) if lane.rank is not None else (-1, START, 0)
        taken = ask_one(near, [lane.lane_id, *mark, person_id, person_id])
        if taken is not None:
            return taken
    far = TAKE.format(line=FAR, may_sit=MAY_SIT) + lock("t", "s", skip=True)
    for lane in ask(ANY_LANE, [at, at, person_id, *chosen]):
        taken = ask_one(far, [lane.lane_id, person_id, person_id, person_id, person_id])
        if taken is not None:
            return taken
    return None


def seat_claim(
    seat_id: int,
    person_id: int,
    *,
    slot: str,
    until: dt.datetime,
    by: Actor,
    at: dt.datetime,
    mark: Row | None = None,
    trail: Trail | None = None,
) -> Held:
    """Write a claim on a seat that the caller holds locked with its task: event, claim, presentation, lease.

    `trail` carries the caller's earlier events on the task's stream; they are written here.
    """
    seen = look_at_seat(seat_id, person_id, at)
    if seen is None:
        raise NotFound
    by = by.as_role(acting_role(seen))
    prior = prior_of(seen.item_id, seen.kind)
    manifest = present(seen, prior)
    token, stream = uuid7(at), f"task/{seen.task_uuid}"
    trail = trail or Trail(ground_of(seen), by, at)
    trail.at_head(stream, seen.task_sseq, seen.task_head)
    place = trail.add(
        stream,
        "reviews.claimed",
        tags_of(seen),
        claim={"token": str(token), "slot": slot, "seat": seen.seat_number},
        presentation=manifest,
    )
    event_id = trail.write()[place]
    head = trail.heads[stream]
    _write_claim(
        (token, seat_id, seen.task_id, person_id, by.via, at, event_id),
        (seen.taxonomy_id, seen.guideline_id, canonical(manifest)),
        (person_id, slot, until, seat_id),
        (head.sseq, head.hash, seen.task_id),
        _marking(person_id, mark, at),
    )
    seen.token, seen.slot, seen.lease_until, seen.opened_at = token, slot, until, None
    return held(seen, prior=prior, manifest=manifest)


def acting_role(seen: Row) -> str:
    """Give the role that entitles this person to work in the seat's queue, by the decision rights in force.

    Raises:
        Forbidden: none of their roles does.
    """
    rows = [row for row in rights_of(seen.standing_body).verdicts if row.queue == seen.queue_slug]
    for row in rows:
        if row.role in seen.roles:
            return row.role
    raise Forbidden("You hold no role that works in this queue now.")


def tags_of(seen: Row) -> dict[str, Any]:
    """Give the tags that events about this seat's item carry."""
    return {
        "item": str(seen.item_uuid),
        "queue": str(seen.queue_uuid),
        "model": str(seen.model_uuid) if seen.model_uuid else None,
        "rights": seen.rights_number,
        "kind": seen.kind,
        "source": None,
    }


def present(seen: Row, prior: list[Prior]) -> dict[str, Any]:
    """Make the manifest of what a claim shows: digests and versions, at most 4 KB."""
    import json

    data = json.loads(seen.item_body).get("data", {}) if seen.item_body else {}
    files = sorted(_files(data))
    hidden = hides_proposal(seen)
    proposed = seen.prediction_commitment.hex() if seen.prediction_commitment else None
    return {
        "v": 1,
        "item": seen.item_commitment.hex(),
        "prediction": "hidden" if hidden else proposed,
        "prior": [{"decision": str(one.uuid), "commitment": one.commitment} for one in prior],
        "guideline": seen.guideline_digest,
        "taxonomy": seen.taxonomy_digest,
        "rights": seen.standing_digest,
        "model_card": None,
        "assets": files if len(files) <= 20 else [hashlib.sha256(canonical(files)).hexdigest()],
        "recipe": "screen-1" if files else None,
        "confidence": bool(seen.show_confidence and not hidden and seen.confidence is not None),
        "build": settings.BUILD,
        "locale": get_language() or "en",
    }


def _files(value: Any) -> set[str]:
    if isinstance(value, str):
        return {value} if value.startswith("sha256:") and len(value) == 71 else set()
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return set().union(*map(_files, parts)) if parts else set()


def _marking(person_id: int, mark: Row | None, at: dt.datetime) -> tuple[Any, ...] | None:
    if mark is None or mark.place < MARK_FROM:
        return None
    return (person_id, mark.lane_id, mark.rank, mark.due_at, mark.seat_id - 1, at + dt.timedelta(minutes=1), at)


def _write_claim(
    claim: tuple[Any, ...],
    presentation: tuple[Any, ...],
    lease: tuple[Any, ...],
    head: tuple[Any, ...],
    marking: tuple[Any, ...] | None,
) -> None:
    if postgres():
        made = "(SELECT id FROM made)"
        parts = [
            f"made AS ({NOTE_CLAIM})",
            f"shown AS ({NOTE_SHOWN.format(claim=made)})",
            f"moved AS ({MOVE_HEAD})",
            *([f"marked AS ({MARK})"] if marking else []),
        ]
        person, slot, until, seat_id = lease
        ask(
            f"WITH {', '.join(parts)} {LEASE.format(claim=made)} RETURNING id",
            [*claim, *presentation, *head, *(marking or ()), person, slot, until, seat_id],
        )
        return
    number = ask(NOTE_CLAIM, claim)[0].id
    run(NOTE_SHOWN.format(claim="%s"), [number, *presentation])
    run(MOVE_HEAD, head)
    run(LEASE.format(claim="%s"), [*lease[:3], number, lease[3]])
    if marking:
        run(MARK, marking)


def own_claim(token: uuid.UUID, by: Actor, at: dt.datetime) -> Row:
    """Look a claim up by its token.

    Raises:
        NotFound: there is no such claim, or it is another person's.
    """
    person_id = working_person(by)
    owner = ask_one("SELECT person_id, seat_id FROM reviews_claim WHERE token = %s", [token])
    if owner is None or owner.person_id != person_id:
        raise NotFound
    seen = look_at_claim(token, person_id, at)
    assert seen is not None
    return seen


LOCK_SEAT = """
SELECT t.sseq AS task_sseq, t.head AS task_head, t.state AS task_state, s.state AS seat_state, c.token, s.slot,
    s.lease_until
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
        raise ClaimLost
    return seat


@transaction.atomic
def open_claim(*, token: uuid.UUID, by: Actor, at: dt.datetime) -> Held:
    """Say that the claim's item is on screen: a fact of its own, and the start of the full lease. Locks task, seat.

    Safe to say twice. A claim on screen before, set aside by a withdrawal, comes back to the screen.

    Raises:
        NotFound: no such claim of this person.
        ClaimLost: it lapsed or ended.
        AnotherOpen: another item is on screen.
    """
    seen = own_claim(token, by, at)
    seat = lock_live(seen.seat_id, token, at)
    if seen.opened_at is not None and seat.slot == "open":
        return shown(seen)
    other = ask_one(
        "SELECT 1 AS taken FROM reviews_seat WHERE person_id = %s AND state = 'leased' AND slot = 'open' AND id <> %s",
        [by.person_id, seen.seat_id],
    )
    if other is not None:
        raise AnotherOpen
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
        claim_id = ask("SELECT id FROM reviews_claim WHERE token = %s", [token])[0].id
        together((note, [claim_id, at, event_id]), (MOVE_HEAD, [head.sseq, head.hash, seen.task_id]), move)
    else:
        together(move)
    seen.slot, seen.lease_until, seen.opened_at = "open", until, at
    return shown(seen)


@transaction.atomic
def prolong(*, token: uuid.UUID, by: Actor, at: dt.datetime) -> dt.datetime:
    """Start the lease of an open claim anew, since its person is at work; give its end. Locks task, seat.

    Raises:
        NotFound: no such claim of this person.
        ClaimLost: it lapsed or ended.
    """
    seen = own_claim(token, by, at)
    seat = lock_live(seen.seat_id, token, at)
    lease = duration(rights_of(seen.rights_body).lease) if seat.slot == "open" else PREFETCHED
    run("UPDATE reviews_seat SET lease_until = %s WHERE id = %s", [at + lease, seen.seat_id])
    return at + lease


def give_back(*, token: uuid.UUID, by: Actor, at: dt.datetime) -> None:
    """Give a claim back: its seat waits for anyone again. What was typed is kept. Locks task, seat.

    Raises:
        NotFound: no such claim of this person.
        ClaimLost: it lapsed or ended.
    """
    seen = own_claim(token, by, at)
    with transaction.atomic():
        lock_live(seen.seat_id, token, at)
        end_claims([seen.seat_id], reason="returned", by=by, at=at, token=token)


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
        raise ClaimLost("This task is decided; there is nothing left to draft.")
    run(
        "INSERT INTO reviews_draft (task_id, person_id, body, saved_at) VALUES (%s, %s, %s, %s) "
        "ON CONFLICT (task_id, person_id) DO UPDATE SET body = excluded.body, saved_at = excluded.saved_at",
        [claim.task_id, person_id, body, at],
    )
