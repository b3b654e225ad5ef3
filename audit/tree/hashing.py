"""Hashes of the tree (RFC 6962 section 2.1)."""

import hashlib
from collections.abc import Sequence

EMPTY = hashlib.sha256(b"").digest()
"""The root of a tree of no leaves."""


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash an interior node over its two children."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def parents(hashes: Sequence[bytes]) -> list[bytes]:
    """Hash neighbours in pairs; the number of hashes is even."""
    sha256, pairs = hashlib.sha256, iter(hashes)
    return [sha256(b"\x01" + left + right).digest() for left, right in zip(pairs, pairs, strict=True)]


def fold(hashes: Sequence[bytes]) -> bytes:
    """Give the root over perfect subtrees that stand side by side, each smaller than the one before it."""
    root = hashes[-1] if hashes else EMPTY
    for left in reversed(hashes[:-1]):
        root = node_hash(left, root)
    return root


def root_of(hashes: Sequence[bytes]) -> bytes:
    """Give the root over leaf hashes, any number of them."""
    level, odd = list(hashes), []
    while len(level) > 1:
        if len(level) % 2:
            odd.append(level.pop())
        level = parents(level)
    return fold([*level, *reversed(odd)])
