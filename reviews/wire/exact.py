"""JSON texts read exactly: what other readers lose in silence (numbers, keys that stand twice) is seen here and named.

A value comes out as its RFC 8785 bytes would read back: whole numbers below 2^53 are ints, however they were written.
"""

import json
import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from itertools import accumulate, islice
from typing import Any

import msgspec

from reviews.errors import BadBody
from reviews.wire.canonical import LARGEST_EXACT, canonical, has_ascii_keys, holds, is_plain, plain_bytes

DEEPEST = 64
DEEPEST_BODY = 256  # of a whole body, so that no reader recurses without end; each item is held to DEEPEST
LONGEST_STRING = 100_000
MOST_FLAWS = 20
TWICE = "This key stands twice."
TOO_DEEP = f"This nests deeper than {DEEPEST} levels."

_blank = re.compile(r"[ \t\n\r]*")
_not_structure = bytes(set(range(256)) - set(b'"[]{}'))
_not_bracket = bytes(set(range(256)) - set(b"[]{}"))
_step = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}


class Reading(msgspec.Struct, frozen=True):
    """One JSON value: `body` its RFC 8785 bytes, empty where `flaws` [(path, message)] says what cannot be kept.

    `broken` tells that a flaw is of the text itself (a key that stands twice, nesting), not of a value in it.
    """

    value: Any
    body: bytes
    flaws: list[tuple[str, str]]
    broken: bool = False


