"""Standard Webhooks 1.0: how a message is signed (https://www.standardwebhooks.com/, symmetric signatures `v1`)."""

import base64
import hashlib
import hmac
from collections.abc import Iterable

PREFIX = "whsec_"


def secret_text(secret: bytes) -> str:
    """Write a secret as receivers are given it."""
    return PREFIX + base64.b64encode(secret).decode()


def signature(secret: bytes, message_id: str, timestamp: int, body: bytes) -> str:
    """Sign a message; `timestamp` is in whole seconds since 1970."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode()


def headers_of(secrets: Iterable[bytes], message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """Give a message's headers, with a signature by each secret: a receiver takes it by any one of them."""
    return {
        "Content-Type": "application/json",
        "User-Agent": "hitl",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signature(secret, message_id, timestamp, body) for secret in secrets),
    }
