"""Ids and instants as the ledger writes them."""

import datetime as dt
import secrets
import uuid


def uuid7(at: dt.datetime) -> uuid.UUID:
    """Give a UUID version 7 (RFC 9562 section 5.7) of this instant."""
    milliseconds = int(at.timestamp() * 1000)
    chance = secrets.randbits(74)
    value = (milliseconds << 80) | (0x7 << 76) | ((chance >> 62) << 64) | (0b10 << 62) | (chance & ((1 << 62) - 1))
    return uuid.UUID(int=value)


def first_uuid7(at: dt.datetime) -> uuid.UUID:
    """Give the smallest UUID version 7 of this instant, or of 1970: what came before it is smaller."""
    return uuid.UUID(int=(max(0, int(at.timestamp() * 1000)) << 80) | (0x7 << 76) | (0b10 << 62))


def timestamp(at: dt.datetime) -> str:
    """Write an instant as a leaf does: UTC with six places and Z."""
    return at.astimezone(dt.UTC).replace(tzinfo=None).isoformat("T", "microseconds") + "Z"


def pseudonym(kind: str) -> str:
    """Give a fresh random actor id: `p_` person, `s_` service, `x_` the installation's clock."""
    return f"{kind}_{secrets.token_hex(12)}"
