"""A project's items, newest first, a page at a time; and what of them waits or is held, counted."""

import datetime as dt
import uuid
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from audit.models.sql import Row, ask, many, postgres
from reviews.models import RightsVersion, Source
from reviews.reads.answers import ITEMS, state_of
from reviews.reads.published import rights_of
from reviews.rights import duration

PAGE = 50
COUNTED = 2000  # a count ends here; nobody plans by more
SITTING = (
    "EXISTS (SELECT 1 FROM reviews_seat s JOIN reviews_task t ON t.id = s.task_id WHERE t.item_id = i.id "
    "AND t.state = 'open' AND s.state IN ('leased', 'decided'))"
)
RAISED = "EXISTS (SELECT 1 FROM reviews_task t WHERE t.item_id = i.id AND t.kind = 'escalation' AND t.state = 'open')"
STATES = {
    "waiting": f"i.state = 'open' AND NOT {RAISED} AND NOT {SITTING}",
    "in_review": f"i.state = 'open' AND NOT {RAISED} AND {SITTING}",
    "escalated": f"i.state = 'open' AND {RAISED}",
    **{state: f"i.state = '{state}'" for state in ("held", "decided", "accepted", "withdrawn", "expired", "erased")},
}
DECIDES = """EXISTS (SELECT 1 FROM reviews_task t JOIN reviews_seat s ON s.task_id = t.id
    WHERE t.item_id = i.id AND s.person_id = %s AND (s.state = 'leased' OR (s.state = 'decided' AND (
    t.state = 'open'
    OR (t.state = 'settled' AND EXISTS (SELECT 1 FROM reviews_outcome o WHERE o.task_id = t.id
        AND o.annulled_at IS NULL AND o.released_at IS NULL))
    OR (t.state = 'passed_on' AND NOT EXISTS (SELECT 1 FROM reviews_outcome o WHERE o.item_id = i.id
        AND o.released_at IS NOT NULL AND o.settled_at >= t.opened_at))))))"""
FRESH = """EXISTS (SELECT 1 FROM reviews_task t JOIN reviews_decision d ON d.task_id = t.id
    WHERE t.item_id = i.id AND d.person_id = %s AND d.decided_at > %s AND NOT EXISTS (
        SELECT 1 FROM reviews_outcome o WHERE o.task_id = t.id AND o.released_at IS NOT NULL))"""
OPEN_TO_READER = f"({DECIDES} OR {FRESH})"
FIND = f"""
SELECT i.id, {OPEN_TO_READER} AS decides FROM reviews_item i
WHERE i.project_id = %s AND i.id < %s AND {{where}} ORDER BY i.id DESC LIMIT {PAGE + 1}
"""  # noqa: S608 - a constant
SEATS = """SELECT s.id, s.lane_id, s.due_at, s.task_id, s.rank FROM reviews_seat s
    WHERE s.state = 'open' AND s.lane_id = {lane}
    AND NOT EXISTS (SELECT 1 FROM reviews_seat o WHERE o.task_id = s.task_id AND o.person_id = %s
        AND o.state IN ('leased', 'decided'))
    AND (NOT s.apart OR NOT EXISTS (SELECT 1 FROM reviews_seat o WHERE o.item_id = s.item_id AND o.person_id = %s
        AND o.apart AND o.state IN ('leased', 'decided')))
    AND (NOT s.compared OR s.kept_for_id = %s OR COALESCE(s.kept_until, %s) <= %s
        AND %s NOT IN (SELECT person_id FROM reviews_onlooker WHERE task_id = s.task_id))
    AND (NOT s.apart OR NOT EXISTS (SELECT 1 FROM reviews_involvement v WHERE v.item_id = s.item_id
        AND v.person_id = %s))
    LIMIT {limit}"""
LANES = "SELECT x.* FROM unnest(%s::bigint[]) AS l(id) CROSS JOIN LATERAL ({one}) x"
EACH = "SELECT * FROM ({one})"
WAITING = """
SELECT w.lane_id, count(*) AS waiting, min(w.id) AS oldest_id, min(w.due_at) AS due_at,
    sum(CASE WHEN w.due_at < %s THEN 1 ELSE 0 END) AS overdue,
    sum(CASE WHEN t.kind = 'adjudication' THEN 1 ELSE 0 END) AS disagreements,
    sum(CASE WHEN t.kind = 'appeal' THEN 1 ELSE 0 END) AS appeals
FROM ({seats}) w LEFT JOIN reviews_task t ON t.id = w.task_id AND w.rank < 1000000 GROUP BY w.lane_id
"""  # both kinds stand in the first band of the ranks, so that ordinary work is counted without its tasks
OLDEST = "SELECT s.id, t.opened_at FROM reviews_seat s JOIN reviews_task t ON t.id = s.task_id WHERE s.id IN {places}"
HELD = f"""
SELECT p.slug, p.name, (SELECT count(*) FROM (SELECT i.id FROM reviews_item i
    WHERE i.project_id = p.id AND i.state = 'held' LIMIT {COUNTED}) h) AS held
FROM accounts_project p WHERE p.id IN {{places}} ORDER BY p.name, p.id
"""  # noqa: S608 - a constant


