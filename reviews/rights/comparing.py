"""One condition against one item.

- Numbers compare as the decimals of their shortest text: 0.7 is 0.70 is "0.7".
- Over arrays any element counts, for `!=` and `not_in` too: one element that differs is enough.
- A condition on an absent field is false, `!=` and `not_in` included. `exists` alone asks for absence: with the value
  "false" it holds when the field is absent. Null is absent.
- What the item holds says how to compare. A number asks for a number in the rule, a truth value for "true" or "false",
  a text is compared as text and has no order; a whole object compares with nothing. Anything else is a mismatch, and
  one element that mismatches is enough for one
  (hence `True in [...]` below and no `any(...)`: a mismatch must not hide behind a match).
- `contains`: a text contains a part of it; an array contains an element equal to the value.
- `min:` and `max:` fold the numbers found to one, `count:` counts elements (0 for an empty array).
"""

import json
import operator
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from .fields import Field, Subject, field_named, flat, values_at
from .numbers import decimal, exact, shortest
from .shape import Condition

SEEN_LENGTH = 200
_SEEN_VALUES = 50

ORDER: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class Mismatch(Exception):  # noqa: N818 - a fact about one value, turned into a hold by routing
    """What the item holds cannot be compared with what the rule asks."""


def compare(subject: Subject, condition: Condition) -> tuple[bool | None, str | None]:
    """Tell whether a condition holds, None for a mismatch, and what was seen, None when absent.

    What was seen is text of at most 200 characters: a text as it is, a number in shortest form, all else as JSON.
    """
    place = field_named(condition.field)
    if place is None:
        raise ValueError(f"no such field: {condition.field}")
    found = values_at(subject, place)
    if condition.op == "exists":
        return (found is not None and found != []) == (condition.value == "true"), _seen(found)
    try:
        folded = _folded(found, place)
        return bool(folded) and True in [_holds(condition, value) for value in folded or ()], _seen(folded)
    except Mismatch:
        return None, _seen(found)


def _folded(found: list[Any] | None, place: Field) -> list[Any] | None:
    if found is None or not place.fold:
        return found
    if place.fold == "count":
        return [sum(len(value) if isinstance(value, list | tuple) else 1 for value in found)]
    numbers = [_number(value) for value in flat(found)]
    if not numbers:
        return None
    return [min(numbers) if place.fold == "min" else max(numbers)]


def _holds(condition: Condition, value: Any) -> bool:
    wanted = condition.value if isinstance(condition.value, tuple) else (condition.value or "",)
    if condition.op == "contains":
        return _contains(value, wanted[0])
    return True in [_element_holds(condition.op, wanted, element) for element in flat([value])]


def _element_holds(op: str, wanted: tuple[str, ...], element: Any) -> bool:
    if op in ORDER:
        return ORDER[op](_number(element), _decimal(wanted[0]))
    equal = True in [_equal(element, text) for text in wanted]
    return equal if op in ("=", "in") else not equal


def _contains(value: Any, text: str) -> bool:
    if isinstance(value, str):
        return text in value
    if isinstance(value, list | tuple):
        return True in [_equal(element, text) for element in value if element is not None]
    raise Mismatch


def _equal(value: Any, text: str) -> bool:
    if isinstance(value, str):
        return value == text
    if isinstance(value, bool):
        if text not in ("true", "false"):
            raise Mismatch
        return value == (text == "true")
    return _number(value) == _decimal(text)


def _number(value: Any) -> Decimal:
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return exact(value)
    raise Mismatch


def _decimal(text: str) -> Decimal:
    value = decimal(text)
    if value is None:
        raise Mismatch
    return value


def _seen(found: list[Any] | None) -> str | None:
    if not found:
        return None
    shown = found[:_SEEN_VALUES]
    text = _text(shown[0] if len(found) == 1 else shown)
    return text if len(text) <= SEEN_LENGTH else text[: SEEN_LENGTH - 1] + "…"


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return shortest(value)
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_plain)


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, Mapping):
        return dict(value)
    return str(value)
