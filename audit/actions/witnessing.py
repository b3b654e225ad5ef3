"""The witness: a file outside the database to which each signed checkpoint is appended, if it goes on from the last.

It stands on this machine, so it proves nothing to outsiders: with it the ledger counts as internally consistent only.
"""

import datetime as dt
import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from audit.actions.signing import Signed, begins_with
from audit.errors import WitnessDiffers, WitnessUnread
from audit.reads import canonical, timestamp
from audit.reads.witnessed import last_seen
from audit.tree.proofs import Node


def look_at_witness(origin: str, size: int, root: bytes, node: Node) -> None:
    """Hold a tree that is to be signed against the last one of this log in the witness file.

    Raises:
        WitnessDiffers: it does not begin with that one.
        WitnessUnread: the file cannot be read.
    """
    if settings.LEDGER_WITNESS is None:
        return
    with _opened() as handle:
        seen = last_seen(handle, origin)
    if seen is not None and not begins_with(Signed(seen[0].size, seen[0].root), size, root, node):
        raise WitnessDiffers


def witness(origin: str, note: str, at: dt.datetime) -> None:
    """Append a checkpoint that was signed, on the disk before this returns; one that came late is left out.

    Raises:
        WitnessUnread: the file cannot be written.
    """
    if settings.LEDGER_WITNESS is None:
        return
    with _opened() as handle:
        seen = last_seen(handle, origin)
        line = canonical({"checkpoint": note, "seen": timestamp(at)}) + b"\n"
        size = int(note.split("\n", 2)[1])
        if seen is None or (size >= seen[0].size and timestamp(at) >= seen[1]):
            os.write(handle, line)
            os.fsync(handle)


@contextmanager
def _opened() -> Iterator[int]:
    """Hold the file alone, made when missing; half a line that a power cut left is taken away."""
    path = Path(settings.LEDGER_WITNESS or "")
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            _mend(handle)
            yield handle
        finally:
            os.close(handle)
    except (OSError, ValueError, KeyError, json.JSONDecodeError) as problem:
        raise WitnessUnread from problem


def _mend(handle: int) -> None:
    end = os.fstat(handle).st_size
    if not end or os.pread(handle, 1, end - 1) == b"\n":
        return
    start = max(0, end - (1 << 16))
    whole = os.pread(handle, end - start, start).rfind(b"\n")
    if whole < 0 and start:
        raise ValueError("a line longer than any checkpoint")
    os.ftruncate(handle, start + whole + 1)
