"""The lines of the witness file: checkpoints as they were seen when they were signed."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

from audit.tree import parse_checkpoint
from audit.tree.notes import Checkpoint

BLOCK = 1 << 16


def last_seen(handle: int, origin: str) -> tuple[Checkpoint, str] | None:
    """Give a log's last line of an open witness file, read from its end: the checkpoint, and when it was seen.

    Raises:
        ValueError: a line on the way is none.
    """
    for line in _from_the_end(handle):
        told = json.loads(line)
        if told["checkpoint"].startswith(f"{origin}\n"):
            return parse_checkpoint(told["checkpoint"]), told["seen"]
    return None


def _from_the_end(handle: int) -> Iterator[bytes]:
    end, rest = os.fstat(handle).st_size, b""
    while end:
        start = max(0, end - BLOCK)
        first, *lines = (os.pread(handle, end - start, start) + rest).split(b"\n")
        yield from (line for line in reversed(lines) if line)
        end, rest = start, first
    if rest:
        yield rest


def lines_of(path: Path, origin: str) -> Iterator[bytes]:
    """Give a log's whole lines of a witness file, first to last."""
    with path.open("rb") as file:
        for line in file:
            if line.endswith(b"\n") and json.loads(line)["checkpoint"].startswith(f"{origin}\n"):
                yield line
