"""How long people's work on an item took: waited in its queue, on screen, and at work, each apart."""

import datetime as dt
from dataclasses import dataclass

from audit.models.sql import ask
from reviews.models import Kind
from reviews.reads.history import QUALITY

SPENT = """
SELECT t.id, t.kind, t.opened_at AS task_opened_at, op.opened_at, d.decided_at, d.active_ms
FROM reviews_task t JOIN reviews_decision d ON d.task_id = t.id JOIN reviews_opening op ON op.claim_id = d.claim_id
WHERE t.item_id = %s ORDER BY t.id, d.id
"""


@dataclass(frozen=True, slots=True)
class Spent:
    """The times of one task. `active` is None where no decision told it.

    `waited` runs from the task's opening until the first who decided had it on screen; `shown` and `active` add up over
    all its decisions, those taken back included.
    """

    kind: str
    decisions: int
    waited: dt.timedelta
    shown: dt.timedelta
    active: dt.timedelta | None


def times(item_id: int, *, quality: bool) -> list[Spent]:
    """Read the times of an item's decided tasks; one statement.

    Without `quality` the tasks that measure people are left out.
    """
    found: dict[int, Spent] = {}
    for row in ask(SPENT, [item_id]):
        if row.kind in QUALITY and not quality:
            continue
        before = found.get(row.id) or Spent(
            str(Kind(row.kind).label), 0, row.opened_at - row.task_opened_at, dt.timedelta(), None
        )
        active = before.active
        if row.active_ms is not None:
            active = (active or dt.timedelta()) + dt.timedelta(milliseconds=row.active_ms)
        shown = before.shown + (row.decided_at - row.opened_at)
        found[row.id] = Spent(before.kind, before.decisions + 1, before.waited, shown, active)
    return list(found.values())
