"""The last reviewer: triggers and constraints that Django's models cannot state, on both engines.

Each app declares its guards when it is ready; they are put in place after every migrate, since a table remade by
SQLite loses its triggers silently.
"""
# ruff: noqa: S608 - names of our own tables and columns

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db import connection, models

from audit.models.waiting import Waits, postgres_waiting, sqlite_waiting


@dataclass(frozen=True)
class Frozen:
    """A table whose rows never change, but for what is named here.

    `free` columns move with the loop (state, head). `once` columns go from NULL to a value, once. `erasable` lets body
    and salt turn NULL together with an erasure id, and nothing else.
    """

    model: type[models.Model]
    free: tuple[str, ...] = ()
    once: tuple[str, ...] = ()
    erasable: bool = False


@dataclass(frozen=True)
class Refers:
    """A foreign key over several columns: what this row says of another row is what that row says of itself."""

    name: str
    model: type[models.Model]
    columns: tuple[str, ...]
    to: type[models.Model]
    to_columns: tuple[str, ...]


@dataclass(frozen=True)
class Check:
    """A CHECK of PostgreSQL that needs its own functions."""

    name: str
    model: type[models.Model]
    condition: str


@dataclass
class Guards:
    """All declared guards, in the order of their declaration."""

    frozen: list[Frozen] = field(default_factory=list)
    waits: list[Waits] = field(default_factory=list)
    refers: list[Refers] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)


GUARDS = Guards()


def guard(*rules: Frozen | Waits | Refers | Check) -> None:
    """Declare guards; called from `ready()`."""
    places = {Frozen: GUARDS.frozen, Waits: GUARDS.waits, Refers: GUARDS.refers, Check: GUARDS.checks}
    for rule in rules:
        kept: list[object] = places[type(rule)]  # type: ignore[assignment]
        if rule not in kept:
            kept.append(rule)


def put_in_place() -> None:
    """Put every declared guard whose tables exist in place again. Safe to run twice."""
    tables = set(connection.introspection.table_names())
    make = _postgres if connection.vendor == "postgresql" else _sqlite
    with connection.cursor() as cursor:
        for statement in make(tables):
            cursor.execute(statement)


def _table(model: type[models.Model]) -> str:
    return model._meta.db_table


def _postgres(tables: set[str]) -> Iterator[str]:
    for rule in GUARDS.frozen:
        if _table(rule.model) in tables:
            yield from _postgres_frozen(rule)
    for waits in _waiting(tables):
        yield from postgres_waiting(waits)
    for refers in GUARDS.refers:
        if {_table(refers.model), _table(refers.to)} <= tables:
            yield _constraint(refers.name, _table(refers.model), clause_of(refers))
    for check in GUARDS.checks:
        if _table(check.model) in tables:
            yield _constraint(check.name, _table(check.model), clause_of(check))


def _waiting(tables: set[str]) -> Iterator[Waits]:
    return (one for one in GUARDS.waits if {_table(one.model), _table(one.until)} <= tables)


def clause_of(rule: Refers | Check) -> str:
    """Write what PostgreSQL is told of a constraint."""
    if isinstance(rule, Check):
        return f"CHECK ({rule.condition})"
    return f"FOREIGN KEY ({', '.join(rule.columns)}) REFERENCES {_table(rule.to)} ({', '.join(rule.to_columns)})"


def _constraint(name: str, table: str, clause: str) -> str:
    return (
        f"DO $$BEGIN IF NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = '{name}') "
        f"THEN ALTER TABLE {table} ADD CONSTRAINT {name} {clause}; END IF; END$$"
    )


def _postgres_frozen(rule: Frozen) -> Iterator[str]:
    table = _table(rule.model)
    yield (f"CREATE OR REPLACE FUNCTION {table}_guard() RETURNS trigger LANGUAGE plpgsql AS $${function_body(rule)}$$")
    for name, event, each in (("frozen", "UPDATE OR DELETE", "ROW"), ("whole", "TRUNCATE", "STATEMENT")):
        yield (
            f"CREATE OR REPLACE TRIGGER {table}_{name} BEFORE {event} ON {table} "
            f"FOR EACH {each} EXECUTE FUNCTION {table}_guard()"
        )
        yield f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_{name}"


def function_body(rule: Frozen) -> str:
    """Write what PostgreSQL runs before a row of a frozen table changes."""
    allowed = [f"OLD.{column} := NEW.{column};" for column in rule.free]
    allowed += [f"IF OLD.{column} IS NULL THEN OLD.{column} := NEW.{column}; END IF;" for column in rule.once]
    if rule.erasable:
        allowed.append(
            "IF OLD.erasure_id IS NULL AND NEW.erasure_id IS NOT NULL AND NEW.body IS NULL AND NEW.salt IS NULL "
            "THEN OLD.body := NULL; OLD.salt := NULL; OLD.erasure_id := NEW.erasure_id; END IF;"
        )
    return (
        f"BEGIN IF TG_OP = 'UPDATE' THEN {' '.join(allowed)} "
        "IF OLD IS NOT DISTINCT FROM NEW THEN RETURN NEW; END IF; END IF; "
        "RAISE EXCEPTION 'frozen row: % %', TG_TABLE_NAME, TG_OP "
        "USING ERRCODE = 'integrity_constraint_violation'; END"
    )


