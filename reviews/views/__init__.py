"""The pages of the loop: each loads, acts by a verb, and renders."""

from reviews.views.home import home
from reviews.views.items import item, items, presentation, routes
from reviews.views.media import media
from reviews.views.together import batch, batch_decisions, batch_held, batch_openings, batch_withdrawals
from reviews.views.working import claim, decision, draft, withdrawal, work

__all__ = [
    "batch",
    "batch_decisions",
    "batch_held",
    "batch_openings",
    "batch_withdrawals",
    "claim",
    "decision",
    "draft",
    "home",
    "item",
    "items",
    "media",
    "presentation",
    "routes",
    "withdrawal",
    "work",
]
