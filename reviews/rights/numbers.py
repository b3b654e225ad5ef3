"""Numbers, rates and durations as the decision rights write them: exact, as text."""

import re
from datetime import timedelta
from decimal import Decimal
from functools import lru_cache

from django.utils.translation import gettext as _

LONGEST = timedelta(days=400)

_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]{0,29})(?:\.[0-9]{1,30})?")
_DURATION = re.compile(
    r"P(?=[0-9T])(?:(?P<days>[0-9]{1,3})D)?"
    r"(?:T(?=[0-9])(?:(?P<hours>[0-9]{1,5})H)?(?:(?P<minutes>[0-9]{1,7})M)?(?:(?P<seconds>[0-9]{1,9})S)?)?"
)


@lru_cache(maxsize=4096)
def decimal(text: str) -> Decimal | None:
    """Read a decimal text such as "0.60" or "-12"; None when it is none (no exponents, no leading zeros)."""
    return Decimal(text) if _DECIMAL.fullmatch(text) else None


def exact(number: int | float | Decimal) -> Decimal:
    """Give the decimal value of a number: for a double, that of its shortest text (0.7 is 0.7)."""
    return Decimal(repr(number)) if isinstance(number, float) else Decimal(number)


def shortest(number: int | float | Decimal) -> str:
    """Write a finite number as the shortest decimal text without an exponent: 0.70 gives "0.7", 3.0 gives "3"."""
    text = format(exact(number), "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def survives(number: int | float | Decimal) -> bool:
    """Tell whether the shortest text of the number's double gives its value back (2^53 + 1 and 1e400 do not)."""
    try:
        double = float(number)
    except OverflowError:
        return False
    value = exact(number)
    return value.is_finite() and Decimal(repr(double)) == value


def rate(text: str) -> Decimal | None:
    """Read a rate: a decimal from 0 to 1, None when it is none."""
    value = decimal(text)
    return value if value is not None and 0 <= value <= 1 else None


@lru_cache(maxsize=256)
def duration(text: str) -> timedelta:
    """Read an ISO 8601 duration of days, hours, minutes and whole seconds: "PT15M", "P2D", "P1DT12H".

    Returns:
        More than zero and at most 400 days.

    Raises:
        ValueError: the text is no such duration; its message is a sentence.
    """
    found = _DURATION.fullmatch(text)
    if found is None:
        raise ValueError(_("Write a duration as in PT15M, PT4H or P2D."))
    length = timedelta(**{unit: int(count) for unit, count in found.groupdict(default="0").items()})
    if not timedelta(0) < length <= LONGEST:
        raise ValueError(_("A duration is more than zero and at most 400 days."))
    return length
