"""How often people changed what a model had answered, of items like one at hand.

Only audits count: answers that were accepted without a person and then drawn by chance, so that nobody chose what is
looked at. Each is weighed by one over the rate at which it was drawn (as in `estimating`), since rates differ over time
and from rule to rule. "Like" means answers of the same model version with the same label and about the same confidence;
where those are too few, of any label at about that confidence. Never of another confidence: a share taken from where
the model is sure says nothing about where it is not.
"""

import math
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from statistics import NormalDist
from typing import Any

import msgspec

EDGES = tuple(Decimal(edge) for edge in ("0.5", "0.6", "0.7", "0.8", "0.9", "0.95"))
"""Where one band of confidence ends and the next begins."""
ENOUGH = 30
"""Below so many audits a share is told by nobody: its interval would be wider than a third."""

Cell = tuple[str, int, str, int, int]
"""Label, band, pi, audits, and how many of these were changed."""


class Sheet(msgspec.Struct, frozen=True):
    """What is known of one model version, cell by cell, in order."""

    cells: tuple[Cell, ...] = ()


class Changed(msgspec.Struct, frozen=True, omit_defaults=True, rename={"start": "from", "end": "to"}):
    """How often people changed what is like one item: from `n` audits, with an interval that holds in 95 of 100 cases.

    `among` is label, the answers with the same label, or band, all answers; of confidences from `start` up to `end`.
    Shares are decimals as text.
    """

    n: int
    share: str
    low: str
    high: str
    among: str
    start: str
    end: str


@dataclass(frozen=True, slots=True)
class _Weighed:
    n: int
    effective: float
    share: float


def band_of(confidence: Decimal) -> int:
    """Give the place of a confidence among the bands."""
    return bisect_right(EDGES, confidence)


def edges_of(band: int) -> tuple[str, str]:
    """Give where a band begins and ends."""
    edges = ["0", *(str(edge) for edge in EDGES), "1"]
    return edges[band], edges[band + 1]


def changed_of(sheet: Sheet, label: str, confidence: Decimal) -> Changed | None:
    """Give how often people changed answers like one with this label and confidence; None while that is not known."""
    band = band_of(confidence)
    near = [cell for cell in sheet.cells if cell[1] == band]
    same = [cell for cell in near if cell[0] == label] if label else []
    for among, cells in (("label", same), ("band", near)):
        found = _weighed(cells)
        if found is not None and found.effective >= ENOUGH:
            low, high = wilson(found.share, found.effective)
            start, end = edges_of(band)
            return Changed(found.n, _text(found.share), _text(low), _text(high), among, start, end)
    return None


def _weighed(cells: Iterable[Cell]) -> _Weighed | None:
    """Weigh audits by one over their rate, and say how many of one rate would tell as much.

    The effective number is Kish's (1965, Survey Sampling, 11.7): the square of the sum of weights over the sum of their
    squares. With one rate it is the number of audits.
    """
    weighed = [(float(1 / Decimal(pi)), n, changed) for _label, _band, pi, n, changed in cells]
    total = sum(weight * n for weight, n, _changed in weighed)
    if not total:
        return None
    share = sum(weight * changed for weight, _n, changed in weighed) / total
    squares = sum(weight * weight * n for weight, n, _changed in weighed)
    return _Weighed(sum(n for _weight, n, _changed in weighed), total * total / squares, share)


def wilson(share: float, n: float, level: float = 0.95) -> tuple[float, float]:
    """Give the score interval of a share seen in n cases, more than 0.

    Wilson 1927, Probable inference, the law of succession, and statistical inference, JASA 22: 209-212; without a
    correction for continuity, as method 3 of Newcombe 1998, Two-sided confidence intervals for the single proportion,
    Statistics in Medicine 17: 857-872. It holds for small shares and for none, where a normal one does not.
    """
    z = NormalDist().inv_cdf(1 - (1 - level) / 2)
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return max(0.0, middle - half), min(1.0, middle + half)


def _text(share: float) -> str:
    return format(round(Decimal(share), 4).normalize(), "f")


def sheet_of(body: bytes) -> Sheet:
    """Read what was counted."""
    return msgspec.json.decode(body, type=Sheet)


def changed_as_told(share: Changed | None) -> dict[str, Any] | None:
    """Give a share as a presentation keeps it."""
    return None if share is None else dict(msgspec.to_builtins(share))


def read_changed(told: dict[str, Any] | None) -> Changed | None:
    """Read a share back from a presentation."""
    return None if told is None else msgspec.convert(told, Changed)
