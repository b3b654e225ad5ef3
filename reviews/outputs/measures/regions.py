"""Areas: polygons and masks as the pixels that lie in them, matched one-to-one by how much they overlap."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice, pairwise
from typing import Any

from reviews.outputs import masks
from reviews.outputs.measures.matching import Edge, matched
from reviews.outputs.measures.numbers import f1, places, whole
from reviews.wire.canonical import canonical

MOST = 500
"""Regions of an answer that are matched; of a longer one nothing is."""
MOST_STRIPS = 200_000
"""Strips of pixels that the regions of an answer are made of, at most; nor are more of them laid over each other."""
Strip = tuple[int, int, int]
"""Pixels one below the other: their column, the first row, and the row after the last."""
Line = tuple[range, tuple[int, int], tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Mask:
    """A region by what has to be equal, its strips in order, its pixels, and the columns and rows that it spans."""

    key: bytes
    strips: list[Strip]
    pixels: int
    columns: tuple[int, int]
    rows: tuple[int, int]


def matches(one: Sequence[dict[str, Any]], other: Sequence[dict[str, Any]], match_at: Fraction) -> Fraction:
    """Give the F1 of regions matched one-to-one; 0 where they are too many, or too large to be laid over each other."""
    mine, its = masks_of(one), masks_of(other)
    found = None if mine is None or its is None else edges(mine, its, match_at)
    return Fraction(0) if found is None else f1(len(matched(found)), len(one), len(other))


def masks_of(regions: Sequence[dict[str, Any]]) -> list[Mask] | None:
    """Give each region's pixels: those of its mask, or those whose centre lies in its polygon (even-odd rule).

    None where they are too many. Label and attributes have to be equal for a match.
    """
    if len(regions) > MOST:
        return None
    found: list[Mask] = []
    left = MOST_STRIPS
    for region in regions:
        strips = _strips(region, left)
        if strips is None:
            return None
        left -= len(strips)
        columns = (strips[0][0], strips[-1][0]) if strips else (0, -1)
        rows = (min(strip[1] for strip in strips), max(strip[2] for strip in strips)) if strips else (0, 0)
        key = canonical([region["label"], region.get("attributes") or {}])
        found.append(Mask(key, strips, sum(end - start for _, start, end in strips), columns, rows))
    return found


def edges(one: Sequence[Mask], other: Sequence[Mask], match_at: Fraction) -> list[Edge] | None:
    """List the pairs of equal key that overlap at `match_at` (above 0) or more; None where there is too much to lay."""
    found: list[Edge] = []
    laid = 0
    for mine, mask in enumerate(one):
        for its, beside in enumerate(other):
            if mask.key != beside.key or not _near(mask, beside):
                continue
            laid += len(mask.strips) + len(beside.strips)
            if laid > MOST_STRIPS * 4:
                return None
            closeness = overlap(mask, beside)
            if closeness >= match_at:
                found.append((closeness, mine, its))
    return found


def overlap(one: Mask, other: Mask) -> Fraction:
    """Give the pixels in both over the pixels in either; 0 where neither has any.

    Source: Lin et al., Microsoft COCO, ECCV 2014; `maskApi.c` of the COCO API counts the same pixels.
    """
    shared = mine = its = 0
    while mine < len(one.strips) and its < len(other.strips):
        (column, start, end), (beside, first, last) = one.strips[mine], other.strips[its]
        if column == beside:
            shared += max(0, min(end, last) - max(start, first))
        if (column, end) < (beside, last):
            mine += 1
        else:
            its += 1
    union = one.pixels + other.pixels - shared
    return Fraction(shared, union) if union else Fraction(0)


def _near(one: Mask, other: Mask) -> bool:
    return (
        one.columns[0] <= other.columns[1]
        and other.columns[0] <= one.columns[1]
        and one.rows[0] < other.rows[1]
        and other.rows[0] < one.rows[1]
    )


def _strips(region: dict[str, Any], most: int) -> list[Strip] | None:
    """Give a region's strips in order, None where there are more than `most`."""
    if region.get("rle"):
        found = list(islice(_of_rle(region["rle"]), most + 1))
    else:
        shift = places([side for point in region["polygon"] for side in point])
        lines = _edges_of(region["polygon"], shift)
        if sum(len(columns) for columns, *_ends in lines) > 2 * most:
            return None
        found = list(_of_polygon(lines, 2 * 10**shift))
    return sorted(found) if len(found) <= most else None


def _of_rle(rle: dict[str, Any]) -> Iterator[Strip]:
    """Give the strips of a compressed mask, whose runs go down the columns, the first of them outside."""
    height = rle["size"][0]
    place = 0
    for number, run in enumerate(masks.runs(rle["counts"]) or []):
        end = place + run
        while number % 2 and place < end:
            column, row = divmod(place, height)
            upto = min(height, row + end - place)
            yield column, row, upto
            place += upto - row
        place = end


def _edges_of(points: Sequence[Sequence[int | float]], shift: int) -> list[Line]:
    """Give a polygon's edges from left to right, with the columns whose middle each of them crosses."""
    unit = 2 * 10**shift  # a pixel, in parts of which its middle is a whole number
    corners = [(2 * whole(x, shift), 2 * whole(y, shift)) for x, y in points]
    found = []
    for ends in pairwise([*corners, corners[0]]):
        start, end = sorted(ends)
        columns = [-((unit // 2 - x) // unit) for x in (start[0], end[0])]
        found.append((range(*columns), start, end))
    return found


def _of_polygon(lines: Sequence[Line], unit: int) -> Iterator[Strip]:
    """Give the strips between the places where the edges cross the middle of each column, the even ones outside."""
    crossed: dict[int, list[int]] = {}
    for columns, (x, y), (to_x, to_y) in lines:
        along = to_x - x
        for column in columns:
            height = y * along + (to_y - y) * (column * unit + unit // 2 - x)
            crossed.setdefault(column, []).append(-((unit // 2 * along - height) // (unit * along)))
    for column, rows in crossed.items():
        rows.sort()
        yield from ((column, start, end) for start, end in zip(rows[::2], rows[1::2], strict=True) if start < end)
