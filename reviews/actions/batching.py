"""Batches: up to 50 seats of one queue leased to one person, on screen, given back."""

import datetime as dt
import json
import uuid
from collections.abc import Collection
from typing import Any

from django.db import IntegrityError, transaction

from accounts.errors import NotFound
from accounts.reads import Actor
from audit.models.sql import Row, ask, change, insert, lock, many, run
from audit.reads import canonical, uuid7
from reviews.actions.claiming import PREFETCHED
from reviews.actions.ending import HEAD, LEASE, end_claims
from reviews.actions.gathering import gathered
from reviews.actions.gating import see_acknowledged
from reviews.actions.seating import acting_role, card_shown, files_of, ground_of, present, tags_of, working_person
from reviews.actions.trail import Trail
from reviews.errors import ClaimLost, NoBatch
from reviews.models import Queue
from reviews.reads.batches import batch_row, live_batch, look_at_batch, most_at_once
from reviews.reads.media import Media, media_of
from reviews.reads.published import rights_of
from reviews.rights import duration

LOCK_PERSON = "SELECT p.id FROM accounts_person p WHERE p.id = %s"
LOCK_BATCH = """
SELECT s.id AS seat_id, s.lease_until, c.id AS claim_id, c.token, t.sseq, t.head
FROM reviews_task t JOIN reviews_seat s ON s.task_id = t.id JOIN reviews_claim c ON c.id = s.claim_id
WHERE c.batch_id = %s AND s.state = 'leased' ORDER BY t.id, s.id
"""
CLAIM = {
    "token": "uuid",
    "seat_id": "bigint",
    "task_id": "bigint",
    "person_id": "bigint",
    "via": "text",
    "claimed_at": "timestamptz",
    "event_id": "bigint",
    "batch_id": "bigint",
}
SHOWN = {
    "claim_id": "bigint",
    "taxonomy_id": "bigint",
    "guideline_id": "bigint",
    "card_id": "bigint",
    "manifest": "bytea",
}
OPENING = {"claim_id": "bigint", "opened_at": "timestamptz", "event_id": "bigint"}


def claim_batch(*, queue: Queue, by: Actor, at: dt.datetime) -> uuid.UUID | None:
    """Lease up to as many seats of a queue as its batches take, to be looked at together; None when nothing waits.

    Only ordinary work of normal impact with a visible proposal is taken, nothing to be heard, and nothing with more to
    look at than a tile shows. A batch that the person has open, also one of another queue, is answered again; where
    batches have ended meanwhile it is given back first. A unique violation is a lost race and is retried once. Locks
    person, task, seat.

    Raises:
        Forbidden: the actor is no person.
        NoBatch: the decision rights in force give this person no batches in the queue.
        AcknowledgementDue: the guideline in force there asks to be acknowledged first.
    """
    person_id = working_person(by)
    _let_go(person_id, by, at)
    try:
        return _held_or_new(person_id, queue, by, at)
    except IntegrityError:  # a lost race: what won it is there now
        return _held_or_new(person_id, queue, by, at)


def _let_go(person_id: int, by: Actor, at: dt.datetime) -> None:
    """Give back what a person holds in a batch where they may have none any more: it may be veiled by now."""
    mine = live_batch(person_id)
    if mine and not most_at_once(mine[0].queue_id, person_id, at):
        end_claims([row.seat_id for row in mine], reason="returned", by=by, at=at, tokens=[row.token for row in mine])


@transaction.atomic
def _held_or_new(person_id: int, queue: Queue, by: Actor, at: dt.datetime) -> uuid.UUID | None:
    ask(LOCK_PERSON + lock("p"), [person_id])  # one batch a person
    mine = live_batch(person_id)
    if any(row.lease_until > at for row in mine):
        held: uuid.UUID = next(row.uuid for row in mine if row.lease_until > at)
        return held
    if mine:
        end_claims([row.seat_id for row in mine], reason="lapsed", by=by, at=at, tokens=[row.token for row in mine])
    most = most_at_once(queue.pk, person_id, at)
    if not most:
        raise NoBatch
    rows = gathered(person_id, queue, most, at)
    if not rows:
        return None
    batch = uuid7(at)
    made = [(batch, person_id, queue.pk, at)]
    columns = {"uuid": "uuid", "person_id": "bigint", "queue_id": "bigint", "made_at": "timestamptz"}
    number = insert("reviews_batch", columns, made, returning="id")[0].id
    places = [(row, place) for place, row in enumerate(sorted(rows, key=_order), 1)]
    write_claims(places, person_id, (number, batch), until=at + PREFETCHED, by=by, at=at)
    return batch


def _order(seen: Row) -> tuple[list[str], Any, int]:
    """Put like proposals together, doubt first."""
    labels = json.loads(seen.prediction_body)["prediction"].get("labels", [])
    return (sorted(labels), seen.confidence if seen.confidence is not None else 2, seen.seat_id)


