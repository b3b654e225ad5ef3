"""Releasing: what is due gets its place in the feed, in one order, without loss."""

import datetime as dt
import json
import logging
from decimal import Decimal

from django.db import DatabaseError, transaction

from accounts.reads import Actor, clock
from audit.models.sql import Row, ask, ask_one, lock, postgres, run
from audit.reads import uuid7
from reviews.actions.tasking import NewTask, open_tasks
from reviews.actions.trail import Ground, Trail
from reviews.models import CLIMBS, Seat
from reviews.reads.published import rights_of

log = logging.getLogger(__name__)

DUE = """
SELECT o.id, o.uuid, o.number, o.supersedes, o.source, o.task_kind, o.task_id, o.released_at,
    i.id AS item_id, i.uuid AS item_uuid, i.sseq, i.head, i.impact, e.leaf
FROM reviews_item i JOIN reviews_outcome o ON o.item_id = i.id JOIN audit_event e ON e.id = o.event_id
WHERE o.project_id = %s AND o.position IS NULL AND o.annulled_at IS NULL AND o.release_at <= %s
ORDER BY i.id, o.number LIMIT {limit}
"""
PROJECTS = """
SELECT DISTINCT o.project_id, p.uuid, l.id AS log_id, l.origin FROM reviews_outcome o
JOIN accounts_project p ON p.id = o.project_id JOIN audit_log l ON l.id = p.log_id
WHERE o.position IS NULL AND o.annulled_at IS NULL AND o.release_at <= %s ORDER BY o.project_id
"""
PROJECT = """
SELECT p.id AS project_id, p.uuid, l.id AS log_id, l.origin FROM accounts_project p JOIN audit_log l ON l.id = p.log_id
WHERE p.id = %s
"""
FEED = "SELECT next_position, sseq, head FROM reviews_feed f WHERE f.project_id = %s"
SECONDS = """
SELECT r.draws, rv.body, pr.confidence, i.cost FROM reviews_route r
JOIN reviews_rightsversion rv ON rv.id = r.rights_id JOIN reviews_item i ON i.id = r.item_id
LEFT JOIN reviews_prediction pr ON pr.item_id = i.id AND pr.purpose = 'route'
WHERE r.item_id = %s ORDER BY r.number DESC LIMIT 1
"""


def release(*, at: dt.datetime, limit: int = 500) -> int:
    """Release all outcomes that are due, in batches of `limit` a project and transaction; give how many.

    A project that fails keeps what is due, is told to the log, and keeps none of the others from being released.

    Raises:
        ExceptionGroup: the failures, one a project, once all the others are done.
    """
    total, failures = 0, []
    by = clock().as_role("clock")
    for project in ask(PROJECTS, [at]):
        ground = Ground(project.project_id, project.uuid, (project.log_id, project.origin))
        try:
            total += _release_project(ground, by, at, limit)
        except Exception as problem:  # whatever it is, it is this project's alone, and is raised below
            log.exception("Outcomes of project %s were not released", project.uuid)
            problem.add_note(f"project {project.uuid}")
            failures.append(problem)
    if failures:
        raise ExceptionGroup(f"{len(failures)} projects failed, {total} outcomes were released", failures)
    return total


def release_of(*, project_id: int, at: dt.datetime) -> int:
    """Release what is due in one project, for whoever waits for it: the clock comes by only now and then.

    A failure is told to the log and left to the clock, which meets it again.
    """
    row = ask_one(PROJECT, [project_id])
    assert row is not None
    ground = Ground(row.project_id, row.uuid, (row.log_id, row.origin))
    try:
        return release_batch(ground, by=clock().as_role("clock"), at=at)
    except DatabaseError:
        log.exception("Outcomes of project %s were not released", row.uuid)
        return 0


def _release_project(ground: Ground, by: Actor, at: dt.datetime, limit: int) -> int:
    total = 0
    while count := release_batch(ground, by=by, at=at, limit=limit):
        total += count
        if count < limit:
            break
    return total


