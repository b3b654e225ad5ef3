"""The measures by name: which task types each fits, and the agreement of two answers by it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from reviews.outputs.comparing import same
from reviews.outputs.measures import labels, regions, solids, spans, values, wording
from reviews.outputs.shapes import ELEMENTS

Output = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Measure:
    """One way to say how far two answers agree: the task types it fits, and whether it matches elements.

    `of` takes the task type, the two outputs, from what overlap on elements match, and a form's decisive members.
    """

    task_types: tuple[str, ...]
    of: Callable[[str, Output, Output, Fraction, Sequence[str]], Fraction]
    matches: bool = False


def _elements(task_type: str, output: Output) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = output[ELEMENTS[task_type]]
    return found


def _labels(_type: str, one: Output, other: Output, _at: Fraction, _names: Sequence[str]) -> Fraction:
    return labels.agree(labels.chosen(one), labels.chosen(other))


def _solids(task_type: str, one: Output, other: Output, match_at: Fraction, _names: Sequence[str]) -> Fraction:
    return solids.matches(_elements(task_type, one), _elements(task_type, other), match_at)


def _regions(task_type: str, one: Output, other: Output, match_at: Fraction, _names: Sequence[str]) -> Fraction:
    return regions.matches(_elements(task_type, one), _elements(task_type, other), match_at)


def _spans(_type: str, one: Output, other: Output, _at: Fraction, _names: Sequence[str]) -> Fraction:
    return _of_text(one, other, spans.exact)


def _overlaps(_type: str, one: Output, other: Output, _at: Fraction, _names: Sequence[str]) -> Fraction:
    return _of_text(one, other, spans.partial)


def _of_text(one: Output, other: Output, measure: Callable[[Any, Any], Fraction]) -> Fraction:
    """Compare spans, where the labels of the whole text are the same and there are not too many."""
    fit = set(one.get("labels") or ()) == set(other.get("labels") or ())
    fit = fit and max(len(one["spans"]), len(other["spans"])) <= spans.MOST
    return measure(one["spans"], other["spans"]) if fit else Fraction(0)


def _words(task_type: str, one: Output, other: Output, _at: Fraction, _names: Sequence[str]) -> Fraction:
    return wording.agree(_elements(task_type, one), _elements(task_type, other))


def _fields(task_type: str, one: Output, other: Output, _at: Fraction, _names: Sequence[str]) -> Fraction:
    return values.agree(values.fields(_elements(task_type, one)), values.fields(_elements(task_type, other)))


def _decisive(_type: str, one: Output, other: Output, _at: Fraction, names: Sequence[str]) -> Fraction:
    return values.agree(values.members(one), values.members(other), names)


MEASURES = {
    "labels": Measure(("classification",), _labels),
    "boxes": Measure(("detection", "redaction"), _solids, matches=True),
    "regions": Measure(("segmentation",), _regions, matches=True),
    "spans": Measure(("spans",), _spans),
    "overlaps": Measure(("spans",), _overlaps),
    "words": Measure(("transcript",), _words),
    "events": Measure(("events",), _solids, matches=True),
    "fields": Measure(("fields",), _fields),
    "decisive": Measure(("form",), _decisive),
}


def agreement(
    measure: str,
    task_type: str,
    one: Any,
    other: Any,
    match_at: Fraction = Fraction(1, 2),
    decisive: Sequence[str] = (),
) -> Fraction:
    """Say how far two outputs agree, from 0 to 1: the same from either side, and 1 where they are the `same`.

    A rejection (None) agrees with a rejection and with nothing else. `exact` knows 1 and 0 alone. What is too large to
    be measured agrees with nothing that differs from it.
    """
    if one is None or other is None:
        return Fraction(one is other)
    if same(task_type, one, other):
        return Fraction(1)
    if measure == "exact":
        return Fraction(0)
    return MEASURES[measure].of(task_type, one, other, match_at, decisive)
