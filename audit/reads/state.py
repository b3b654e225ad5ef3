"""How a log stands: how far it is sealed, what waits, and what is wrong."""

import datetime as dt
import uuid
from dataclasses import dataclass

from audit.models.sql import ask

LATE = dt.timedelta(minutes=1)
STATE = """
SELECT l.uuid, l.origin, l.tree_size, l.alarm, l.alarm_at, l.root,
    (SELECT count(*) FROM audit_pending p JOIN audit_event e ON e.id = p.event_id WHERE e.log_id = l.id) AS waiting,
    (SELECT min(e.recorded_at) FROM audit_pending p JOIN audit_event e ON e.id = p.event_id WHERE e.log_id = l.id)
        AS oldest_at,
    (SELECT max(c.size) FROM audit_checkpoint c WHERE c.log_id = l.id) AS sealed,
    (SELECT max(c.created_at) FROM audit_checkpoint c WHERE c.log_id = l.id) AS sealed_at
FROM audit_log l ORDER BY l.id
"""


@dataclass(frozen=True, slots=True)
class LogState:
    """A log at one moment: `size` events have a place, `sealed` of them are under a checkpoint, `waiting` have none.

    `lag` is the age of the oldest event without a place, zero where none waits. `alarm` is the code of a fault.
    """

    uuid: uuid.UUID
    origin: str
    size: int
    sealed: int
    waiting: int
    lag: dt.timedelta
    sealed_at: dt.datetime | None
    alarm: str
    alarm_at: dt.datetime | None

    @property
    def late(self) -> bool:
        """Tell whether someone should look: a fault, or events that have waited for a minute."""
        return bool(self.alarm) or self.lag > LATE


def states(at: dt.datetime) -> list[LogState]:
    """Give the state of every log, the installation's first; one statement."""
    return [
        LogState(
            row.uuid if isinstance(row.uuid, uuid.UUID) else uuid.UUID(row.uuid),
            row.origin,
            row.tree_size,
            row.sealed or 0,
            row.waiting,
            max(at - row.oldest_at, dt.timedelta(0)) if row.oldest_at else dt.timedelta(0),
            row.sealed_at,
            row.alarm,
            row.alarm_at,
        )
        for row in ask(STATE)
    ]
