"""Items as they come in: one, a list of them, or one a line; each judged alone."""

import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Literal

import msgspec

from reviews.errors import BadBody
from reviews.wire.exact import Reader, Reading, Twice, hold_nesting, skip_blank, text_of
from reviews.wire.misfits import misfits
from reviews.wire.references import references
from reviews.wire.shapes import ITEM_WORDS, ExternalId, ItemShape

MOST_ITEMS = 1000
LARGEST_ITEM = 2**20
TOO_MANY = f"At most {MOST_ITEMS:,} items in one request; send the rest in another."
_list_of_items = re.compile(r'[ \t\n\r]*\{[ \t\n\r]*"items"[ \t\n\r]*:')


class Submission(msgspec.Struct, frozen=True, kw_only=True):
    """An item that reads; `body` is its RFC 8785 bytes as sent, before defaults (at most 1 MiB).

    Numbers are the decimals of their shortest text: `confidence` and `scores` from 0 to 1, `cost` 0 or more in the
    project's currency. `occurred_at` and `decide_by` are in UTC. `asset_ids` are the assets named in `data`, each once.
    """

    external_id: str
    body: bytes
    model: tuple[str, str] | None
    prediction: Any
    confidence: Decimal | None
    scores: dict[str, Decimal]
    data: dict[str, Any]
    segments: dict[str, str]
    impact: Literal["normal", "high"]
    cost: Decimal | None
    units: int
    occurred_at: datetime | None
    decide_by: datetime | None = None
    action_hash: str | None
    asset_ids: tuple[str, ...]
    callback: str | None = None


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """An item that cannot be taken; `external_id` is None where none can be read. `errors` are (field path, message).

    `code` is `bad_item`, `bad_body` (ill-formed, a key twice, nested too deep) or `duplicate_in_request`.
    """

    external_id: str | None
    code: str
    sentence: str
    errors: list[tuple[str, str]]


class Batch(msgspec.Struct, frozen=True):
    """What one request brought, in the order sent; `single` if it was one item and not a list of one."""

    single: bool
    entries: list[Submission | Refused]


def read_items(body: bytes, content_type: str) -> Batch:
    """Read a body of `POST items/`: an item, `{"items": [...]}`, or NDJSON where the content type says so.

    Raises:
        BadBody: not UTF-8, no JSON, neither an item nor a list, more than 1,000; for one item also a key that stands
            twice, or nesting deeper than 64 (in a list only that element is refused).
    """
    text = text_of(body)
    if content_type.partition(";")[0].strip().lower() == "application/x-ndjson":
        return Batch(single=False, entries=_without_duplicates(_from_lines(text)))
    listed = _list_of_items.match(text)
    if listed:
        return Batch(
            single=False, entries=_without_duplicates([_judged(one) for one in elements(text, listed.end(), "items")])
        )
    reading = Reader().read(text)
    if not isinstance(reading.value, dict | Twice):
        raise BadBody('An item is a JSON object; several are {"items": [...]}.')
    entry = _judged(reading)
    if isinstance(entry, Refused) and entry.code == "bad_body":
        raise BadBody(entry.sentence, fields=entry.errors)
    if isinstance(reading.value, dict) and "items" in reading.value:
        raise BadBody('A list of items is {"items": [...]} and has no other key.')
    return Batch(single=True, entries=[entry])


def _from_lines(text: str) -> list[Submission | Refused]:
    entries: list[Submission | Refused] = []
    reader = Reader()
    for line in io.StringIO(text, newline="\n"):
        if not line.strip(" \t\r\n"):
            continue
        if len(entries) == MOST_ITEMS:
            raise BadBody(TOO_MANY)
        try:
            entries.append(_judged(reader.read(line)))
        except BadBody as problem:
            entries.append(Refused(external_id=None, code=problem.code, sentence=problem.sentence, errors=[]))
    return entries


def elements(text: str, start: int, key: str) -> Iterator[Reading]:
    """Read the elements one by one from `start`, where the value of the only key begins: `items` or `predictions`.

    Raises:
        BadBody: no list, more than 1,000, or something beside it.
    """
    hold_nesting(text)
    count, reader = 0, Reader()
    at = skip_blank(text, start)
    if text[at : at + 1] != "[":
        raise BadBody(f"{key} has to be a list.")
    at = skip_blank(text, at + 1)
    closed = text[at : at + 1] == "]"
    while not closed:
        if count == MOST_ITEMS:
            raise BadBody(TOO_MANY)
        count += 1
        reading, at = reader.read_at(text, at)
        yield reading
        at, closed = _next_element(text, at)
    at = skip_blank(text, at + 1)
    if text[at : at + 1] != "}" or skip_blank(text, at + 1) != len(text):
        raise BadBody(f'A list of {key} is {{"{key}": [...]}} and nothing else; see character {at}.')


