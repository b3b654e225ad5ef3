"""Opening tasks: a row in a queue, with one seat a wanted decision."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from audit.models.sql import insert
from reviews.actions.ending import look_again
from reviews.actions.lines import due_at, own_lane, rank
from reviews.models import APART, CLIMBS, Lane, Queue
from reviews.reads.calendars import calendar_of
from reviews.reads.held import NEVER_DUE
from reviews.rights import Calendar, Rights, clock_waits, later, rules_above

TASK = {
    "uuid": "uuid", "item_id": "bigint", "queue_id": "bigint", "kind": "text", "wanted": "int", "after_id": "bigint",
    "event_id": "bigint", "opened_at": "timestamptz", "climb_at": "timestamptz", "state": "text", "sseq": "int",
}  # fmt: skip
SEAT = {
    "task_id": "bigint", "item_id": "bigint", "number": "int", "lane_id": "bigint", "rank": "int",
    "due_at": "timestamptz", "apart": "boolean", "state": "text",
}  # fmt: skip


@dataclass(frozen=True)
class NewTask:
    """A task about to be opened. `lane` is found from the queue's own skills when none is given.

    `decide_by` is when its item's answer is wanted at the latest.
    """

    uuid: uuid.UUID
    item_id: int
    kind: str
    queue: Queue
    wanted: int
    rights: Rights
    after_id: int | None = None
    high: bool = False
    confidence: Decimal | None = None
    cost: Decimal | None = None
    lane: Lane | None = None
    decide_by: dt.datetime | None = None


def open_tasks(tasks: Sequence[tuple[NewTask, int]], at: dt.datetime) -> list[int]:
    """Write tasks, each with the event that opened it, and their seats; give the tasks' row ids in order.

    The caller holds the items' locks and has written the events.

    Raises:
        LaneMissing: a task names no lane, and its queue has none of its own.
    """
    if not tasks:
        return []
    calendar = _calendar([new for new, _ in tasks])
    places = {new.uuid: _place(new, at, calendar) for new, _ in tasks}
    rows = insert(
        "reviews_task",
        TASK,
        [
            (
                new.uuid, new.item_id, new.queue.pk, new.kind, new.wanted, new.after_id, event, at,
                _climb_at(new, at, places[new.uuid][2], calendar), "open", 0,
            )
            for new, event in tasks
        ],
        returning="id, uuid",
    )  # fmt: skip
    ids = {row.uuid: row.id for row in rows}
    seats = [
        (ids[new.uuid], new.item_id, number, *places[new.uuid], new.kind in APART, "open")
        for new, _ in tasks
        for number in range(1, new.wanted + 1)
    ]
    insert("reviews_seat", SEAT, seats)
    look_again([(seat[3], seat[4], seat[5], 0) for seat in seats])
    return [ids[new.uuid] for new, _ in tasks]


def _calendar(tasks: Sequence[NewTask]) -> Calendar | None:
    """Read the working time of the tasks' one project, where anything of them goes by it."""
    timed = [new for new in tasks if new.rights.service_levels or rules_above(new.rights, "overdue", -1)]
    return calendar_of(timed[0].queue.project_id) if timed else None


def _climb_at(new: NewTask, at: dt.datetime, due: dt.datetime, calendar: Calendar | None) -> dt.datetime | None:
    """Say when the clock passes a task on: so long after it is due, or after a higher level got it."""
    escalated = new.kind == "escalation"
    wait = clock_waits(new.rights, level=new.queue.level, escalated=escalated) if new.kind in CLIMBS else None
    since = at if escalated else due
    return None if wait is None or since - at > NEVER_DUE / 2 else later(since, wait, calendar)


def _place(new: NewTask, at: dt.datetime, calendar: Calendar | None) -> tuple[int, int, dt.datetime]:
    """Give (lane, rank, due) of a task's seats."""
    line = new.lane or own_lane(new.queue)
    order = rank(new.kind, high=new.high, confidence=new.confidence, cost=new.cost)
    return line.pk, order, due_at(new.rights, new.queue.slug, at, calendar, new.decide_by)
