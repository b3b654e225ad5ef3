"""Secrets that have to be read again, encrypted in the database with a key that is kept outside of it."""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from reviews.errors import SecretUnread

NONCE = 12


def locked_away(secret: bytes, owner: bytes) -> bytes:
    """Encrypt a secret (AES-256-GCM), so that it opens for its `owner` row alone."""
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(settings.CALLBACK_KEY).encrypt(nonce, secret, owner)


def taken_out(body: bytes, owner: bytes) -> bytes:
    """Read a secret again.

    Raises:
        SecretUnread: it was encrypted with another key, for another owner, or altered.
    """
    try:
        return AESGCM(settings.CALLBACK_KEY).decrypt(body[:NONCE], body[NONCE:], owner)
    except InvalidTag as problem:
        raise SecretUnread from problem
