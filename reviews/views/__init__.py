"""The pages of the loop: each loads, acts by a verb, and renders."""

from reviews.views.exporting import export, exports, exports_list
from reviews.views.following import guideline, trail
from reviews.views.founding import new_project
from reviews.views.governing import threshold
from reviews.views.home import counts, home
from reviews.views.items import item, items, presentation, routes
from reviews.views.media import media
from reviews.views.oneself import keys, settings, single_keys, theme, veils
from reviews.views.overriding import appeals, override, signature
from reviews.views.projects import arrivals, project, tokens
from reviews.views.running import claim_ending, installation_switch, operations, switch
from reviews.views.together import batch, batch_decisions, batch_held, batch_openings, batch_withdrawals
from reviews.views.tray import columns, emptying, tray
from reviews.views.working import claim, claims, decision, draft, renewal, withdrawal, work

__all__ = [
    "appeals",
    "arrivals",
    "batch",
    "batch_decisions",
    "batch_held",
    "batch_openings",
    "batch_withdrawals",
    "claim",
    "claim_ending",
    "claims",
    "columns",
    "counts",
    "decision",
    "draft",
    "emptying",
    "export",
    "exports",
    "exports_list",
    "guideline",
    "home",
    "installation_switch",
    "item",
    "items",
    "keys",
    "media",
    "new_project",
    "operations",
    "override",
    "presentation",
    "project",
    "renewal",
    "routes",
    "settings",
    "signature",
    "single_keys",
    "switch",
    "theme",
    "threshold",
    "tokens",
    "trail",
    "tray",
    "veils",
    "withdrawal",
    "work",
]
