"""Guards that are missing or were changed are found, told and not put back in silence."""

import datetime as dt

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.reads import clock
from audit.actions import check_guards, seal
from audit.models import Event, Log, flaws, put_in_place
from audit.reads import states

AT = dt.datetime(2026, 11, 23, 9, 30, tzinfo=dt.UTC)
pytestmark = pytest.mark.django_db
SPOILT = {
    "sqlite": [
        ("DROP TRIGGER audit_leaf_frozen", ["audit_leaf_frozen on audit_leaf is missing"]),
        ("DROP TRIGGER audit_tile_unreplaced", ["audit_tile_unreplaced on audit_tile is missing"]),
        (
            "DROP TRIGGER audit_event_kept;; CREATE TRIGGER audit_event_kept BEFORE DELETE ON audit_event WHEN 0 "
            "BEGIN SELECT RAISE(ABORT, 'frozen row: audit_event DELETE'); END",
            ["audit_event_kept on audit_event is changed"],
        ),
        (
            "CREATE TRIGGER silent BEFORE INSERT ON audit_checkpoint BEGIN SELECT RAISE(IGNORE); END",
            ["silent on audit_checkpoint is strange"],
        ),
        (
            "DROP TRIGGER reviews_outcome_of_task_insert",
            ["reviews_outcome_of_task_insert on reviews_outcome is missing"],
        ),
        ("DROP INDEX reviews_seat_slot", ["reviews_seat_slot on reviews_seat is missing"]),
        (
            "DROP INDEX reviews_seat_slot;; CREATE UNIQUE INDEX reviews_seat_slot ON reviews_seat (person_id, slot) "
            "WHERE slot IN ('open') AND state = 'leased'",
            ["reviews_seat_slot on reviews_seat is changed"],
        ),
        (
            "CREATE TABLE other AS SELECT * FROM audit_anchorfailure;; DROP TABLE audit_anchorfailure;; "
            "ALTER TABLE other RENAME TO audit_anchorfailure",
            ["audit_anchorfailure_of_kind on audit_anchorfailure is missing"],
        ),
    ],
    "postgres": [
        ("DROP TRIGGER audit_leaf_frozen ON audit_leaf", ["audit_leaf_frozen on audit_leaf is missing"]),
        ("DROP TRIGGER audit_tile_whole ON audit_tile", ["audit_tile_whole on audit_tile is missing"]),
        (
            "ALTER TABLE audit_checkpoint DISABLE TRIGGER audit_checkpoint_frozen",
            ["audit_checkpoint_frozen on audit_checkpoint is changed"],
        ),
        (
            "ALTER TABLE audit_event ENABLE TRIGGER audit_event_frozen",
            ["audit_event_frozen on audit_event is changed"],
        ),
        (
            "CREATE OR REPLACE FUNCTION audit_leaf_guard() RETURNS trigger LANGUAGE plpgsql "
            "AS $$BEGIN RETURN NEW; END$$",
            ["audit_leaf_frozen on audit_leaf is changed", "audit_leaf_whole on audit_leaf is changed"],
        ),
        (
            "CREATE OR REPLACE TRIGGER audit_leaf_frozen BEFORE UPDATE ON audit_leaf FOR EACH ROW "
            "EXECUTE FUNCTION audit_leaf_guard();; ALTER TABLE audit_leaf ENABLE ALWAYS TRIGGER audit_leaf_frozen",
            ["audit_leaf_frozen on audit_leaf is changed"],
        ),
        (
            "CREATE OR REPLACE TRIGGER audit_leaf_frozen BEFORE UPDATE OR DELETE ON audit_leaf FOR EACH ROW WHEN "
            "(OLD.log_index > 9) EXECUTE FUNCTION audit_leaf_guard();; "
            "ALTER TABLE audit_leaf ENABLE ALWAYS TRIGGER audit_leaf_frozen",
            ["audit_leaf_frozen on audit_leaf is changed"],
        ),
        (
            "CREATE TRIGGER silent BEFORE INSERT ON audit_event FOR EACH ROW EXECUTE FUNCTION "
            "suppress_redundant_updates_trigger()",
            ["silent on audit_event is strange"],
        ),
        (
            "CREATE RULE quiet AS ON DELETE TO audit_tile DO INSTEAD NOTHING",
            ["quiet on audit_tile is strange"],
        ),
        (
            "ALTER TABLE audit_event DROP CONSTRAINT audit_event_leaf_hash",
            ["audit_event_leaf_hash on audit_event is missing"],
        ),
        (
            "ALTER TABLE audit_event DROP CONSTRAINT audit_event_leaf_hash;; "
            "ALTER TABLE audit_event ADD CONSTRAINT audit_event_leaf_hash CHECK (leaf_hash IS NOT NULL)",
            ["audit_event_leaf_hash on audit_event is changed"],
        ),
        ("DROP INDEX reviews_seat_slot", ["reviews_seat_slot on reviews_seat is missing"]),
        (
            "DROP INDEX reviews_seat_slot;; CREATE UNIQUE INDEX reviews_seat_slot ON reviews_seat (person_id, slot) "
            "WHERE slot = 'open' AND state = 'leased'",
            ["reviews_seat_slot on reviews_seat is changed"],
        ),
        (
            "DROP INDEX accounts_user_email_once;; "
            "CREATE INDEX accounts_user_email_once ON accounts_user (lower(email))",
            ["accounts_user_email_once on accounts_user is missing"],
        ),
        (
            "ALTER TABLE audit_event DROP CONSTRAINT audit_event_stream",
            ["audit_event_stream on audit_event is missing"],
        ),
        (
            "ALTER TABLE audit_leaf DROP CONSTRAINT audit_leaf_event_id_key",
            ["unique event_id on audit_leaf is missing"],
        ),
        (
            "ALTER TABLE reviews_decision DISABLE TRIGGER ALL;; "
            "ALTER TABLE reviews_decision ENABLE ALWAYS TRIGGER reviews_decision_frozen;; "
            "ALTER TABLE reviews_decision ENABLE ALWAYS TRIGGER reviews_decision_whole",
            ["foreign keys on reviews_decision is changed"],
        ),
    ],
}


