"""Decisions and drafts as they come in: their shape alone, since what a verdict may carry is judged with the task."""

from typing import Any

import msgspec

from reviews.errors import BadBody
from reviews.wire.exact import Reader, Reading, text_of
from reviews.wire.misfits import misfits
from reviews.wire.shapes import DECISION_WORDS, DecisionShape

LARGEST_DECISION = 2**20
LARGEST_DRAFT = 256 * 2**10


class DecisionBody(msgspec.Struct, frozen=True, kw_only=True):
    """One person's judgement as sent; `body` is its RFC 8785 bytes (at most 1 MiB), null the same as absent.

    `active_ms` is the time at work, from 0 to a day. At least one of `verdict` and `output` is there.
    """

    body: bytes
    verdict: str | None
    output: Any
    error_categories: list[str]
    rationale: str | None
    active_ms: int | None


def read_decision(body: bytes) -> DecisionBody:
    """Read a body of `POST claims/{token}/decision/`.

    Raises:
        BadBody: no JSON object, an unknown key, or a value out of its range; `fields` names each place.
    """
    reading = _sound(body, LARGEST_DECISION)
    try:
        sent = msgspec.convert(reading.value, DecisionShape)
    except msgspec.ValidationError:
        raise _refusal(misfits(reading.value, DecisionShape, DECISION_WORDS)) from None
    if sent.verdict is None and sent.output is None:
        raise _refusal([("verdict", "Send a verdict, or where no proposal was shown an output alone.")])
    categories = sent.error_categories or []
    if len(set(categories)) < len(categories):
        raise _refusal([("error_categories", "Name each error category once.")])
    return DecisionBody(
        body=reading.body,
        verdict=sent.verdict,
        output=sent.output,
        error_categories=categories,
        rationale=sent.rationale,
        active_ms=sent.active_ms,
    )


def read_draft(body: bytes) -> bytes:
    """Read what someone has typed so far, any JSON object, and give its RFC 8785 bytes (at most 256 KiB).

    Raises:
        BadBody: no JSON object, or something in it cannot be kept.
    """
    reading = _sound(body, LARGEST_DRAFT)
    if not isinstance(reading.value, dict):
        raise _refusal([("", "This has to be a JSON object.")])
    return reading.body


def _sound(body: bytes, largest: int) -> Reading:
    reading = Reader().read(text_of(body))
    if reading.flaws:
        raise _refusal(reading.flaws)
    if len(reading.body) > largest:
        raise _refusal([("", f"This has at most {largest // 2**10:,} KiB.")])
    return reading


def _refusal(errors: list[tuple[str, str]]) -> BadBody:
    path, message = errors[0]
    return BadBody(f"What was sent does not read. {path}: {message}" if path else message, fields=errors)
