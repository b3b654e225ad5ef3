"""One decision's consequences while they are worked out."""

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from audit.models.sql import Row
from reviews.actions.ending import look_again
from reviews.actions.tasking import NewTask, open_tasks
from reviews.actions.trail import Trail
from reviews.reads.published import rights_of
from reviews.rights import Rights

Write = tuple[str, list[Any]]
Writes = Callable[[list[int]], list[Write]]
CLOSE = "UPDATE reviews_seat SET state = 'closed' WHERE task_id = %s AND state = 'open' AND id <> %s"


@dataclass
class Following:
    """One decision's consequences while they are worked out: rows as locked, events so far, states to be written."""

    seen: Row
    now: Row
    seats: list[Row]
    trail: Trail
    at: dt.datetime
    decision: uuid.UUID | None
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
