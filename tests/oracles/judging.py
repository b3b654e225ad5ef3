"""Verifiers that nobody here wrote, each asked by a program or function of ours: "", or the rule that is broken."""

import base64
import json
import os
import shutil
import struct
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nacl.exceptions
import nacl.signing
import pymerkle  # type: ignore[import-untyped]
import pytest
from pymerkle.core import _inclusion_path_layout  # type: ignore[import-untyped]

from frontend.parts import node_path

HERE = Path(__file__).resolve().parent
GO_SOURCES = "/usr/share/gocode"  # where Debian puts them
DER = bytes.fromhex("302a300506032b6570032100")  # RFC 8410: what stands before a key's 32 bytes
Judge = Callable[[Path, Sequence[str]], str]
Signed = Callable[[bytes, bytes, bytes], bool]  # key, text, signature


@dataclass(frozen=True)
class Oracle:
    """A verifier of others: how it is asked, and the rules that it looks at."""

    judge: Judge
    rules: frozenset[str]

    def refuses(self, broken: Iterable[str]) -> bool:
        return not self.rules.isdisjoint(broken)


def program(name: str) -> str:
    """Find a program; where there is none the test fails and says what installs it."""
    found = shutil.which(name, path=node_path())
    if found is None:
        pytest.fail(f"There is no {name} here, which this test asks: `make test` and `make test-long` install it.")
    return found


