"""What `manage.py check --deploy` finds about the ledger's guards and the roles of its database."""

from typing import Any

from django.core.checks import CheckMessage, Error, Info
from django.db import DatabaseError, connection

from audit.models import flaws
from audit.models.sql import ask

REMEDY = (
    "Find out who did it and since when, compare the database with a backup, then run `manage.py migrate`, which puts "
    "the guards back; for a key that is no longer unique `manage.py ledger guards` prints the statement."
)
OWNS = """
SELECT bool_or(pg_has_role(current_user, relowner, 'MEMBER')) AS it FROM pg_class
WHERE relname IN ('audit_event', 'audit_leaf', 'audit_checkpoint') AND pg_table_is_visible(oid)
"""
UNREAD = Info("The database cannot be read, so its guards and roles were not looked at.", id="audit.I002")


def guards_stand(app_configs: Any, **_: Any) -> list[CheckMessage]:
    """Find guards over frozen rows that are missing or were changed."""
    try:
        found = flaws()
    except DatabaseError:
        return [UNREAD]
    if not found:
        return []
    named = "; ".join(map(str, found))
    return [Error(f"Frozen rows of this database are not guarded as they should be: {named}.", REMEDY, id="audit.E001")]


def roles_are_apart(app_configs: Any, **_: Any) -> list[CheckMessage]:
    """Tell what an installation in which one login does everything does not protect."""
    try:
        if connection.vendor == "postgresql" and ask(OWNS)[0].it is False:
            return []
    except DatabaseError:
        return []  # said by guards_stand
    return [
        Info(
            "The program's own login owns the ledger's tables. Whoever has this login, or the program's rights, "
            "can take the guards away, rewrite rows and have them signed anew; only copies of checkpoints elsewhere "
            "show it.",
            "On PostgreSQL `manage.py ledger roles` parts owner, program and sequencer; on both engines anchors tell "
            "of a rewrite: docs/anchors.md.",
            id="audit.I001",
        )
    ]
