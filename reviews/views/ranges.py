"""One part of a file, as players ask for when someone seeks. Source: RFC 9110, section 14."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO

RANGE = re.compile(r"bytes=(?:(?P<first>[0-9]{1,18})-(?P<last>[0-9]{0,18})|-(?P<tail>[0-9]{1,18}))")


@dataclass(frozen=True, slots=True)
class Part:
    """Bytes of a file from `first` to `last`, both counted; false where there are none: it cannot be given."""

    first: int
    last: int

    @property
    def bytes(self) -> int:
        """How many bytes it has."""
        return max(0, self.last - self.first + 1)

    def __bool__(self) -> bool:
        return self.bytes > 0


def part_asked(headers: Mapping[str, str], size: int, mark: str) -> Part | None:
    """Give the part that a request asks for; None where it asks for the whole.

    Several parts at once, another unit, or a part of a file with another `mark` (If-Range) are answered by the whole.
    """
    asked = RANGE.fullmatch(headers.get("Range", "").strip())
    if asked is None or headers.get("If-Range", mark) != mark:
        return None
    if asked["tail"]:
        return Part(max(0, size - int(asked["tail"])), size - 1) if int(asked["tail"]) else Part(size, size - 1)
    first, last = int(asked["first"]), int(asked["last"] or size - 1)
    if asked["last"] and last < first:
        return None  # not a range at all
    return Part(first, min(last, size - 1))


def part_of(file: IO[bytes], part: Part) -> "Slice":
    """Give a part of an open file, to be read once to its end."""
    file.seek(part.first)
    return Slice(file, part.bytes)


class Slice:
    """What is left to read of a part; closing it closes its file."""

    def __init__(self, file: IO[bytes], left: int) -> None:
        self.file, self.left = file, left

    def read(self, most: int = -1) -> bytes:
        """Read on."""
        piece = self.file.read(self.left if most < 0 else min(most, self.left))
        self.left -= len(piece)
        return piece

    def close(self) -> None:
        """Close the file."""
        self.file.close()
