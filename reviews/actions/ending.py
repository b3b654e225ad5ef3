"""Ending claims without a decision: lapsed, given back, or ended by another verb."""

import datetime as dt
import json
import uuid
from collections.abc import Collection, Sequence

from django.db import transaction

from accounts.reads import Actor, clock
from audit.models.sql import Row, ask, change, insert, lock, many, run
from reviews.actions.trail import Ground, Trail

EVENT = {
    "lapsed": "reviews.claim_lapsed",
    "returned": "reviews.claim_returned",
    "left": "reviews.claim_left",
    "ended": "reviews.claim_ended",
}
TAKEN_BACK = "reviews.claim_taken_back"
LEASE = {
    "id": "bigint",
    "state": "text",
    "person_id": "bigint",
    "slot": "text",
    "place": "smallint",
    "lease_until": "timestamptz",
    "claim_id": "bigint",
}
HEAD = {"id": "bigint", "sseq": "integer", "head": "bytea"}
LEASED = """
SELECT s.id AS seat_id, s.claim_id, s.lane_id, s.rank, s.due_at, s.task_id, c.token,
    t.uuid AS task_uuid, t.kind, t.sseq AS task_sseq, t.head AS task_head, t.state AS task_state,
    p.id AS project_id, p.uuid AS project_uuid, l.id AS log_id, l.origin, e.leaf
FROM reviews_task t JOIN reviews_seat s ON s.task_id = t.id JOIN reviews_claim c ON c.id = s.claim_id
JOIN reviews_item i ON i.id = t.item_id JOIN accounts_project p ON p.id = i.project_id
JOIN audit_log l ON l.id = p.log_id JOIN audit_event e ON e.id = c.event_id
WHERE s.state = 'leased' AND {which} ORDER BY t.id, s.id {limit}
"""


@transaction.atomic
def end_claims(
    seat_ids: Sequence[int],
    *,
    reason: str,
    by: Actor,
    at: dt.datetime,
    tokens: Collection[uuid.UUID] | None = None,
    why: str = "",
) -> int:
    """End the claims on these seats; the seats wait again where their task is open. Locks task, seat, in order of id.

    `reason` is lapsed, returned, left (out of a batch, for single review) or ended; `why` says in words why somebody
    else ended it. With `tokens` only those claims are ended. Gives how many were ended.
    """
    placeholders, ids = many(seat_ids)
    lapsed = " AND s.lease_until <= %s" if reason == "lapsed" else ""
    rows = ask(
        LEASED.format(which=f"s.id IN {placeholders}{lapsed}", limit="") + lock("t", "s"),
        [*ids, *([at] if lapsed else [])],
    )
    rows = [row for row in rows if tokens is None or row.token in tokens]
    if rows:
        _end(rows, reason, by, at, why)
    return len(rows)


@transaction.atomic
def sweep(*, at: dt.datetime, limit: int = 200) -> int:
    """Return lapsed seats to their lanes. Locks task, seat, in order of id, skipping locked ones; gives how many."""
    rows = ask(
        LEASED.format(which="s.lease_until <= %s", limit=f"LIMIT {int(limit)}") + lock("t", "s", skip=True), [at]
    )
    if rows:
        _end(rows, "lapsed", clock(), at)
    return len(rows)


def _end(rows: list[Row], reason: str, by: Actor, at: dt.datetime, why: str = "") -> None:
    trails: dict[int, Trail] = {}
    event, told = (TAKEN_BACK, {"why": why}) if why else (EVENT[reason], {})
    for row in rows:
        claimed = json.loads(row.leaf)  # the end carries the tags, and a person the role, that the claim was made with
        ground = Ground(row.project_id, row.project_uuid, (row.log_id, row.origin))
        trail = trails.setdefault(row.project_id, Trail(ground, by, at))
        trail.by = by if by.role else by.as_role(claimed["role"])
        stream = f"task/{row.task_uuid}"
        trail.at_head(stream, row.task_sseq, row.task_head)
        row.place = trail.add(stream, event, claimed["tags"], claim={"token": str(row.token), **told})
    events = {project: trail.write() for project, trail in trails.items()}
    insert(
        "reviews_claimend",
        {"claim_id": "bigint", "reason": "text", "ended_at": "timestamptz", "event_id": "bigint"},
        [(row.claim_id, reason, at, events[row.project_id][row.place]) for row in rows],
    )
    heads = {row.task_id: trails[row.project_id].heads[f"task/{row.task_uuid}"] for row in rows}
    free = [(row.seat_id, "open" if row.task_state == "open" else "closed", *[None] * 5) for row in rows]
    change("reviews_seat", LEASE, free)
    change("reviews_task", HEAD, [(task, head.sseq, head.hash) for task, head in heads.items()])
    if reason == "left":
        seats, ids = many([row.seat_id for row in rows])
        run(f"UPDATE reviews_seat SET single = TRUE WHERE id IN {seats}", ids)  # noqa: S608
    look_again([(row.lane_id, row.rank, row.due_at, row.seat_id) for row in rows])


def look_again(places: Sequence[tuple[int, int, dt.datetime, int]]) -> None:
    """Drop the watermarks that would pass over seats which have appeared at these (lane, rank, due_at, seat) places."""
    first: dict[int, tuple[int, dt.datetime, int]] = {}
    for lane, rank, due_at, seat in places:
        place = (rank, due_at, seat)
        first[lane] = min(first.get(lane, place), place)
    for lane, place in sorted(first.items()):
        run(
            "DELETE FROM reviews_watermark WHERE lane_id = %s AND (rank, due_at, seat_id) >= (%s, %s, %s)",
            [lane, *place],
        )
