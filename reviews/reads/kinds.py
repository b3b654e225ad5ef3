"""The loop's kinds of events, with the sentences that tell them."""

from django.utils.translation import gettext_lazy as _

from audit.reads import EventKind

KINDS = (
    EventKind("reviews.item_received", _("The item came in and went to {arm} by “{rule}”")),
    EventKind("reviews.item_routed_again", _("The item was routed again: {arm} by “{rule}”")),
    EventKind("reviews.item_held", _("The item is held: {reason}")),
    EventKind("reviews.disagreed", _("People disagree")),
    EventKind("reviews.task_opened", _("A task opened in {queue}: {kind}")),
    EventKind("reviews.escalated", _("The item was escalated to {queue}")),
    EventKind("reviews.outcome_settled", _("Outcome {number} was settled ({source})")),
    EventKind("reviews.outcome_released", _("Outcome {number} was released at position {position}")),
    EventKind("reviews.outcome_annulled", _("Outcome {number} was annulled")),
    EventKind("reviews.audit_recorded", _("The audit found: {finding}")),
    EventKind("reviews.audit_annulled", _("The audit’s finding was annulled: {finding}")),
    EventKind("reviews.task_closed", _("A task that nobody had touched was closed")),
    EventKind("reviews.seat_added", _("One more person is asked")),
    EventKind("reviews.seats_closed", _("{count} seats were closed")),
    EventKind("reviews.claimed", _("The task was claimed")),
    EventKind("reviews.opened", _("The item was on screen")),
    EventKind("reviews.decision_submitted", _("Decision: {verdict}")),
    EventKind("reviews.decision_withdrawn", _("The decision was withdrawn")),
    EventKind("reviews.decision_returned", _("The decision was returned to its author for rework: {note}")),
    EventKind("reviews.adjudication_put_off", _("The adjudication waits for the rework")),
    EventKind("reviews.claim_lapsed", _("The claim lapsed")),
    EventKind("reviews.claim_returned", _("The claim was given back")),
    EventKind("reviews.claim_left", _("The item was left out of a batch, for single review")),
    EventKind("reviews.claim_ended", _("The claim was ended")),
    EventKind("reviews.claim_taken_back", _("Operations ended the claim: {why}")),
    EventKind("reviews.outcomes_positioned", _("Outcomes accepted at intake took positions {first} to {last}")),
    EventKind("reviews.project_set_up", _("The project's set-up changed")),
    EventKind("reviews.rights_published", _("Decision rights {number} were published")),
    EventKind("reviews.switch_turned", _("The switch was turned to {position}")),
    EventKind("reviews.seed_committed", _("The draw seed of {month} was committed to")),
    EventKind("reviews.seed_revealed", _("The draw seed of {month} was revealed")),
)
