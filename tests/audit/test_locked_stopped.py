"""Locked exports that were stopped, at a terminal, large, and checked without our code."""

import base64
import json
import os
import re
import signal
import subprocess
import sys
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from audit.actions import exportkeys, locking
from audit.actions.holding import Vault
from audit.actions.opening import open_from_store
from audit.models import Event
from tests.audit.exports import busy, files_of, verified
from tests.audit.test_export_keys import kept
from tests.audit.test_exports_resumed import fill
from tests.audit.test_locked_exports import house, lock, objects, taken
from tests.elsewhere import Store

assert house
BASIS = "GDPR 17"


def killed_at_upload(number: int, *, after: bool) -> None:
    """Lock an export in a child that is killed before or after an upload."""
    connections.close_all()
    child = os.fork()
    if not child:
        try:
            hold, left = Vault.hold, [number]

            def counted(*given: Any) -> str:
                left[0] -= 1
                if not left[0] and not after:
                    os.kill(os.getpid(), signal.SIGKILL)
                version = hold(*given)
                if not left[0]:
                    os.kill(os.getpid(), signal.SIGKILL)
                return version

            Vault.hold = counted  # type: ignore[method-assign]
            lock()
        finally:
            os._exit(0)
    assert os.WIFSIGNALED(os.waitpid(child, 0)[1])


KILLS = [(1, False, []), (1, True, ["encrypted"]), (2, False, ["encrypted"]), (2, True, ["encrypted", "zip"])]


@pytest.mark.parametrize(("number", "after", "parts"), KILLS)
def test_a_killed_export_is_whole_and_put_on_record_by_the_next_or_has_no_proofs(
    arena: str, bucket: Store, number: int, after: bool, parts: list[str]
) -> None:
    busy(items=1)
    before = objects(bucket)
    killed_at_upload(number, after=after)
    left = objects(bucket) - before
    assert sorted(one.rsplit(".")[-1] for one in left) == parts
    assert not Event.objects.filter(type="audit.export_locked").exists()
    ((key_id, state, _),) = locking.locked_exports()
    assert state == "unfinished"
    made = lock()
    found = {key: state for key, state, _ in locking.locked_exports()}
    assert found == {made.key: "here", key_id: "here" if len(parts) == 2 else "unfinished"}
    assert Event.objects.filter(type="audit.export_locked").count() == len(parts) // 2 + 1


@pytest.mark.django_db
def test_a_key_that_cannot_be_read_keeps_no_other_export_from_being_locked_or_listed(bucket: Store, keys: Path) -> None:
    busy(items=1)
    zeroed, spoilt = lock(), kept(2)
    path = keys / f"export-key.{zeroed.key}"  # as a kill leaves it between the overwriting and the removal
    exportkeys.begin_destroying(zeroed.key, {"key": zeroed.key, "origin": "o", "range": [0, 1], "manifest": ""})
    path.write_bytes(bytes(path.stat().st_size))
    (keys / f"export-key.{spoilt}").write_bytes(b"{")
    made = lock()
    found = {key: state for key, state, _ in locking.locked_exports()}
    assert found == {zeroed.key: "destroying", spoilt: "unread", made.key: "here"}


