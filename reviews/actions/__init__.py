"""The loop's verbs."""

from reviews.actions.acknowledging import acknowledge
from reviews.actions.batching import claim_batch, give_back_batch, open_batch
from reviews.actions.bringing import Sent, plan_rows, put_away, put_images, put_rows, send_tray, sweep_trays
from reviews.actions.calling_back import call_back, drop_deliveries, find_callbacks
from reviews.actions.calling_off import withdraw_item
from reviews.actions.claiming import claim_next
from reviews.actions.climbing import climb
from reviews.actions.confirming import Answer, decide_batch
from reviews.actions.countersigning import countersign, decline, end_overrides, take_override_back
from reviews.actions.deciding import Decided, decide
from reviews.actions.drafting import (
    begin_draft,
    change_draft,
    discard_draft,
    propose_draft,
    publish_draft,
    take_back_proposal,
)
from reviews.actions.ending import sweep
from reviews.actions.endpoints import add_endpoint, change_endpoint, rotate_secret, switch_endpoint
from reviews.actions.exemplifying import Made, Wish, end_consent, give_consent, make_example
from reviews.actions.expiring import meet_deadlines
from reviews.actions.exporting import ask_export, drop_exports, find_exports, make_export
from reviews.actions.founding import found_project
from reviews.actions.governing import publish_rights, turn_switch
from reviews.actions.hearing import receive_appeal
from reviews.actions.holding import give_back, open_claim, prolong, save_draft
from reviews.actions.lines import fill_project
from reviews.actions.mailing import drop_notices, tell_people
from reviews.actions.measuring import count_audits, count_audits_anew
from reviews.actions.overriding import put_aside
from reviews.actions.predicting import Predicted, receive_prediction, receive_predictions
from reviews.actions.publishing import set_publishing
from reviews.actions.questioning import answer_question, ask_question, take_question_back
from reviews.actions.receiving import Received, receive, would_refuse
from reviews.actions.reclaiming import claim_again
from reviews.actions.releasing import release, release_of
from reviews.actions.replaying import ask_replay, cancel_replay, find_replays, make_replay
from reviews.actions.rereviewing import (
    ask_rereview,
    confirm_rereview,
    drop_rereview,
    find_rereviews,
    rereview,
)
from reviews.actions.rerouting import route_again
from reviews.actions.rerouting_all import ask_rerouting, find_reroutings, reroute, turn_and_reroute
from reviews.actions.returning import return_for_rework
from reviews.actions.seeding import reveal_seeds
from reviews.actions.sending_again import send_again, send_test
from reviews.actions.setting_up import apply_project
from reviews.actions.stranding import hold_stranded
from reviews.actions.taking_back import take_back
from reviews.actions.unconfirming import withdraw_batch
from reviews.actions.unmanning import hold_unmanned
from reviews.actions.withdrawing import withdraw

__all__ = [
    "Answer",
    "Decided",
    "Made",
    "Predicted",
    "Received",
    "Sent",
    "Wish",
    "acknowledge",
    "add_endpoint",
    "answer_question",
    "apply_project",
    "ask_export",
    "ask_question",
    "ask_replay",
    "ask_rereview",
    "ask_rerouting",
    "begin_draft",
    "call_back",
    "cancel_replay",
    "change_draft",
    "change_endpoint",
    "claim_again",
    "claim_batch",
    "claim_next",
    "climb",
    "confirm_rereview",
    "count_audits",
    "count_audits_anew",
    "countersign",
    "decide",
    "decide_batch",
    "decline",
    "discard_draft",
    "drop_deliveries",
    "drop_exports",
    "drop_notices",
    "drop_rereview",
    "end_consent",
    "end_overrides",
    "fill_project",
    "find_callbacks",
    "find_exports",
    "find_replays",
    "find_rereviews",
    "find_reroutings",
    "found_project",
    "give_back",
    "give_back_batch",
    "give_consent",
    "hold_stranded",
    "hold_unmanned",
    "make_example",
    "make_export",
    "make_replay",
    "meet_deadlines",
    "open_batch",
    "open_claim",
    "plan_rows",
    "prolong",
    "propose_draft",
    "publish_draft",
    "publish_rights",
    "put_aside",
    "put_away",
    "put_images",
    "put_rows",
    "receive",
    "receive_appeal",
    "receive_prediction",
    "receive_predictions",
    "release",
    "release_of",
    "rereview",
    "reroute",
    "return_for_rework",
    "reveal_seeds",
    "rotate_secret",
    "route_again",
    "save_draft",
    "send_again",
    "send_test",
    "send_tray",
    "set_publishing",
    "sweep",
    "sweep_trays",
    "switch_endpoint",
    "take_back",
    "take_back_proposal",
    "take_override_back",
    "take_question_back",
    "tell_people",
    "turn_and_reroute",
    "turn_switch",
    "withdraw",
    "withdraw_batch",
    "withdraw_item",
    "would_refuse",
]
