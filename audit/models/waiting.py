"""The guard of a table whose rows wait for something: none goes before it is done."""
# ruff: noqa: S608 - names of our own tables and columns

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import models

AFTER_DELETE, BEFORE_UPDATE, BEFORE_TRUNCATE = 8, 1 | 2 | 16, 2 | 32
"""Bits of pg_trigger.tgtype."""
KINDS = {"placed": AFTER_DELETE, "frozen": BEFORE_UPDATE, "whole": BEFORE_TRUNCATE}


@dataclass(frozen=True)
class Waits:
    """A table whose rows go only once another one has a row of the same `column`; they never change."""

    model: type[models.Model]
    column: str
    until: type[models.Model]


def waiting_body(rule: Waits) -> str:
    """Write what PostgreSQL runs when rows of the table go or would change.

    All that go in a statement are looked at together, and planned for each anew: of tables that were nearly empty when
    a session began it would look at each row of one for each row of the other.
    """
    left = (
        f"SELECT count(*) FROM gone LEFT JOIN {rule.until._meta.db_table} done "
        f"ON done.{rule.column} = gone.{rule.column} WHERE done.{rule.column} IS NULL"
    )
    return (
        f"DECLARE missing bigint; BEGIN IF TG_OP = 'DELETE' THEN EXECUTE '{left}' INTO missing; "
        "IF missing = 0 THEN RETURN NULL; END IF; END IF; "
        "RAISE EXCEPTION 'frozen row: % %', TG_TABLE_NAME, TG_OP "
        "USING ERRCODE = 'integrity_constraint_violation'; END"
    )


def postgres_waiting(rule: Waits) -> Iterator[str]:
    """Give the statements that put the guard in place on PostgreSQL."""
    table = rule.model._meta.db_table
    yield f"CREATE OR REPLACE FUNCTION {table}_guard() RETURNS trigger LANGUAGE plpgsql AS $${waiting_body(rule)}$$"
    for name, when, each in (
        ("placed", "AFTER DELETE", "REFERENCING OLD TABLE AS gone FOR EACH STATEMENT"),
        ("frozen", "BEFORE UPDATE", "FOR EACH ROW"),
        ("whole", "BEFORE TRUNCATE", "FOR EACH STATEMENT"),
    ):
        yield f"CREATE OR REPLACE TRIGGER {table}_{name} {when} ON {table} {each} EXECUTE FUNCTION {table}_guard()"
        yield f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_{name}"


def sqlite_waiting(rule: Waits) -> Iterator[tuple[str, str]]:
    """Give SQLite's triggers: name and statement."""
    table, column = rule.model._meta.db_table, rule.column
    done = f"EXISTS (SELECT 1 FROM {rule.until._meta.db_table} WHERE {column} = OLD.{column})"
    for name, event, when in (("frozen", "UPDATE", ""), ("kept", "DELETE", f" WHEN NOT {done}")):
        yield (
            f"{table}_{name}",
            f"CREATE TRIGGER {table}_{name} BEFORE {event} ON {table}{when} "
            f"BEGIN SELECT RAISE(ABORT, 'frozen row: {table} {event}'); END",
        )
