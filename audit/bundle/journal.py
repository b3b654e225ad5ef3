"""What of a bundle is written: a line for each step, so that a killed export goes on where it stopped."""

import fcntl
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any


class Busy(Exception):  # noqa: N818 - a fact
    """Another export writes this bundle just now."""


@dataclass(frozen=True, slots=True)
class Place:
    """How far a file of the bundle has come.

    `bytes` of its content are written, with this CRC-32; they end at `end` of the file on disk. `cursor` is where the
    content goes on.
    """

    path: str
    start: int
    end: int
    bytes: int
    crc: int
    cursor: Any


@dataclass(frozen=True, slots=True)
class Written:
    """A file of the bundle that is whole: `bytes` of content take `end - start` on disk."""

    path: str
    start: int
    end: int
    bytes: int
    crc: int
    sha256: str


class Journal:
    """The lines kept beside a bundle that grows. Held by one export at a time."""

    def __init__(self, path: Path) -> None:
        """Take up the journal at a path, empty where there is none; a line torn by a kill is dropped.

        Raises:
            Busy: another export holds it.
        """
        self.path = path
        self.plan: dict[str, Any] | None = None
        self.written: dict[str, Written] = {}
        self.open: Place | None = None
        self._file: IO[bytes] = path.open("a+b")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as problem:
            self._file.close()
            raise Busy from problem
        self._take_up()

    def _take_up(self) -> None:
        self._file.seek(0)
        whole = 0
        for line in self._file:
            if not line.endswith(b"\n"):
                break
            whole += len(line)
            self._learn(json.loads(line))
        self._file.truncate(whole)

    def _learn(self, said: dict[str, Any]) -> None:
        if "plan" in said:
            self.plan = said["plan"]
        elif "sha256" in said:
            self.written[said["path"]] = Written(**said)
            self.open = None
        else:
            self.open = Place(**said)

    def forget(self) -> None:
        """Forget all of it."""
        self._file.truncate(0)
        self.plan, self.written, self.open = None, {}, None

    def begin(self, plan: dict[str, Any]) -> None:
        """Write down what the bundle is to be; everything before is forgotten."""
        self.forget()
        self._say({"plan": plan})

    def reached(self, place: Place) -> None:
        """Write down how far a file has come."""
        self._say(asdict(place))

    def finished(self, written: Written) -> None:
        """Write down that a file is whole."""
        self._say(asdict(written))

    def _say(self, said: dict[str, Any]) -> None:
        self._file.write(json.dumps(said).encode() + b"\n")
        self._file.flush()
        self._learn(said)

    def close(self, *, remove: bool) -> None:
        """Let go of it; `remove` it where the bundle is whole or given up."""
        if remove:
            self.path.unlink(missing_ok=True)
        self._file.close()
