"""Keys of locked exports: kept for their owner alone, destroyed once and for good, and never told otherwise."""

import json
import os
import random
import signal
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connections
from django.utils import timezone

from accounts.actions import add_person
from accounts.actions.locking import destroy_key
from accounts.errors import Forbidden
from accounts.reads import actor_of_person, console
from audit.actions import destroying, exportkeys, seal
from audit.actions.locking import locked_exports
from audit.bundle import encrypting
from audit.errors import ExportKeyGone, ExportKeyUnread, NoBasis
from audit.models import Event, Log, Payload
from tests.invariants import breaches
from tests.killing import killed_at

BASIS = "GDPR 17, request of 2026-11-20"


def kept(seed: int = 1) -> str:
    """Keep a key as an export does that was stopped before it was on record."""
    log = Log.objects.order_by("pk")[0]
    told = {
        "manifest": "0a" * 32, "origin": log.origin, "range": [0, 7], "bucket": "b", "retain_until": "2033-01-01",
        "locked": {"manifest": "0b" * 32, "object": "o.zip"}, "encrypted": {"sha256": "0c" * 32},
    }  # fmt: skip
    return exportkeys.keep(random.Random(seed).randbytes(32), told)


def destroy(key_id: str, basis: str = BASIS, by: Any = None) -> None:
    destroy_key(key_id=key_id, basis=basis, by=by or console(), at=timezone.now())


def events() -> list[dict[str, Any]]:
    told = Payload.objects.filter(event__type="audit.export_key_destroyed").order_by("event_id")
    return [json.loads(bytes(one.body or b"")) for one in told]


@pytest.mark.django_db
def test_a_key_is_its_owners_alone_and_reads_back_as_it_was(keys: Path) -> None:
    key_id = kept()
    path = keys / f"export-key.{key_id}"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600 and exportkeys.kept() == [key_id]
    found = exportkeys.key_of(key_id)
    assert encrypting.key_digest(found.key).startswith(key_id) and found.export["range"] == [0, 7]
    assert [one.name for one in keys.iterdir()] == [path.name]


