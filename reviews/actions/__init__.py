"""The loop's verbs."""

from reviews.actions.claiming import claim_next
from reviews.actions.deciding import Decided, decide
from reviews.actions.ending import sweep
from reviews.actions.governing import publish_rights, turn_switch
from reviews.actions.holding import give_back, open_claim, prolong, save_draft
from reviews.actions.lines import fill_project
from reviews.actions.receiving import Received, receive
from reviews.actions.releasing import release
from reviews.actions.rerouting import route_again
from reviews.actions.seeding import reveal_seeds
from reviews.actions.setting_up import apply_project
from reviews.actions.taking_back import take_back
from reviews.actions.withdrawing import withdraw

__all__ = [
    "Decided",
    "Received",
    "apply_project",
    "claim_next",
    "decide",
    "fill_project",
    "give_back",
    "open_claim",
    "prolong",
    "publish_rights",
    "receive",
    "release",
    "reveal_seeds",
    "route_again",
    "save_draft",
    "sweep",
    "take_back",
    "turn_switch",
    "withdraw",
]
