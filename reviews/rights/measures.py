"""The measures of disagreement that decision rights may name: which task types each fits."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from .numbers import rate
from .shape import Disagreement
from .wire import Problem

MOST_MEASURED = 9


@dataclass(frozen=True, slots=True)
class Fit:
    """Where a measure fits, and whether it matches elements one-to-one from an overlap on."""

    task_types: tuple[str, ...]
    matches: bool = False


FITS = {
    "labels": Fit(("classification",)),
    "boxes": Fit(("detection", "redaction"), matches=True),
    "regions": Fit(("segmentation",), matches=True),
    "spans": Fit(("spans",)),
    "overlaps": Fit(("spans",)),
    "words": Fit(("transcript",)),
    "events": Fit(("events",), matches=True),
    "fields": Fit(("fields",)),
    "decisive": Fit(("form",)),
}


def measure_problems(rule: Disagreement, task_type: str | None) -> Iterator[Problem]:
    """Find what is wrong with a measure and its thresholds; `task_type` is None where the project is not known."""
    fit = FITS.get(rule.measure)
    if fit is None and rule.measure != "exact":
        yield "disagreement.measure", _("Choose one of: %(known)s.") % {"known": ", ".join(measures_for(task_type))}
    elif fit is not None and task_type is not None and task_type not in fit.task_types:
        named = {"measure": repr(rule.measure), "type": task_type, "known": ", ".join(measures_for(task_type))}
        yield "disagreement.measure", _("%(measure)s measures no %(type)s; choose one of: %(known)s.") % named
    if fit is not None and rule.at_most > MOST_MEASURED:
        said = _("Every answer is measured with every other: write at most %(n)d.") % {"n": MOST_MEASURED}
        yield "disagreement.at_most", said
    yield from _thresholds(rule, fit)


def measures_for(task_type: str | None) -> list[str]:
    """Name the measures that fit a task type; all where it is not known."""
    return ["exact", *(name for name, fit in FITS.items() if task_type is None or task_type in fit.task_types)]


def _thresholds(rule: Disagreement, fit: Fit | None) -> Iterator[Problem]:
    agree_at = rate(rule.agree_at)
    if agree_at is None:
        yield "disagreement.agree_at", _("Write a share from 0 to 1.")
    elif agree_at == 0:
        yield "disagreement.agree_at", _("At 0 everything agrees; write a share above 0.")
    elif agree_at != 1 and rule.measure == "exact":
        said = _("Answers compared exactly agree at 1 or not at all; choose another measure.")
        yield "disagreement.agree_at", said
    if rule.match_at is None:
        return
    match_at = rate(rule.match_at)
    if match_at is None or match_at == 0:
        yield "disagreement.match_at", _("Write a share above 0, at most 1.")
    if fit is None or not fit.matches:
        yield (
            "disagreement.match_at",
            _("%(measure)s matches no elements; leave this out.") % {"measure": repr(rule.measure)},
        )