SPOILT: dict[str, Callable[[Path], Any]] = {
    "open to others": lambda path: path.chmod(0o640),
    "cut short": lambda path: path.write_bytes(path.read_bytes()[:-5]),
    "another key": lambda path: path.write_text(json.dumps({"key": "A" * 43 + "=", "export": {}})),
    "a list": lambda path: path.write_text("[]"),
    "a folder": lambda path: (path.unlink(), path.mkdir(mode=0o700)),
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", SPOILT)
def test_a_keys_file_that_is_not_as_it_was_written_is_refused(keys: Path, name: str) -> None:
    key_id = kept()
    SPOILT[name](keys / f"export-key.{key_id}")
    with pytest.raises(ExportKeyUnread):
        exportkeys.key_of(key_id)


@pytest.mark.django_db
@pytest.mark.parametrize("key_id", ["0" * 16, "../ledger-key", "", "0" * 15 + "?"])
def test_a_key_that_is_not_here_is_refused(keys: Path, key_id: str) -> None:
    kept()
    with pytest.raises(ExportKeyGone):
        exportkeys.key_of(key_id)
    with pytest.raises(ExportKeyGone):
        destroy(key_id)
    assert not events() and len(exportkeys.kept()) == 1


@pytest.mark.django_db
def test_a_destruction_is_told_with_its_right_and_the_export_and_is_final(keys: Path) -> None:
    key_id = kept()
    handle = (keys / f"export-key.{key_id}").open("rb")
    destroy(key_id)
    assert not handle.read().strip(b"\0")  # overwritten, for whoever held the file open or finds its blocks
    (told,) = events()
    assert (told["key"], told["basis"], told["manifest"]) == (key_id, BASIS, "0a" * 32)
    assert (told["locked"], told["encrypted"], told["asked_by"]) == ("0b" * 32, "0c" * 32, console().pseudonym)
    assert not list(keys.glob("export-key*"))
    with pytest.raises(ExportKeyGone):
        destroy(key_id)
    assert len(events()) == 1 and not breaches()


@pytest.mark.django_db
@pytest.mark.parametrize("basis", ["", "  \n", "x" * 501])
def test_nothing_is_destroyed_without_a_right(keys: Path, basis: str) -> None:
    key_id = kept()
    with pytest.raises(NoBasis):
        destroy(key_id, basis)
    assert exportkeys.kept() == [key_id] and not events() and not exportkeys.all_begun()


@pytest.mark.django_db
def test_only_an_owner_destroys_a_key(keys: Path) -> None:
    key_id = kept()
    person = add_person(name="Ada", email="ada@example.org", by=console(), at=timezone.now())
    with pytest.raises(Forbidden):
        destroy(key_id, by=actor_of_person(person, "command"))
    assert exportkeys.kept() == [key_id] and not events()


@pytest.mark.django_db
def test_where_the_event_cannot_be_written_the_key_stays(keys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise OSError("no space left")

    key_id = kept()
    monkeypatch.setattr(destroying, "record_on_log", full)
    with pytest.raises(OSError, match="no space"):
        destroy(key_id)
    assert exportkeys.kept() == [key_id] and not exportkeys.all_begun()


@pytest.mark.django_db
def test_of_two_who_destroy_a_key_at_once_only_one_is_told_of(keys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key_id = kept()
    begin = destroying._begun_now

    def overtaken(*given: Any) -> dict[str, Any]:
        monkeypatch.setattr(destroying, "_begun_now", begin)
        told = begin(*given)
        destroy(key_id, "the first")
        return told

    monkeypatch.setattr(destroying, "_begun_now", overtaken)
    with pytest.raises(ExportKeyGone):
        destroy(key_id, "the second")
    assert [one["basis"] for one in events()] == ["the first"] and not exportkeys.all_begun()


@pytest.mark.django_db
def test_the_command_asks_for_the_id_once_more(keys: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key_id = kept()
    for more in ([], ["--confirm", "0" * 16]):
        with pytest.raises(CommandError, match="Nothing was destroyed"):
            call_command("ledger", "destroy-export-key", key_id, "--basis", BASIS, *more)
    with pytest.raises(CommandError, match="which law"):
        call_command("ledger", "destroy-export-key", key_id, "--confirm", key_id)
    call_command("ledger", "locked")
    assert "NOT FINISHED" in capsys.readouterr().out and exportkeys.kept() == [key_id]
    call_command("ledger", "destroy-export-key", key_id, "--basis", BASIS, "--confirm", key_id)
    assert "destroyed, and on record" in capsys.readouterr().out and len(events()) == 1
    call_command("ledger", "locked")
    assert "No export is locked" in capsys.readouterr().out


def killed_at_file_step(step: int, work: Callable[[], None]) -> bool:
    """Run work in a child that is killed before its step-th write to the disk that counts."""
    connections.close_all()
    child = os.fork()
    if not child:
        try:
            left = [step]

            def counted(what: Callable[..., Any]) -> Callable[..., Any]:
                def run(*given: Any, **named: Any) -> Any:
                    left[0] -= 1
                    if not left[0]:
                        os.kill(os.getpid(), signal.SIGKILL)
                    return what(*given, **named)

                return run

            os.fsync, Path.unlink, Path.replace = counted(os.fsync), counted(Path.unlink), counted(Path.replace)  # type: ignore[method-assign]
            work()
        finally:
            os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


@pytest.mark.parametrize("killed", [killed_at, killed_at_file_step])
def test_a_destruction_killed_anywhere_never_lies_and_ends_when_it_is_asked_for_again(
    arena: str, keys: Path, killed: Callable[[int, Callable[[], None]], bool]
) -> None:
    died, between = 0, set()
    for step in range(1, 60):
        key_id = kept(step)
        if not killed(step, lambda key=key_id: destroy(key)):
            break
        died += 1
        here, told = key_id in exportkeys.kept(), key_id in {one["key"] for one in events()}
        begun = key_id in exportkeys.all_begun()
        between.add((here, told, begun))
        assert not (here and told), "the ledger tells of a destruction that did not happen"
        assert here or begun or told, "a key is gone, and nothing says so"
        if begun:
            assert (key_id, "destroying") in [(key, state) for key, state, _ in locked_exports()]
        if here or begun:
            destroy(key_id, "" if begun else BASIS)  # what was said when it began still stands
        assert [one["basis"] for one in events() if one["key"] == key_id] == [BASIS]
        assert not exportkeys.kept() and not exportkeys.all_begun()
    assert died >= 6 and {(True, False, False), (False, False, True), (False, True, True)} <= between, between
    assert Event.objects.filter(type="audit.export_key_destroyed").count() == died + 1
    seal(by=console(), at=timezone.now())
    assert not breaches()
