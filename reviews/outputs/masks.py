"""COCO's compressed run lengths: the text of the public mask format, read far enough to know that it fits its size."""

from collections.abc import Iterator


def pixels(counts: str) -> int | None:
    """Count the pixels that a run-length text covers, over runs of both kinds; None if it is no such text."""
    found = runs(counts)
    return None if found is None else sum(found)


def runs(counts: str) -> list[int] | None:
    """Read the runs of a run-length text, of both kinds in turn, the first outside; None if it is no such text.

    Source: `rleFrString` of the COCO API: six bits a character from code 48, the sixth tells that more follow, the
    fifth of the last is the sign; from the fourth run on each is the difference from the one two before it.
    """
    found: list[int] = []
    for number in _numbers(counts):
        if number is None:
            return None
        run = number + found[-2] if len(found) > 2 else number
        if run < 0:
            return None
        found.append(run)
    return found


def _numbers(counts: str) -> Iterator[int | None]:
    """Give the signed numbers of the text, and a last None where it is no such text."""
    number = shift = 0
    for character in counts:
        code = ord(character) - 48
        if not 0 <= code < 64 or shift > 60:
            yield None
            return
        number |= (code & 31) << shift
        shift += 5
        if not code & 32:
            yield number - (1 << shift) if code & 16 else number
            number = shift = 0
    if shift:
        yield None
