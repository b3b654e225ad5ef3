"""Spans of a text: the same spans, or the same characters under the same labels."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from reviews.outputs.measures.numbers import f1

MOST = 10_000
"""Spans of an answer that are compared; a longer one agrees with no other."""


def exact(one: Sequence[dict[str, Any]], other: Sequence[dict[str, Any]]) -> Fraction:
    """Give the F1 of spans with the same label, start and end, each counted once.

    Source: Tjong Kim Sang and De Meulder, Introduction to the CoNLL-2003 shared task, section 2.3.
    """
    mine, its = [{(span["label"], span["start"], span["end"]) for span in spans} for spans in (one, other)]
    return f1(len(mine & its), len(mine), len(its))


def partial(one: Sequence[dict[str, Any]], other: Sequence[dict[str, Any]]) -> Fraction:
    """Give the F1 of the characters that lie under each label, each counted once a label; half a span counts half.

    Source: Da San Martino et al., Fine-grained analysis of propaganda in news articles, EMNLP 2019, section 5, credits
    spans by the characters that they share; here precision and recall are over all characters at once.
    """
    mine, its = _covered(one), _covered(other)
    shared = sum(_shared(mine[label], its[label]) for label in mine.keys() & its.keys())
    return f1(shared, *[sum(end - start for parts in side.values() for start, end in parts) for side in (mine, its)])


def _covered(spans: Sequence[dict[str, Any]]) -> dict[str, list[tuple[int, int]]]:
    """Give the stretches under each label in order, those that touch or overlap made one."""
    found: dict[str, list[tuple[int, int]]] = {}
    for start, end, label in sorted((int(span["start"]), int(span["end"]), span["label"]) for span in spans):
        parts = found.setdefault(label, [])
        if parts and start <= parts[-1][1]:
            parts[-1] = (parts[-1][0], max(end, parts[-1][1]))
        else:
            parts.append((start, end))
    return found


def _shared(one: list[tuple[int, int]], other: list[tuple[int, int]]) -> int:
    """Count the characters in both of two lists of stretches that are in order."""
    count = mine = its = 0
    while mine < len(one) and its < len(other):
        count += max(0, min(one[mine][1], other[its][1]) - max(one[mine][0], other[its][0]))
        if one[mine][1] < other[its][1]:
            mine += 1
        else:
            its += 1
    return count
