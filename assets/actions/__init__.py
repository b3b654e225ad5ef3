"""Verbs of files."""

from assets.actions.rendering import enqueue_renditions, find_missing, render_asset
from assets.actions.showing import show
from assets.actions.storing import store

__all__ = ["enqueue_renditions", "find_missing", "render_asset", "show", "store"]
