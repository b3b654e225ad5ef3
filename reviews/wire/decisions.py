"""Decisions and drafts as they come in: their shape alone, since what a verdict may carry is judged with the task."""

import uuid
from typing import Any

import msgspec

from reviews.errors import BadBody
from reviews.wire.exact import Reader, Reading, text_of
from reviews.wire.misfits import misfits
from reviews.wire.shapes import DECISION_WORDS, DecisionShape

LARGEST_DECISION = 2**20
LARGEST_DRAFT = 256 * 2**10
MOST_IN_A_BATCH = 50


class DecisionBody(msgspec.Struct, frozen=True, kw_only=True):
    """One person's judgement as sent; `body` is its RFC 8785 bytes (at most 1 MiB), null the same as absent.

    `active_ms` is the time at work, from 0 to a day. At least one of `verdict` and `output` is there. `decision` is the
    one that a return gives back to its author, None with every other verdict.
    """

    body: bytes
    verdict: str | None
    output: Any
    error_categories: list[str]
    rationale: str | None
    active_ms: int | None
    decision: uuid.UUID | None = None


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
    if sent.decision is not None and (sent.verdict != "return" or sent.output is not None or sent.error_categories):
        raise _refusal([("decision", "A decision is named with the verdict return, and a rationale, alone.")])
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
        decision=sent.decision,
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


class Confirmation(msgspec.Struct, frozen=True):
    """What is sent of a batch: decisions by the tokens of their claims, and the claims left for single review."""

    decisions: list[tuple[uuid.UUID, DecisionBody]]
    left: list[uuid.UUID]


def read_confirmation(body: bytes) -> Confirmation:
    """Read `{"decisions": [{"token", "verdict", "output"?, "active_ms"?}], "left": ["token"]}`, each token once.

    Raises:
        BadBody: it does not read, names a token twice, or more items than a batch has.
    """
    sent = _members(body, {"decisions", "left"})
    decisions = []
    for place, one in enumerate(sent.get("decisions", [])):
        if not isinstance(one, dict):
            raise _refusal([(f"decisions[{place}]", "This has to be a JSON object.")])
        rest = {key: value for key, value in one.items() if key != "token"}
        token = _token(one.get("token"), f"decisions[{place}].token")
        decisions.append((token, read_decision(msgspec.json.encode(rest))))
    left = [_token(one, f"left[{place}]") for place, one in enumerate(sent.get("left", []))]
    named = [token for token, _ in decisions] + left
    if len(set(named)) < len(named):
        raise _refusal([("", "Name each claim once.")])
    return Confirmation(decisions, left)


def read_names(body: bytes, member: str) -> list[uuid.UUID]:
    """Read a list of UUIDs that stands alone under one member: `{"tokens": [...]}`.

    Raises:
        BadBody: it does not read, or is longer than a batch.
    """
    return [_token(one, f"{member}[{place}]") for place, one in enumerate(_members(body, {member}).get(member, []))]


def _members(body: bytes, known: set[str]) -> dict[str, list[Any]]:
    value = _sound(body, LARGEST_DECISION).value
    if not isinstance(value, dict) or not value.keys() <= known:
        raise _refusal([("", f"This has to be a JSON object with {' and '.join(sorted(known))}.")])
    for name, listed in value.items():
        if not isinstance(listed, list) or len(listed) > MOST_IN_A_BATCH:
            raise _refusal([(name, f"This has to be a list of at most {MOST_IN_A_BATCH}.")])
    return value


def _token(value: Any, path: str) -> uuid.UUID:
    try:
        return uuid.UUID(value)
    except (AttributeError, TypeError, ValueError):
        raise _refusal([(path, "This has to be a UUID.")]) from None


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