class Inexact:
    """Stands where a number stood that a double does not hold."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text[:40]


class Twice:
    """Stands where an object stood that has a key twice."""

    __slots__ = ("key", "members")

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        self.members = dict(pairs)
        left = [key for key, _ in pairs]
        for key in self.members:
            left.remove(key)
        self.key = left[0]


class Reader:
    """Reads texts one after another; not to be shared by threads."""

    def __init__(self) -> None:
        self._flawed = self._odd = False
        self._scan = json.JSONDecoder(
            object_pairs_hook=self._object,
            parse_float=self._number,
            parse_int=self._integer,
            parse_constant=self._constant,
        ).raw_decode

    def read(self, text: str) -> Reading:
        """Read a whole text.

        Raises:
            BadBody: it is no JSON, or nests beyond all reason.
        """
        hold_nesting(text)
        reading, end = self.read_at(text, skip_blank(text, 0))
        if skip_blank(text, end) != len(text):
            raise BadBody(f"This is no JSON: something follows the value at character {end}.")
        return reading

    def read_at(self, text: str, start: int) -> tuple[Reading, int]:
        """Read the value that begins at `start`, and tell where it ends; the caller has held the nesting.

        Raises:
            BadBody: it is no JSON.
        """
        self._flawed = self._odd = False
        try:
            value, end = self._scan(text, start)
        except json.JSONDecodeError as problem:
            raise BadBody(f"This is no JSON at character {problem.pos}: {problem.msg}.") from None
        piece = text if end - start == len(text) else text[start:end]
        if self._flawed or len(piece) > LONGEST_STRING or piece.count("[") + piece.count("{") > DEEPEST:
            return self._inspected(value), end
        if self._odd or not ((piece.isascii() and "\\u" not in piece) or has_ascii_keys(value)):
            return self._inspected(value), end
        try:
            body = plain_bytes(value)
        except UnicodeEncodeError:
            return self._inspected(value), end
        return Reading(value, body, []) if b"\\u0000" not in body else self._inspected(value), end

    def _inspected(self, value: Any) -> Reading:
        """Look at every part of a value that is out of the common."""
        flaws = list(islice(flaws_in(value), MOST_FLAWS))
        if flaws:
            return Reading(value, b"", flaws, any(message in (TWICE, TOO_DEEP) for _, message in flaws))
        return Reading(value, canonical(value), [])

    def _object(self, pairs: list[tuple[str, Any]]) -> Any:
        members = dict(pairs)
        if len(members) == len(pairs):
            return members
        self._flawed = True
        return Twice(pairs)

    def _integer(self, text: str) -> Any:
        return int(text) if len(text) < 16 else self._number(text)

    def _number(self, text: str) -> Any:
        number = float(text)
        if repr(number) != text and not _same_decimal(text, repr(number)):
            return self._constant(text)
        if number.is_integer():
            if -LARGEST_EXACT < number < LARGEST_EXACT:
                return int(number)
            self._odd = True
        elif not is_plain(number):
            self._odd = True
        return number

    def _constant(self, text: str) -> Inexact:
        self._flawed = True
        return Inexact(text)


def text_of(body: bytes) -> str:
    """Decode a body.

    Raises:
        BadBody: it is not UTF-8.
    """
    try:
        return body.decode()
    except UnicodeDecodeError as problem:
        raise BadBody(f"This is not UTF-8 at byte {problem.start}.") from None


def skip_blank(text: str, start: int) -> int:
    """Give the place of the next character that is no JSON white space."""
    found = _blank.match(text, start)
    return found.end() if found else start


def hold_nesting(text: str) -> None:
    """Refuse what a recursive reader could not read, before any reads it.

    Raises:
        BadBody: deeper than DEEPEST_BODY.
    """
    if text.count("[") + text.count("{") > DEEPEST_BODY and nesting(text.encode()) > DEEPEST_BODY:
        raise BadBody(TOO_DEEP)


def nesting(body: bytes) -> int:
    """Count the levels of a JSON text without reading it; exact up to the first character that is no JSON."""
    unescaped = body.replace(b"\\\\", b"").replace(b'\\"', b"")
    structure = unescaped.translate(None, _not_structure).replace(
        b'""', b""
    )  # an even number of quotes changes nothing
    outside = b"".join(structure.split(b'"')[::2]).translate(None, _not_bracket)
    return max(accumulate(map(_step.__getitem__, outside)), default=0)


def flaws_in(value: Any, path: str = "", level: int = 0) -> Iterator[tuple[str, str]]:
    """Name what cannot be kept: (path, message), a path being keys and positions from the top, joined by points."""
    if isinstance(value, Twice):
        yield joined(path, value.key), TWICE
        value = value.members
    if isinstance(value, dict | list) and level >= DEEPEST:
        yield path, TOO_DEEP
    elif isinstance(value, dict):
        for key, part in value.items():
            here = joined(path, key)
            yield from ((here, f"The key cannot be kept: {flaw}") for flaw in flaws_of_text(key))
            yield from flaws_in(part, here, level + 1)
    elif isinstance(value, list):
        for place, part in enumerate(value):
            yield from flaws_in(part, joined(path, str(place)), level + 1)
    else:
        yield from ((path, flaw) for flaw in _flaws_of_leaf(value))


def _flaws_of_leaf(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield from flaws_of_text(value)
    elif isinstance(value, Inexact):
        yield f"The number {value.text} cannot be kept exactly; send it as text."
    elif isinstance(value, float) and value - value != 0:
        yield "This is no finite number."
    elif isinstance(value, int) and not holds(value):
        yield "This integer cannot be kept exactly; send it as text."


def flaws_of_text(text: str) -> Iterator[str]:
    """Name what no database or JSON text can hold in this string."""
    if "\0" in text:
        yield "A NUL character cannot be kept."
    if len(text) > LONGEST_STRING:
        yield f"A string has at most {LONGEST_STRING:,} characters."
    try:
        text.encode()
    except UnicodeEncodeError:
        yield "A lone surrogate is no character."


def joined(path: str, key: str) -> str:
    """Append a key to a path that can be shown: no lone surrogates or NUL, at most 64 characters of a key."""
    shown = key[:64].encode(errors="replace").decode().replace("\0", "?")
    return f"{path}.{shown}" if path else shown


def _same_decimal(text: str, shortest: str) -> bool:
    try:
        return Decimal(text) == Decimal(shortest)
    except InvalidOperation:
        return False
