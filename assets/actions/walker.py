"""Videos are walked before anything decodes them: what was cut, or is two things at once, is refused by its structure.

It imports nothing of the house.
"""

from collections.abc import Callable
from typing import IO

NO_VIDEO, MORE = 3, 7
BOXES = {
    b"ftyp", b"free", b"skip", b"wide", b"moov", b"mdat", b"uuid", b"meta", b"udta", b"moof", b"mfra", b"sidx", b"styp",
    b"emsg", b"prft", b"pdin",
}  # fmt: skip
EBML, SEGMENT, CLUSTER, ATTACHED = b"\x1a\x45\xdf\xa3", b"\x18\x53\x80\x67", b"\x1f\x43\xb6\x75", b"\x19\x41\xa4\x69"
DOCTYPE = b"\x42\x82\x84webm"


def whole_boxes(file: IO[bytes]) -> int:
    """Walk the boxes of an MP4: they fill the file to its last byte, each of a known name. 0, or the exit code."""
    end, place, seen = file.seek(0, 2), 0, set()
    while place < end:
        file.seek(place)
        head = file.read(16)
        size, name = int.from_bytes(head[:4], "big"), head[4:8]
        if size == 1:
            size = int.from_bytes(head[8:16], "big")
        elif size == 0:
            size = end - place
        if size < 8 or place + size > end or name not in BOXES:
            return NO_VIDEO
        seen.add(name)
        place += size
    return 0 if {b"ftyp", b"moov"} <= seen else NO_VIDEO


def whole_elements(file: IO[bytes]) -> int:
    """Walk the elements of a WebM: they fill the file to its last byte, and no files are attached to it.

    What does not tell its length, as a recorder writes it, is looked into. Gives 0, or the exit code.
    """
    end, place = file.seek(0, 2), 0
    while place < end:
        file.seek(place)
        head = file.read(12)
        wide = 9 - head[0].bit_length()
        name, rest = head[:wide], head[wide:]
        if wide > 4 or not rest or not rest[0]:
            return NO_VIDEO
        long = 9 - rest[0].bit_length()
        size = int.from_bytes(rest[:long], "big") & ((1 << 7 * long) - 1)
        endless = size == (1 << 7 * long) - 1
        inside = place + wide + long
        if name == ATTACHED:
            return MORE
        if place == 0:
            file.seek(inside)
            if name != EBML or endless or size > 4096 or DOCTYPE not in file.read(size):
                return NO_VIDEO
        if (endless and name not in {SEGMENT, CLUSTER}) or (not endless and inside + size > end):
            return NO_VIDEO
        if name == SEGMENT and not endless and inside + size != end:
            return NO_VIDEO
        place = inside if name == SEGMENT or endless else inside + size
    return 0


WHOLE: dict[str, Callable[[IO[bytes]], int]] = {"mp4": whole_boxes, "webm": whole_elements}
