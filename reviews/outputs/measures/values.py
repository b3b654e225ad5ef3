"""Values that people read or fill in: the same where they say the same, however they are written."""

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from reviews.outputs.measures.numbers import decimal

_number = re.compile(r"-?(?:0|[1-9][0-9]{0,29})(?:\.[0-9]{1,30})?")
_year_first = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})")
_day_first = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})")
Parts = Mapping[str, Any]


def agree(one: Parts, other: Parts, names: Sequence[str] = ()) -> Fraction:
    """Give the share of names whose values say the same; 1 where there are no names.

    Args:
        one: values by name, as `normal` gives them.
        other: the same of the other answer.
        names: those that count; without any, all that one of the two has. A value that both leave out is the same.
    """
    counted = names or sorted({*one, *other})
    missing = object()
    same = sum(one.get(name, missing) == other.get(name, missing) for name in counted)
    return Fraction(same, len(counted)) if counted else Fraction(1)


def fields(elements: Sequence[dict[str, Any]]) -> Parts:
    """Give the values of fields by name, the second of a name as `name 2`; where they stand on the page is left out."""
    found: dict[str, Any] = {}
    times: dict[str, int] = {}
    for element in elements:
        name = element["name"]
        times[name] = times.get(name, 0) + 1
        found[f"{name} {times[name]}"] = normal(element["value"])
    return found


def members(output: Mapping[str, Any]) -> Parts:
    """Give the members of a form by name."""
    return {name: normal(value) for name, value in output.items()}


def normal(value: Any) -> Any:
    """Bring a JSON value to what it says, to be compared with ==.

    Text: Unicode NFC, trimmed, spaces made one, case folded; text that is a plain decimal is that number (007 is not),
    and a date is that day where it can be read in one way: 2026-11-23, 2026/11/23, 23.11.2026.
    """
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, bool) or value is None:
        return ("fixed", value)
    if isinstance(value, int | float):
        return ("number", Fraction(decimal(value)))
    if isinstance(value, Mapping):
        return ("object", {name: normal(part) for name, part in value.items()})
    return ("list", [normal(part) for part in value])


def _text(value: str) -> Any:
    text = " ".join(unicodedata.normalize("NFC", value).split())
    if _number.fullmatch(text):
        return ("number", Fraction(text))
    day = _day(text)
    return ("date", day) if day else ("text", unicodedata.normalize("NFC", text.casefold()))


def _day(text: str) -> dt.date | None:
    first, last = _year_first.fullmatch(text), _day_first.fullmatch(text)
    parts = first.groups() if first else last.groups()[::-1] if last else None
    try:
        return dt.date(*map(int, parts)) if parts else None
    except ValueError:
        return None
