"""The forms of a bundle's small files (docs/bundle.md)."""

import base64
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from audit.bundle.journal import Written

FORMULA = re.compile(r"[=+\-@\t\r]")
QUOTED = re.compile(r'[",\r\n]')


def document(value: Any) -> bytes:
    """Write a JSON file: RFC 8785 of what has ASCII keys and no floats, and a line end."""
    return json_line(value) + b"\n"


def json_line(value: Any) -> bytes:
    """Write a JSON value of ASCII keys and no floats as RFC 8785 does."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def base64s(hashes: Iterable[bytes]) -> list[str]:
    """Write hashes in base64."""
    return [base64.b64encode(one).decode() for one in hashes]


def manifest_text(plan: Mapping[str, Any], files: Sequence[Written]) -> str:
    """Write the manifest as it is signed."""
    begin, end = plan["range"]
    lines = [
        "hitl-bundle/v1",
        f"origin {plan['origin']}",
        f"range {begin} {end}",
        f"tree {plan['tree']}",
        f"filter {json_line(plan['filter']).decode()}",
        f"exporter {plan['exporter']}",
        f"made {plan['made']}",
    ]
    lines += [f"file {one.sha256} {one.bytes} {one.path}" for one in sorted(files, key=lambda one: one.path)]
    return "\n".join(lines) + "\n"


def record_proof(index: int, hashes: Iterable[bytes], checkpoint: str) -> bytes:
    """Write the proof that one record stands in the log (C2SP tlog-proof)."""
    lines = ["c2sp.org/tlog-proof@v1", f"index {index}", *base64s(hashes)]
    return ("\n".join(lines) + "\n\n" + checkpoint).encode()


def cosigned_at(checkpoint: str) -> int:
    """Give the second since 1970 that a checkpoint's cosignature names, 0 where it has none."""
    for line in checkpoint.partition("\n\n")[2].splitlines():
        signature = base64.b64decode(line.rpartition(" ")[2])
        if len(signature) == 76:  # key id, time and Ed25519 signature; a log's own is 68 long
            return int.from_bytes(signature[4:12], "big")
    return 0


def cell(value: object) -> str:
    """Write a cell of a CSV file (RFC 4180) that no spreadsheet takes for a formula."""
    text = "" if value is None else str(value)
    if FORMULA.match(text):
        text = "'" + text
    return '"' + text.replace('"', '""') + '"' if QUOTED.search(text) else text


def row(values: Iterable[object]) -> str:
    """Write a row of a CSV file."""
    return ",".join(map(cell, values)) + "\r\n"