@pytest.mark.django_db
def test_on_a_terminal_an_export_is_locked_listed_opened_and_ended(bucket: Store, keys, tmp_path, capsys) -> None:
    busy(items=2)
    for wrong in (["--resume"], ["--to", "x"], ["--retain-until", "2020-01-01"]):
        with pytest.raises(CommandError):
            call_command("ledger", "export", "--to-lock", *wrong)
    with pytest.raises(CommandError):
        call_command("ledger", "export", "--to", str(tmp_path / "x"), "--retain-until", "2090-01-01")
    call_command("ledger", "export", "--to-lock")
    (key_id,) = exportkeys.kept()
    said = capsys.readouterr().out
    assert f"key {key_id}" in said and said.count("version ") == 2
    call_command("ledger", "locked")
    assert f"{key_id}: its key is here" in capsys.readouterr().out
    call_command("ledger", "open-locked", key_id, "--to", str(tmp_path / "one"))
    ((_, _, export),) = locking.locked_exports()
    proofs, encrypted = taken(bucket, locking.Locked(key_id, export), tmp_path / "taken")
    both = ["--locked", str(proofs), "--encrypted", str(encrypted)]
    call_command("ledger", "open-locked", *both, "--to", str(tmp_path / "two.zip"))
    assert files_of(tmp_path / "one") == files_of(tmp_path / "two.zip")
    for wrong in ([], [key_id, *both], both[:2], ["--locked", "nowhere", *both[2:]]):
        with pytest.raises(CommandError):
            call_command("ledger", "open-locked", *wrong, "--to", str(tmp_path / "three"))
    (keys / f"export-key.{key_id}").chmod(0o644)
    with pytest.raises(CommandError, match="0600"):
        call_command("ledger", "open-locked", *both, "--to", str(tmp_path / "three"))
    call_command("ledger", "destroy-export-key", key_id, "--basis", BASIS, "--confirm", key_id)
    call_command("ledger", "locked")
    assert f"{key_id}: its key was destroyed" in capsys.readouterr().out
    for given in ([key_id], both):
        with pytest.raises(CommandError, match="destroyed"):
            call_command("ledger", "open-locked", *given, "--to", str(tmp_path / "three"))
    assert not list(tmp_path.glob("three*")) and verified(proofs)["exit"] == 0


@pytest.mark.django_db
def test_a_key_that_is_lost_is_told_from_one_that_was_destroyed(bucket: Store, keys: Path, capsys) -> None:
    busy(items=1)
    made = lock()
    (keys / f"export-key.{made.key}").unlink()
    call_command("ledger", "locked")
    assert "ITS KEY IS NOT HERE" in capsys.readouterr().out


@pytest.mark.django_db
def test_before_and_after_the_keys_end_an_auditor_proves_what_belongs_together_without_our_code(
    bucket: Store, keys: Path, tmp_path: Path
) -> None:
    busy(items=2)
    made = lock()
    proofs, _encrypted = taken(bucket, made, tmp_path / "taken")
    bundle = tmp_path / "taken" / "bundle"
    with zipfile.ZipFile(proofs) as archive:
        archive.extractall(bundle)
    key = json.loads((keys / f"export-key.{made.key}").read_text())["key"]
    assert shell(bundle, "files") == "all files as signed\n" and "OK" in shell(bundle, "encrypted")
    listed = shell(bundle, "open", key).split()
    assert "payloads.ndjson" in listed and "manifest.note" in listed
    assert "AssertionError: another key" in shell(bundle, "open", base64.b64encode(b"x" * 32).decode())
    call_command("ledger", "destroy-export-key", made.key, "--basis", BASIS, "--confirm", made.key)
    assert "OK" in shell(bundle, "encrypted") and verified(bundle)["exit"] == 0
    encrypted = tmp_path / "taken" / "encrypted"
    encrypted.write_bytes(encrypted.read_bytes() + b"x")
    assert "FAILED" in shell(bundle, "encrypted") and "InvalidTag" in shell(bundle, "open", key)


def shell(bundle: Path, part: str, key: str = "") -> str:
    """Run the commands of a part of VERIFY.md in a bundle's folder, with this Python."""
    commands = re.search(rf"<!-- run: {part} -->\n```sh\n(.*?)```", (bundle / "VERIFY.md").read_text(), re.DOTALL)[1]
    place = os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "KEY": key}
    ran = subprocess.run(["sh", "-c", commands], cwd=bundle, capture_output=True, text=True, env=place)
    return ran.stdout + ran.stderr


@pytest.mark.django_db
def test_memory_does_not_grow_with_what_is_locked_and_opened(bucket: Store, tmp_path: Path) -> None:
    few, many = fill(2000), fill(20_000)
    lock(log=few)
    held = []
    for log in (few, many):
        tracemalloc.start()
        open_from_store(key_id=lock(log=log).key, target=tmp_path / str(log.pk))
        held.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert held[1] < held[0] + 8_000_000, held
