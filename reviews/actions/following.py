"""What follows from a decision: an outcome, another seat, an adjudication, an escalation, or a held item."""

import datetime as dt
import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from audit.models.sql import Row
from audit.reads import content_commitment, uuid7
from reviews.actions.ending import look_again
from reviews.actions.lines import someone_left
from reviews.actions.seating import tags_of
from reviews.actions.tasking import NewTask, open_tasks
from reviews.actions.trail import Trail
from reviews.errors import NoHigherLevel
from reviews.models import Queue
from reviews.outputs import compared, same
from reviews.reads.published import rights_of
from reviews.rights import ADJUDICATION, Rights, duration
from reviews.rights.agreement import next_step
from reviews.wire.canonical import canonical

Write = tuple[str, list[Any]]
Writes = Callable[[list[int]], list[Write]]
OUTCOME = (
    "INSERT INTO reviews_outcome (uuid, item_id, project_id, number, supersedes, source, task_id, task_kind, "
    "body, salt, commitment, settled_at, release_at, event_id) "
    "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
)
CLOSE = "UPDATE reviews_seat SET state = 'closed' WHERE task_id = %s AND state = 'open' AND id <> %s"
SEAT = (
    "INSERT INTO reviews_seat (task_id, item_id, number, lane_id, rank, due_at, apart, state) "
    "VALUES (%s, %s, %s, %s, %s, %s, %s, 'open')"
)


