"""What waits in a line, summed: how much, since when, due when."""

import datetime as dt
from dataclasses import replace
from typing import Any, TypeVar

from audit.models.sql import Row
from reviews.reads.held import NEVER_DUE

SOON = dt.timedelta(minutes=30)
Sum = TypeVar("Sum")
"""A dataclass with `waiting`, `overdue`, `oldest_at`, `due_at`, and `soon` where something is due within SOON."""


def with_waiting(so_far: Sum, seen: Row | None, at: dt.datetime) -> Sum:
    """Add a row of waiting seats to what was counted so far."""
    if seen is None:
        return so_far
    known: Any = so_far
    due_at = seen.due_at if seen.due_at - at < NEVER_DUE / 2 else None
    found: Sum = replace(
        known,
        waiting=known.waiting + seen.waiting,
        overdue=known.overdue + (seen.overdue or 0),
        oldest_at=min(filter(None, [known.oldest_at, seen.opened_at]), default=None),
        due_at=min(filter(None, [known.due_at, due_at]), default=None),
        soon=known.soon or (due_at is not None and due_at - at < SOON),
    )
    return found
