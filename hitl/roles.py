"""Three roles of PostgreSQL: one owns tables and guards and never signs in, one works, one seals the ledger.

What the working role may change is what the guards leave free; it has no right at all to write the tree.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.db import connection, models

from accounts.models import Installation
from audit import models as ledger
from audit.models import GUARDS, Frozen

ROLE = re.compile(r"[a-z_][a-z0-9_]{0,62}")
TREE = (ledger.Leaf, ledger.Tile, ledger.Checkpoint, ledger.Anchor)
STREAM = ("sseq", "head")
SEALED = ("tree_size", "root", "frontier", "key_name", "alarm", "alarm_at")


@dataclass(frozen=True)
class Roles:
    """The names of the three roles."""

    owner: str
    app: str
    sequencer: str


def statements(roles: Roles) -> Iterator[str]:
    """Give the SQL that makes the roles and gives each what it may; run again, it mends what was granted since.

    Raises:
        ValueError: two names are the same, or one is no plain name.
    """
    names = (roles.owner, roles.app, roles.sequencer)
    if len(set(names)) != 3 or not all(map(ROLE.fullmatch, names)):
        raise ValueError("Name three roles, in small letters, digits and _.")
    yield from _made(roles)
    for model in apps.get_models(include_auto_created=True):
        yield from _granted(model, roles)
    yield f"ALTER TABLE django_migrations OWNER TO {roles.owner}"
    yield f"REVOKE ALL ON django_migrations FROM PUBLIC, {roles.app}, {roles.sequencer}"
    yield f"GRANT SELECT ON django_migrations TO {roles.app}, {roles.sequencer}"


def _made(roles: Roles) -> Iterator[str]:
    for name, way in ((roles.owner, "NOLOGIN"), (roles.app, "LOGIN"), (roles.sequencer, "LOGIN")):
        yield (
            f"DO $$BEGIN IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{name}') "  # noqa: S608 - plain names
            f"THEN CREATE ROLE {name} {way}; END IF; END$$"
        )
        yield f"ALTER ROLE {name} {way} NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS"
    base = connection.ops.quote_name(connection.settings_dict["NAME"])
    yield f"REVOKE CREATE ON DATABASE {base} FROM PUBLIC, {roles.app}, {roles.sequencer}"
    yield f"GRANT CONNECT ON DATABASE {base} TO {roles.app}, {roles.sequencer}"
    yield f"REVOKE CREATE ON SCHEMA public FROM PUBLIC, {roles.app}, {roles.sequencer}"
    yield f"GRANT USAGE, CREATE ON SCHEMA public TO {roles.owner}"
    yield f"GRANT USAGE ON SCHEMA public TO {roles.app}, {roles.sequencer}"


def _granted(model: type[models.Model], roles: Roles) -> Iterator[str]:
    table = model._meta.db_table
    rule = next((one for one in GUARDS.frozen if one.model is model), None)
    yield f"ALTER TABLE {table} OWNER TO {roles.owner}"
    if rule is not None or any(one.model is model for one in GUARDS.waits):
        yield f"ALTER FUNCTION {table}_guard() OWNER TO {roles.owner}"
    yield f"REVOKE ALL ON {table} FROM PUBLIC, {roles.app}, {roles.sequencer}"
    for role, rights in ((roles.app, _of_app(model, rule)), (roles.sequencer, _of_sequencer(model))):
        if rights:
            yield f"GRANT {', '.join(rights)} ON {table} TO {role}"


def _of_app(model: type[models.Model], rule: Frozen | None) -> list[str]:
    if model in TREE or model is ledger.AnchorFailure:
        return ["SELECT"]
    rights = ["SELECT", f"INSERT ({_columns(model)})"]
    if model is ledger.Log:
        return [*rights, f"UPDATE ({', '.join(STREAM)})"]
    if model is ledger.Pending:
        return rights
    if rule is None:
        return [*rights, "UPDATE", "DELETE"]
    free = [*rule.free, *rule.once, *(("body", "salt", "erasure_id") if rule.erasable else ())]
    named = ", ".join(f'"{column}"' for column in free)  # some are words of SQL
    return [*rights, f"UPDATE ({named})"] if free else rights


def _of_sequencer(model: type[models.Model]) -> list[str]:
    read_and_write = ["SELECT", f"INSERT ({_columns(model)})"]
    if model in TREE or model in {ledger.Event, ledger.Payload}:
        return read_and_write
    if model is ledger.Pending:
        return [*read_and_write, "DELETE"]
    if model is ledger.AnchorFailure:
        return [*read_and_write, "UPDATE", "DELETE"]
    if model is ledger.Log:
        return ["SELECT", f"UPDATE ({', '.join((*STREAM, *SEALED))})"]
    return ["SELECT"] if model is Installation or model is ledger.Erasure else []


def _columns(model: type[models.Model]) -> str:
    """Name the columns that a new row may bring along; its number is the database's to give."""
    own = [field for field in model._meta.local_concrete_fields if not isinstance(field, models.AutoField)]
    return ", ".join(f'"{field.column}"' for field in own)
