"""What a condition must satisfy: a known field, an operator it takes, and a value it can be compared with."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from .fields import Field, Kind, field_named
from .numbers import decimal
from .shape import Condition
from .wire import Problem

EQUALITY = ("=", "!=", "in", "not_in", "exists")
ORDERING = ("<", "<=", ">", ">=")
OPERATORS = ("=", "!=", *ORDERING, "in", "not_in", "contains", "exists")
MOST_CONDITIONS, MOST_VALUES, LONGEST_VALUE = 50, 1000, 200

TAKES: dict[Kind, tuple[str, ...]] = {
    "number": ("=", "!=", *ORDERING, "in", "not_in", "exists"),
    "text": (*EQUALITY, "contains"),
    "impact": EQUALITY,
    "any": OPERATORS,
}


def conditions_problems(conditions: Sequence[Condition], path: str) -> Iterator[Problem]:
    """Find what keeps conditions from being compared with any item."""
    if len(conditions) > MOST_CONDITIONS:
        yield path, _("A rule takes at most %(n)d conditions.") % {"n": MOST_CONDITIONS}
    for place, condition in enumerate(conditions):
        yield from _condition(condition, f"{path}[{place}]")


def _condition(condition: Condition, path: str) -> Iterator[Problem]:
    place = field_named(condition.field)
    if place is None:
        yield (
            f"{path}.field",
            _(
                "There is no field %(field)s; known are confidence, impact, cost, units, model.name, model.version, "
                "and what follows segments., prediction., scores. or data."
            )
            % {"field": repr(condition.field)},
        )
    if condition.op not in OPERATORS:
        yield f"{path}.op", _("Choose one of: %(known)s.") % {"known": " ".join(OPERATORS)}
    elif place is not None and condition.op not in TAKES[place.kind]:
        named = {"field": condition.field, "known": " ".join(TAKES[place.kind])}
        yield f"{path}.op", _("The field %(field)s takes only: %(known)s.") % named
    elif place is not None:
        yield from _value(condition, place, f"{path}.value")


def _value(condition: Condition, place: Field, path: str) -> Iterator[Problem]:
    value = condition.value
    if value is None or value == () or value == "":
        yield path, _("This is required.")
    elif condition.op in ("in", "not_in") and not isinstance(value, tuple):
        yield path, _("The operator %(op)s takes a list.") % {"op": condition.op}
    elif condition.op not in ("in", "not_in") and isinstance(value, tuple):
        said = _("The operator %(op)s takes one value; a list goes with in and not_in.") % {"op": condition.op}
        yield path, said
    elif isinstance(value, tuple):
        if len(value) > MOST_VALUES:
            yield path, _("A list holds at most %(n)d values.") % {"n": MOST_VALUES}
        for number, text in enumerate(value):
            yield from _text(condition.op, text, place, f"{path}[{number}]")
    else:
        yield from _text(condition.op, value, place, path)


def _text(op: str, text: str, place: Field, path: str) -> Iterator[Problem]:
    if len(text) > LONGEST_VALUE:
        yield path, _("A value is at most %(n)d characters long.") % {"n": LONGEST_VALUE}
    elif op == "exists":
        if text not in ("true", "false"):
            yield path, _("The operator exists takes true or false.")
    elif place.kind == "impact":
        if text not in ("normal", "high"):
            yield path, _("Impact is normal or high.")
    elif place.kind == "number" or op in ORDERING:
        yield from _numeric(text, place, path)


def _numeric(text: str, place: Field, path: str) -> Iterator[Problem]:
    number = decimal(text)
    if number is None:
        yield path, _("Write a number, as in 0.60.")
    elif place.root in ("confidence", "scores") and place.fold != "count" and not 0 <= number <= 1:
        named = _("Confidence lies from 0 to 1.") if place.root == "confidence" else _("A score lies from 0 to 1.")
        yield path, named
