"""Sealing: each committed event gets one place, and the tree that was signed only ever grows."""

import datetime as dt
import json
import os
import random
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from accounts.reads import clock, console
from audit.actions import NO_HEAD, check_lag, entry, record, rotate_key, seal, sequence
from audit.actions import sequencing as sequencing_module
from audit.errors import TreeDiffers, TreeSetBack
from audit.models import Checkpoint, Event, Leaf, Log, Pending, Tile, put_in_place
from audit.reads import states, uuid7
from audit.reads.nodes import node_reader
from audit.tree import consistency, consistent, decompose, inclusion, parse_checkpoint, root_of
from tests.invariants import breaches

AT = dt.datetime(2026, 11, 23, 9, 30, tzinfo=dt.UTC)
pytestmark = pytest.mark.django_db


def write(count: int, log: Log | None = None) -> None:
    """Record events on streams of their own."""
    log = log or Log.objects.order_by("pk")[0]
    for start in range(0, count, 500):
        with transaction.atomic():
            record(
                [
                    entry(
                        log=(log.pk, log.origin), type="audit.alarm_raised", actor="x_" + "0" * 24, role="clock",
                        via="clock", project=None, stream=f"log/{uuid7(AT)}", head=NO_HEAD, at=AT,
                    )
                    for _ in range(min(500, count - start))
                ]
            )  # fmt: skip


def settle() -> None:
    """Give what the fixtures wrote its place, so that a test counts its own."""
    seal(by=clock(), at=AT)


def true_root(log: Log) -> bytes:
    return root_of(
        [bytes(one) for one in Leaf.objects.filter(log=log).order_by("log_index").values_list("leaf_hash", flat=True)]
    )


def forced(sql: str, params: list[object]) -> None:
    """Write as a superuser would who has put the guards aside."""
    table = sql.split()[1] if sql.startswith("UPDATE") else sql.split()[2]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        else:
            for name in ("frozen", "kept", "unreplaced"):
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_{name}")
        cursor.execute(sql, params)


def test_events_get_places_in_the_order_of_their_ids_and_a_checkpoint_says_so() -> None:
    write(7)
    sealed = seal(by=clock(), at=AT)[0]
    log = Log.objects.get()
    placed = list(Leaf.objects.order_by("log_index").values_list("log_index", "event_id"))
    assert [place for place, _ in placed] == list(range(sealed.placed))
    assert [event for _, event in placed] == sorted(Event.objects.values_list("pk", flat=True))
    assert not Pending.objects.exists()
    found = parse_checkpoint(Checkpoint.objects.get().note)
    assert (found.origin, found.size, found.root) == (log.origin, sealed.placed, true_root(log))
    assert breaches() == []


def test_a_checkpoint_is_signed_by_the_logs_key_and_dated_by_another(capsys: pytest.CaptureFixture[str]) -> None:
    write(1)
    seal(by=clock(), at=AT)
    from audit.actions import public_keys

    log_key, clock_key = public_keys(Log.objects.get().origin)
    found = parse_checkpoint(Checkpoint.objects.get().note)
    assert log_key.public != clock_key.public
    assert found.signed_by(log_key) and found.seen_at(clock_key) == int(AT.timestamp())
    call_command("ledger", "keys")
    assert capsys.readouterr().out == f"{log_key}\n{clock_key}\n"


def test_an_event_that_commits_late_gets_its_place_all_the_same() -> None:
    write(1)
    first = Event.objects.order_by("pk").last()
    assert first is not None
    forced("DELETE FROM audit_pending WHERE event_id = %s", [first.pk])  # as if its transaction came later
    write(2)
    put_in_place()
    seal(by=clock(), at=AT)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO audit_pending (event_id) VALUES (%s)", [first.pk])
    seal(by=clock(), at=AT)
    assert Leaf.objects.get(event=first).log_index == Leaf.objects.count() - 1
    assert breaches() == []


def test_sealing_twice_places_and_signs_nothing_new_until_the_heartbeat_is_due() -> None:
    write(3)
    seal(by=clock(), at=AT)
    assert seal(by=clock(), at=AT + dt.timedelta(minutes=14))[0].checkpoint is None
    later = seal(by=clock(), at=AT + dt.timedelta(minutes=15))[0]
    assert later.placed == 0 and later.checkpoint is not None
    first, second = Checkpoint.objects.order_by("created_at")
    assert (first.size, bytes(first.root)) == (second.size, bytes(second.root))
    assert first.note != second.note


