"""Whether every key that the models call unique is unique in the database: constraints, also conditional, and fields.

A dropped unique index takes nothing away that anybody would miss, until two people hold one seat.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.db import connection, models

from audit.models.sql import ask

POSTGRES = """
SELECT t.relname AS on_table, c.relname AS name, coalesce(pg_get_expr(x.indpred, x.indrelid), '') AS condition,
    array_to_string(ARRAY(SELECT pg_get_indexdef(x.indexrelid, k, false) FROM generate_series(1, x.indnkeyatts) k), ',')
        AS columns
FROM pg_index x JOIN pg_class c ON c.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
WHERE x.indisunique AND x.indisvalid AND x.indimmediate AND NOT x.indnullsnotdistinct AND pg_table_is_visible(t.oid)
"""
SQLITE = """
SELECT m.name AS on_table, l.name, l.partial, coalesce(s.sql, '') AS text,
    (SELECT group_concat(name) FROM (SELECT name FROM pragma_index_info(l.name) ORDER BY seqno)) AS columns
FROM sqlite_master m JOIN pragma_index_list(m.name) l LEFT JOIN sqlite_master s ON s.type = 'index' AND s.name = l.name
WHERE m.type = 'table' AND l."unique" = 1
"""
CASTS = re.compile(r"::(character varying|text|boolean)(\(\d+\))?(\[\])?")
CREATED = re.compile(r'CREATE UNIQUE INDEX "[^"]+" ON "[^"]+" (?P<columns>.*?)(?: WHERE (?P<condition>.*))?$', re.S)


@dataclass(frozen=True)
class Unique:
    """A key of a table, as both sides are compared; `sql` makes it anew where it has a name."""

    table: str
    name: str
    columns: str
    condition: str = ""
    sql: str = ""

    def __post_init__(self) -> None:
        for part in ("columns", "condition"):
            object.__setattr__(self, part, _bare(getattr(self, part)))

    @property
    def key(self) -> tuple[str, str, str]:
        """What is unique, whatever it is called."""
        return self.table, self.columns, self.condition


def spoilt_keys(tables: set[str]) -> Iterator[tuple[Unique, str]]:
    """Give each declared key that the database does not keep: `missing`, or `changed` under the same name."""
    standing = list(_standing())
    named = {(one.table, one.name): one.key for one in standing}
    keys = {one.key for one in standing}
    for one in _declared(tables):
        if one.key not in keys:
            yield one, "changed" if (one.table, one.name) in named else "missing"


def _declared(tables: set[str]) -> Iterator[Unique]:
    for model in apps.get_models(include_auto_created=True):
        table = model._meta.db_table
        if table not in tables or model._meta.proxy:
            continue
        for constraint in model._meta.constraints:
            if isinstance(constraint, models.UniqueConstraint):
                yield _of_constraint(model, constraint)
        for field in model._meta.local_concrete_fields:
            if field.unique and not field.primary_key:
                yield Unique(table, f"unique {field.column}", str(field.column))
        for together in model._meta.unique_together:
            columns = [str(model._meta.get_field(name).column) for name in together]  # type: ignore[union-attr]
            yield Unique(table, f"unique {', '.join(columns)}", ",".join(columns))


def _of_constraint(model: type[models.Model], constraint: models.UniqueConstraint) -> Unique:
    sql = str(constraint.create_sql(model, connection.schema_editor()))
    made = CREATED.match(sql)
    if made is not None:
        return Unique(model._meta.db_table, constraint.name, made["columns"], made["condition"] or "", sql)
    columns = [str(model._meta.get_field(name).column) for name in constraint.fields]  # type: ignore[union-attr]
    return Unique(model._meta.db_table, constraint.name, ",".join(columns), "", sql)


def _standing() -> Iterator[Unique]:
    if connection.vendor == "postgresql":
        for row in ask(POSTGRES):
            yield Unique(row.on_table, row.name, row.columns, row.condition)
        return
    for row in ask(SQLITE):
        made = CREATED.match(row.text)
        if made is None:
            yield Unique(row.on_table, row.name, row.columns or "")
        else:
            yield Unique(row.on_table, row.name, made["columns"], made["condition"] or "")


def _bare(text: str) -> str:
    """Leave out what each side writes in its own way: quotes, brackets, spaces, casts, and how a list is asked for."""
    text = CASTS.sub("", text).replace("= ANY", "IN").replace("ARRAY", "")
    return re.sub(r'[\s()"\[\]]', "", text).replace("LOWER", "lower").replace("UPPER", "upper")
