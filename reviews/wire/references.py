"""References to files in an item's data.

A string that is `sha256:` and 64 lower-case hexadecimal digits, anywhere in `data`, names an asset of the project.
Under the media keys, at any depth, a string (or a string of a list) is a reference and nothing else: one that starts
with `s3://`, `http://` or `https://` is refused for now, and so is a `sha256:` that names no asset. Elsewhere both are
text.
"""

import re
from collections.abc import Iterator
from typing import Any

from reviews.wire.exact import joined

MEDIA_KEYS = frozenset(["image", "images", "audio", "video", "videos", "document", "documents", "file", "files"])
REMOTE = ("s3://", "http://", "https://")
_asset = re.compile(r"sha256:[0-9a-f]{64}")


def references(data: Any, body: bytes) -> tuple[tuple[str, ...], list[tuple[str, str]]]:
    """Give the assets named in an item's data, each once, and (path, message) for every reference that cannot be taken.

    `body` are the canonical bytes of the whole item: they tell cheaply whether there is anything to look for.
    """
    named = body.count(b'"sha256:')
    if not named and b"://" not in body:
        return (), []
    found = list(_asset_ids(data))
    doubtful = named != len(found) or b"://" in body
    return tuple(dict.fromkeys(found)), list(_bad_references(data, "data")) if doubtful else []


def _asset_ids(value: Any) -> Iterator[str]:
    """Give every asset named in a JSON value, in its order, as often as it is named."""
    if isinstance(value, str):
        if _asset.fullmatch(value):
            yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _asset_ids(part)


def _bad_references(value: Any, path: str, media: bool = False) -> Iterator[tuple[str, str]]:
    """Name every reference that cannot be taken: (path, message)."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _bad_references(part, joined(path, key), key in MEDIA_KEYS)
    elif isinstance(value, list):
        for place, part in enumerate(value):
            yield from _bad_references(part, joined(path, str(place)), media)
    elif media and isinstance(value, str):
        if value.lower().startswith(REMOTE):
            key = path.removeprefix("data.")
            yield path, f"A file cannot be fetched from an address yet ({key}); send it to assets/ and name its sha256."
        elif value.startswith("sha256:") and not _asset.fullmatch(value):
            yield path, "An asset is named by sha256: and 64 lower-case hexadecimal digits."
