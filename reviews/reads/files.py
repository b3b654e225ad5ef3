"""Files taken out of what was sent, each named by its place; what is left names them where they stood."""

import re
from dataclasses import dataclass
from typing import Any

NAMES = re.compile(r"sha256:[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as its frame names it: SHA-256 in hex, and its place in what was sent: Images 1."""

    sha256: str
    name: str


def is_file(value: Any) -> bool:
    """Tell whether a JSON value names a file."""
    return isinstance(value, str) and NAMES.fullmatch(value) is not None


def taken_out(sent: dict[str, Any]) -> tuple[list[Picture], dict[str, Any]]:
    """Give every file in what was sent, and the members that are left.

    Members that are files come first, since outlines are drawn over the first picture; then the others, in order. A
    member that is a file, or a list of nothing but files, goes. Deeper down a file's name stands where it stood.
    """
    found: list[Picture] = []
    left = {}
    for key, value in sorted(sent.items(), key=lambda member: not is_file(member[1])):
        named = _named(value, key, found)
        if not _only_files(value):
            left[key] = named
    return found, left


def _only_files(value: Any) -> bool:
    return all(map(_only_files, value)) if isinstance(value, list) and value else is_file(value)


def _named(value: Any, place: str, found: list[Picture]) -> Any:
    """Put names where files stand in a JSON value; `found` gets the files."""
    if isinstance(value, dict):
        return {key: _named(part, f"{place} {key}", found) for key, part in value.items()}
    if isinstance(value, list):
        return [_named(part, f"{place} {number}", found) for number, part in enumerate(value, 1)]
    if not is_file(value):
        return value
    found.append(Picture(value[7:], plain(place)))
    return found[-1].name


def plain(name: str) -> str:
    """Make a member's name readable: credit_amount to Credit amount."""
    return name.replace("_", " ").replace("-", " ").capitalize()
