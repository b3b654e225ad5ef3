"""Appeals as they come in."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from reviews.errors import BadBody
from reviews.wire.exact import Reader, text_of
from reviews.wire.misfits import misfits
from reviews.wire.shapes import ExternalId

LARGEST_APPEAL = 64 * 2**10


class AppealShape(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A complaint about the outcome in force, as sent; null is the same as absent."""

    grounds: Annotated[str, Meta(min_length=1, max_length=10_000)]
    external_id: ExternalId | None = None
    from_: Annotated[str, Meta(min_length=1, max_length=200)] | None = msgspec.field(default=None, name="from")


APPEAL_WORDS = {
    "grounds": "1 to 10,000 characters: why the outcome is wrong.",
    "external_id": "1 to 200 printable ASCII characters.",
    "from": "1 to 200 characters: who complains.",
}


class AppealBody(msgspec.Struct, frozen=True):
    """A complaint as it was sent; `told` is what is kept of it, and may be erased."""

    external_id: str | None
    told: dict[str, Any]


def read_appeal(body: bytes) -> AppealBody:
    """Read a complaint: `{"grounds", "external_id"?, "from"?}`, at most 64 KiB.

    Raises:
        BadBody: it does not read; `fields` names each place.
    """
    reading = Reader().read(text_of(body))
    if reading.flaws or len(reading.body) > LARGEST_APPEAL:
        raise _refusal(reading.flaws or [("", f"This has at most {LARGEST_APPEAL // 2**10} KiB.")])
    try:
        sent = msgspec.convert(reading.value, AppealShape)
    except msgspec.ValidationError:
        raise _refusal(_misfits(reading.value)) from None
    if not sent.grounds.strip():
        raise _refusal([("grounds", APPEAL_WORDS["grounds"])])
    return AppealBody(sent.external_id, {"grounds": sent.grounds} | ({"from": sent.from_} if sent.from_ else {}))


def _misfits(value: Any) -> list[tuple[str, str]]:
    """Name what does not fit; the shape calls `from`, a word of Python's, `from_`."""
    named = (
        {f"{key}_" if key in {"from", "from_"} else key: part for key, part in value.items()}
        if isinstance(value, dict)
        else value
    )
    words = APPEAL_WORDS | {"from_": APPEAL_WORDS["from"]}
    found = [("from" if path == "from_" else path, message) for path, message in misfits(named, AppealShape, words)]
    return found or [("", "There is no such key.")]


def _refusal(errors: list[tuple[str, str]]) -> BadBody:
    path, message = errors[0]
    return BadBody(f"What was sent does not read. {path}: {message}" if path else message, fields=errors)