def test_full_tiles_are_kept_on_every_level_and_prove_what_the_leaves_do(monkeypatch: pytest.MonkeyPatch) -> None:
    settle()
    before = Leaf.objects.count()
    for count in (300, 700, 1):
        write(count)
        seal(by=clock(), at=AT)
    log = Log.objects.get()
    assert log.tree_size == before + 1001
    assert Tile.objects.filter(level=0).count() == log.tree_size // 256
    hashes = [bytes(one) for one in Leaf.objects.order_by("log_index").values_list("leaf_hash", flat=True)]
    for tile in Tile.objects.filter(level=0):
        assert bytes(tile.hashes) == b"".join(hashes[tile.index * 256 : tile.index * 256 + 256])
    reader = node_reader(log.pk)
    for old in (1, 255, 256, 257, 700, log.tree_size):
        proof = consistency(old, log.tree_size, reader)
        assert consistent(old, root_of(hashes[:old]), log.tree_size, bytes(log.root), proof)
    for places in (decompose(0, log.tree_size), decompose(3, 1000)):
        assert reader(places) == [root_of(hashes[index << level : (index + 1) << level]) for level, index in places]
    assert len(inclusion(0, log.tree_size, reader)) == 10


def test_tiles_of_tiles_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same code with tiles of four hashes, so that three levels fit into a small tree."""
    from audit.reads import nodes

    for module in (nodes, sequencing_module):
        monkeypatch.setattr(module, "HEIGHT", 2)
        monkeypatch.setattr(module, "WIDTH", 4)
    settle()
    for count in (5, 59, 1, 30):
        write(count)
        seal(by=clock(), at=AT)
    log = Log.objects.get()
    hashes = [bytes(one) for one in Leaf.objects.order_by("log_index").values_list("leaf_hash", flat=True)]
    assert set(Tile.objects.values_list("level", flat=True)) == {0, 1, 2}
    for tile in Tile.objects.all():
        width = 4**tile.level
        begin = tile.index * 4 * width
        assert bytes(tile.hashes) == b"".join(
            root_of(hashes[at : at + width]) for at in range(begin, begin + 4 * width, width)
        )
    reader = node_reader(log.pk)
    places = [*decompose(0, log.tree_size), *decompose(7, 90), (4, 1), (5, 0)]
    assert reader(places) == [root_of(hashes[index << level : (index + 1) << level]) for level, index in places]


def test_batches_on_sqlite_hold_at_most_five_hundred() -> None:
    settle()
    write(501)
    placed = sequence(Log.objects.get().pk)
    assert placed == (500 if connection.vendor == "sqlite" else 501)


def test_logs_of_projects_grow_apart() -> None:
    other = Log.objects.create(origin="ledger.example/other")
    write(2)
    write(3, other)
    seal(by=clock(), at=AT)
    assert Log.objects.get(pk=other.pk).tree_size == 3
    assert parse_checkpoint(Checkpoint.objects.get(log=other).note).origin == "ledger.example/other"
    assert Leaf.objects.filter(log=other).count() == 3
    assert breaches() == []


def test_a_changed_event_gets_no_place_and_raises_an_alarm_once() -> None:
    settle()
    write(2)
    victim = Event.objects.order_by("pk").last()
    assert victim is not None
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE audit_event DROP CONSTRAINT audit_event_leaf_hash")
    forced(
        "UPDATE audit_event SET leaf = %s WHERE id = %s", [bytes(victim.leaf).replace(b"clock", b"clerk"), victim.pk]
    )
    for _ in range(2):
        with pytest.raises(ExceptionGroup) as caught:
            seal(by=clock(), at=AT)
        assert [type(one).code for one in caught.value.exceptions] == ["event_altered"]
    assert Log.objects.get().alarm == "event_altered"
    assert Event.objects.filter(type="audit.alarm_raised", stream=f"log/{Log.objects.get().uuid}").count() == 1
    assert Pending.objects.count() == 3
    assert states(AT)[0].late


def test_a_tree_that_was_set_back_is_not_signed(tmp_path: Path) -> None:
    write(5)
    seal(by=clock(), at=AT)
    log = Log.objects.get()
    size, root, edge = log.tree_size, bytes(log.root), bytes(log.frontier)
    write(3)
    seal(by=clock(), at=AT)
    forced("DELETE FROM audit_checkpoint WHERE size > %s", [size])
    forced("DELETE FROM audit_leaf WHERE log_index >= %s", [size])
    Log.objects.update(tree_size=size, root=root, frontier=edge)
    with pytest.raises(ExceptionGroup) as caught:
        seal(by=clock(), at=AT)
    assert [type(one) for one in caught.value.exceptions] == [TreeSetBack]


def test_a_restored_backup_that_went_on_is_not_signed() -> None:
    """The same number of events, other ones."""
    write(5)
    seal(by=clock(), at=AT)
    size, root, edge = Log.objects.values_list("tree_size", "root", "frontier").get()
    write(3)
    seal(by=clock(), at=AT)
    forced("DELETE FROM audit_checkpoint WHERE size > %s", [size])
    forced("DELETE FROM audit_leaf WHERE log_index >= %s", [size])
    Log.objects.update(tree_size=size, root=root, frontier=edge)
    for more in (3, 4):
        write(more)
        with pytest.raises(ExceptionGroup) as caught:
            seal(by=clock(), at=AT)
        assert [type(one) for one in caught.value.exceptions] == [TreeDiffers]
    assert Checkpoint.objects.count() == 1


def test_an_edge_that_does_not_give_the_root_stops_the_sequencer() -> None:
    write(5)
    seal(by=clock(), at=AT)
    Log.objects.update(root=bytes(32))
    write(1)
    with pytest.raises(ExceptionGroup) as caught:
        seal(by=clock(), at=AT)
    assert [type(one) for one in caught.value.exceptions] == [TreeDiffers]


def test_a_rewritten_leaf_that_is_still_read_shows_when_the_tree_grows() -> None:
    settle()
    write(40)
    seal(by=clock(), at=AT)
    forced("UPDATE audit_leaf SET leaf_hash = %s WHERE log_index = %s", [os.urandom(32), Leaf.objects.count() - 1])
    write(300)
    with pytest.raises(ExceptionGroup):
        seal(by=clock(), at=AT)


def test_an_alarm_ends_when_the_log_can_be_sealed_again() -> None:
    write(1)
    seal(by=clock(), at=AT)
    root = bytes(Log.objects.get().root)
    Log.objects.update(root=bytes(32))
    with pytest.raises(ExceptionGroup):
        seal(by=clock(), at=AT)
    Log.objects.update(root=root)
    seal(by=clock(), at=AT)
    assert Log.objects.get().alarm == "" and not states(AT)[0].late


def test_a_key_that_others_can_read_signs_nothing(keys: Path) -> None:
    write(1)
    seal(by=clock(), at=AT)
    (keys / "ledger-key").chmod(0o644)
    write(1)
    with pytest.raises(ExceptionGroup) as caught:
        seal(by=clock(), at=AT)
    assert [one.code for one in caught.value.exceptions] == ["key_unsafe"]


def test_a_rotation_leaves_a_checkpoint_signed_by_both_and_an_event(keys: Path) -> None:
    from audit.actions import public_keys

    write(1)
    seal(by=clock(), at=AT)
    old = public_keys(Log.objects.get().origin)[0]
    rotate_key(by=console(), at=AT + dt.timedelta(minutes=1))
    new, retired, _clock = public_keys(Log.objects.get().origin)
    assert retired == old != new
    between = parse_checkpoint(Checkpoint.objects.order_by("created_at").last().note)  # type: ignore[union-attr]
    assert between.signed_by(old) and between.signed_by(new)
    assert Event.objects.filter(type="audit.key_rotated").count() == 1
    write(1)
    seal(by=clock(), at=AT + dt.timedelta(minutes=2))
    after = parse_checkpoint(Checkpoint.objects.order_by("created_at").last().note)  # type: ignore[union-attr]
    assert after.signed_by(new) and not after.signed_by(old)


def test_a_rotation_that_was_killed_goes_on_where_it_stopped(keys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from audit.actions import public_keys, rotating

    write(1)
    seal(by=clock(), at=AT)
    old = public_keys(Log.objects.get().origin)[0]

    def killed(**_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(rotating, "seal", killed)
        with pytest.raises(KeyboardInterrupt):
            rotate_key(by=console(), at=AT)
    rotate_key(by=console(), at=AT + dt.timedelta(minutes=1))
    assert Event.objects.filter(type="audit.key_rotated").count() == 1
    assert public_keys(Log.objects.get().origin)[1] == old


def test_the_lag_is_the_age_of_the_oldest_that_waits() -> None:
    settle()
    assert states(AT)[0].lag == dt.timedelta(0)
    write(2)
    one = states(AT + dt.timedelta(seconds=61))[0]
    assert (one.waiting, one.lag, one.late) == (2, dt.timedelta(seconds=61), True)


def test_events_that_wait_for_over_a_minute_are_an_alarm_and_one_event_until_they_have_their_places() -> None:
    settle()
    write(2)
    assert check_lag(by=clock(), at=AT + dt.timedelta(seconds=60)) == [] and Log.objects.get().alarm == ""
    for seconds in (61, 62):
        assert check_lag(by=clock(), at=AT + dt.timedelta(seconds=seconds)) == [Log.objects.get().origin]
    log = Log.objects.get()
    assert (log.alarm, log.alarm_at) == ("sealing_late", AT + dt.timedelta(seconds=61))
    told = Event.objects.get(type="audit.alarm_raised", stream=f"log/{log.uuid}").payloads.get()
    assert json.loads(bytes(told.body or b"")) == {"code": "sealing_late", "seconds": 61}
    seal(by=clock(), at=AT + dt.timedelta(seconds=63))
    assert check_lag(by=clock(), at=AT + dt.timedelta(seconds=64)) == [] and Log.objects.get().alarm == ""
    assert Event.objects.filter(type="audit.alarm_raised", stream=f"log/{log.uuid}").count() == 1
    assert breaches() == []


def test_the_lag_of_one_log_is_no_alarm_of_another() -> None:
    settle()
    other = Log.objects.create(origin="ledger.example/other")
    write(1, other)
    assert check_lag(by=clock(), at=AT + dt.timedelta(minutes=2)) == ["ledger.example/other"]
    assert [log.alarm for log in Log.objects.order_by("pk")] == ["", "sealing_late"]


def test_the_clock_says_that_events_waited_and_then_seals_them(capsys: pytest.CaptureFixture[str]) -> None:
    from hitl.beat import seal_ledger

    write(1)  # days before now
    seal_ledger()
    assert Event.objects.filter(type="audit.alarm_raised", actor=clock().pseudonym).count() == 1
    assert Pending.objects.count() == 0 and Log.objects.get().alarm == "sealing_late"
    call_command("ledger", "status")
    assert "ALARM sealing_late" in capsys.readouterr().out
    seal_ledger()
    assert Log.objects.get().alarm == ""


def test_the_command_seals_and_says_what_it_did(capsys: pytest.CaptureFixture[str]) -> None:
    write(random.randint(1, 5))
    waiting = Pending.objects.count()
    call_command("ledger", "seal")
    assert f"{waiting} events placed, signed a checkpoint of {waiting}" in capsys.readouterr().out
    call_command("ledger", "status")
    assert f"{waiting} events placed, {waiting} sealed" in capsys.readouterr().out
    Log.objects.update(root=bytes(32))
    with pytest.raises(CommandError, match="not the one that was signed"):
        call_command("ledger", "seal")


def test_a_planner_that_takes_the_queue_for_empty_joins_nothing_row_by_row() -> None:
    plan = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
    settle()
    write(400)
    plans: list[str] = []

    def explained(execute, sql, params, many, context):
        if sql.lstrip().startswith(("WITH", "DELETE")):
            execute(f"{plan} {sql}", params, many, context)
            plans.append("\n".join(str(row[-1]) for row in context["cursor"].fetchall()))
        return execute(sql, params, many, context)

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:  # as an ANALYZE leaves it that comes when all had their places
            cursor.execute("UPDATE pg_class SET reltuples = 0, relpages = 50 WHERE relname = 'audit_pending'")
    with connection.execute_wrapper(explained):
        assert sequence(Log.objects.order_by("pk")[0].pk) == 400
    assert any("audit_pending" in told for told in plans)
    assert not [told for told in plans if "Join Filter" in told or "SCAN audit_pending" in told]
    assert not Pending.objects.exists()
