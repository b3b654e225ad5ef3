"""Boxes on pictures and pages, and events in time: matched one-to-one by how much they overlap."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import prod
from typing import Any

from reviews.outputs.measures.matching import Edge, matched
from reviews.outputs.measures.numbers import f1, places, whole
from reviews.wire.canonical import canonical

MOST = 500
"""Elements of an answer that are matched; of a longer one nothing is."""
MOST_OVERLAPS = 10_000
"""Pairs that may overlap; where there are more nothing is matched."""


@dataclass(frozen=True, slots=True)
class Solid:
    """An element by what has to be equal, and its stretch along each axis as whole numbers: (from, to)."""

    key: bytes
    sides: tuple[tuple[int, int], ...]

    @property
    def volume(self) -> int:
        """Length, area or volume, by how many axes there are."""
        return prod(end - start for start, end in self.sides)


def overlap(one: Solid, other: Solid) -> Fraction:
    """Give intersection over union, 0 to 1; elements without extent overlap only where they are the same.

    Source: Everingham et al., The Pascal Visual Object Classes Challenge, IJCV 88 (2010), section 4.2; along one axis
    the temporal IoU of ActivityNet (Caba Heilbron et al., CVPR 2015).
    """
    if one.sides == other.sides:
        return Fraction(1)
    shared = prod(
        max(0, min(end, last) - max(start, first))
        for (start, end), (first, last) in zip(one.sides, other.sides, strict=True)
    )
    union = one.volume + other.volume - shared
    return Fraction(shared, union) if union else Fraction(0)


def solids(elements: Sequence[dict[str, Any]], shift: int) -> list[Solid]:
    """Read boxes, redactions or events; label, attributes, actors and page have to be equal for a match."""
    return [_solid(element, shift) for element in elements]


def _solid(element: dict[str, Any], shift: int) -> Solid:
    sides = []
    for corner, length in (("x", "width"), ("y", "height")):
        if element.get(corner) is not None:
            start = whole(element[corner], shift)
            sides.append((start, start + whole(element[length], shift)))
    if element.get("start_ms") is not None:
        sides.append((whole(element["start_ms"], shift), whole(element["end_ms"], shift)))
    actors = sorted(element.get("actors") or [])
    key = [element["label"], element.get("attributes") or {}, actors, element.get("page"), len(sides)]
    return Solid(canonical(key), tuple(sides))


def shift_of(*answers: Sequence[dict[str, Any]]) -> int:
    """Count the decimal places at which all lengths of these answers are whole."""
    sides = ("x", "y", "width", "height", "start_ms", "end_ms")
    return places(
        [element[side] for elements in answers for element in elements for side in sides if element.get(side)]
    )


def edges(one: Sequence[Solid], other: Sequence[Solid], match_at: Fraction) -> list[Edge] | None:
    """List the pairs of equal key that overlap at `match_at` (above 0) or more; None where there are too many."""
    if max(len(one), len(other)) > MOST:
        return None
    found: list[Edge] = []
    for count, (mine, its) in enumerate(_touching(one, other), 1):
        if count > MOST_OVERLAPS:
            return None
        closeness = overlap(one[mine], other[its])
        if closeness >= match_at:
            found.append((closeness, mine, its))
    return found


def _touching(one: Sequence[Solid], other: Sequence[Solid]) -> Iterator[tuple[int, int]]:
    """Give the pairs of equal key whose stretches touch along every axis."""
    lines: dict[bytes, list[tuple[int, int]]] = {}
    for place, solid in enumerate(other):
        lines.setdefault(solid.key, []).append((solid.sides[0][0] if solid.sides else 0, place))
    for line in lines.values():
        line.sort()
    for mine, solid in enumerate(one):
        line = lines.get(solid.key, [])
        upto = bisect_right(line, (solid.sides[0][1] if solid.sides else 0, len(other)))
        for _start, its in line[:upto]:
            sides = zip(solid.sides, other[its].sides, strict=True)
            if all(start <= last and first <= end for (start, end), (first, last) in sides):
                yield mine, its


def matches(one: Sequence[dict[str, Any]], other: Sequence[dict[str, Any]], match_at: Fraction) -> Fraction:
    """Give the F1 of elements matched one-to-one; 0 where there are too many to match."""
    shift = shift_of(one, other)
    found = edges(solids(one, shift), solids(other, shift), match_at)
    return Fraction(0) if found is None else f1(len(matched(found)), len(one), len(other))
