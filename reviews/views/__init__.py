"""The pages of the loop: each loads, acts by a verb, and renders."""

from reviews.views.founding import new_project
from reviews.views.governing import threshold
from reviews.views.home import home
from reviews.views.items import item, items, presentation, routes
from reviews.views.media import media
from reviews.views.projects import arrivals, project, tokens
from reviews.views.tray import columns, emptying, tray
from reviews.views.working import claim, decision, draft, withdrawal, work

__all__ = [
    "arrivals",
    "claim",
    "columns",
    "decision",
    "draft",
    "emptying",
    "home",
    "item",
    "items",
    "media",
    "new_project",
    "presentation",
    "project",
    "routes",
    "threshold",
    "tokens",
    "tray",
    "withdrawal",
    "work",
]
