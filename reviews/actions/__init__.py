"""The loop's verbs."""

from reviews.actions.batching import claim_batch, give_back_batch, open_batch
from reviews.actions.bringing import Sent, plan_rows, put_away, put_images, put_rows, send_tray, sweep_trays
from reviews.actions.claiming import claim_next
from reviews.actions.confirming import Answer, decide_batch
from reviews.actions.countersigning import countersign, decline, end_overrides
from reviews.actions.deciding import Decided, decide
from reviews.actions.ending import sweep
from reviews.actions.exporting import ask_export, drop_exports, find_exports, make_export
from reviews.actions.founding import found_project
from reviews.actions.governing import publish_rights, turn_switch
from reviews.actions.hearing import receive_appeal
from reviews.actions.holding import give_back, open_claim, prolong, save_draft
from reviews.actions.lines import fill_project
from reviews.actions.overriding import put_aside
from reviews.actions.receiving import Received, receive, would_refuse
from reviews.actions.reclaiming import claim_again
from reviews.actions.releasing import release
from reviews.actions.rerouting import route_again
from reviews.actions.seeding import reveal_seeds
from reviews.actions.setting_up import apply_project
from reviews.actions.taking_back import take_back
from reviews.actions.unconfirming import withdraw_batch
from reviews.actions.withdrawing import withdraw

__all__ = [
    "Answer",
    "Decided",
    "Received",
    "Sent",
    "apply_project",
    "ask_export",
    "claim_again",
    "claim_batch",
    "claim_next",
    "countersign",
    "decide",
    "decide_batch",
    "decline",
    "drop_exports",
    "end_overrides",
    "fill_project",
    "find_exports",
    "found_project",
    "give_back",
    "give_back_batch",
    "make_export",
    "open_batch",
    "open_claim",
    "plan_rows",
    "prolong",
    "publish_rights",
    "put_aside",
    "put_away",
    "put_images",
    "put_rows",
    "receive",
    "receive_appeal",
    "release",
    "reveal_seeds",
    "route_again",
    "save_draft",
    "send_tray",
    "sweep",
    "sweep_trays",
    "take_back",
    "turn_switch",
    "withdraw",
    "withdraw_batch",
    "would_refuse",
]
