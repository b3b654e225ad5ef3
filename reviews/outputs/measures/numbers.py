"""Numbers of outputs, exactly: the decimals of their shortest text, brought to whole numbers."""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction


def decimal(number: int | float) -> Decimal:
    """Give the decimal of a number's shortest text: 0.1 is 0.1."""
    return Decimal(repr(number)) if isinstance(number, float) else Decimal(number)


def places(numbers: Iterable[int | float]) -> int:
    """Count the decimal places that the longest of these numbers has, 0 where all are whole."""
    return max((-int(decimal(one).as_tuple().exponent) for one in numbers), default=0) if numbers else 0


def whole(number: int | float, shift: int) -> int:
    """Give a number times ten to the power of `shift`, which leaves it whole."""
    sign, digits, exponent = decimal(number).as_tuple()
    size: int = int("".join(map(str, digits))) * 10 ** max(int(exponent) + shift, 0)
    return -size if sign else size


def f1(matched: int, one: int, other: int) -> Fraction:
    """Give the F1 of `matched` pairs among so many elements on each side; 1 where there are none at all.

    Source: van Rijsbergen, Information Retrieval (1979): 2TP / (2TP + FP + FN), which is the same from either side.
    """
    return Fraction(2 * matched, one + other) if one + other else Fraction(1)
