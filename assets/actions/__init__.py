"""Verbs of files."""

from assets.actions.rendering import enqueue_renditions, find_missing, render_asset
from assets.actions.showing import show
from assets.actions.storing import Taken, grant, store, take

__all__ = ["Taken", "enqueue_renditions", "find_missing", "grant", "render_asset", "show", "store", "take"]
