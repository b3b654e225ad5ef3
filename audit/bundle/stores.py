"""Where the files of a growing bundle lie: in a folder, or one after the other in a zip file.

A store keeps one file open at a time. Places in it are offsets on disk: in the file itself, or in the zip.
"""

import os
import shutil
import struct
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Protocol

from audit.bundle.journal import Place, Written

BLOCK = 1 << 20
LOCAL = struct.Struct("<4s5H3L2H")
CENTRAL = struct.Struct("<4s6H3L5H2L")
END64 = struct.Struct("<4sQ2H2L4Q")
AT64 = struct.Struct("<4sLQL")
END = struct.Struct("<4s4H2LH")
ZIP64, DEFLATED, DAY, FULL, MANY = 45, 8, 0x21, 0xFFFFFFFF, 0xFFFF


class Store(Protocol):
    """A place for a bundle's files."""

    def begin(self, path: str, at: int) -> int:
        """Open a file, where nothing is kept past `at`; give where it starts."""

    def add(self, data: bytes) -> int:
        """Append content, so that it outlives this process; give where it ends."""

    def end(self, path: str, bytes: int, crc: int) -> int:  # noqa: A002 - as Written has it
        """Close the open file; give where it ends."""

    def resume(self, place: Place) -> Iterator[bytes]:
        """Open a file that was left half-written, cut what was not written down, and give its content so far."""

    def finish(self, written: Iterable[Written], target: Path) -> None:
        """Give the whole bundle its name."""

    def remove(self) -> None:
        """Give up the bundle."""


class Folder:
    """A bundle as a folder."""

    def __init__(self, part: Path) -> None:
        """Take up the folder that grows."""
        self.part = part
        self._file: IO[bytes] | None = None
        part.mkdir(mode=0o700, exist_ok=True)

    @property
    def file(self) -> IO[bytes]:
        """The open file."""
        assert self._file is not None
        return self._file

    def begin(self, path: str, at: int) -> int:
        """Open a file at its beginning."""
        place = self.part / path
        place.parent.mkdir(exist_ok=True)
        self._file = place.open("wb", buffering=0)
        return 0

    def add(self, data: bytes) -> int:
        """Append content."""
        self.file.write(data)
        return self.file.tell()

    def end(self, path: str, bytes: int, crc: int) -> int:  # noqa: A002
        """Close the file."""
        self.file.close()
        return bytes

    def resume(self, place: Place) -> Iterator[bytes]:
        """Cut the file where it was written down last, and read it again."""
        self._file = (self.part / place.path).open("r+b", buffering=0)
        self._file.truncate(place.end)
        while block := self._file.read(BLOCK):
            yield block

    def finish(self, written: Iterable[Written], target: Path) -> None:
        """Give the folder its name."""
        for one in written:
            with (self.part / one.path).open("rb") as file:
                os.fsync(file.fileno())
        self.part.rename(target)

    def remove(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self.part)


class Zip:
    """A bundle as a zip file: ZIP64, fast deflate, flushed whole at each addition so that another run goes on there."""

    def __init__(self, part: Path) -> None:
        """Take up the file that grows."""
        self.part = part
        self.file = os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT, 0o600), "r+b")
        self.start = 0
        self._open()

    def _open(self) -> None:
        self._deflate = zlib.compressobj(1, zlib.DEFLATED, -15)

    def begin(self, path: str, at: int) -> int:
        """Write a header, to be filled in later."""
        self.file.truncate(at)
        self.start = self.file.seek(at)
        self.file.write(_local(path, 0, 0, 0))
        self._open()
        return self.start

    def add(self, data: bytes) -> int:
        """Append content; what follows it refers to nothing before."""
        self.file.write(self._deflate.compress(data) + self._deflate.flush(zlib.Z_FULL_FLUSH))
        self.file.flush()
        return self.file.tell()

    def end(self, path: str, bytes: int, crc: int) -> int:  # noqa: A002
        """Close the file and fill in its header."""
        self.file.write(self._deflate.flush(zlib.Z_FINISH))
        end = self.file.tell()
        head = len(_local(path, 0, 0, 0))
        self.file.seek(self.start)
        self.file.write(_local(path, crc, end - self.start - head, bytes))
        self.file.seek(end)
        self.file.flush()
        return end

    def resume(self, place: Place) -> Iterator[bytes]:
        """Cut the zip where it was written down last, and read the file's content again."""
        self.start = place.start
        self.file.truncate(place.end)
        self.file.seek(place.start + len(_local(place.path, 0, 0, 0)))
        inflate = zlib.decompressobj(-15)
        while block := self.file.read(BLOCK):
            while block:
                yield inflate.decompress(block, BLOCK)
                block = inflate.unconsumed_tail
        self._open()

    def finish(self, written: Iterable[Written], target: Path) -> None:
        """Write the directory at the end and give the file its name."""
        members = list(written)
        start = self.file.seek(max((one.end for one in members), default=0))
        for one in members:
            self.file.write(_central(one))
        end = self.file.tell()
        count, size = len(members), end - start
        self.file.write(END64.pack(b"PK\x06\x06", 44, ZIP64, ZIP64, 0, 0, count, count, size, start))
        self.file.write(AT64.pack(b"PK\x06\x07", 0, end, 1))
        few = min(count, MANY)
        self.file.write(END.pack(b"PK\x05\x06", 0, 0, few, few, min(size, FULL), min(start, FULL), 0))
        self.file.truncate()
        self.file.flush()
        os.fsync(self.file.fileno())
        self.file.close()
        self.part.rename(target)

    def remove(self) -> None:
        """Remove the file."""
        self.file.close()
        self.part.unlink()


def _local(path: str, crc: int, packed: int, size: int) -> bytes:
    sizes = struct.pack("<2H2Q", 1, 16, size, packed)
    name = path.encode()
    head = LOCAL.pack(b"PK\x03\x04", ZIP64, 0, DEFLATED, 0, DAY, crc, FULL, FULL, len(name), len(sizes))
    return head + name + sizes


def _central(one: Written) -> bytes:
    name = one.path.encode()
    packed = one.end - one.start - len(_local(one.path, 0, 0, 0))
    sizes = struct.pack("<2H3Q", 1, 24, one.bytes, packed, one.start)
    mode = 0o100600 << 16
    made = 3 << 8 | ZIP64
    head = CENTRAL.pack(
        b"PK\x01\x02", made, ZIP64, 0, DEFLATED, 0, DAY, one.crc, FULL, FULL, len(name), len(sizes), 0, 0, 0, mode, FULL
    )
    return head + name + sizes