@dataclass(frozen=True, slots=True)
class HeldItems:
    """How many items of a project are held, up to 2,000."""

    project: str
    project_name: str
    count: int


@dataclass(frozen=True, slots=True)
class Listed:
    """One item in the list. `decides` says that the reader's own decision on it stands open: only its id is told."""

    uuid: uuid.UUID
    external_id: str
    state: str
    received_at: dt.datetime
    rule: str
    source: str | None
    source_name: str
    decides: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of items; `after` leads to the next one, None at the end."""

    rows: list[Listed]
    after: int | None


def listing(
    project_id: int,
    *,
    reader: int,
    at: dt.datetime,
    state: str = "",
    external_id: str = "",
    after: int | None = None,
) -> Listing:
    """Read a page of a project's items as a person may read them; three statements.

    An unknown state is no filter; `external_id` is the whole id. What the `reader` still decides on has no state for
    them, so no state finds it.
    """
    where: list[str] = ["1 = 1"]
    asked: list[Any] = []
    mine = [reader, reader, at - _longest_release(project_id)]
    if external_id:
        where.append("i.external_id = %s")
        asked.append(external_id)
    if state in STATES:
        where.append(f"{STATES[state]} AND NOT {OPEN_TO_READER}")
        asked += mine
    sql = FIND.format(where=" AND ".join(where))
    seen = {row.id: bool(row.decides) for row in ask(sql, [*mine, project_id, after or 2**62, *asked])}
    ids = list(seen)
    if not ids:
        return Listing([], None)
    places, found = many(ids[:PAGE])
    rows = ask(ITEMS.format(key="id", places=places), [project_id, *found])
    rows.sort(key=lambda row: -row.id)
    return Listing([_listed(row, decides=seen[row.id]) for row in rows], ids[PAGE - 1] if len(ids) > PAGE else None)


def _longest_release(project_id: int) -> dt.timedelta:
    """Give the longest time for which any version of the project's rights lets a decision be taken back."""
    bodies = RightsVersion.objects.filter(project=project_id).values_list("body", flat=True)
    return max((duration(rights_of(bytes(body)).release_after) for body in bodies), default=dt.timedelta(0))


def held_items(projects: Collection[int]) -> list[HeldItems]:
    """Count the held items of these projects, where there are any; one statement, none for no project."""
    if not projects:
        return []
    places, ids = many(projects)
    return [HeldItems(row.slug, row.name, row.held) for row in ask(HELD.format(places=places), ids) if row.held]


def waiting_in(lanes: Sequence[int], person_id: int, at: dt.datetime) -> dict[int, Row]:
    """Count what is open to a person by lane, each up to 2,000; two statements, on SQLite one a 200 lanes more."""
    found: dict[int, Row] = {}
    for seats, params in _seats(lanes, [person_id, person_id, person_id, at, at, person_id, person_id]):
        found |= {row.lane_id: row for row in ask(WAITING.format(seats=seats), [at, *params])}
    places, ids = many(row.oldest_id for row in found.values())
    opened = {row.id: row.opened_at for row in ask(OLDEST.format(places=places), ids)} if found else {}
    for row in found.values():
        row.opened_at = opened.get(row.oldest_id)
    return found


def _seats(lanes: Sequence[int], who: list[Any]) -> Iterator[tuple[str, list[Any]]]:
    """Select what is open to a person, each lane with a limit of its own, so that a long one hides no other."""
    if postgres():
        yield LANES.format(one=SEATS.format(lane="l.id", limit=COUNTED)), [[*lanes], *who]
        return
    one = EACH.format(one=SEATS.format(lane="%s", limit=COUNTED))
    for start in range(0, len(lanes), 200):
        part = lanes[start : start + 200]
        yield " UNION ALL ".join([one] * len(part)), [value for lane in part for value in (lane, *who)]


def _listed(row: Any, *, decides: bool) -> Listed:
    if decides:
        return Listed(row.uuid, row.external_id, "", row.received_at, "", None, "", decides=True)
    name = str(Source(row.source).label) if row.source else ""
    return Listed(row.uuid, row.external_id, state_of(row), row.received_at, row.rule, row.source, name)
