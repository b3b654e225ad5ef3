"""A backup that was truly taken and truly restored: what remembers more than the database says so."""

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connections
from django.utils import timezone

from accounts.reads import clock
from audit.actions import seal
from audit.models import Checkpoint, Event, Log
from tests.audit.exports import busy, exported, verified
from tests.audit.test_sealing import write
from tests.invariants import breaches

Restore = Callable[[], None]


def backed_up(name: str, folder: Path) -> Restore:
    """Take a backup of the database as operators do; give what puts it in the database's place."""
    settings = connections.settings["default"]
    connections.close_all()
    if settings["ENGINE"].endswith("sqlite3"):
        copied(name, str(folder / "backup.sqlite3"))
        return lambda: copied(str(folder / "backup.sqlite3"), name)
    copy = f"{name}_backup"
    on_server(f'CREATE DATABASE "{copy}" TEMPLATE "{name}"')

    def restore() -> None:
        connections.close_all()
        on_server(f'DROP DATABASE "{name}" WITH (FORCE)')
        on_server(f'ALTER DATABASE "{copy}" RENAME TO "{name}"')

    return restore


def copied(source: str, target: str) -> None:
    connections.close_all()
    with sqlite3.connect(source) as one, sqlite3.connect(target) as other:
        one.backup(other)
    one.close()
    other.close()


def on_server(statement: str) -> None:
    settings = connections.settings["default"]
    server = {"host": settings["HOST"], "port": settings["PORT"] or None, "user": settings["USER"] or None}
    with psycopg.connect(**server, password=settings["PASSWORD"] or None, dbname="postgres", autocommit=True) as found:
        found.execute(statement)


def refused(code: str) -> None:
    """See that nothing is signed, that the log says why, and that no export leaves."""
    before = Checkpoint.objects.count()
    with pytest.raises(ExceptionGroup) as caught:
        seal(by=clock(), at=timezone.now())
    assert [one.code for one in caught.value.exceptions] == [code]
    assert code in Log.objects.get().alarm.split() and Checkpoint.objects.count() == before
    assert Event.objects.filter(type="audit.alarm_raised").exists()
    with pytest.raises(CommandError):
        call_command("ledger", "seal")


def test_a_backup_that_was_restored_is_an_alarm_at_once_and_also_after_it_went_on(
    arena: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    busy(items=2)
    seal(by=clock(), at=timezone.now())
    size = Log.objects.get().tree_size
    restore = backed_up(arena, tmp_path)
    write(5)
    seal(by=clock(), at=timezone.now())
    kept = Log.objects.get().tree_size
    assert kept > size
    restore()
    assert Log.objects.get().tree_size == size and not breaches()
    refused("tree_set_back")
    write(kept - size + 3)  # other events in the places of those that were lost
    refused("tree_differs")
    call_command("ledger", "status")
    assert "tree_differs" in capsys.readouterr().out
    with pytest.raises(ExceptionGroup):
        exported(tmp_path / "bundle")
    assert not (tmp_path / "bundle").exists()


def test_a_backup_restored_with_the_signers_memory_is_caught_by_the_witness_file(
    arena: str, tmp_path: Path, keys: Path
) -> None:
    write(2)
    seal(by=clock(), at=timezone.now())
    restore = backed_up(arena, tmp_path)
    shutil.copytree(keys, tmp_path / "memory")
    write(5)
    seal(by=clock(), at=timezone.now())
    restore()
    shutil.rmtree(keys)
    shutil.copytree(tmp_path / "memory", keys)
    write(1)  # or the next heartbeat
    refused("witness_differs")
    write(9)
    refused("witness_differs")


def test_a_backup_restored_with_all_that_remembers_is_caught_by_a_checkpoint_kept_elsewhere(
    arena: str, tmp_path: Path, keys: Path, settings
) -> None:
    busy(items=1)
    seal(by=clock(), at=timezone.now())
    restore = backed_up(arena, tmp_path)
    shutil.copytree(keys, tmp_path / "memory")
    shutil.copy(settings.LEDGER_WITNESS, tmp_path / "seen")
    write(5)
    seal(by=clock(), at=timezone.now())
    (tmp_path / "known").write_text(Checkpoint.objects.order_by("size", "created_at").last().note)
    restore()
    shutil.rmtree(keys)
    shutil.copytree(tmp_path / "memory", keys)
    shutil.copy(tmp_path / "seen", settings.LEDGER_WITNESS)
    seal(by=clock(), at=timezone.now())
    exported(tmp_path / "short")
    assert verified(tmp_path / "short")["exit"] == 0  # nothing here can tell
    assert verified(tmp_path / "short", None, "--known", str(tmp_path / "known"))["exit"] == 61
    busy("dogs", items=4)
    exported(tmp_path / "long")
    assert verified(tmp_path / "long", None, "--known", str(tmp_path / "known"))["exit"] == 60