@dataclass
class Following:
    """One decision's consequences while they are worked out: rows as locked, events so far, states to be written."""

    seen: Row
    now: Row
    seats: list[Row]
    trail: Trail
    at: dt.datetime
    task_state: str = ""
    item_state: str = ""
    new_tasks: list[tuple[NewTask, int]] = field(default_factory=list)
    looks: list[tuple[int, int, dt.datetime, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.task_state, self.item_state = self.now.task_state, self.now.item_state

    @property
    def rights(self) -> Rights:
        """The rights version of the item's route, which governs it."""
        return rights_of(self.seen.rights_body)

    @property
    def own_seat(self) -> Row:
        """The seat of this decision."""
        return next(seat for seat in self.seats if seat.seat_id == self.seen.seat_id)

    @property
    def task_stream(self) -> str:
        """The task's ledger stream."""
        return f"task/{self.seen.task_uuid}"

    @property
    def item_stream(self) -> str:
        """The item's ledger stream."""
        return f"item/{self.seen.item_uuid}"

    def heads(self) -> list[Write]:
        """Write states and stream heads of task and item."""
        task, item = self.trail.heads[self.task_stream], self.trail.heads[self.item_stream]
        writes: list[Write] = [
            (
                "UPDATE reviews_task SET state = %s, sseq = %s, head = %s WHERE id = %s",
                [self.task_state, task.sseq, task.hash, self.seen.task_id],
            )
        ]
        if item.sseq != self.now.item_sseq or self.item_state != self.now.item_state:
            writes.append(
                (
                    "UPDATE reviews_item SET state = %s, sseq = %s, head = %s WHERE id = %s",
                    [self.item_state, item.sseq, item.hash, self.seen.item_id],
                )
            )
        return writes

    def afterwards(self, events: list[int]) -> None:
        """Open the tasks that follow, and let people see seats that came."""
        open_tasks([(task, events[place]) for task, place in self.new_tasks], self.at)
        look_again(self.looks)


def follow(following: Following, *, verdict: str, output: Any, note: str | None) -> Writes:
    """Work out what a decision leads to; give the writes that need its event ids."""
    if following.now.task_state != "open":
        return lambda _events: []  # recorded; the task has moved on without it
    if verdict == "skip":
        return _skipped(following)
    if verdict == "escalate":
        return _escalated(following, note)
    return _answered(following, output, verdict)


def _answered(following: Following, output: Any, verdict: str) -> Writes:
    seen = following.seen
    outputs = [
        json.loads(seat.body)["output"]
        for seat in following.seats
        if seat.state == "decided" and seat.verdict in {"approve", "correct", "reject"} and seat.body is not None
    ]
    answers = [(compared(seen.task_type, one), one) for one in [*outputs, output]]
    step = next_step([key for key, _output in answers], seen.wanted, following.rights.disagreement)
    if step.step == "settle":
        said = next(one for key, one in answers if key == step.answer)
        return _settled(following, said, several=step.voices > 1)
    if step.step == "wait":
        return _waiting(following)
    another = step.step == "another" and someone_left(following.own_seat.lane_id, seen.item_id, following.at)
    following.trail.add(
        following.item_stream,
        "reviews.disagreed",
        tags_of(seen),
        disagreement={"task": str(seen.task_uuid), "then": "another" if another else "adjudicate"},
    )
    return _seat_added(following) if another else _adjudicated(following)


def _waiting(following: Following) -> Writes:
    """Wait for the others; where no seat is left for them ask once more, and hold the item when there is nobody."""
    return (lambda _events: []) if _others_sit(following) else _asked_again(following)


def _others_sit(following: Following) -> bool:
    """Tell whether another seat of the task waits or is being worked on."""
    mine = following.seen.seat_id
    return any(seat.state in {"open", "leased"} for seat in following.seats if seat.seat_id != mine)


def _asked_again(following: Following) -> Writes:
    """Ask one more person; where nobody is left hold the item, unless it has its answer: then the seat waits."""
    decided = following.seats[0].live_number is not None
    if decided or someone_left(following.own_seat.lane_id, following.seen.item_id, following.at):
        return _seat_added(following)
    return _held(following)


def _settled(following: Following, output: Any, *, several: bool) -> Writes:
    seen = following.seen
    following.task_state = "settled"
    close: Write = (CLOSE, [seen.task_id, seen.seat_id])
    live = following.seats[0].live_body
    if live is not None:  # an audit, a second review, or what either was passed on to
        agrees = same(seen.task_type, json.loads(live)["output"], output)
        finding = "agrees" if agrees else "differs"
        following.trail.add(
            following.item_stream,
            "reviews.audit_recorded",
            tags_of(seen),
            audit={"task": str(seen.task_uuid), "finding": finding},
        )
        if agrees or following.rights.audit.correction == "record":
            return lambda _events: [close]
    return _outcome(following, output, several=several)


def _outcome(following: Following, output: Any, *, several: bool) -> Writes:
    """Settle the item: the next outcome, over the one that lives, to be released when its time comes."""
    seen = following.seen
    close: Write = (CLOSE, [seen.task_id, seen.seat_id])
    source = _source(seen.kind, several)
    number = (following.seats[0].last_number or 0) + 1
    supersedes = following.seats[0].live_number
    salt = os.urandom(32)
    body = canonical({"output": output})
    commitment = content_commitment(salt, body)
    outcome = uuid7(following.at)
    place = following.trail.add(
        following.item_stream,
        "reviews.outcome_settled",
        {**tags_of(seen), "source": source},
        outcome={
            "outcome": str(outcome),
            "number": number,
            "supersedes": supersedes,
            "source": source,
            "task": str(seen.task_uuid),
            "content": commitment.hex(),
        },
    )
    following.item_state = "decided"
    release_at = following.at + duration(following.rights.release_after)
    values = [
        outcome, seen.item_id, seen.project_id, number, supersedes, source, seen.task_id, seen.kind, body, salt,
        commitment, following.at, release_at,
    ]  # fmt: skip
    return lambda events: [close, (OUTCOME, [*values, events[place]])]


def _source(kind: str, several: bool) -> str:
    if kind in {"work", "learning"}:
        return "consensus" if several else "reviewer"
    return {"adjudication": "adjudicator", "escalation": "adjudicator", "appeal": "appeal"}.get(kind, "audit")


def _seat_added(following: Following) -> Writes:
    """Ask one more person: a seat like this decision's own."""
    seen, own = following.seen, following.own_seat
    number = max(seat.number for seat in following.seats) + 1
    following.trail.add(following.task_stream, "reviews.seat_added", tags_of(seen), seat={"number": number})
    following.looks.append((own.lane_id, own.rank, own.due_at, 0))
    seat = [seen.task_id, seen.item_id, number, own.lane_id, own.rank, own.due_at, seen.apart]
    return lambda _events: [(SEAT, seat)]


def _skipped(following: Following) -> Writes:
    """Ask somebody else; when nobody is left, wait for those who sit, and after them hold the item."""
    left = someone_left(following.own_seat.lane_id, following.seen.item_id, following.at)
    if not left and _others_sit(following):
        return lambda _events: []
    return _asked_again(following)


def _held(following: Following) -> Writes:
    """Hold the item: nobody is left to ask, so operations route it again."""
    seen = following.seen
    following.task_state, following.item_state = "closed", "held"
    following.trail.add(
        following.item_stream,
        "reviews.item_held",
        tags_of(seen),
        held={"task": str(seen.task_uuid), "reason": "nobody_left"},
    )
    return lambda _events: [(CLOSE, [seen.task_id, seen.seat_id])]


def _adjudicated(following: Following) -> Writes:
    queue = Queue.objects.get(project_id=following.seen.project_id, slug=following.rights.disagreement.queue)
    return _passed_on(following, "adjudication", queue, "reviews.task_opened", {})


def _escalated(following: Following, note: str | None) -> Writes:
    """Pass the task on to the queue that the rights name for what reviewers ask, else to adjudication.

    Raises:
        NoHigherLevel: no such queue lies above this one.
    """
    seen = following.seen
    wanted = [rule.to.queue for rule in following.rights.escalation if rule.on == "asked"]
    queues = {
        queue.slug: queue
        for queue in Queue.objects.filter(project_id=seen.project_id, slug__in=[*wanted, ADJUDICATION])
    }
    higher = [
        queues[slug]
        for slug in [*wanted, ADJUDICATION]
        if slug in queues and queues[slug].level > seen.queue_level and slug != seen.queue_slug
    ]
    if not higher:
        raise NoHigherLevel
    return _passed_on(following, "escalation", higher[0], "reviews.escalated", {"reason": note})


def _passed_on(following: Following, kind: str, queue: Queue, event: str, more: dict[str, Any]) -> Writes:
    seen = following.seen
    task = NewTask(
        uuid=uuid7(following.at),
        item_id=seen.item_id,
        kind=kind,
        queue=queue,
        wanted=1,
        after_id=seen.task_id,
        rights=following.rights,
        high=seen.impact == "high",
    )
    place = following.trail.add(
        following.item_stream,
        event,
        {**tags_of(seen), "queue": str(queue.uuid), "kind": kind},
        task={"task": str(task.uuid), "after": str(seen.task_uuid), "kind": kind, "queue": queue.slug, **more},
    )
    following.new_tasks.append((task, place))
    following.task_state = "passed_on"
    return lambda _events: [(CLOSE, [seen.task_id, seen.seat_id])]
