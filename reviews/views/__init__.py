"""The pages of the loop: each loads, acts by a verb, and renders."""

from reviews.views.home import counts, home
from reviews.views.items import item, items, presentation, routes
from reviews.views.media import media
from reviews.views.oneself import keys, settings, single_keys, theme, veils
from reviews.views.working import claim, claims, decision, draft, renewal, withdrawal, work

__all__ = [
    "claim",
    "claims",
    "counts",
    "decision",
    "draft",
    "home",
    "item",
    "items",
    "keys",
    "media",
    "presentation",
    "renewal",
    "routes",
    "settings",
    "single_keys",
    "theme",
    "veils",
    "withdrawal",
    "work",
]
