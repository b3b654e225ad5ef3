"""Verbs of taxonomies and guidelines."""

from guidelines.actions.publishing import publish_guideline, publish_taxonomy

__all__ = ["publish_guideline", "publish_taxonomy"]