def _next_element(text: str, at: int) -> tuple[int, bool]:
    """Give the place of the next element, or that of the closing bracket and True."""
    at = skip_blank(text, at)
    mark = text[at : at + 1]
    if mark not in (",", "]"):
        raise BadBody(f"This is no JSON at character {at}: a comma or a closing bracket is missing.")
    return (skip_blank(text, at + 1), False) if mark == "," else (at, True)


def _without_duplicates(entries: list[Submission | Refused]) -> list[Submission | Refused]:
    """Refuse each entry whose id an earlier one has, whatever became of that one."""
    seen: set[str] = set()
    for place, entry in enumerate(entries):
        name = entry.external_id
        if name in seen:
            sentence = "An earlier item of this request has the same external_id; only the first counts."
            entries[place] = Refused(external_id=name, code="duplicate_in_request", sentence=sentence, errors=[])
        elif name is not None:
            seen.add(name)
    return entries


def _judged(reading: Reading) -> Submission | Refused:
    if reading.flaws:
        return _refused(reading, reading.flaws)
    if len(reading.body) > LARGEST_ITEM:
        return _refused(reading, [("", "An item has at most 1 MiB; send files to assets/ and name them.")])
    try:
        item = msgspec.convert(reading.value, ItemShape)
    except msgspec.ValidationError:
        return _refused(reading, misfits(reading.value, ItemShape, ITEM_WORDS))
    times = {name: _moment(getattr(item, name)) for name in ("occurred_at", "decide_by")}
    assets, bad_references = references(item.data, reading.body)
    errors = _lacks(item) + bad_references
    errors += [
        (name, ITEM_WORDS[name]) for name, read in times.items() if read is None and getattr(item, name) is not None
    ]
    return _refused(reading, errors[:20]) if errors else _submission(item, reading.body, times, assets)


def _lacks(item: ItemShape) -> list[tuple[str, str]]:
    """Name what has to be sent together and was not."""
    if item.prediction is not None:
        return [] if item.model else [("model", "A prediction comes with the model version that made it.")]
    alone = [key for key in ("confidence", "scores") if getattr(item, key) is not None]
    return [(key, f"{key} belongs to a prediction; send both or neither.") for key in alone]


def _submission(item: ItemShape, body: bytes, times: dict[str, datetime | None], assets: tuple[str, ...]) -> Submission:
    return Submission(
        external_id=item.external_id,
        body=body,
        model=(item.model.name, item.model.version) if item.model else None,
        prediction=item.prediction,
        confidence=None if item.confidence is None else decimal_of(item.confidence),
        scores={label: decimal_of(score) for label, score in item.scores.items()} if item.scores else {},
        data=item.data or {},
        segments=item.segments or {},
        impact=item.impact or "normal",
        cost=None if item.cost is None else Decimal(item.cost),
        units=item.units or 1,
        occurred_at=times["occurred_at"],
        decide_by=times["decide_by"],
        action_hash=item.action_hash,
        asset_ids=assets,
        callback=item.callback,
    )


def _refused(reading: Reading, errors: list[tuple[str, str]]) -> Refused:
    path, message = errors[0]
    return Refused(
        external_id=external_id_of(reading.value),
        code="bad_body" if reading.broken else "bad_item",
        sentence=f"This item cannot be taken. {path}: {message}" if path else f"This item cannot be taken. {message}",
        errors=errors,
    )


def external_id_of(value: Any) -> str | None:
    """Read the id that an element names, however wrong the rest of it is; None where none can be read."""
    members = value.members if isinstance(value, Twice) and value.key != "external_id" else value
    try:
        return msgspec.convert(members["external_id"], ExternalId) if isinstance(members, dict) else None
    except (KeyError, msgspec.ValidationError):
        return None


def decimal_of(number: float) -> Decimal:
    """Give the decimal of a number's shortest text."""
    return Decimal(int(number)) if number.is_integer() else Decimal(repr(number))


def _moment(text: str | None) -> datetime | None:
    """Read an RFC 3339 time as UTC; None for none, and for one that no calendar has."""
    try:
        return None if text is None else datetime.fromisoformat(text.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
