"""Which entries of a range an export discloses: by members of their leaves alone, so that a verifier can ask again."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from audit.models.sql import ask_one, postgres, within
from audit.reads.ids import first_uuid7, timestamp

CHOSEN = """
WITH chosen AS (
    SELECT l.log_index AS i, l.event_id, e.stream, e.type, e.actor, e.project AS project_uuid
    FROM audit_leaf l JOIN audit_event e ON e.id = l.event_id
    WHERE l.log_id = %s AND l.log_index >= %s AND l.log_index < %s{where}
)"""
BOUNDS = """
SELECT min(l.log_index) AS first, max(l.log_index) AS last FROM audit_leaf l JOIN audit_event e ON e.id = l.event_id
WHERE l.log_id = %s AND l.log_index < %s
"""
SKEW = dt.timedelta(seconds=300)
"""How far clocks may differ, as a verifier has it who is told nothing else."""
BEFORE = """
SELECT l.log_index AS place FROM audit_leaf l JOIN audit_event e ON e.id = l.event_id
WHERE l.log_id = %s AND l.log_index < %s AND e.recorded_at < %s ORDER BY l.log_index DESC LIMIT 1
"""
BEHIND = """
SELECT l.log_index AS place FROM audit_leaf l JOIN audit_event e ON e.id = l.event_id
WHERE l.log_id = %s AND l.log_index >= %s AND l.log_index < %s AND e.recorded_at >= %s ORDER BY l.log_index LIMIT 1
"""


@dataclass(frozen=True)
class Filter:
    """What a leaf must say to match: one of the values of each member that has any, and a time in [since, until)."""

    types: tuple[str, ...] = ()
    actors: tuple[str, ...] = ()
    projects: tuple[UUID, ...] = ()
    items: tuple[UUID, ...] = ()
    since: dt.datetime | None = None
    until: dt.datetime | None = None

    def document(self) -> dict[str, Any]:
        """Write it as a manifest does."""
        members: dict[str, list[str]] = {
            "type": sorted(self.types),
            "actor": sorted(self.actors),
            "proj": sorted(map(str, self.projects)),
            "tags.item": sorted(map(str, self.items)),
        }
        times = {"from": self.since, "until": self.until}
        return {name: values for name, values in members.items() if values} | {
            name: timestamp(at) for name, at in times.items() if at is not None
        }

    def where(self) -> tuple[str, list[Any]]:
        """Give the conditions on `audit_event e`, with their parameters."""
        parts: list[str] = []
        params: list[Any] = []
        for column, values in (("type", self.types), ("actor", self.actors), ("project", self.projects)):
            if values:
                parts.append(f"e.{column} IN ({within(len(values))})")
                params += values
        if self.items:
            found = "position(%s::bytea in e.leaf) > 0" if postgres() else "instr(e.leaf, %s) > 0"
            parts.append(f"({' OR '.join([found] * len(self.items))})")
            params += [f'"tags":{{"item":"{one}",'.encode() for one in self.items]  # nowhere else in canonical bytes
        for sign, at in ((">=", self.since), ("<", self.until)):
            if at is not None:
                parts.append(f"e.recorded_at {sign} %s")
                params.append(at)
        return "".join(f" AND {part}" for part in parts), params

    def chosen(self, log_id: int, begin: int, end: int) -> tuple[str, list[Any]]:
        """Give the WITH clause of `chosen`: entries of [begin, end) that match."""
        where, params = self.where()
        return CHOSEN.format(where=where), [log_id, begin, end, *params]


def bounds_in_time(log_id: int, size: int, since: dt.datetime | None, until: dt.datetime | None) -> tuple[int, int]:
    """Give the smallest range of a log that proves to hold all entries of [since, until) among its first `size`.

    It goes on to an entry on each side that lies so far off that none behind it can be of that time, clocks being as
    they are: that one shows that the range was not shifted.
    """
    where, params = "", []
    if since is not None:
        where, params = " AND e.event_id >= %s AND e.recorded_at >= %s", [first_uuid7(since), since]
    if until is not None:
        where, params = where + " AND e.recorded_at < %s", [*params, until]
    found = ask_one(BOUNDS + where, [log_id, size, *params])
    if found is None or found.first is None:
        return 0, 0
    before = ask_one(BEFORE, [log_id, found.first, since - SKEW]) if since else None
    behind = ask_one(BEHIND, [log_id, found.last, size, until + SKEW]) if until else None
    return before.place if before else 0, behind.place + 1 if behind else size


@dataclass(frozen=True)
class Cut:
    """What an export holds: entries [begin, end) of a log, which of them it discloses, and against which tree.

    `checkpoint` is the row of the one that states the tree of `size`; `cite` are entries to prove one by one;
    `known` are sizes of trees that somebody kept.
    """

    log_id: int
    begin: int
    end: int
    size: int
    checkpoint: int
    chosen: Filter
    cite: tuple[int, ...]
    known: tuple[int, ...] = ()