def built_go(folder: Path) -> list[str]:
    """Build the program over Go's own packages."""
    sources = Path(GO_SOURCES) / "src" / "golang.org" / "x" / "mod" / "sumdb"
    if not sources.exists():
        pytest.fail("golang.org/x/mod/sumdb is missing, which this test asks: `make test-long` installs it.")
    building = os.environ | {"GO111MODULE": "off", "GOPATH": GO_SOURCES, "GOFLAGS": "", "GOTOOLCHAIN": "local"}
    building["GOCACHE"] = str(folder / "cache")
    command = [program("go"), "build", "-o", str(folder / "check"), str(HERE / "check.go")]
    ran = subprocess.run(command, env=building, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return [str(folder / "check")]


def sigstore() -> list[str]:
    """Give the command that asks @sigstore/verify."""
    if not (HERE / "node_modules" / "@sigstore" / "verify").exists():
        pytest.fail("@sigstore/verify is missing, which this test asks: `make test-long` installs it.")
    return [program("node"), str(HERE / "sigstore.js")]


def asked(command: Sequence[str]) -> Judge:
    """Ask a program that says ACCEPTED, or REFUSED with a rule."""

    def judge(folder: Path, keys: Sequence[str]) -> str:
        ran = subprocess.run([*command, str(folder), *keys], capture_output=True, text=True, check=False)
        words = ran.stdout.split()
        assert words[:1] == (["REFUSED"] if ran.returncode else ["ACCEPTED"]), ran.stdout + ran.stderr
        return words[1] if ran.returncode else ""

    return judge


def each(command: Sequence[str], proofs: Iterable[dict[str, Any]]) -> list[bool]:
    """Ask a program for proofs one by one."""
    told = "".join(f"{json.dumps(one)}\n" for one in proofs)
    ran = subprocess.run(list(command), input=told, capture_output=True, text=True, check=True)
    return [{"true": True, "false": False}[line] for line in ran.stdout.split()]


# --------------------------------------------------------------------------------------------- signature lines


def by_sodium(key: bytes, text: bytes, signature: bytes) -> bool:
    try:
        nacl.signing.VerifyKey(key).verify(text, signature)
    except (nacl.exceptions.BadSignatureError, ValueError):
        return False
    return True


def by_openssl(key: bytes, text: bytes, signature: bytes) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        for name, content in {"key": DER + key, "text": text, "signature": signature}.items():
            (Path(folder) / name).write_bytes(content)
        command = [program("openssl"), "pkeyutl", "-verify", "-rawin", "-pubin", "-keyform", "DER", "-inkey", "key"]
        command += ["-in", "text", "-sigfile", "signature"]
        ran = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    assert ran.returncode == 0 or b"Failure" in ran.stdout + ran.stderr, ran.stderr
    return ran.returncode == 0


def signatures(signed: Signed) -> Judge:
    """Check the lines of every note whose key is known: the log's, one at least a note, and the cosigners'."""

    def judge(folder: Path, keys: Sequence[str]) -> str:
        found = {
            "manifest": [(folder / "manifest.note").read_bytes()],
            "checkpoint": [(folder / "checkpoint").read_bytes()],
            "older": [path.read_bytes() for path in (folder / "checkpoints").glob("*")],
            "quoted": [path.read_bytes().partition(b"\n\n")[2] for path in (folder / "proofs").glob("*")],
        }
        return next((rule for rule, notes in found.items() if not all(holds(one, keys, signed) for one in notes)), "")

    return judge


def holds(note: bytes, keys: Sequence[str], signed: Signed) -> bool:
    text, _, tail = note.rpartition(b"\n\n")
    by_log = 0
    for line in tail.decode().splitlines():
        dash, name, told = line.split(" ")
        raw = base64.b64decode(told, validate=True)
        key = next((one for one in keys if one.startswith(f"{name}+{raw[:4].hex()}+")), None)
        if dash != "—" or key is None:
            continue
        public = base64.b64decode(key.split("+", 2)[2])
        message, signature = text + b"\n", raw[4:]
        if public[0] == 4:  # a cosignature: its second stands before it, and is signed with the text
            (second,) = struct.unpack(">Q", signature[:8])
            message, signature = b"cosignature/v1\ntime %d\n" % second + message, signature[8:]
        if not signed(public[1:], message, signature):
            return False
        by_log += public[0] == 1
    origin = keys[0].split("+")[0]
    return by_log > 0 and text.startswith((f"hitl-bundle/v1\norigin {origin}\n".encode(), f"{origin}\n".encode()))


# ---------------------------------------------------------------------------------------------- pymerkle's tree


def by_pymerkle(folder: Path, _keys: Sequence[str]) -> str:
    """Check the root, the roots of older checkpoints, and the proofs of records."""
    tree: Any = pymerkle.InmemoryTree(algorithm="sha256")
    for leaf in (folder / "entries.ndjson").read_bytes().split(b"\n")[:-1]:
        tree.append_entry(leaf)
    size, root = stated(folder / "checkpoint")
    if (size, root) != (tree.get_size(), tree.get_root()):
        return "root"
    for path in (folder / "checkpoints").glob("*"):
        older, its_root = stated(path)
        if older > size or tree.get_root(older) != its_root:
            return "past"
    return "" if all(record_holds(path, tree) for path in (folder / "proofs").glob("*")) else "record"


def stated(path: Path) -> tuple[int, bytes]:
    lines = path.read_text().split("\n")
    return int(lines[1]), base64.b64decode(lines[2], validate=True)


def record_holds(path: Path, tree: Any) -> bool:
    head, _, note = path.read_text().partition("\n\n")
    _, place, *told = head.split("\n")
    index, size, root = int(place[6:]), int(note.split("\n")[1]), base64.b64decode(note.split("\n")[2])
    if (size, root) != (tree.get_size(), tree.get_root()) or not 0 <= index < size:
        return False
    return proves(index, size, tree.get_leaf(index + 1), root, [base64.b64decode(one) for one in told])


def proves(index: int, size: int, leaf: bytes, root: bytes, proof: Sequence[bytes]) -> bool:
    """Ask pymerkle for a proof of a record; it counts leaves from one and wants the leaf's hash before the others."""
    if not 0 <= index < size:
        return False
    rule, _ = _inclusion_path_layout(index + 1, size)
    told = pymerkle.InclusionProof("sha256", True, size, index + 1, rule, [leaf, *proof])
    try:
        pymerkle.verify_inclusion(leaf, root, told, index + 1, size, "sha256")
    except pymerkle.InvalidProof:
        return False
    return True


SIGNATURES = frozenset({"manifest", "checkpoint", "older", "quoted"})
NEAR = {
    "openssl": Oracle(signatures(by_openssl), SIGNATURES),
    "PyNaCl": Oracle(signatures(by_sodium), SIGNATURES),
    "pymerkle": Oracle(by_pymerkle, frozenset({"root", "past", "record"})),
}
