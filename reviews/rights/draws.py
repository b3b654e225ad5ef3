"""Draws that anyone can redo and no one can steer.

`u = HMAC-SHA256(seed, "hitl-draw/v1" 1f project 1f purpose 1f subject)`, its first 8 bytes as a big-endian unsigned
integer; drawn when `u < floor(pi * 2^64)`. The seed is one a project and UTC month; its SHA-256 is published before
the first draw and the seed itself after the month. No rights version is hashed in, so rates nest: raising one keeps
every earlier pick.
"""

import datetime as dt
import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TypedDict
from uuid import UUID

from .numbers import shortest

REVEALED_AFTER = dt.timedelta(days=7)
"""How long after its month a seed is revealed."""
AT_INTAKE = ("audit", "second", "evaluation", "fresh")

_MONTH = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])")


class Draw(TypedDict):
    """One drawn purpose: `pi` as shortest decimal text, `u` as 16 hex digits."""

    purpose: str
    month: str
    pi: str
    u: str
    drawn: bool


def month_seed(master: bytes, project: UUID, month: str) -> bytes:
    """Derive the 32 byte seed of a project's draws in a month.

    Args:
        master: the secret kept with the signing key.
        project: the project's UUID.
        month: the UTC month of receipt, "YYYY-MM".

    Raises:
        ValueError: the month is not written so.
    """
    if not _MONTH.fullmatch(month):
        raise ValueError(f"not a month: {month}")
    return hmac.digest(master, _joined("hitl-seed/v1", str(project), month), "sha256")


def seed_commitment(seed: bytes) -> bytes:
    """Commit to a seed before the first draw: its SHA-256, 32 bytes."""
    return hashlib.sha256(seed).digest()


def unit(seed: bytes, project: UUID, purpose: str, subject: str) -> int:
    """Give a subject's u for a purpose, from 0 to 2^64 - 1.

    Args:
        seed: the month's seed.
        project: the project's UUID.
        purpose: such as `audit`; each has its own u.
        subject: the item's external_id.
    """
    return units(seed, project, purpose)(subject)


def units(seed: bytes, project: UUID, purpose: str) -> Callable[[str], int]:
    """Give what makes `unit` of one subject after the other, for those who draw for very many."""
    begin = _joined("hitl-draw/v1", str(project), purpose, "")

    def unit_of(subject: str) -> int:
        return int.from_bytes(hmac.digest(seed, begin + subject.encode(), "sha256")[:8], "big")

    return unit_of


def drawn(u: int, pi: Decimal) -> bool:
    """Tell whether u is drawn at rate pi, in exact numbers: never at 0, always at 1.

    Raises:
        ValueError: pi lies outside 0 to 1.
    """
    return u < chance(pi)


def chance(pi: Decimal) -> int:
    """Give floor(pi * 2^64), the number below which u is drawn at rate pi.

    Raises:
        ValueError: pi lies outside 0 to 1.
    """
    if not 0 <= pi <= 1:
        raise ValueError(f"not a rate from 0 to 1: {pi}")
    above, below = pi.as_integer_ratio()
    return (above << 64) // below


def draws(seed: bytes, project: UUID, month: str, external_id: str, rates: Mapping[str, Decimal]) -> list[Draw]:
    """Make the draws of an item at intake: audit, second, evaluation, fresh, those with a rate above 0.

    Raises:
        ValueError: a purpose that intake does not draw, or a rate outside 0 to 1.
    """
    if unknown := set(rates) - set(AT_INTAKE):
        raise ValueError(f"not drawn at intake: {', '.join(sorted(unknown))}")
    return [
        _draw(seed, project, month, external_id, purpose, rates[purpose])
        for purpose in AT_INTAKE
        if rates.get(purpose, 0) != 0
    ]


def _draw(seed: bytes, project: UUID, month: str, external_id: str, purpose: str, pi: Decimal) -> Draw:
    u = unit(seed, project, purpose, external_id)
    return Draw(purpose=purpose, month=month, pi=shortest(pi), u=f"{u:016x}", drawn=drawn(u, pi))


def _joined(*parts: str) -> bytes:
    return b"\x1f".join(part.encode() for part in parts)