def _sqlite(tables: set[str]) -> Iterator[str]:
    for name, (_on, statement) in sqlite_triggers(tables).items():
        yield f"DROP TRIGGER IF EXISTS {name}"
        yield statement


def sqlite_triggers(tables: set[str]) -> dict[str, tuple[str, str]]:
    """Give every trigger of SQLite by name: its table, and its exact statement."""
    found: dict[str, tuple[str, str]] = {}
    for rule in GUARDS.frozen:
        if _table(rule.model) in tables:
            found |= {name: (_table(rule.model), statement) for name, statement in _sqlite_frozen(rule)}
    for waits in _waiting(tables):
        found |= {name: (_table(waits.model), statement) for name, statement in sqlite_waiting(waits)}
    for refers in GUARDS.refers:
        if {_table(refers.model), _table(refers.to)} <= tables:
            found |= {name: (_table(refers.model), statement) for name, statement in _sqlite_refers(refers)}
    return found


def _sqlite_frozen(rule: Frozen) -> Iterator[tuple[str, str]]:
    table = _table(rule.model)
    special = {*rule.free, *rule.once, *(("body", "salt", "erasure_id") if rule.erasable else ())}
    columns = [column.column for column in rule.model._meta.local_concrete_fields]
    kept = [f'NEW."{column}" IS OLD."{column}"' for column in columns if column not in special]
    kept += [f"(NEW.{column} IS OLD.{column} OR OLD.{column} IS NULL)" for column in rule.once]
    if rule.erasable:
        kept.append(
            "((NEW.body IS OLD.body AND NEW.salt IS OLD.salt AND NEW.erasure_id IS OLD.erasure_id) OR (OLD.erasure_id "
            "IS NULL AND NEW.erasure_id IS NOT NULL AND NEW.body IS NULL AND NEW.salt IS NULL))"
        )
    keys = list(_unique_keys(rule.model))
    taken = " OR ".join(_taken(rule.model, key) for key in keys)
    moved = [_taken(rule.model, key, other=True) for key in keys if key.condition or special & {*key.columns}]
    changed = " OR ".join([f"NOT ({' AND '.join(kept)})", *moved])
    for name, event, when in (
        ("frozen", "UPDATE", f" WHEN {changed}"),
        ("kept", "DELETE", ""),
        ("unreplaced", "INSERT", f" WHEN {taken}"),
    ):
        yield (
            f"{table}_{name}",
            f"CREATE TRIGGER {table}_{name} BEFORE {event} ON {table}{when} "
            f"BEGIN SELECT RAISE(ABORT, 'frozen row: {table} {event}'); END",
        )


@dataclass(frozen=True)
class Key:
    """Columns that no two rows share, of those rows alone that meet the condition, where there is one."""

    columns: tuple[str, ...]
    condition: str = ""


def _unique_keys(model: type[models.Model]) -> Iterator[Key]:
    """List the keys over which REPLACE, or UPDATE OR REPLACE, could put another row in a frozen row's place.

    SQLite fires no DELETE trigger for the row that goes, unless a connection asks for it; not every connection is ours.
    """
    yield from (Key((str(field.column),)) for field in model._meta.local_concrete_fields if field.unique)
    for one in model._meta.constraints:
        if isinstance(one, models.UniqueConstraint):
            names = tuple(str(model._meta.get_field(name).attname) for name in one.fields)  # type: ignore[union-attr]
            condition = one._get_condition_sql(model, connection.schema_editor())  # type: ignore[attr-defined]
            yield Key(names, condition or "")


def _taken(model: type[models.Model], key: Key, *, other: bool = False) -> str:
    """Write that a row, of an update another one, has what NEW has in a key's columns."""
    table, own = _table(model), model._meta.pk.column
    same = [f'"{column}" = NEW."{column}"' for column in key.columns]
    same += [f'"{own}" <> OLD."{own}"'] if other else []
    same += [f"({key.condition})"] if key.condition else []
    there = f"EXISTS (SELECT 1 FROM {table} WHERE {' AND '.join(same)})"
    if not key.condition:
        return there
    values = ", ".join(f'NEW."{field.column}" AS "{field.column}"' for field in model._meta.local_concrete_fields)
    return f"({there} AND EXISTS (SELECT 1 FROM (SELECT {values}) WHERE {key.condition}))"


def _sqlite_refers(rule: Refers) -> Iterator[tuple[str, str]]:
    match = " AND ".join(f"{to} = NEW.{column}" for column, to in zip(rule.columns, rule.to_columns, strict=True))
    given = " AND ".join(f"NEW.{column} IS NOT NULL" for column in rule.columns)
    for event in ("INSERT", "UPDATE"):
        yield (
            f"{rule.name}_{event.lower()}",
            f"CREATE TRIGGER {rule.name}_{event.lower()} BEFORE {event} ON {_table(rule.model)} WHEN {given} "
            f"AND NOT EXISTS (SELECT 1 FROM {_table(rule.to)} WHERE {match}) "
            f"BEGIN SELECT RAISE(ABORT, 'FOREIGN KEY constraint failed: {rule.name}'); END",
        )
