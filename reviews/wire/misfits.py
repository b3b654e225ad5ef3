"""Why a value does not have its shape: every place, in words that the sender can act on."""

from collections.abc import Iterator
from typing import Any, get_type_hints

import msgspec

from reviews.wire.exact import joined

MOST = 20


def misfits(value: Any, shape: type[msgspec.Struct], words: dict[str, str]) -> list[tuple[str, str]]:
    """Name every key of `value` that keeps it from being a `shape`: (path, message), at most MOST of them.

    Empty only if the value fits. `words` has a sentence for each key that can be wrong.
    """
    if not isinstance(value, dict):
        return [("", "This has to be a JSON object.")]
    types = get_type_hints(shape, include_extras=True)
    found = [(joined("", key), "There is no such key.") for key in value if key not in types]
    found += [(key, "This key is required.") for key in shape.__struct_fields__ if _is_required(shape, key, value)]
    for key, kind in types.items():
        if key in value and not _fits(value[key], kind):
            found += ((path, words[key]) for path in _places(key, value[key], kind))
    return found[:MOST]


def _is_required(shape: type[msgspec.Struct], key: str, value: dict[str, Any]) -> bool:
    fields = shape.__struct_fields__
    return key not in value and fields.index(key) < len(fields) - len(shape.__struct_defaults__)


def _places(key: str, value: Any, kind: Any) -> Iterator[str]:
    """Give the paths of the entries of an object that do not fit, or of the key itself where it is the key's fault."""
    entries = value.items() if isinstance(value, dict) else ()
    wrong = [joined(key, name) for name, part in entries if not _fits({name: part}, kind)]
    missed = _fits({}, kind)  # a type whose keys are fixed is wrong as a whole
    yield from wrong if wrong and missed else [key]


def _fits(value: Any, kind: Any) -> bool:
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError:
        return False
    return True
