"""Transcripts: how many words would have to be changed to make one of the other."""

import unicodedata
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

MOST_WORDS = 20_000
"""Words of a transcript that are compared, about two hours of speech; a longer one agrees with no other."""
MOST_CHARACTERS = 400_000
KEPT = frozenset("%&@#§‰")
INSIDE = {"'": "'", "’": "'"}


def agree(one: Sequence[dict[str, Any]], other: Sequence[dict[str, Any]]) -> Fraction:
    """Give 1 less the larger of the two word error rates between two lists of segments, at least 0.

    The rate is edits over the words of the reference; taking each transcript as the reference once and the larger rate
    makes it the same from either side. Speakers and times do not count. 0 where a transcript is too long.

    Source: Morris, Maier and Green, Interspeech 2004 (doi 10.21437/Interspeech.2004-668), equation 1.
    """
    mine, its = words(one), words(other)
    if mine is None or its is None:
        return Fraction(0)
    if mine == its:
        return Fraction(1)
    shorter = min(len(mine), len(its))
    return max(Fraction(0), 1 - Fraction(edits(mine, its), shorter)) if shorter else Fraction(0)


def words(segments: Sequence[dict[str, Any]]) -> list[str] | None:
    """Give the words of segments in their order, made comparable; None where there are too many.

    Unicode NFC, case folded; punctuation parts words, but for an apostrophe inside one, and a point or comma between
    digits. Signs that are read out (%, &, @, #, currencies) are kept. Scripts without spaces are not parted.
    """
    text = " ".join(segment["text"] for segment in segments)
    if len(text) > MOST_CHARACTERS:
        return None
    found = _parted(unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())).split()
    return found if len(found) <= MOST_WORDS else None


def _parted(text: str) -> str:
    made = []
    for place, sign in enumerate(text):
        if sign in KEPT or not unicodedata.category(sign).startswith(("P", "C", "Z")):
            made.append(sign)
            continue
        before, after = text[place - 1 : place], text[place + 1 : place + 2]
        if sign in INSIDE and before.isalnum() and after.isalnum():
            made.append(INSIDE[sign])
        else:
            made.append(sign if sign in ".," and before.isdigit() and after.isdigit() else " ")
    return "".join(made)


def edits(one: Sequence[str], other: Sequence[str]) -> int:
    """Count the fewest words put in, left out or replaced that turn one sequence into the other.

    A row of the table of edit distances is kept in the bits of whole numbers, so 20,000 words against 20,000 take
    20,000 steps.

    Source: Hyyrö, A bit-vector algorithm for computing Levenshtein and Damerau edit distances, Nordic J. of Computing
    10 (2003), figure 6; Myers, JACM 46 (1999).
    """
    if not one or not other:
        return len(one) + len(other)
    at: dict[str, int] = {}
    for place, word in enumerate(one):
        at[word] = at.get(word, 0) | 1 << place
    every, last = (1 << len(one)) - 1, 1 << (len(one) - 1)
    up, down, count = every, 0, len(one)
    for word in other:
        equal = at.get(word, 0)
        diagonal = (((equal & up) + up) ^ up) | equal | down
        rises, falls = down | (every & ~(diagonal | up)), up & diagonal
        count += bool(rises & last) - bool(falls & last)
        rises, falls = (rises << 1 | 1) & every, falls << 1 & every
        up, down = falls | (every & ~(diagonal | rises)), rises & diagonal
    return count
