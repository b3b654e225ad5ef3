"""What is about to be late in a project: the work that is due first, whoever has it."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from audit.models.sql import Row, ask, postgres
from reviews.reads.held import NEVER_DUE

SHOWN = 20
LANES = (
    "SELECT l.id FROM reviews_lane l JOIN reviews_queue q ON q.id = l.queue_id WHERE q.project_id = %s ORDER BY l.id"
)
FIRST = f"""
SELECT s.id, s.due_at, s.state, t.id AS task_id, t.climb_at, i.uuid, i.external_id, q.name
FROM reviews_seat s JOIN reviews_task t ON t.id = s.task_id JOIN reviews_item i ON i.id = s.item_id
JOIN reviews_queue q ON q.id = t.queue_id
WHERE s.lane_id = {{lane}} AND s.state IN ('open', 'leased') AND s.due_at < %s AND t.state = 'open'
    AND t.kind IN ('work', 'learning', 'escalation', 'adjudication')
ORDER BY s.due_at, s.id LIMIT {SHOWN}
"""  # noqa: S608 - a constant
EACH = "SELECT x.* FROM unnest(%s::bigint[]) AS l(id) CROSS JOIN LATERAL ({one}) x"
ONE = "SELECT * FROM ({one})"


@dataclass(frozen=True, slots=True)
class Late:
    """An item that is due: in which queue, until when, whether somebody has it, and when the clock passes it on.

    `climbs` says that this is due now.
    """

    item: uuid.UUID
    external_id: str
    queue: str
    due_at: dt.datetime
    overdue: bool
    taken: bool
    climbs_at: dt.datetime | None
    climbs: bool


def late(project_id: int, at: dt.datetime) -> list[Late]:
    """List what is due first in a project, at most 20; two statements, on SQLite one a 200 lanes more."""
    lanes = [row.id for row in ask(LANES, [project_id])]
    found: dict[int, Late] = {}
    for row in sorted(_seats(lanes, at + NEVER_DUE / 2), key=lambda row: (row.due_at, row.id)):
        known = found.get(row.task_id)
        taken = row.state == "leased" or (known is not None and known.taken)
        climbs = bool(row.climb_at and row.climb_at <= at)
        found[row.task_id] = Late(
            row.uuid, row.external_id, row.name, row.due_at, row.due_at <= at, taken, row.climb_at, climbs
        )
    return list(found.values())[:SHOWN]


def _seats(lanes: Sequence[int], until: dt.datetime) -> list[Row]:
    if postgres():
        return ask(EACH.format(one=FIRST.format(lane="l.id")), [[*lanes], until])
    rows: list[Row] = []
    for start in range(0, len(lanes), 200):
        part = lanes[start : start + 200]
        one = ONE.format(one=FIRST.format(lane="%s"))
        rows += ask(" UNION ALL ".join([one] * len(part)), [value for lane in part for value in (lane, until)])
    return rows
