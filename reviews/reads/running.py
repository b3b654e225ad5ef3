"""What those who run projects see: queues with what waits in them, who is at work, what is held."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from uuid import UUID

from audit.models.sql import Row, ask, ask_one, many
from reviews.reads.levels import held_reasons
from reviews.reads.listing import COUNTED, Listed, listing, waiting_in
from reviews.reads.unmanned import unmanned
from reviews.reads.waiting import with_waiting
from reviews.reads.words import WORDS

HELD_SHOWN = 10
LANES = """
SELECT l.id AS lane_id, q.id AS queue_id, q.slug, q.name, q.level, q.project_id
FROM reviews_queue q LEFT JOIN reviews_lane l ON l.queue_id = q.id
WHERE q.project_id IN {places} ORDER BY q.project_id, q.level, q.name, q.id, l.id
"""
LEASED = f"""
SELECT c.token, c.claimed_at, x.name AS person_name, x.pseudonym, q.id AS queue_id, q.name AS queue_name, q.project_id,
    s.slot, s.lease_until, op.opened_at
FROM reviews_seat s JOIN reviews_claim c ON c.id = s.claim_id JOIN accounts_person x ON x.id = s.person_id
JOIN reviews_task t ON t.id = s.task_id JOIN reviews_queue q ON q.id = t.queue_id
LEFT JOIN reviews_opening op ON op.claim_id = c.id
WHERE s.state = 'leased' AND {{which}} ORDER BY x.name, s.slot, c.id LIMIT {COUNTED}
"""  # noqa: S608 - a constant
HELD = f"""
SELECT count(*) AS held FROM (SELECT i.id FROM reviews_item i WHERE i.project_id = %s AND i.state = 'held'
    LIMIT {COUNTED}) h
"""  # noqa: S608 - a constant


@dataclass(frozen=True, slots=True)
class Load:
    """A queue as a whole: seats open to anyone, up to 2,000 a lane, and those that are leased now.

    `unmanned` counts the tasks among the first that wait which nobody may take.
    """

    project: int
    queue: str
    name: str
    level: int
    waiting: int = 0
    overdue: int = 0
    oldest_at: dt.datetime | None = None
    due_at: dt.datetime | None = None
    soon: bool = False
    leased: int = 0
    unmanned: int = 0

    @property
    def capped(self) -> bool:
        """Tell whether more may wait than was counted."""
        return self.waiting >= COUNTED


@dataclass(frozen=True, slots=True)
class Sitting:
    """A claim that somebody holds now, and nothing of what they do with it.

    `fetched` is one that is not on their screen. `lapsed` is one whose lease is over and that waits for the sweeper.
    """

    token: UUID
    person: str
    pseudonym: str
    queue: str
    since: dt.datetime
    until_at: dt.datetime
    fetched: bool
    lapsed: bool


@dataclass(frozen=True, slots=True)
class Running:
    """One project as it runs."""

    loads: list[Load]
    sittings: list[Sitting]
    held: list[Listed]
    held_count: int

    @property
    def people(self) -> int:
        """Count who is at work."""
        return len({one.pseudonym for one in self.sittings})

    @property
    def waiting(self) -> int:
        """Count what waits."""
        return sum(load.waiting for load in self.loads)

    @property
    def overdue(self) -> int:
        """Count what is overdue."""
        return sum(load.overdue for load in self.loads)


def running(project_id: int, *, reader: int, at: dt.datetime) -> Running:
    """Read how a project runs; at most ten statements. What the `reader` decides on themselves is not in `held`."""
    leased = ask(LEASED.format(which="q.project_id = %s"), [project_id])
    held = ask_one(HELD, [project_id])
    count = held.held if held else 0
    found = listing(project_id, reader=reader, at=at, state="held").rows[:HELD_SHOWN] if count else []
    why = held_reasons([one.uuid for one in found])
    found = [replace(one, rule=why.get(one.uuid) or str(WORDS["rule"].get(one.rule, one.rule))) for one in found]
    alone = Counter(row.slug for row in unmanned(project_id, at))
    queues = [replace(load, unmanned=alone[load.queue]) for load in loads([project_id], leased, at)]
    return Running(queues, [_sitting(row, at) for row in leased], found, count)


def running_each(projects: Iterable[int], at: dt.datetime) -> dict[int, Running]:
    """Read how several projects run, without their held items; four statements."""
    ids = list(projects)
    if not ids:
        return {}
    places, params = many(ids)
    leased = ask(LEASED.format(which=f"q.project_id IN {places}"), params)
    all_loads = loads(ids, leased, at)
    return {
        project: Running(
            [load for load in all_loads if load.project == project],
            [_sitting(row, at) for row in leased if row.project_id == project],
            [],
            0,
        )
        for project in ids
    }


def loads(projects: list[int], leased: list[Row], at: dt.datetime) -> list[Load]:
    """Count each queue of these projects; three statements, on SQLite one a 200 lanes more."""
    places, params = many(projects)
    rows = ask(LANES.format(places=places), params)
    waiting = waiting_in([row.lane_id for row in rows if row.lane_id], 0, at)
    found: dict[int, Load] = {}
    for row in rows:
        known = found.get(row.queue_id) or Load(row.project_id, row.slug, row.name, row.level)
        found[row.queue_id] = with_waiting(known, waiting.get(row.lane_id), at)
    for row in leased:
        if row.queue_id in found:
            found[row.queue_id] = replace(found[row.queue_id], leased=found[row.queue_id].leased + 1)
    return list(found.values())


def sitting(project_id: int, token: UUID, at: dt.datetime) -> Sitting | None:
    """Give a claim of a project that somebody holds now; one statement."""
    row = ask_one(LEASED.format(which="q.project_id = %s AND c.token = %s"), [project_id, token])
    return _sitting(row, at) if row else None


def _sitting(row: Row, at: dt.datetime) -> Sitting:
    return Sitting(
        row.token,
        row.person_name,
        row.pseudonym,
        row.queue_name,
        row.opened_at or row.claimed_at,
        row.lease_until,
        row.slot != "open",
        row.lease_until <= at,
    )
