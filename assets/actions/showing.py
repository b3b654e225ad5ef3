"""Showing a file: a rendition and never the original, made on the spot when no worker has made it yet."""

import threading
from datetime import datetime

from assets.actions.rendering import render_asset
from assets.errors import Gone, NotMade
from assets.models import Asset
from assets.reads import Shown, open_rendition, recipes_for

AT_ONCE, PATIENCE_S, LONGEST_MS = 2, 10.0, 600_000
PLAYED = "play"
_decoders = threading.BoundedSemaphore(AT_ONCE)


def show(*, asset: Asset, recipe: str, at: datetime, version: int | None = None) -> Shown:
    """Open what a version of a recipe, the one in force where none is named, made of an asset. Locks nothing.

    While the workers are away or behind it is made here, two at once in a process, so that nobody's review waits for
    them; a sound of more than ten minutes, and what is played of a video, always waits for them.

    Raises:
        KeyError: there is no such recipe for what it is.
        NotMade: others are being made just now, or it waits for the workers.
        Gone: the storage has no bytes, or that version made nothing and is not in force.
        NotAnImage, NotASound, NotAVideo: the decoder no longer takes what it took.
    """
    try:
        return open_rendition(asset, recipe, version)
    except NotMade:
        if version not in (None, recipes_for(asset)[recipe][0]):
            raise Gone from None
    waits = recipe == PLAYED or (asset.sounds and (asset.duration_ms or 0) > LONGEST_MS)
    if waits or not _decoders.acquire(timeout=PATIENCE_S):
        raise NotMade
    try:
        render_asset(asset_id=asset.pk, at=at, only=recipes_for(asset).keys() - {PLAYED})
    finally:
        _decoders.release()
    return open_rendition(asset, recipe, version)