@transaction.atomic
def release_batch(ground: Ground, *, by: Actor, at: dt.datetime, limit: int = 500) -> int:
    """Give the next positions of a project's feed to outcomes that are due; give how many.

    Locks due items and outcomes first, skipping locked ones, and the feed last, held to the commit: whoever reads
    position n sees all below it. An accept was released at intake and only gets its place, told once a batch.
    """
    rows = ask(DUE.format(limit=int(limit)) + lock("i", "o", skip=True), [ground.project_id, at])
    if not rows:
        return 0
    feed = ask_one(
        FEED + lock("f"),
        [ground.project_id],
    )
    assert feed is not None
    for position, row in enumerate(rows, start=feed.next_position):
        row.position = position
    trail = Trail(ground, by, at)
    feed_stream = f"feed/{ground.uuid}"
    trail.at_head(feed_stream, feed.sseq, feed.head)
    _tell(rows, trail, feed_stream)
    seconds = [
        (new, place) for row in rows if (new := _second(row, at)) and (place := _tell_second(row, new, trail)) >= 0
    ]
    events = trail.write()
    _write(rows, trail, at)
    head = trail.heads[feed_stream]
    run(
        "UPDATE reviews_feed SET next_position = %s, sseq = %s, head = %s WHERE project_id = %s",
        [feed.next_position + len(rows), head.sseq, head.hash, ground.project_id],
    )
    open_tasks([(new, events[place]) for new, place in seconds], at)
    return len(rows)


def _tell(rows: list[Row], trail: Trail, feed_stream: str) -> None:
    """Add an event for each outcome of people, and one for all accepts of the batch."""
    for row in rows:
        if row.released_at is None:
            stream = f"item/{row.item_uuid}"
            trail.at_head(stream, row.sseq, row.head)
            trail.add(
                stream,
                "reviews.outcome_released",
                json.loads(row.leaf)["tags"],
                outcome={"outcome": str(row.uuid), "number": row.number, "position": row.position},
            )
    accepted = [row for row in rows if row.released_at is not None]
    if accepted:
        trail.add(
            feed_stream,
            "reviews.outcomes_positioned",
            {"source": "model"},
            positions={
                "first": accepted[0].position,
                "last": accepted[-1].position,
                "outcomes": [[row.position, str(row.uuid)] for row in accepted],
            },
        )


def _write(rows: list[Row], trail: Trail, at: dt.datetime) -> None:
    """Write positions and the heads of items that got an event."""
    heads = {
        row.item_id: trail.heads[f"item/{row.item_uuid}"] for row in rows if f"item/{row.item_uuid}" in trail.heads
    }
    if postgres():
        run(
            "UPDATE reviews_outcome o SET position = x.position, released_at = COALESCE(o.released_at, %s) "
            "FROM unnest(%s::bigint[], %s::bigint[]) x(id, position) WHERE o.id = x.id",
            [at, [row.id for row in rows], [row.position for row in rows]],
        )
        run(
            "UPDATE reviews_item i SET sseq = x.sseq, head = x.head "
            "FROM unnest(%s::bigint[], %s::int[], %s::bytea[]) x(id, sseq, head) WHERE i.id = x.id",
            [list(heads), [head.sseq for head in heads.values()], [head.hash for head in heads.values()]],
        )
        return
    for row in rows:
        run(
            "UPDATE reviews_outcome SET position = %s, released_at = COALESCE(released_at, %s) WHERE id = %s",
            [row.position, at, row.id],
        )
    for item_id, head in heads.items():
        run("UPDATE reviews_item SET sseq = %s, head = %s WHERE id = %s", [head.sseq, head.hash, item_id])


def _second(row: Row, at: dt.datetime) -> NewTask | None:
    """Make the second review of an item that people decided and that was drawn for one; blind to what they said.

    It stands in the lane of the item's first review, whoever settled that in the end; a rule may have lifted that.
    """
    if row.task_kind not in {"work", "adjudication", "escalation"} or row.supersedes is not None:
        return None
    route = ask_one(SECONDS, [row.item_id])
    if route is None or not any(draw["purpose"] == "second" and draw["drawn"] for draw in json.loads(route.draws)):
        return None
    seats = Seat.objects.select_related("lane__queue", "task").filter(task__item_id=row.item_id, task__kind__in=CLIMBS)
    seat = max(seats, key=lambda one: (one.task.kind == "work", one.pk))
    return NewTask(
        uuid=uuid7(at),
        item_id=row.item_id,
        kind="second",
        queue=seat.lane.queue,
        wanted=1,
        rights=rights_of(route.body),
        after_id=row.task_id,
        confidence=None if route.confidence is None else Decimal(str(route.confidence)),
        lane=seat.lane,
    )


def _tell_second(row: Row, new: NewTask, trail: Trail) -> int:
    return trail.add(
        f"item/{row.item_uuid}",
        "reviews.task_opened",
        {**json.loads(row.leaf)["tags"], "queue": str(new.queue.uuid), "kind": new.kind, "source": None},
        task={"task": str(new.uuid), "kind": new.kind, "queue": new.queue.slug},
    )