def spoil(sql: str) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for statement in sql.split(";;"):
            cursor.execute(statement)


def one_spoilt(engine: str) -> str:
    return SPOILT[engine][0][0]


def test_all_guards_stand_after_a_migration():
    assert flaws() == []


@pytest.mark.parametrize("number", range(max(map(len, SPOILT.values()))))
def test_a_guard_that_was_spoilt_is_found_by_its_name(engine, number):
    sql, said = SPOILT[engine][number % len(SPOILT[engine])]
    spoil(sql)
    assert [str(flaw) for flaw in flaws()] == said


def test_a_missing_guard_is_an_alarm_and_one_event_and_stays_until_it_is_put_back(engine):
    spoil(one_spoilt(engine))
    for _ in range(3):
        assert len(check_guards(by=clock(), at=AT)) == 1
    seal(by=clock(), at=AT)
    seal(by=clock(), at=AT + dt.timedelta(minutes=20))
    log = Log.objects.get()
    assert log.alarm == "guard_missing" and log.alarm_at == AT and states(AT)[0].late
    assert Event.objects.filter(type="audit.alarm_raised", stream=f"log/{log.uuid}").count() == 1
    assert flaws() != []
    put_in_place()
    assert check_guards(by=clock(), at=AT) == [] and Log.objects.get().alarm == ""


def test_two_alarms_stand_beside_each_other_and_end_apart(engine):
    seal(by=clock(), at=AT)
    root = bytes(Log.objects.get().root)
    Log.objects.update(root=bytes(32))
    with pytest.raises(ExceptionGroup):
        seal(by=clock(), at=AT)
    spoil(one_spoilt(engine))
    check_guards(by=clock(), at=AT + dt.timedelta(minutes=1))
    assert Log.objects.get().alarm == "guard_missing tree_differs" and Log.objects.get().alarm_at == AT
    Log.objects.update(root=root)
    seal(by=clock(), at=AT + dt.timedelta(minutes=2))
    assert Log.objects.get().alarm == "guard_missing"


def test_the_command_names_what_is_missing_and_the_remedy(engine, capsys):
    call_command("ledger", "guards")
    assert "All guards stand" in capsys.readouterr().out
    spoil(one_spoilt(engine))
    with pytest.raises(CommandError, match="audit_leaf_frozen on audit_leaf is missing") as caught:
        call_command("ledger", "guards")
    assert "manage.py migrate" in str(caught.value)


def test_the_command_gives_the_statement_that_makes_a_key_unique_again(engine, capsys):
    spoil("DROP INDEX reviews_seat_slot")
    put_in_place()  # as a migration does: it makes no index that a later migration may want otherwise
    with pytest.raises(CommandError, match="reviews_seat_slot on reviews_seat is missing") as caught:
        call_command("ledger", "guards")
    statement = next(line for line in str(caught.value).splitlines() if line.lstrip().startswith("CREATE UNIQUE"))
    spoil(statement)
    call_command("ledger", "guards")
    assert "All guards stand" in capsys.readouterr().out and Log.objects.get().alarm == ""


def test_the_check_of_a_deployment_finds_it_with_the_remedy(engine):
    from hitl.checks import guards_stand

    assert guards_stand(None) == []
    spoil(one_spoilt(engine))
    (found,) = guards_stand(None)
    assert found.id == "audit.E001" and found.is_serious() and "audit_leaf_frozen" in found.msg
    assert "manage.py migrate" in found.hint


def test_a_single_role_is_told_as_information_and_says_what_it_does_not_protect():
    from hitl.checks import roles_are_apart

    (found,) = roles_are_apart(None)
    assert found.id == "audit.I001" and not found.is_serious()
    assert "can take the guards away" in found.msg and "docs/anchors.md" in found.hint


def test_the_worker_and_the_clock_look_at_the_guards(engine):
    from hitl.beat import check_guards as job
    from hitl.celery import celery

    assert "hitl.check_guards" in {one["task"] for one in celery.conf.beat_schedule.values()}
    spoil(one_spoilt(engine))
    job()
    assert Log.objects.get().alarm == "guard_missing"


def test_a_start_with_a_missing_guard_says_so_in_the_log(engine, caplog):
    from hitl.starting import look_at_guards

    look_at_guards()
    assert not caplog.records
    spoil(one_spoilt(engine))
    look_at_guards()
    assert "audit_leaf_frozen on audit_leaf is missing" in caplog.text and "manage.py migrate" in caplog.text
