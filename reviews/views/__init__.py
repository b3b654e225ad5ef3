"""The pages of the loop: each loads, acts by a verb, and renders."""

from reviews.views.calling import (
    callbacks,
    callbacks_list,
    endpoint,
    endpoint_deliveries,
    endpoint_secrets,
    endpoint_switch,
    endpoint_tests,
)
from reviews.views.carding import card_acknowledgement, card_panel, model_cards
from reviews.views.escalating import acknowledgement
from reviews.views.exemplifying import item_example
from reviews.views.exporting import export, exports, exports_list
from reviews.views.following import trail
from reviews.views.founding import new_project
from reviews.views.governing import threshold
from reviews.views.home import counts, home
from reviews.views.items import item, items, presentation, routes
from reviews.views.mailing import checkpoint_mail
from reviews.views.media import guideline_media, media
from reviews.views.oneself import keys, own_rights, settings, single_keys, telling, theme, veils
from reviews.views.overriding import appeals, override, override_ending, signature
from reviews.views.projects import arrivals, project, tokens
from reviews.views.questioning import new_question, question, questions
from reviews.views.quizzing import guideline_acknowledgement, quiz, quiz_media, readers, reminder
from reviews.views.reading import guideline, guideline_changes, guideline_export, guideline_panel
from reviews.views.replaying import replay, replay_ending, replay_progress, replays, replays_list
from reviews.views.rereviewing import rereview, rereview_ending, rereview_progress, rereviews
from reviews.views.returning import returning
from reviews.views.running import claim_ending, operations, unmanned_holding
from reviews.views.switching import installation_switch, reroutings, switch
from reviews.views.together import batch, batch_decisions, batch_held, batch_openings, batch_withdrawals
from reviews.views.tray import columns, emptying, tray
from reviews.views.working import claim, claims, decision, draft, renewal, withdrawal, work

__all__ = [
    "acknowledgement",
    "appeals",
    "arrivals",
    "batch",
    "batch_decisions",
    "batch_held",
    "batch_openings",
    "batch_withdrawals",
    "callbacks",
    "callbacks_list",
    "card_acknowledgement",
    "card_panel",
    "checkpoint_mail",
    "claim",
    "claim_ending",
    "claims",
    "columns",
    "counts",
    "decision",
    "draft",
    "emptying",
    "endpoint",
    "endpoint_deliveries",
    "endpoint_secrets",
    "endpoint_switch",
    "endpoint_tests",
    "export",
    "exports",
    "exports_list",
    "guideline",
    "guideline_acknowledgement",
    "guideline_changes",
    "guideline_export",
    "guideline_media",
    "guideline_panel",
    "home",
    "installation_switch",
    "item",
    "item_example",
    "items",
    "keys",
    "media",
    "model_cards",
    "new_project",
    "new_question",
    "operations",
    "override",
    "override_ending",
    "own_rights",
    "presentation",
    "project",
    "question",
    "questions",
    "quiz",
    "quiz_media",
    "readers",
    "reminder",
    "renewal",
    "replay",
    "replay_ending",
    "replay_progress",
    "replays",
    "replays_list",
    "rereview",
    "rereview_ending",
    "rereview_progress",
    "rereviews",
    "reroutings",
    "returning",
    "routes",
    "settings",
    "signature",
    "single_keys",
    "switch",
    "telling",
    "theme",
    "threshold",
    "tokens",
    "trail",
    "tray",
    "unmanned_holding",
    "veils",
    "withdrawal",
    "work",
]
