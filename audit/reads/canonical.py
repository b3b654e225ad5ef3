"""RFC 8785 bytes and the commitments over them."""

import hashlib
import hmac
from enum import Enum
from typing import Any

import msgspec
import rfc8785

from audit.errors import NotCanonical

CONTENT, PAYLOAD = b"hitl-content/v1\n", b"hitl-audit/payload/v1\n"
_plain = msgspec.json.Encoder(order="deterministic").encode


def canonical(value: Any) -> bytes:
    """Give the RFC 8785 bytes of a JSON value.

    msgspec's encoder sorts by code point and writes short escapes as RFC 8785 does, in a twentieth of the time; it is
    used where it gives the same bytes: ASCII keys and no floats. Everything else goes through `rfc8785`. A part that is
    canonical already may stand in `value` as `msgspec.Raw`, beside parts that the fast encoder can write.

    Raises:
        NotCanonical: a lone surrogate, a key that is no string, NaN, infinity, or an integer of 2^53 and more.
    """
    try:
        return _plain(value) if _simple(value) else rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, UnicodeEncodeError, ValueError, TypeError, RecursionError) as problem:
        raise NotCanonical(f"This value has no exact JSON form: {problem}.") from problem


def _simple(value: Any) -> bool:
    """Tell whether msgspec's encoder gives RFC 8785 bytes for this value."""
    kind = type(value)
    if kind is str or value is None or kind is bool:
        return True
    if kind is int:
        return bool(-(2**53) < value < 2**53)
    if kind is dict:
        for key, part in value.items():  # a loop, since a generator costs as much as the look itself
            if not (type(key) is str and key.isascii() and (type(part) is str or part is None or _simple(part))):
                return False
        return True
    if kind is list or kind is tuple:
        return all(map(_simple, value))
    return kind is msgspec.Raw or (isinstance(value, str) and isinstance(value, Enum))  # a choice is its value


def content_commitment(salt: bytes, body: bytes) -> bytes:
    """Commit to a stored body: HMAC-SHA-256 under its 32 byte salt (ledger.md section 2)."""
    return hmac.digest(salt, CONTENT + body, "sha256")


def payload_commitment(section: str, salt: bytes, body: bytes) -> bytes:
    """Commit to one payload section of an event under its own salt (ledger.md section 2)."""
    return hmac.digest(salt, PAYLOAD + section.encode() + b"\n" + body, "sha256")


def leaf_hash(leaf: bytes) -> bytes:
    """Hash a leaf as RFC 6962 section 2.1 does."""
    return hashlib.sha256(b"\x00" + leaf).digest()
