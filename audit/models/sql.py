"""SQL by hand for the hot paths, the same text on both engines.

Times and ids are stored by Django in two shapes. Parameters are adapted here; columns are read back by the house's
names: `..._at` and `..._until` are instants, `uuid`, `token` and `..._uuid` are UUIDs, bytes come as bytes.
"""

import datetime as dt
import uuid
from collections.abc import Iterable, Iterator, Sequence
from types import SimpleNamespace
from typing import Any

from django.db import connection
from psycopg.pq import Format

Row = Any
"""One row: attributes by the name of the column."""


def postgres() -> bool:
    """Tell whether this connection is PostgreSQL."""
    return connection.vendor == "postgresql"


def lock(*tables: str, skip: bool = False) -> str:
    """Give the clause that locks rows of these tables; SQLite's writer holds the whole database already."""
    if not postgres():
        return ""
    return f" FOR NO KEY UPDATE OF {', '.join(tables)}" + (" SKIP LOCKED" if skip else "")


def ask(sql: str, params: Sequence[Any] = ()) -> list[Row]:
    """Run one statement and give its rows."""
    names, rows = _answer(sql, params)
    return [SimpleNamespace(**dict(zip(names, row, strict=True))) for row in rows]


def tuples(sql: str, params: Sequence[Any] = ()) -> list[Sequence[Any]]:
    """Run one statement and give its rows as tuples, for those who read many thousands."""
    return list(_answer(sql, params)[1])


def _answer(sql: str, params: Sequence[Any]) -> tuple[list[str], Sequence[Sequence[Any]]]:
    with connection.cursor() as cursor:
        if postgres():
            cursor.cursor.format = Format.BINARY  # bytes, instants and UUIDs are read in C, at half the size
            cursor.execute(sql, params)
            result = cursor.pgresult  # its names come without psycopg's Column objects, 0.4 ms for a wide row
            names = [result.fname(place).decode() for place in range(result.nfields)]
            rows = cursor.fetchall() if names else []
        else:
            cursor.execute(sql, [_sent(value) for value in params])
            names = [column[0] for column in cursor.description or ()]
            rows = _read(names, cursor.fetchall() if names else [])
    return names, rows


def ask_one(sql: str, params: Sequence[Any] = ()) -> Row | None:
    """Run one statement and give its first row, or None."""
    found = ask(sql, params)
    return found[0] if found else None


