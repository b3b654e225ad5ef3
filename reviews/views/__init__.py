"""The pages of the loop: each loads, acts by a verb, and renders."""

from reviews.views.following import guideline, trail
from reviews.views.home import home
from reviews.views.items import item, items, presentation, routes
from reviews.views.media import media
from reviews.views.running import claim_ending, installation_switch, operations, switch
from reviews.views.working import claim, decision, draft, withdrawal, work

__all__ = [
    "claim",
    "claim_ending",
    "decision",
    "draft",
    "guideline",
    "home",
    "installation_switch",
    "item",
    "items",
    "media",
    "operations",
    "presentation",
    "routes",
    "switch",
    "trail",
    "withdrawal",
    "work",
]
