"""Published documents by their digest: rows that never change, so a process reads each of them once."""

import json
from functools import lru_cache
from typing import Any

from audit.models.sql import ask
from reviews.rights import Rights, load


@lru_cache(maxsize=512)
def published_body(table: str, digest: str) -> bytes:
    """Give the bytes behind a SHA-256 in hex, out of `reviews_rightsversion` or `guidelines_taxonomyversion`."""
    found: bytes = ask(f"SELECT body FROM {table} WHERE digest = %s LIMIT 1", [digest])[0].body  # noqa: S608
    return found


@lru_cache(maxsize=256)
def rights_of(body: bytes) -> Rights:
    """Read a published document; the same bytes are read once."""
    return load(body)


@lru_cache(maxsize=256)
def taxonomy_of(body: bytes) -> dict[str, Any]:
    """Read a published taxonomy; the same bytes are read once. Do not change what comes back.

    Its `labels` are those that may be said; what no longer may stands apart, under `retired`.
    """
    found: dict[str, Any] = json.loads(body)
    labels = found["labels"]
    active = [label for label in labels if label.get("active", True)]
    if len(active) == len(labels):
        return found
    return {**found, "labels": active, "retired": [label for label in labels if label not in active]}
