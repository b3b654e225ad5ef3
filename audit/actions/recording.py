"""Recording: the exact leaf of an event, written with the fact it tells, in the fact's own transaction."""

import datetime as dt
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection

from audit.errors import NotCanonical
from audit.models import Event, Payload, Pending
from audit.models.sql import ask, insert, postgres, select_of, within
from audit.reads import KINDS, canonical, leaf_hash, payload_commitment, timestamp, uuid7

TAGS = frozenset({"item", "queue", "model", "rights", "kind", "source"})
COLUMNS = {
    "event_id": "uuid", "log_id": "bigint", "recorded_at": "timestamptz", "leaf": "bytea", "leaf_hash": "bytea",
    "stream": "text", "sseq": "int", "type": "text", "actor": "text", "project": "uuid",
}  # fmt: skip
WRITE = f"""
WITH written AS (
    INSERT INTO {Event._meta.db_table}
        ({", ".join(COLUMNS)})
    {{events}}
    RETURNING id, event_id
), told AS (
    INSERT INTO {Payload._meta.db_table} (event_id, section, salt, body)
    SELECT written.id, sections.section, sections.salt, sections.body
    FROM {{sections}} sections(event_uuid, section, salt, body)
    JOIN written ON written.event_id = sections.event_uuid
), waiting AS (
    INSERT INTO {Pending._meta.db_table} (event_id) SELECT id FROM written
){{facts}}
SELECT id, event_id AS uuid FROM written
"""  # noqa: S608 - table names of our own models
SECTIONS = "unnest(%b::uuid[], %b::text[], %b::bytea[], %b::bytea[])"
FEW = 4  # events of one claim or decision: written row by row, since arrays cost more to send than they save
EVENT, SECTION = f"({within(10)})", "(%s::uuid, %s::text, %s::bytea, %s::bytea)"


class _Tags(msgspec.Struct, frozen=True):
    """The tags of a leaf, in the order of RFC 8785; all six always stand."""

    item: str | None = None
    kind: str | None = None
    model: str | None = None
    queue: str | None = None
    rights: int | None = None
    source: str | None = None


class _Leaf(msgspec.Struct, frozen=True):
    """A leaf's members in the order of RFC 8785, so that C writes its bytes without looking at each part."""

    actor: str
    id: str
    log: str
    pay: dict[str, str]
    proj: str | None
    role: str | None
    sprev: str | None
    sseq: int
    stream: str
    tags: _Tags
    ts: str
    type: str
    v: int
    via: str


_written = msgspec.json.Encoder(order="sorted").encode


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
    event_id = uuid7(at)
    kept = [(section, os.urandom(32), canonical(value)) for section, value in (sections or {}).items()]
    leaf = _leaf_bytes(
        _Leaf(
            actor=actor,
            id=str(event_id),
            log=log[1],
            pay={section: payload_commitment(section, salt, body).hex() for section, salt, body in kept},
            proj=str(project) if project else None,
            role=role,
            sprev=head.hash.hex() if head.hash else None,
            sseq=head.sseq + 1,
            stream=stream,
            tags=_tags(tags or {}),
            ts=timestamp(at),
            type=type,
            v=1,
            via=via,
        )
    )
    return Entry(event_id, log[0], at, leaf, leaf_hash(leaf), stream, head.sseq + 1, type, actor, project, tuple(kept))


def _tags(tags: Mapping[str, Any]) -> _Tags:
    """Hold each tag to an id or code of plain text, or a number.

    Raises:
        KeyError: none of TAGS.
        NotCanonical: another kind of value.
    """
    unknown = tags.keys() - TAGS
    if unknown:
        raise KeyError(f"{sorted(unknown)} are no tags of a leaf")
    for name, value in tags.items():
        if not (value is None or isinstance(value, str) or (type(value) is int and 0 <= value < 2**53)):
            raise NotCanonical(f"The tag {name} is neither text nor a whole number: {value!r}.")
    return _Tags(**tags)


def _leaf_bytes(leaf: _Leaf) -> bytes:
    try:
        return _written(leaf)
    except (UnicodeEncodeError, TypeError) as problem:
        raise NotCanonical(f"This leaf has no exact JSON form: {problem}.") from problem


@dataclass(frozen=True, slots=True)
class Fact:
    """A write that stands in one statement with its event.

    In `sql`, `{event}` is the row id of the last event that is recorded with it, and `{name}` that of an earlier fact
    of that name, whose statement ends in RETURNING id. Facts touch different rows and do not read each other.
    """

    name: str
    sql: str
    params: tuple[Any, ...]


def record(entries: Sequence[Entry], facts: Sequence[Fact] = ()) -> list[int]:
    """Write events with their payloads and mark them pending, in the caller's transaction; give their row ids in order.

    One statement on PostgreSQL, `facts` included; three on SQLite, and one a fact. Takes no lock that another writer
    needs.
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
    ids = (_write if postgres() else _record_one_by_one)(rows, sections, facts)
    return [ids[one.uuid] for one in entries]


def _write(rows: list[tuple[Any, ...]], sections: list[tuple[Any, ...]], facts: Sequence[Fact]) -> dict[UUID, int]:
    made = {one.name: f"(SELECT id FROM {one.name})" for one in facts}  # noqa: S608 - named by the caller
    known = {"event": "(SELECT max(id) FROM written)", **made}
    beside = "".join(f", {one.name} AS ({one.sql.format(**known)})" for one in facts)
    after = [value for one in facts for value in one.params]
    if len(rows) <= FEW and sections:
        events = f"VALUES {', '.join([EVENT] * len(rows))}"
        told = f"(VALUES {', '.join([SECTION] * len(sections))})"
        params = [value for row in (*rows, *sections) for value in row]
    else:
        events, params = select_of(COLUMNS, rows)
        told = SECTIONS
        params += [list(column) for column in zip(*sections, strict=True)] if sections else [[], [], [], []]
    found = ask(WRITE.format(events=events, sections=told, facts=beside), params + after)
    return {row.uuid: row.id for row in found}


def _record_one_by_one(
    rows: list[tuple[Any, ...]], sections: list[tuple[Any, ...]], facts: Sequence[Fact]
) -> dict[UUID, int]:
    found = insert(Event._meta.db_table, COLUMNS, rows, returning="id, event_id AS uuid")
    ids = {row.uuid: row.id for row in found}
    insert(
        Payload._meta.db_table,
        dict.fromkeys(("event_id", "section", "salt", "body"), ""),
        [(ids[event], *section) for event, *section in sections],
    )
    insert(Pending._meta.db_table, {"event_id": ""}, [(number,) for number in ids.values()])
    known = {"event": ids[rows[-1][0]]}
    for one in facts:
        made = ask(one.sql.format(**known), one.params)
        if made:
            known[one.name] = made[0].id
    return ids
