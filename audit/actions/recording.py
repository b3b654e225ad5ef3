"""Recording: the exact leaf of an event, written with the fact it tells, in the fact's own transaction."""

import datetime as dt
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from audit.models import Event, Payload, Pending
from audit.models.sql import ask, insert, postgres, within
from audit.reads import KINDS, canonical, leaf_hash, payload_commitment, timestamp, uuid7

TAGS = ("item", "queue", "model", "rights", "kind", "source")
WRITE = f"""
WITH written AS (
    INSERT INTO {Event._meta.db_table}
        (event_id, log_id, recorded_at, leaf, leaf_hash, stream, sseq, type, actor, project)
    {{events}}
    RETURNING id, event_id
), told AS (
    INSERT INTO {Payload._meta.db_table} (event_id, section, salt, body)
    SELECT written.id, sections.section, sections.salt, sections.body
    FROM {{sections}} sections(event_uuid, section, salt, body)
    JOIN written ON written.event_id = sections.event_uuid
), waiting AS (
    INSERT INTO {Pending._meta.db_table} (event_id) SELECT id FROM written
)
SELECT id, event_id AS uuid FROM written
"""  # noqa: S608 - table names of our own models
IN_ARRAYS = WRITE.format(
    events="SELECT * FROM unnest(%b::uuid[], %b::bigint[], %b::timestamptz[], %b::bytea[], %b::bytea[], %b::text[], "
    "%b::int[], %b::text[], %b::text[], %b::uuid[])",
    sections="unnest(%b::uuid[], %b::text[], %b::bytea[], %b::bytea[])",
)
FEW = 4  # events of one claim or decision: written row by row, since arrays cost more to send than they save
EVENT, SECTION = f"({within(10)})", "(%s::uuid, %s::text, %s::bytea, %s::bytea)"


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a stream: the number of its last event (0 for none) and that event's leaf hash."""

    sseq: int
    hash: bytes | None


NO_HEAD = Head(0, None)


@dataclass(frozen=True, slots=True)
class Entry:
    """An event made ready to be written: leaf, hash, and its payload sections as (name, salt, body)."""

    uuid: UUID
    log_id: int
    at: dt.datetime
    leaf: bytes
    hash: bytes
    stream: str
    sseq: int
    type: str
    actor: str
    project: UUID | None
    sections: tuple[tuple[str, bytes, bytes], ...]

    @property
    def head(self) -> Head:
        """The stream's new end, to be written on the row that carries the stream."""
        return Head(self.sseq, self.hash)


def entry(
    *,
    log: tuple[int, str],
    type: str,  # noqa: A002 - the leaf's own word
    actor: str,
    role: str | None,
    via: str,
    project: UUID | None,
    stream: str,
    head: Head,
    at: dt.datetime,
    tags: Mapping[str, Any] | None = None,
    sections: Mapping[str, Any] | None = None,
) -> Entry:
    """Make the leaf of ledger.md section 2 out of plain values; nothing is written yet.

    `log` is (id, origin). `tags` may name any of TAGS: ids, numbers and fixed codes, never words of people. `sections`
    hold what may be erased one day: each is salted and only its commitment stands in the leaf.

    Raises:
        KeyError: no app has told the ledger of this type, or a tag is none of TAGS.
        NotCanonical: a value has no exact JSON form.
    """
    KINDS[type]
    unknown = set(tags or ()) - set(TAGS)
    if unknown:
        raise KeyError(f"{sorted(unknown)} are no tags of a leaf")
    event_id = uuid7(at)
    kept = [(section, os.urandom(32), canonical(value)) for section, value in (sections or {}).items()]
    leaf = canonical(
        {
            "v": 1,
            "log": log[1],
            "id": str(event_id),
            "ts": timestamp(at),
            "type": type,
            "actor": actor,
            "role": role,
            "via": via,
            "proj": str(project) if project else None,
            "tags": {name: (tags or {}).get(name) for name in TAGS},
            "stream": stream,
            "sseq": head.sseq + 1,
            "sprev": head.hash.hex() if head.hash else None,
            "pay": {section: payload_commitment(section, salt, body).hex() for section, salt, body in kept},
        }
    )
    return Entry(event_id, log[0], at, leaf, leaf_hash(leaf), stream, head.sseq + 1, type, actor, project, tuple(kept))


def record(entries: Sequence[Entry]) -> list[int]:
    """Write events with their payloads and mark them pending, in the caller's transaction; give their row ids in order.

    One statement on PostgreSQL, three on SQLite. Takes no lock that another writer needs.
    """
    if not entries:
        return []
    if not connection.in_atomic_block:
        raise RuntimeError("An event is recorded in the transaction of its fact.")
    rows = [
        (one.uuid, one.log_id, one.at, one.leaf, one.hash, one.stream, one.sseq, one.type, one.actor, one.project)
        for one in entries
    ]
    sections = [(one.uuid, *section) for one in entries for section in one.sections]
    ids = (_write if postgres() else _record_one_by_one)(rows, sections)
    return [ids[one.uuid] for one in entries]


def _write(rows: list[tuple[Any, ...]], sections: list[tuple[Any, ...]]) -> dict[UUID, int]:
    if len(rows) <= FEW and sections:
        events = f"VALUES {', '.join([EVENT] * len(rows))}"
        sql = WRITE.format(events=events, sections=f"(VALUES {', '.join([SECTION] * len(sections))})")
        found = ask(sql, [value for row in (*rows, *sections) for value in row])
    else:
        told = [list(column) for column in zip(*sections, strict=True)] if sections else [[], [], [], []]
        found = ask(IN_ARRAYS, [list(column) for column in zip(*rows, strict=True)] + told)
    return {row.uuid: row.id for row in found}


def _record_one_by_one(rows: list[tuple[Any, ...]], sections: list[tuple[Any, ...]]) -> dict[UUID, int]:
    columns = ("event_id", "log_id", "recorded_at", "leaf", "leaf_hash", "stream", "sseq", "type", "actor", "project")
    found = insert(Event._meta.db_table, dict.fromkeys(columns, ""), rows, returning="id, event_id AS uuid")
    ids = {row.uuid: row.id for row in found}
    insert(
        Payload._meta.db_table,
        dict.fromkeys(("event_id", "section", "salt", "body"), ""),
        [(ids[event], *section) for event, *section in sections],
    )
    insert(Pending._meta.db_table, {"event_id": ""}, [(number,) for number in ids.values()])
    return ids
