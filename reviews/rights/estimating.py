"""How many errors there were where only some items were looked at, each drawn by chance at a known rate.

The estimate weighs each error found by one over the rate at which its item was drawn (Horvitz and Thompson 1952, A
generalization of sampling without replacement from a finite universe, JASA 47: 663-685), which is unbiased whatever the
rates were. The interval is that of Fay and Feuer (1997, Confidence intervals for directly standardized rates: a method
based on the gamma distribution, Statistics in Medicine 16: 791-801) for a weighted sum of counts: it holds for few
errors and for none, where a normal one does not. Draws vary less than the Poisson counts it is made for, so it covers
the truth at least as often as it says. What was drawn at rate 1 is known and adds nothing to its width.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

HALVINGS = 200
MOST_TERMS = 100_000
"""Doubles are exhausted well before either."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """How many errors there were in all, with an interval that covers the truth in `level` of all cases or more."""

    total: float
    low: float
    high: float


def estimate(found: Iterable[tuple[Decimal, int, int]], level: float = 0.95) -> Estimate | None:
    """Estimate the errors among all items from those drawn; None where nothing was drawn.

    Args:
        found: (pi, looked at, errors among them) for each rate pi, more than 0 and at most 1.
        level: how often the interval is to cover the truth.
    """
    rows = [(1 / float(pi), pi, looked, errors) for pi, looked, errors in found if looked]
    if not rows:
        return None
    sure = sum(errors for _weight, pi, _looked, errors in rows if pi == 1)
    drawn = [(weight, errors) for weight, pi, _looked, errors in rows if pi != 1]
    low, high = weighted_interval(drawn, level)
    return Estimate(sure + sum(weight * errors for weight, errors in drawn), sure + low, sure + high)


def weighted_interval(counts: list[tuple[float, int]], level: float = 0.95) -> tuple[float, float]:
    """Give Fay and Feuer's interval for a sum of (weight, count); (0, 0) where there are none."""
    if not counts:
        return 0.0, 0.0
    y = sum(weight * count for weight, count in counts)
    v = sum(weight * weight * count for weight, count in counts)
    most = max(weight for weight, _count in counts)
    tail = (1 - level) / 2
    low = gamma_quantile(tail, y * y / v) * v / y if y else 0.0
    above, spread = y + most, v + most * most
    return low, gamma_quantile(1 - tail, above * above / spread) * spread / above


def gamma_quantile(share: float, shape: float) -> float:
    """Give the value below which this share of a gamma distribution of scale 1 lies."""
    low, high = 0.0, shape + 1.0
    while gamma_share(high, shape) < share:
        high *= 2
    for _step in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if gamma_share(middle, shape) < share else (low, middle)
    return (low + high) / 2


def gamma_share(x: float, shape: float) -> float:
    """Give the share of a gamma distribution of scale 1 below x: the regularised incomplete gamma function.

    By its series below shape + 1, by its continued fraction above (Abramowitz and Stegun 1964, 6.5.29 and 6.5.31).
    """
    if x <= 0:
        return 0.0
    front = math.exp(shape * math.log(x) - x - math.lgamma(shape))
    return front * _series(x, shape) if x < shape + 1 else 1 - front * _fraction(x, shape)


def _series(x: float, shape: float) -> float:
    term = total = 1 / shape
    step = shape
    for _term in range(MOST_TERMS):
        step += 1
        term *= x / step
        total += term
        if term < total * 1e-17:
            break
    return total


def _fraction(x: float, shape: float) -> float:
    """Read the continued fraction from its end by Lentz's method."""
    b = x + 1 - shape
    c, d = 1e300, 1 / b
    found = d
    for step in range(1, MOST_TERMS):
        a = step * (shape - step)
        b += 2
        d = 1 / (a * d + b)
        c = b + a / c
        found *= d * c
        if abs(d * c - 1) < 1e-15:
            break
    return found
