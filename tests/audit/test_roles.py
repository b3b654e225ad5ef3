"""Three roles of PostgreSQL: the loop works and the ledger is sealed, and neither can do what is the other's."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, connections, transaction

from accounts.reads import clock, console
from audit.actions import check_guards, rotate_key, seal
from audit.models import GUARDS, Checkpoint, Event, Leaf, Log, Pending
from audit.models.sql import ask
from hitl.checks import guards_stand, roles_are_apart
from hitl.roles import Roles
from reviews.actions import release, reveal_seeds, withdraw
from tests.arena import _close_all
from tests.invariants import breaches
from tests.town import build

WRITES = (
    "INSERT INTO {table} SELECT * FROM {table}",
    "UPDATE {table} SET id = id",
    "DELETE FROM {table}",
    "TRUNCATE {table}",
)
GUARD_OWNERS = "SELECT pg_get_userbyid(proowner) AS owner FROM pg_proc WHERE right(proname, 6) = '_guard'"
TREE = ("audit_leaf", "audit_tile", "audit_checkpoint", "audit_anchor")


@contextmanager
def signed_in_as(role: str) -> Iterator[None]:
    """Let this process use the database as a role, by a connection of its own."""
    _close_all()
    kept = connections.settings["default"]["USER"]
    for place in (connections.settings["default"], connections["default"].settings_dict):
        place["USER"] = role
    try:
        yield
    finally:
        _close_all()
        for place in (connections.settings["default"], connections["default"].settings_dict):
            place["USER"] = kept


@pytest.fixture
def roles(arena: str, engine: str) -> Iterator[Roles]:
    label = uuid.uuid4().hex[:8]
    found = Roles(f"owner_{label}", f"app_{label}", f"sequencer_{label}")
    yield found
    if engine == "postgres":
        with connection.cursor() as cursor:
            for role in (found.app, found.sequencer, found.owner):
                cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
                if cursor.fetchone():
                    cursor.execute(f"DROP OWNED BY {role} CASCADE")
                    cursor.execute(f"DROP ROLE {role}")


def denied(sql: str) -> bool:
    """Tell whether the role has no right to it, whatever triggers would say."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    except DatabaseError as problem:
        return isinstance(problem.__cause__, psycopg.errors.InsufficientPrivilege)
    return False


def part(roles: Roles) -> None:
    call_command(
        "ledger", "roles", "--owner", roles.owner, "--app", roles.app, "--sequencer", roles.sequencer, "--apply"
    )


def test_three_roles_work_apart(roles: Roles, engine: str, capsys: pytest.CaptureFixture[str]) -> None:
    """One test for the whole road, since a database of its own takes its time."""
    names = ["--owner", roles.owner, "--app", roles.app, "--sequencer", roles.sequencer]
    if engine == "sqlite":
        with pytest.raises(CommandError, match="Only PostgreSQL"):
            call_command("ledger", "roles", *names)
        return
    call_command("ledger", "roles", *names)
    assert f"CREATE ROLE {roles.owner} NOLOGIN" in capsys.readouterr().out
    assert not roles_exist(roles)
    part(roles)
    part(roles)
    assert {row.owner for row in ask(GUARD_OWNERS)} == {roles.owner}
    with signed_in_as(roles.app):
        the_loop_works()
        the_app_cannot_write_the_tree()
        assert roles_are_apart(None) == [] and guards_stand(None) == []
        with pytest.raises(DatabaseError):
            seal(by=clock(), at=Event.objects.order_by("-pk")[0].recorded_at)
    with signed_in_as(roles.sequencer):
        the_sequencer_seals_and_nothing_else()
    take_the_guards_away()
    with signed_in_as(roles.app):
        the_app_cannot_write_the_tree()
        assert denied("UPDATE audit_event SET type = 'x'") and denied("DELETE FROM reviews_decision")
        assert denied("UPDATE reviews_decision SET verdict = 'approve'") and denied("TRUNCATE audit_payload")
        assert denied("DELETE FROM audit_pending") and denied("UPDATE audit_log SET tree_size = 0")
        assert denied("CREATE TABLE mine (id int)") and denied("DROP TABLE audit_leaf")
        assert denied("ALTER TABLE audit_leaf DISABLE TRIGGER ALL")
        assert len(guards_stand(None)) == 1
    with signed_in_as(roles.sequencer):
        assert check_guards(by=clock(), at=Event.objects.order_by("-pk")[0].recorded_at)
        assert Log.objects.get().alarm == "guard_missing"


def roles_exist(roles: Roles) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_roles WHERE rolname = ANY(%s)", [list(vars(roles).values())])
        return bool(cursor.fetchone()[0])


def the_loop_works() -> None:
    town = build(people=2)
    for confidence in (0.5, 0.95, 0.4):
        town.send(confidence)
    who = town.people[0]
    decided = town.decide(who, town.take(who))
    withdraw(decision=decided.uuid, by=who, at=town.now)
    town.wait(minutes=1)
    town.send(0.3)
    town.decide(town.people[1], town.take(town.people[1]))
    town.wait(days=40)
    release(at=town.now)
    reveal_seeds(at=town.now)
    assert Pending.objects.count() > 20 and breaches() == []


def the_app_cannot_write_the_tree() -> None:
    for table in TREE:
        for sql in WRITES:
            assert denied(sql.format(table=table)), (table, sql)


def the_sequencer_seals_and_nothing_else() -> None:
    at = Event.objects.order_by("-pk")[0].recorded_at
    assert seal(by=clock(), at=at)[0].checkpoint is not None
    rotate_key(by=console(), at=at)
    assert Leaf.objects.count() == Log.objects.get().tree_size > 20 and not Pending.objects.exists()
    assert Checkpoint.objects.count() == 2
    for table in ("reviews_item", "reviews_decision", "accounts_user", "django_session"):
        assert denied(f"SELECT * FROM {table}"), table
    for rule in GUARDS.frozen:
        table = rule.model._meta.db_table
        assert denied(f"DELETE FROM {table}") and denied(f"TRUNCATE {table}"), table
        key = rule.model._meta.pk.column
        assert denied(f"UPDATE {table} SET {key} = {key}"), table


def take_the_guards_away() -> None:
    """As the superuser, so that what is left are the rights."""
    with connection.cursor() as cursor:
        for model in apps.get_models():
            if any(rule.model is model for rule in GUARDS.frozen):
                table = model._meta.db_table
                cursor.execute(f"DROP TRIGGER {table}_frozen ON {table}")
                cursor.execute(f"DROP TRIGGER {table}_whole ON {table}")