def write_claims(
    places: list[tuple[Row, int]],
    person_id: int,
    batch: tuple[int, uuid.UUID],
    *,
    until: dt.datetime,
    by: Actor,
    at: dt.datetime,
    trail: Trail | None = None,
) -> list[uuid.UUID]:
    """Write claims of a batch on seats that are locked with their tasks: events, claims, presentations, leases.

    `batch` is its row id and uuid. `trail` carries the caller's earlier events on the tasks' streams. Gives the tokens.

    Raises:
        AcknowledgementDue: the guideline that they name asks to be acknowledged first.
    """
    seen = [row for row, _place in places]
    see_acknowledged(*seen)
    trail = trail or Trail(ground_of(seen[0]), by.as_role(acting_role(seen[0])), at)
    media = media_of(sorted({file for row in seen for file in files_of(row)}), "thumbnail")
    tokens, told = [uuid7(at) for _row in seen], []
    for token, (row, place) in zip(tokens, places, strict=True):
        manifest = _present_on_grid(row, media, batch[1], place)
        stream = f"task/{row.task_uuid}"
        trail.at_head(stream, row.task_sseq, row.task_head)
        claim = {"token": str(token), "slot": "batch", "seat": row.seat_number, "batch": str(batch[1])}
        told.append((manifest, trail.add(stream, "reviews.claimed", tags_of(row), claim=claim, presentation=manifest)))
    events = trail.write()
    claims = [
        (token, row.seat_id, row.task_id, person_id, by.via, at, events[event], batch[0])
        for token, row, (_manifest, event) in zip(tokens, seen, told, strict=True)
    ]
    ids = {row.token: row.id for row in insert("reviews_claim", CLAIM, claims, returning="id, token")}
    by_token = list(zip(tokens, places, told, strict=True))
    shown = [
        (ids[token], row.taxonomy_id, row.guideline_id, card_shown(row), canonical(manifest))
        for token, (row, _), (manifest, _) in by_token
    ]
    insert("reviews_presentation", SHOWN, shown)
    leases = [
        (row.seat_id, "leased", person_id, "batch", place, until, ids[token]) for token, (row, place), _ in by_token
    ]
    change("reviews_seat", LEASE, leases)
    move_heads(seen, trail)
    return tokens


def move_heads(seen: list[Row], trail: Trail) -> None:
    """Write where the streams of these seats' tasks end now."""
    heads = [(row.task_id, trail.heads[f"task/{row.task_uuid}"]) for row in seen]
    change("reviews_task", HEAD, [(task, head.sseq, head.hash) for task, head in heads])


def own_batch(batch: uuid.UUID, by: Actor) -> Row:
    """Read a batch.

    Raises:
        NotFound: there is no such batch, or it is another person's.
    """
    found = batch_row(batch)
    if found is None or found.person_id != working_person(by):
        raise NotFound
    return found


def allowed_batch(batch: uuid.UUID, by: Actor, at: dt.datetime) -> Row:
    """Read a batch whose person may still have batches there.

    Raises:
        NotFound: there is no such batch, or it is another person's.
        NoBatch: they may have none: by the decision rights, or since what is there is veiled or limited now.
    """
    row = own_batch(batch, by)
    if not most_at_once(row.queue_id, row.person_id, at):
        raise NoBatch
    return row


def _present_on_grid(row: Row, media: Media, batch: uuid.UUID, place: int) -> dict[str, Any]:
    """Make the manifest of what a tile shows; it has no room for how often people changed answers like its own."""
    manifest = present(row, [], media, recipe="thumbnail")
    manifest.pop("changed", None)
    return manifest | {"grid": {"batch": str(batch), "place": place, "recipe": "thumbnail"}}


def open_batch(*, batch: uuid.UUID, tokens: Collection[uuid.UUID], by: Actor, at: dt.datetime) -> dt.datetime:
    """Say which items of a batch are on screen now, and start the lease of the whole batch anew; give its end.

    Each opening is a fact of its own. Safe to say twice, and without tokens to prolong. Locks task, seat.

    Raises:
        NotFound: no such batch of this person.
        ClaimLost: nothing of it is leased any more.
        NoBatch: the person may have no batches there any more, so nothing more of it comes on screen.
    """
    try:
        return _open(batch, tokens, by, at)
    except IntegrityError:  # said twice at once: the other one has it
        return _open(batch, tokens, by, at)


@transaction.atomic
def _open(batch: uuid.UUID, tokens: Collection[uuid.UUID], by: Actor, at: dt.datetime) -> dt.datetime:
    row = allowed_batch(batch, by, at)
    locked = {one.seat_id: one for one in ask(LOCK_BATCH + lock("t", "s"), [row.id]) if one.lease_until > at}
    seen = [one for one in look_at_batch(row.id, row.person_id, at) if one.seat_id in locked]
    if not seen:
        raise ClaimLost
    until = at + min(duration(rights_of(one.rights_body).lease) for one in seen)
    seats, ids = many(locked)
    run(f"UPDATE reviews_seat SET lease_until = %s WHERE id IN {seats}", [until, *ids])  # noqa: S608
    fresh = [one for one in seen if one.opened_at is None and one.token in tokens]
    if not fresh:
        return until
    trail = Trail(ground_of(fresh[0]), by.as_role(acting_role(fresh[0])), at)
    for one in fresh:
        now = locked[one.seat_id]
        stream = f"task/{one.task_uuid}"
        trail.at_head(stream, now.sseq, now.head)
        trail.add(stream, "reviews.opened", tags_of(one), opened={"token": str(one.token)})
    events = trail.write()
    rows = [(one.looked_claim_id, at, event) for one, event in zip(fresh, events, strict=True)]
    insert("reviews_opening", OPENING, rows)
    move_heads(fresh, trail)
    return until


def give_back_batch(*, batch: uuid.UUID, by: Actor, at: dt.datetime) -> int:
    """Give what is left of a batch back: its seats wait for anyone again; tell how many. Locks task, seat.

    Raises:
        NotFound: no such batch of this person.
    """
    row = own_batch(batch, by)
    mine = [one for one in live_batch(row.person_id) if one.id == row.id]
    tokens = [one.token for one in mine]
    return end_claims([one.seat_id for one in mine], reason="returned", by=by, at=at, tokens=tokens)