def run(sql: str, params: Sequence[Any] = ()) -> int:
    """Run one statement that gives no rows; tell how many it touched."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params if postgres() else [_sent(value) for value in params])
        return int(cursor.rowcount)


def in_turn(sql: str, params: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
    """Run one statement of SQLite and give its rows one after the other, as they come."""
    with connection.cursor() as cursor:
        cursor.execute(sql, [_sent(value) for value in params])
        yield from cursor


def insert(
    table: str,
    columns: dict[str, str],
    rows: Sequence[Sequence[Any]],
    *,
    returning: str = "",
    unless_known: bool = False,
) -> list[Row]:
    """Insert many rows in one statement (SQLite: one for each 500).

    `columns` gives each column's PostgreSQL type. `unless_known` passes over rows whose unique key is taken; the
    caller on SQLite has looked first, as its guards refuse them.
    """
    if not rows:
        return []
    tail = f" RETURNING {returning}" if returning else ""
    names = ", ".join(columns)
    if postgres():
        chosen, params = select_of(columns, rows)
        conflict = " ON CONFLICT DO NOTHING" if unless_known else ""
        return ask(f"INSERT INTO {table} ({names}) {chosen}{conflict}{tail}", params)
    found: list[Row] = []
    for start in range(0, len(rows), 500):
        part = rows[start : start + 500]
        values = ", ".join(["(" + ", ".join(["%s"] * len(columns)) + ")"] * len(part))
        sql = f"INSERT INTO {table} ({names}) VALUES {values}{tail}"  # noqa: S608
        found += ask(sql, [value for row in part for value in row])
    return found


def change(table: str, columns: dict[str, str], rows: Sequence[Sequence[Any]]) -> None:
    """Change many rows in one statement, each to values of its own.

    `columns` gives each column's PostgreSQL type; the first is the key by which rows are found.
    """
    if not rows:
        return
    key, *others = columns
    sets = ", ".join(f"{name} = given_.{name}" for name in others)
    names = ", ".join(columns)
    if postgres():
        chosen, params = select_of(columns, rows)
        given = f"({chosen}) given_({names})"
        run(f"UPDATE {table} SET {sets} FROM {given} WHERE {table}.{key} = given_.{key}", params)  # noqa: S608
        return
    values = ", ".join(["(" + within(len(columns)) + ")"] * len(rows))
    sql = f"WITH given_({names}) AS (VALUES {values}) UPDATE {table} SET {sets} FROM given_ "  # noqa: S608
    run(sql + f"WHERE {table}.{key} = given_.{key}", [value for row in rows for value in row])


def select_of(columns: dict[str, str], rows: Sequence[Sequence[Any]]) -> tuple[str, list[Any]]:
    """Give PostgreSQL's SELECT of these rows in order, and its parameters: binary arrays, unnested.

    A column that holds the same in every row travels once; text arrays would escape each element in Python.
    """
    chosen: list[str] = []
    single: list[Any] = []
    many_: dict[str, list[Any]] = {}
    for (name, kind), values in zip(columns.items(), zip(*rows, strict=True), strict=True):
        if many_ and values.count(values[0]) == len(values):
            chosen.append(f"%b::{kind}")
            single.append(values[0])
        else:
            chosen.append(f"given.{name}")
            many_[name] = list(values)
    arrays = ", ".join(f"%b::{columns[name]}[]" for name in many_)
    sql = f"SELECT {', '.join(chosen)} FROM unnest({arrays}) given({', '.join(many_)})"  # noqa: S608
    return sql, [*single, *many_.values()]


def within(count: int) -> str:
    """Give the placeholders of an IN list."""
    return ", ".join(["%s"] * count)


def instant(value: Any) -> dt.datetime | None:
    """Read an instant as either engine gives it."""
    if value is None:
        return None
    found = value if isinstance(value, dt.datetime) else dt.datetime.fromisoformat(value)
    return found if found.tzinfo else found.replace(tzinfo=dt.UTC)


def _read(names: list[str], rows: list[tuple[Any, ...]]) -> list[list[Any]]:
    """Read SQLite's values as what their columns are named for; PostgreSQL's come as what they are."""
    readers = [_reader(name) for name in names]
    return [[read(value) for read, value in zip(readers, row, strict=True)] for row in rows]


def _sent(value: Any) -> Any:
    """Shape a parameter as Django stores it in SQLite."""
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
    if isinstance(value, uuid.UUID):
        return value.hex
    return value


def _uuid(value: Any) -> uuid.UUID | None:
    return value if value is None or isinstance(value, uuid.UUID) else uuid.UUID(value)


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


def _reader(name: str) -> Any:
    if name.endswith(("_at", "_until")) or name == "decide_by":
        return instant
    if name in {"uuid", "token"} or name.endswith("_uuid"):
        return _uuid
    return _plain


def many(values: Iterable[Any]) -> tuple[str, list[Any]]:
    """Give `(%s, %s)` and the parameters for an IN list that is never empty."""
    found = list(values) or [None]
    return f"({within(len(found))})", found


def together(*statements: tuple[str, Sequence[Any]]) -> None:
    """Run writes to different rows that do not read each other: one statement on PostgreSQL, each alone on SQLite."""
    if postgres() and len(statements) > 1:
        parts = ", ".join(f"w{number} AS ({sql})" for number, (sql, _) in enumerate(statements))
        ask(f"WITH {parts} SELECT 1 AS done", [value for _, params in statements for value in params])
    else:
        for sql, params in statements:
            run(sql, params)
