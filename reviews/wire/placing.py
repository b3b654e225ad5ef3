"""Where a part of a JSON text stands, so that a person finds the fault that a path names."""

import json

from reviews.wire.exact import skip_blank

_decode = json.JSONDecoder().raw_decode


def line_of(text: str, path: str) -> int:
    """Give the line, from 1, at which `boxes.0.x` begins in a JSON text; of what is not there, that of its whole."""
    at = skip_blank(text, 0)
    for key in path.split(".") if path else ():
        found = _member(text, at, key)
        if found is None:
            break
        at = found
    return text.count("\n", 0, at) + 1


def _member(text: str, at: int, key: str) -> int | None:
    """Give where a member of the object or list at `at` begins; None where there is none of that name."""
    opening = text[at : at + 1]
    if opening not in ("{", "["):
        return None
    place, at = 0, skip_blank(text, at + 1)
    while text[at : at + 1] not in ("]", "}", ""):
        name = str(place)
        if opening == "{":
            name, at = _decode(text, at)
            at = skip_blank(text, skip_blank(text, at) + 1)
        if name == key:
            return at
        _value, at = _decode(text, at)
        at = skip_blank(text, at)
        if text[at : at + 1] == ",":
            at = skip_blank(text, at + 1)
        place += 1
    return None
