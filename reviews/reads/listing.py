"""A project's items, newest first, a page at a time."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from audit.models.sql import ask, many
from reviews.models import Source
from reviews.reads.answers import ITEMS, state_of

PAGE = 50
SITTING = (
    "EXISTS (SELECT 1 FROM reviews_seat s JOIN reviews_task t ON t.id = s.task_id WHERE s.item_id = i.id "
    "AND t.state = 'open' AND s.state IN ('leased', 'decided'))"
)
RAISED = "EXISTS (SELECT 1 FROM reviews_task t WHERE t.item_id = i.id AND t.kind = 'escalation' AND t.state = 'open')"
STATES = {
    "waiting": f"i.state = 'open' AND NOT {RAISED} AND NOT {SITTING}",
    "in_review": f"i.state = 'open' AND NOT {RAISED} AND {SITTING}",
    "escalated": f"i.state = 'open' AND {RAISED}",
    **{state: f"i.state = '{state}'" for state in ("held", "decided", "accepted", "withdrawn", "expired", "erased")},
}
FIND = """
SELECT i.id FROM reviews_item i WHERE i.project_id = %s AND i.id < %s AND {state} {named}
ORDER BY i.id DESC LIMIT {limit}
"""


@dataclass(frozen=True, slots=True)
class Listed:
    """One item in the list."""

    uuid: uuid.UUID
    external_id: str
    state: str
    received_at: dt.datetime
    rule: str
    source: str | None
    source_name: str


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of items; `after` leads to the next one, None at the end."""

    rows: list[Listed]
    after: int | None


def listing(project_id: int, *, state: str = "", external_id: str = "", after: int | None = None) -> Listing:
    """Read a page of a project's items; two statements.

    An unknown state is no filter; `external_id` is the whole id.
    """
    sql = FIND.format(
        state=STATES.get(state, "1 = 1"), named="AND i.external_id = %s" if external_id else "", limit=PAGE + 1
    )
    named = [external_id] if external_id else []
    ids = [row.id for row in ask(sql, [project_id, after or 2**62, *named])]
    if not ids:
        return Listing([], None)
    places, found = many(ids[:PAGE])
    rows = ask(ITEMS.format(key="id", places=places), [project_id, *found])
    rows.sort(key=lambda row: -row.id)
    return Listing([_listed(row) for row in rows], ids[PAGE - 1] if len(ids) > PAGE else None)


def _listed(row: Any) -> Listed:
    name = str(Source(row.source).label) if row.source else ""
    return Listed(row.uuid, row.external_id, state_of(row), row.received_at, row.rule, row.source, name)
