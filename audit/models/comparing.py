"""Whether the guards that stand in the database are those that were declared."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db import connection

from audit.models.guards import GUARDS, Check, Refers, clause_of, function_body, sqlite_triggers
from audit.models.sql import ask
from audit.models.uniques import spoilt_keys
from audit.models.waiting import KINDS as WAITING
from audit.models.waiting import waiting_body

TRIGGERS = """
SELECT c.relname AS on_table, t.tgname AS name, t.tgtype AS type, t.tgenabled::text AS enabled, p.prosrc AS body,
    p.proname = c.relname || '_guard' AND l.lanname = 'plpgsql' AND NOT p.prosecdef AND p.proconfig IS NULL
        AND t.tgqual IS NULL AND t.tgnargs = 0 AND t.tgattr::text = '' AS plain
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
JOIN pg_language l ON l.oid = p.prolang
WHERE NOT t.tgisinternal AND pg_table_is_visible(c.oid)
"""
CONSTRAINTS = """
SELECT conname AS name, conrelid::regclass::text AS on_table, pg_get_constraintdef(oid) AS text FROM pg_constraint
WHERE contype IN ('c', 'f')
"""
ASLEEP = """
SELECT DISTINCT c.relname AS on_table FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE t.tgisinternal AND t.tgenabled <> 'O' AND pg_table_is_visible(c.oid)
"""
RULES = "SELECT tablename AS on_table, rulename AS name FROM pg_rules WHERE schemaname = current_schema()"
ROW, BEFORE, DELETE, UPDATE, TRUNCATE = 1, 2, 8, 16, 32  # bits of pg_trigger.tgtype
KINDS = {"frozen": ROW | BEFORE | DELETE | UPDATE, "whole": BEFORE | TRUNCATE}


@dataclass(frozen=True, order=True)
class Flaw:
    """A guard that is `missing`, `changed`, or `strange`: one that nobody declared, on a guarded table.

    `cure` is the statement that makes it anew, where migrate does not.
    """

    table: str
    name: str
    what: str
    cure: str = field(default="", compare=False)

    def __str__(self) -> str:
        return f"{self.name} on {self.table} is {self.what}"


def flaws() -> list[Flaw]:
    """List the guards that differ from the declared ones; [] where all stand, or no table of them exists yet."""
    tables = set(connection.introspection.table_names())
    found = set(_of_postgres(tables) if connection.vendor == "postgresql" else _of_sqlite(tables))
    keys = {Flaw(one.table, one.name, what, one.sql) for one, what in spoilt_keys(tables)}
    return sorted(found | keys)


def _of_sqlite(tables: set[str]) -> Iterator[Flaw]:
    declared = sqlite_triggers(tables)
    guarded = {table for table, _ in declared.values()}
    rows = ask("SELECT name, tbl_name AS on_table, sql AS text FROM sqlite_master WHERE type = 'trigger'")
    standing = {row.name: (row.on_table, row.text) for row in rows}
    for name, (table, statement) in declared.items():
        if standing.get(name) != (table, statement):
            yield Flaw(table, name, "changed" if name in standing else "missing")
    for name, (table, _) in standing.items():
        if table in guarded and name not in declared:
            yield Flaw(table, name, "strange")


def _of_postgres(tables: set[str]) -> Iterator[Flaw]:
    rules = {rule.model._meta.db_table: (KINDS, function_body(rule)) for rule in GUARDS.frozen}
    rules |= {rule.model._meta.db_table: (WAITING, waiting_body(rule)) for rule in GUARDS.waits}
    rules = {table: rule for table, rule in rules.items() if table in tables}
    standing = {(row.on_table, row.name): row for row in ask(TRIGGERS)}
    for table, (kinds, body) in rules.items():
        yield from _of_triggers(table, kinds, body, standing)
    declared = {(table, f"{table}_{kind}") for table, (kinds, _) in rules.items() for kind in kinds}
    for table, name in standing.keys() - declared:
        if table in rules:
            yield Flaw(table, name, "strange")
    yield from (Flaw(row.on_table, row.name, "strange") for row in ask(RULES) if row.on_table in rules)
    yield from (Flaw(row.on_table, "foreign keys", "changed") for row in ask(ASLEEP) if row.on_table in tables)
    yield from _of_constraints(tables)


def _of_triggers(
    table: str, kinds: dict[str, int], body: str, standing: dict[tuple[str, str], object]
) -> Iterator[Flaw]:
    for kind, type_ in kinds.items():
        name = f"{table}_{kind}"
        found = standing.get((table, name))
        if found is None:
            yield Flaw(table, name, "missing")
        elif vars(found) | {"on_table": "", "name": ""} != {
            "on_table": "", "name": "", "type": type_, "enabled": "A", "body": body, "plain": True,
        }:  # fmt: skip
            yield Flaw(table, name, "changed")


def _of_constraints(tables: set[str]) -> Iterator[Flaw]:
    standing = {row.name: (row.on_table, _bare(row.text)) for row in ask(CONSTRAINTS)}
    rules: list[Refers | Check] = [*GUARDS.refers, *GUARDS.checks]
    for rule in rules:
        table = rule.model._meta.db_table
        if table in tables and standing.get(rule.name) != (table, _bare(clause_of(rule))):
            yield Flaw(table, rule.name, "changed" if rule.name in standing else "missing")


def _bare(clause: str) -> str:
    """Leave out what PostgreSQL adds on its own when it writes a clause anew: brackets and spaces."""
    return re.sub(r"[\s()]", "", clause)
