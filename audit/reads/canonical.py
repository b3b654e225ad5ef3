"""RFC 8785 bytes and the commitments over them."""

import hashlib
import hmac
import json
from typing import Any

import rfc8785

from audit.errors import NotCanonical

CONTENT, PAYLOAD = b"hitl-content/v1\n", b"hitl-audit/payload/v1\n"
_plain = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode


def canonical(value: Any) -> bytes:
    """Give the RFC 8785 bytes of a JSON value.

    Python's own encoder sorts by code point and writes short escapes as RFC 8785 does; it is used where it gives the
    same bytes: ASCII keys and no floats. Everything else goes through `rfc8785`.

    Raises:
        NotCanonical: a lone surrogate, a key that is no string, NaN, infinity, or an integer of 2^53 and more.
    """
    try:
        return _plain(value).encode() if _simple(value) else rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, UnicodeEncodeError, ValueError, TypeError, RecursionError) as problem:
        raise NotCanonical(f"This value has no exact JSON form: {problem}.") from problem


def _simple(value: Any) -> bool:
    """Tell whether Python's encoder gives RFC 8785 bytes for this value."""
    if isinstance(value, str) or value is None or value is True or value is False:
        return True
    if isinstance(value, int):
        return -(2**53) < value < 2**53
    if isinstance(value, dict):
        return all(isinstance(key, str) and key.isascii() and _simple(part) for key, part in value.items())
    if isinstance(value, list | tuple):
        return all(_simple(part) for part in value)
    return False


def content_commitment(salt: bytes, body: bytes) -> bytes:
    """Commit to a stored body: HMAC-SHA-256 under its 32 byte salt (ledger.md section 2)."""
    return hmac.digest(salt, CONTENT + body, "sha256")


def payload_commitment(section: str, salt: bytes, body: bytes) -> bytes:
    """Commit to one payload section of an event under its own salt (ledger.md section 2)."""
    return hmac.digest(salt, PAYLOAD + section.encode() + b"\n" + body, "sha256")


def leaf_hash(leaf: bytes) -> bytes:
    """Hash a leaf as RFC 6962 section 2.1 does."""
    return hashlib.sha256(b"\x00" + leaf).digest()
