"""Items from a file of lines, with the files that they name."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec
from django.utils import timezone

from accounts.models import Project
from accounts.reads import console
from assets.actions import store
from audit.errors import Refusal
from reviews.actions import Received, receive
from reviews.wire import Refused, Submission, read_items

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a file: its number from 1, its bytes, and why it cannot be sent, if it cannot."""

    number: int
    body: bytes
    problem: Refused | None = None


class Twice(ValueError):  # noqa: N818 - a fact about the text
    """An object has a key twice: the wire refuses it in its own words."""


def lines_of(file: Path) -> list[Line]:
    """Read the lines of a file that are not blank; one that is not UTF-8 is refused alone."""
    found = []
    with file.open("rb") as lines:
        for number, body in enumerate(lines, start=1):
            if not body.strip():
                continue
            try:
                body.decode()
                found.append(Line(number, body))
            except UnicodeDecodeError as problem:
                found.append(Line(number, b"", _refused("bad_body", f"This is not UTF-8 at byte {problem.start}.")))
    return found


def with_media(line: Line, project: Project, folder: Path) -> Line:
    """Upload the files of a folder whose names stand as values in the line's `data`, and put their ids there."""
    try:
        read: Any = json.loads(
            line.body, parse_float=_number, parse_int=_number, parse_constant=_number, object_pairs_hook=_object
        )
    except (ValueError, RecursionError):
        return line  # what is wrong with it is said where it is sent
    if line.problem or not isinstance(read, dict) or not isinstance(read.get("data"), dict):
        return line
    try:
        read["data"] = _replaced(read["data"], project, folder)
    except Refusal as problem:
        return replace(line, problem=_refused(problem.code, problem.sentence, read.get("external_id")))
    return replace(line, body=msgspec.json.encode(read))


def load(project: Project, lines: Sequence[Line]) -> Iterator[tuple[int, Received]]:
    """Send lines in batches; give each line's number with what became of it."""
    for start in range(0, len(lines), AT_ONCE):
        part = lines[start : start + AT_ONCE]
        sent = [line for line in part if line.problem is None]
        read = read_items(b"\n".join(line.body.rstrip(b"\r\n") for line in sent), "application/x-ndjson").entries
        entries = iter(read)
        whole: list[Submission | Refused] = [line.problem or next(entries) for line in part]
        results = receive(project=project, entries=whole, by=console(), at=timezone.now())
        yield from zip((line.number for line in part), results, strict=True)


def _replaced(value: Any, project: Project, folder: Path) -> Any:
    if isinstance(value, dict):
        return {key: _replaced(part, project, folder) for key, part in value.items()}
    if isinstance(value, list):
        return [_replaced(part, project, folder) for part in value]
    file = _file(value, folder) if isinstance(value, str) else None
    if file is None:
        return value
    with file.open("rb") as content:
        asset, _ = store(project=project, content=content, by=console(), at=timezone.now())
    return f"sha256:{asset.sha256}"


def _file(name: str, folder: Path) -> Path | None:
    """Find a file of the folder, or below it, by its name; nothing outside."""
    if not name or len(name) > 255 or "\0" in name or "\n" in name:
        return None
    path = folder / name
    try:
        return path if path.is_file() and path.resolve().is_relative_to(folder.resolve()) else None
    except OSError:
        return None


def _number(text: str) -> Any:
    """Keep a number as it is written."""
    return msgspec.Raw(text.encode())


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise Twice
    return members


def _refused(code: str, sentence: str, external_id: Any = None) -> Refused:
    name = external_id if isinstance(external_id, str) else None
    return Refused(external_id=name, code=code, sentence=sentence, errors=[])
