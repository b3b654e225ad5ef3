"""RFC 8785 bytes, fast: C writes them wherever its text is the one that RFC 8785 asks for."""

from decimal import Decimal
from typing import Any

import msgspec

from audit.errors import NotCanonical

LARGEST_EXACT = 2**53
_sorted = msgspec.json.Encoder(order="sorted").encode
_as_it_stands = msgspec.json.Encoder().encode


def plain_bytes(value: Any) -> bytes:
    """Give the RFC 8785 bytes of a value with ASCII keys and integers and floats that `is_plain`: unchecked."""
    return _sorted(value)


def has_ascii_keys(value: Any) -> bool:
    """Tell whether the keys sort alike by code point and by UTF-16, being ASCII."""
    if isinstance(value, dict):
        return all(map(str.isascii, value)) and all(map(has_ascii_keys, value.values()))
    return not isinstance(value, list) or all(map(has_ascii_keys, value))


def holds(number: int) -> bool:
    """Tell whether the shortest text of its double gives this integer back."""
    try:
        return -LARGEST_EXACT < number < LARGEST_EXACT or Decimal(repr(float(number))) == number
    except OverflowError:
        return False


def is_plain(number: float) -> bool:
    """Tell whether C writes this float, which is no whole number, as RFC 8785 does."""
    return 1e-4 <= abs(number) < LARGEST_EXACT


def canonical(value: Any) -> bytes:
    """Give the RFC 8785 bytes of any JSON value, the same as `audit.reads.canonical` gives where it gives any.

    An integer of 2^53 and more is taken where its double gives it back: so read other readers what was a float here.

    Raises:
        NotCanonical: a lone surrogate, a key that is no string, NaN, infinity, any other large integer, no JSON.
    """
    try:
        return _as_it_stands(_arranged(value))
    except (UnicodeError, TypeError, ValueError, RecursionError) as problem:
        raise NotCanonical(f"This value has no exact JSON form: {problem}.") from problem


def _arranged(value: Any) -> Any:
    """Put keys in UTF-16 order and numbers in the text of RFC 8785."""
    if isinstance(value, dict):
        return {key: _arranged(value[key]) for key in sorted(value, key=_utf16)}
    if isinstance(value, list | tuple):
        return [_arranged(part) for part in value]
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, float):
        return value if is_plain(value) and not value.is_integer() else msgspec.Raw(_number(value))
    if isinstance(value, int) and holds(value):
        return value if -LARGEST_EXACT < value < LARGEST_EXACT else msgspec.Raw(_number(float(value)))
    raise ValueError(f"{type(value).__name__} out of range")


def _utf16(key: object) -> bytes:
    if not isinstance(key, str):
        raise TypeError("a key is no string")
    return key.encode("utf-16-be")


def _number(number: float) -> bytes:
    """Write a double as ECMAScript's Number::toString does (RFC 8785 section 3.2.2.3)."""
    if number == 0:
        return b"0"
    sign, parts, exponent = Decimal(repr(number)).as_tuple()
    if not isinstance(exponent, int):
        raise ValueError("NaN or infinity")
    padded = "".join(map(str, parts))
    digits = padded.rstrip("0")
    point = len(padded) + exponent  # where the point stands, counted from the first digit
    return (("-" if sign else "") + _positioned(digits, point)).encode()


def _positioned(digits: str, point: int) -> str:
    if 0 < point <= 21:
        whole, rest = digits[:point].ljust(point, "0"), digits[point:]
        return f"{whole}.{rest}" if rest else whole
    if -6 < point <= 0:
        return f"0.{'0' * -point}{digits}"
    fraction = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{digits[0]}{fraction}e{point - 1:+d}"
