"""Bulk intake over HTTP beside COPY of the same rows into the same tables.

The rows of the last request are read back under new ids. The bare side then only takes them in by psycopg's COPY, in
binary and in one transaction, past the same constraints, triggers and indexes: from rows of values, as a program has
them, and, below that, from bytes that stand ready and cost the program nothing.
"""

import argparse
import json
import random
from dataclasses import dataclass
from typing import Any

import psycopg
from django.utils import timezone

from accounts.actions import make_token
from accounts.models import Scope
from accounts.reads import console
from bench.claims import dsn
from bench.filling import LABELS, Town
from bench.measuring import Figure, seconds, turns
from bench.web import Web

ITEMS = 1000
KEYS = {"event_id": "audit_event", "item_id": "reviews_item", "task_id": "reviews_task"}
TABLES = (
    "audit_event", "audit_payload", "audit_pending", "reviews_item", "reviews_prediction", "reviews_route",
    "reviews_task", "reviews_seat", "reviews_outcome",
)  # fmt: skip
ANOTHER = "(left({uuid}, 24) || right(md5({uuid} || '{mark}'), 12))"  # as early in its index as the first


def measure(town: Town, options: argparse.Namespace) -> list[Figure]:
    web, chance = Web(), random.Random(7)  # the same items in each run
    path = f"/api/v1/projects/{town.project.slug}/items/"
    _, key = make_token(
        projects=[town.project], scopes=[Scope.ITEMS_WRITE], by=console(), at=timezone.now(), service="Bench"
    )
    with psycopg.connect(dsn(), autocommit=True) as connection:
        copies = _Copies(connection)

        def ours() -> float:
            copies.before = copies.last()
            body = _body(f"{timezone.now():%m%d%H%M%S%f}", chance)
            took = seconds(lambda: web.call("POST", path, key, body, "application/x-ndjson"))
            copies.after = copies.last()
            return ITEMS / took

        def bare() -> float:
            return ITEMS / copies.take_in(ready=False)

        def ready() -> float:
            return ITEMS / copies.take_in(ready=True)

        for side in (ours, bare, ready, ours, bare, ready):  # connect, prepare, see the tables
            side()
        ratio, mine, theirs = turns(ours, bare, options.rounds)
        limit, _, bytes_in = turns(ours, ready, max(options.rounds // 2, 1))
        body = _body(f"again-{timezone.now():%m%d%H%M%S%f}", chance)
        web.call("POST", path, key, body, "application/x-ndjson")
        again = seconds(lambda: web.call("POST", path, key, body, "application/x-ndjson"))
    note = f"{mine:,.0f} items/s beside {theirs:,.0f}, {copies.rows / ITEMS:.1f} rows an item; binary COPY of values"
    return [
        Figure(f"intake of {ITEMS:,} items over HTTP, of COPY", ratio, "", at_least=0.35, note=note),
        Figure("the same beside COPY of bytes made before", limit, "", note=f"{bytes_in:,.0f} items/s"),
        Figure(f"the same {ITEMS:,} items again", again * 1000, "ms", note="all known: compared and answered"),
    ]


@dataclass(frozen=True)
class _Part:
    """One table's rows: as values with their types, and as COPY's bytes."""

    table: str
    columns: list[str]
    types: list[str]
    rows: list[tuple[Any, ...]]
    content: bytes

    def copy(self, cursor: psycopg.Cursor, *, ready: bool) -> None:
        """Take the rows in."""
        with cursor.copy(f"COPY {self.table} ({', '.join(self.columns)}) FROM STDIN (FORMAT binary)") as into:
            if ready:
                into.write(self.content)
                return
            into.set_types(self.types)
            for row in self.rows:
                into.write_row(row)


class _Copies:
    """The rows that one request made, and copies of them under the next ids. `before` and `after` are last ids."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self.connection = connection
        self.before: dict[str, int] = {}
        self.after: dict[str, int] = {}
        self.rows = self.made = 0

    def last(self) -> dict[str, int]:
        """Give the last id of each table; 0 in an empty one."""
        return {table: self._one(f"SELECT coalesce(max({_key(table)}), 0) FROM {table}") for table in TABLES}

    def take_in(self, *, ready: bool) -> float:
        """Copy the last request's rows in again; give the seconds that COPY and commit took."""
        self.made += 1
        shift = {table: last - self.before[table] for table, last in self.last().items()}
        parts = [self._part(table, shift) for table in TABLES]
        self.rows = sum(len(part.rows) for part in parts)

        def copy() -> None:
            with self.connection.transaction(), self.connection.cursor() as cursor:
                for part in parts:
                    part.copy(cursor, ready=ready)

        took = seconds(copy)
        for table in TABLES:
            if table != "audit_pending":
                self._one(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")
        return took

    def _one(self, sql: str) -> int:
        row = self.connection.execute(sql).fetchone()
        return row[0] if row else 0

    def _part(self, table: str, shift: dict[str, int]) -> _Part:
        """Read a table's rows of the last request under new ids."""
        found = self.connection.execute(
            "SELECT column_name, udt_name FROM information_schema.columns WHERE table_name = %s "
            "ORDER BY ordinal_position",
            [table],
        ).fetchall()
        columns, types = [row[0] for row in found], [row[1] for row in found]
        values = ", ".join(self._value(table, column, shift) for column in columns)
        key = _key(table)
        last = f"{key} > {self.before[table]} AND {key} <= {self.after[table]}"
        chosen = f"SELECT {values} FROM {table} WHERE {last} ORDER BY {key}"
        rows = self.connection.execute(chosen).fetchall()
        with self.connection.cursor().copy(f"COPY ({chosen}) TO STDOUT (FORMAT binary)") as out:
            content = b"".join(bytes(part) for part in out)
        return _Part(table, columns, types, rows, content)

    def _value(self, table: str, column: str, shift: dict[str, int]) -> str:
        if column == "id":
            return f"id + {shift[table]}"
        if column == "uuid" or (table, column) == ("audit_event", "event_id"):
            return ANOTHER.format(uuid=f"{column}::text", mark=self.made) + "::uuid"
        if column in KEYS:
            return f"{column} + {shift[KEYS[column]]}"
        if column == "stream":
            return "('item/' || " + ANOTHER.format(uuid="substr(stream, 6)", mark=self.made) + ")::varchar"
        return f"(external_id || '-{self.made}')::varchar" if column == "external_id" else column


def _key(table: str) -> str:
    return "event_id" if table == "audit_pending" else "id"


def _body(mark: str, chance: random.Random) -> bytes:
    """Make one request: a classifier's answers, two in three of them sure."""
    return b"\n".join(json.dumps(_item(f"{mark}-{number}", chance)).encode() for number in range(ITEMS))


def _item(external_id: str, chance: random.Random) -> dict:
    first, second = chance.sample(LABELS, 2)
    confidence = round(min(0.999, max(0.2, chance.betavariate(8, 1.2))), 4)
    return {
        "external_id": external_id,
        "model": {"name": "shelf-detector", "version": "2026.11.1"},
        "prediction": {"labels": [first]},
        "confidence": confidence,
        "scores": {first: confidence, second: round(1 - confidence, 4)},
        "data": {"text": f"Is there a {first} in the picture that camera {chance.randrange(900)} took this morning?"},
        "segments": {"geography": chance.choice(["DE", "FR", "PL"])},
    }
