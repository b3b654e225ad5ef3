"""Whole exports under verifiers that nobody here wrote: what is good they accept, what is not they refuse."""

import base64
import datetime as dt
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nacl.exceptions
import nacl.signing
import pymerkle  # type: ignore[import-untyped]
import pytest
from django.test.utils import override_settings
from django.utils import timezone

from accounts.reads import clock, console
from audit.actions import Wanted, export, public_keys, seal
from audit.models import Log
from tests.audit.test_sealing import write

AT = dt.datetime(2026, 11, 23, 9, 30, tzinfo=dt.UTC)
HERE = Path(__file__).resolve().parent
GO_SOURCES = "/usr/share/gocode"  # where Debian puts them
SIZES = (3, 40, 61, 13)
pytestmark = pytest.mark.django_db
Change = Callable[[Path], None]


@pytest.fixture
def bundle(tmp_path: Path) -> tuple[Path, str]:
    """Give a whole bundle in a folder, with older checkpoints and cited entries, and the log's verifier key."""
    with override_settings(LEDGER_KEYS=tmp_path / "keys"):
        for number, count in enumerate(SIZES):
            write(count)
            seal(by=clock(), at=AT + dt.timedelta(seconds=number))
        log = Log.objects.get()
        cited = Wanted(cite=(0, 1, log.tree_size // 2, log.tree_size - 1))
        export(log=log, wanted=cited, target=tmp_path / "bundle", by=console(), now=timezone.now)
        return tmp_path / "bundle", str(public_keys(log.origin)[0])


def swapped(path: Path, change: Callable[[bytes], bytes]) -> None:
    before = path.read_bytes()
    after = change(before)
    assert after != before
    path.write_bytes(after)


def lines(change: Callable[[list[bytes]], list[bytes]]) -> Change:
    return lambda folder: swapped(
        folder / "entries.ndjson", lambda text: b"".join(change(text.splitlines(keepends=True)))
    )


def proof_of(folder: Path) -> Path:
    return sorted(folder.glob("proofs/*"))[1]


def proof(change: Callable[[list[bytes]], list[bytes]]) -> Change:
    return lambda folder: swapped(proof_of(folder), lambda text: b"\n".join(change(text.split(b"\n"))))


def text(name: str, change: Callable[[bytes], bytes]) -> Change:
    return lambda folder: swapped(folder / name, change)


def another_root(note: bytes) -> bytes:
    before = note.split(b"\n")[2]
    return note.replace(before, base64.b64encode(bytes(32)))


def smaller(note: bytes) -> bytes:
    size = note.split(b"\n")[1]
    return note.replace(b"\n" + size + b"\n", b"\n%d\n" % (int(size) - 1), 1)


LEAVES: dict[str, Change] = {
    "a leaf with a bit flipped": lines(lambda found: [*found[:5], found[5].replace(b"clock", b"clerk"), *found[6:]]),
    "two leaves swapped": lines(lambda found: [found[1], found[0], *found[2:]]),
    "a leaf dropped": lines(lambda found: found[:-1]),
    "a leaf twice": lines(lambda found: [found[0], *found]),
}
NOTES: dict[str, Change] = {
    "another root": text("checkpoint", another_root),
    "a smaller size": text("checkpoint", smaller),
    "a hyphen for a dash": text("checkpoint", lambda note: note.replace("— ".encode(), b"- ")),
}
PROOFS: dict[str, Change] = {
    "a proof with a hash dropped": proof(lambda found: [*found[:2], *found[3:]]),
    "a proof with two hashes swapped": proof(lambda found: [*found[:2], found[3], found[2], *found[4:]]),
    "a proof with a hash of zeros": proof(lambda found: [*found[:2], base64.b64encode(bytes(32)), *found[3:]]),
    "a proof of the next index": proof(lambda found: [found[0], b"index %d" % (int(found[1][6:]) + 1), *found[2:]]),
}
CONSISTENCY: dict[str, Change] = {
    "a consistency proof with a hash of zeros": text(
        "consistency.json",
        lambda told: told[: told.index(b"[", 2) + 2] + base64.b64encode(bytes(32)) + told[told.index(b"[", 2) + 46 :],
    ),
    "an older checkpoint that was never signed": lambda folder: swapped(
        min(folder.glob("checkpoints/*")), another_root
    ),
    "a manifest that names another range": text(
        "manifest.note", lambda note: note.replace(b"\nrange 0 ", b"\nrange 1 ")
    ),
}


@pytest.fixture(scope="session")
def go(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Build the Go program once."""
    program = tmp_path_factory.mktemp("go") / "check"
    building = os.environ | {"GO111MODULE": "off", "GOPATH": GO_SOURCES, "GOFLAGS": ""}
    building["GOCACHE"] = str(program.with_name("cache"))
    command = ["go", "build", "-o", str(program), str(HERE / "check.go")]
    subprocess.run(command, env=building, check=True, capture_output=True)
    return [str(program)]


def refuses(command: list[str], folder: Path, key: str) -> bool:
    ran = subprocess.run([*command, str(folder), key], capture_output=True, text=True, check=False)
    assert ran.stdout.startswith("REFUSED" if ran.returncode else "ACCEPTED"), ran.stdout + ran.stderr
    return ran.returncode != 0


def judged(command: list[str], bundle: tuple[Path, str], changes: dict[str, Change]) -> None:
    """See that the good bundle is accepted and each change of it refused, as is another key of the same name."""
    folder, key = bundle
    assert not refuses(command, folder, key)
    for name, change in changes.items():
        changed = folder.with_name("changed")
        shutil.copytree(folder, changed)
        change(changed)
        assert refuses(command, changed, key), name
        shutil.rmtree(changed)
    with override_settings(LEDGER_KEYS=folder.with_name("other keys")):
        assert refuses(command, folder, str(public_keys(Log.objects.get().origin)[0]))


@pytest.mark.long
def test_gos_note_and_tlog_accept_good_bundles_and_refuse_others(go: list[str], bundle: tuple[Path, str]) -> None:
    judged(go, bundle, LEAVES | NOTES | PROOFS | CONSISTENCY)


@pytest.mark.long
def test_sigstores_verifier_accepts_good_bundles_and_refuses_others(bundle: tuple[Path, str]) -> None:
    others = {name: LEAVES[name] for name in ("two leaves swapped", "a leaf twice")}  # it looks at cited leaves alone
    judged(["node", str(HERE / "sigstore.js")], bundle, NOTES | PROOFS | others)


def by_libraries(folder: Path, key: str) -> None:
    """Check signatures with PyNaCl and the root with pymerkle; raise where they do not hold."""
    verify = nacl.signing.VerifyKey(base64.b64decode(key.split("+", 2)[2])[1:])
    for name in ("manifest.note", "checkpoint"):
        signed, _gap, tail = (folder / name).read_text().rpartition("\n\n")
        (line,) = [line for line in tail.splitlines() if line.startswith(f"— {key.split('+', 1)[0]} ")]
        verify.verify(signed.encode() + b"\n", base64.b64decode(line.split(" ")[2], validate=True)[4:])
    tree: Any = pymerkle.InmemoryTree(algorithm="sha256")
    for leaf in (folder / "entries.ndjson").read_bytes().splitlines():
        tree.append_entry(leaf)
    stated = (folder / "checkpoint").read_text().split("\n")
    if (str(tree.get_size()), base64.b64encode(tree.get_root()).decode()) != (stated[1], stated[2]):
        raise ValueError("another root")


def test_libraries_of_others_accept_a_good_bundle_and_refuse_changed_ones(bundle: tuple[Path, str]) -> None:
    folder, key = bundle
    by_libraries(folder, key)
    for name, change in (LEAVES | NOTES).items():
        changed = folder.with_name("changed")
        shutil.copytree(folder, changed)
        change(changed)
        try:
            by_libraries(changed, key)
        except (ValueError, nacl.exceptions.BadSignatureError):
            shutil.rmtree(changed)
        else:
            pytest.fail(f"{name} was accepted")
