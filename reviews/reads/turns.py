"""Conversations: the turns of an item's data, as people wrote them down or as chat models do."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from reviews.outputs import Turning
from reviews.reads.files import is_file, taken_out
from reviews.reads.media import Sound

MEMBERS = ("turns", "messages", "conversation")
SHAPES = (("speaker", "text"), ("role", "content"))
MODELS = frozenset({"assistant", "model", "ai", "tool", "function"})
ROLES = {
    "user": _("User"),
    "assistant": _("Assistant"),
    "model": _("Model"),
    "system": _("System"),
    "developer": _("System"),
    "tool": _("Tool"),
    "function": _("Tool"),
}


@dataclass(frozen=True, slots=True)
class Mark:
    """A label on a turn; `proposed` by the model, and `gone` where a person took that off. `number` is its colour."""

    name: str
    number: int
    proposed: bool
    gone: bool


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn. `side` is its speaker's colour, 1 to 12, by the order in which speakers appear.

    `by_model` tells whether a model or its tool speaks. `at` is an instant, `start` an offset in words (1:04.5); `rest`
    holds what was sent of the turn and has no place of its own.
    """

    number: int
    speaker: str
    side: int
    by_model: bool
    text: str
    at: dt.datetime | None
    start: str
    pictures: list[str]
    rest: dict[str, Any] | None
    marks: list[Mark] = field(default_factory=list)
    sounds: list[Sound] = field(default_factory=list)


def turning(taxonomy: dict[str, Any], data: dict[str, Any]) -> Turning | None:
    """Say which turns of an item may be labelled, and by what; None where the project labels none."""
    if not taxonomy.get("turns"):
        return None
    labels = taxonomy["labels"]
    return Turning(
        len(_sent(data)[1]),
        frozenset(label["code"] for label in labels if label.get("on") == "item"),
        frozenset(label["code"] for label in labels if label.get("on") == "turn"),
    )


def conversation(data: dict[str, Any]) -> tuple[list[Turn], dict[str, Any]]:
    """Give the turns of the first member that holds some, and the data without it; [] where none does."""
    member, sent = _sent(data)
    if not sent:
        return [], data
    return _turns(sent), {key: value for key, value in data.items() if key != member}


def _sent(data: dict[str, Any]) -> tuple[str, list[dict[str, Any]]]:
    """Find the member that holds turns, and them; ("", []) where none does."""
    for name in MEMBERS:
        sent = data.get(name)
        if isinstance(sent, list) and sent and all(map(_shape, sent)):
            return name, sent
    return "", []


def _shape(sent: Any) -> tuple[str, str] | None:
    """Tell which of the two shapes a turn has; a chat model's content may be null, or come in parts."""
    if not isinstance(sent, dict):
        return None
    for who, what in SHAPES:
        if isinstance(sent.get(who), str) and (isinstance(sent.get(what), str) or (what == "content" and what in sent)):
            return who, what
    return None


def _turns(sent: list[dict[str, Any]]) -> list[Turn]:
    sides: dict[str, int] = {}
    return [_turn(number, one, sides) for number, one in enumerate(sent, 1)]


def _turn(number: int, sent: dict[str, Any], sides: dict[str, int]) -> Turn:
    shape = _shape(sent)
    assert shape is not None
    who, what = shape
    role = sent[who].casefold() if who == "role" else ""
    named = sent.get("name") if role else None
    speaker = named if isinstance(named, str) and named else str(ROLES.get(role, sent[who])) if role else sent[who]
    text, parts = _words(sent[what])
    at, start = _instant(sent.get("at")), _offset(sent.get("start_ms"))
    shown = {who, what, *(["at"] if at else []), *(["start_ms"] if start else []), *(["name"] if named else [])}
    besides = {key: value for key, value in sent.items() if key not in shown} | ({what: parts} if parts else {})
    files, rest = taken_out(besides)
    pictures = [file.sha256 for file in files]
    side = sides.setdefault(speaker, len(sides)) % 12 + 1
    return Turn(number, speaker, side, role in MODELS, text, at, start, pictures, rest or None)


def _words(content: Any) -> tuple[str, list[Any]]:
    """Give the words of a turn's content, and its parts that are no words."""
    if isinstance(content, str) and not is_file(content):
        return content, []
    parts = content if isinstance(content, list) else [] if content is None else [content]
    words = [one["text"] for one in parts if _is_text(one)]
    return "\n".join(words), [one for one in parts if not _is_text(one)]


def _is_text(part: Any) -> bool:
    if not isinstance(part, dict) or not part.keys() <= {"type", "text"}:
        return False
    return isinstance(part.get("text"), str) and not is_file(part["text"])


def _instant(value: Any) -> dt.datetime | None:
    if not isinstance(value, str):
        return None
    try:
        at = dt.datetime.fromisoformat(value)
    except ValueError:
        return None
    return at if at.tzinfo else None


def _offset(value: Any) -> str:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        return ""
    minutes, ms = divmod(value, 60_000)
    return f"{minutes}:{ms // 1000:02d}.{ms % 1000 // 100}"
