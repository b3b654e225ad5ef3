"""From what was sent to a document of the right shape: strict JSON, numbers as text, unknown keys refused."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from .numbers import shortest, survives
from .shape import Rights

Problem = tuple[str, str]
LARGEST = 1 << 20

_AS_TEXT = {
    *("value", "audit_rate", "second_share", "agree_at", "match_at", "gold_rate", "catch_rate"),
    *("blind_rate", "evaluation_rate", "fresh_rate", "over"),
}
_KINDS = {
    "str": gettext_noop("a text"),
    "int": gettext_noop("a whole number"),
    "array": gettext_noop("a list"),
    "object": gettext_noop("an object"),
    "bool": gettext_noop("true or false"),
    "str | array | null": gettext_noop("a text or a list of texts"),
    "null": "null",
}


class Unreadable(Exception):  # noqa: N818 - carries problems from the JSON reader to `read`
    """What was sent is no such document; `problems` are (path, sentence) pairs."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__(problems)


def shaped(sent: bytes | Mapping[str, Any]) -> Rights:
    """Read the shape, not yet the sense, of a document.

    Numbers in values and rates become their shortest text. `high_impact`, arms and verdicts are not filled in yet.

    Raises:
        Unreadable: no JSON object, a number without an exact double, a broken text, an unknown or a missing key, or a
            value of the wrong kind.
    """
    tree = _parsed(sent) if isinstance(sent, bytes) else sent
    if not isinstance(tree, Mapping):
        raise Unreadable([("", _("Decision rights are one JSON object."))])
    problems: list[Problem] = []
    try:
        plain = _plain(tree, "", "", problems)
        if problems:
            raise Unreadable(problems)
        return msgspec.convert(plain, Rights)
    except msgspec.ValidationError as problem:
        raise Unreadable([_translated(str(problem))]) from problem
    except RecursionError as problem:
        raise Unreadable([("", _("Decision rights are not nested this deep."))]) from problem


def _parsed(sent: bytes) -> Any:
    if len(sent) > LARGEST:
        raise Unreadable([("", _("Decision rights take at most 1 MiB."))])
    try:
        return json.loads(
            sent.decode(), parse_float=Decimal, parse_constant=_no_constant, object_pairs_hook=_without_doubles
        )
    except (ValueError, RecursionError, InvalidOperation) as problem:
        raise Unreadable([("", _("This is no JSON document: %(why)s.") % {"why": problem})]) from problem


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    whole = dict(pairs)
    if len(whole) != len(pairs):
        key = Counter(key for key, _ in pairs).most_common(1)[0][0]
        raise ValueError(f"the key {key!r} stands twice in one object")
    return whole


def _plain(value: Any, path: str, key: str, problems: list[Problem]) -> Any:
    """Copy a JSON value with every number in its final form, and note what cannot be kept exactly."""
    if isinstance(value, Mapping):
        return {name: _plain(part, _below(path, name), name, problems) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part, f"{path}[{place}]", key, problems) for place, part in enumerate(value)]
    if isinstance(value, bool):
        return ("true" if value else "false") if key == "value" else value
    if isinstance(value, int | float | Decimal):
        return _number(value, path, key, problems)
    if isinstance(value, str) and not value.isascii():
        problems.extend(_broken(value, path))
    return value


def _number(value: int | float | Decimal, path: str, key: str, problems: list[Problem]) -> Any:
    if not survives(value):
        problems.append((path, _("This number cannot be kept exactly; write it as text.")))
        return value
    if key in _AS_TEXT:
        return shortest(value)
    return int(value) if value == int(value) else float(value)


def _below(path: str, name: object) -> str:
    return f"{path}.{name}" if path else str(name)


def _broken(text: str, path: str) -> Iterator[Problem]:
    try:
        text.encode()
    except UnicodeEncodeError:
        yield path, _("This text holds half a character (a lone surrogate); type it again.")


def _translated(message: str) -> Problem:
    """Turn a message of msgspec into a path and a sentence."""
    fact, _at, place = message.partition(" - at ")
    path = place.strip("`").removeprefix("$").removeprefix(".")
    if missing := re.fullmatch(r"Object missing required field `(.+)`", fact):
        return _below(path, missing[1]), _("This is required.")
    if unknown := re.fullmatch(r"Object contains unknown field `(.+)`", fact, re.DOTALL):
        return _below(path, unknown[1]), _("This key is not known here; leave it out.")
    if kinds := re.fullmatch(r"Expected `(.+)`, got `(.+)`", fact):
        wanted = kinds[1].removesuffix(" | null")
        kind = _KINDS.get(kinds[1]) or _KINDS.get(wanted, wanted)
        return path, _("Here belongs %(kind)s.") % {"kind": _(kind)}
    return path, f"{fact}."
