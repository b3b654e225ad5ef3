"""What the loop refuses of claims, decisions, and what follows from them."""

import datetime as dt

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from audit.errors import Refusal


class BadOutput(Refusal):
    """An output does not fit the project's task type and labels."""

    code = "bad_output"
    sentence = _("This answer does not fit the project.")


class ClaimLost(Refusal):
    """The claim lapsed, ended, or is another person's."""

    code = "claim_lost"
    sentence = _(
        "Your claim on this task has ended: it lapsed, or was given back. Take the next one; what you typed is kept."
    )


class ClaimOver(Refusal):
    """The claim that somebody else is to give back has ended."""

    code = "claim_over"
    sentence = _("This claim has ended already: decided, given back or lapsed. Nothing is left to take back.")


class ReasonMissing(Refusal):
    """A verb that asks for a reason came without one."""

    code = "reason_missing"
    sentence = _("Say why: the reason is kept in the trail.")


class NotOpened(Refusal):
    """A decision came under a claim that was never on screen."""

    code = "not_opened"
    sentence = _("This item has not been on screen under this claim. Open it, then decide.")


class AnotherOpen(Refusal):
    """The person has another item on screen."""

    code = "another_open"
    sentence = _("You have another item open. Decide it or give it back first.")


class InABatch(Refusal):
    """The claim is one of a batch."""

    code = "in_a_batch"
    sentence = _("You hold this item in a batch. Decide it there, or leave it for single review.")


class NoBatch(Refusal):
    """The decision rights in force give no batches here, or no longer."""

    code = "no_batch"
    sentence = _("The decision rights do not let items of this queue be confirmed in a batch. Take them one by one.")


class AnotherBatch(Refusal):
    """The person has another batch open."""

    code = "another_batch"
    sentence = _("You have another batch open. Finish it or give it back first.")


class AlreadyDecided(Refusal):
    """The claim was decided with another body."""

    code = "already_decided"
    sentence = _("You have already decided this, and differently. Withdraw that decision to change it.")


class BadDecision(Refusal):
    """The decision does not fit the task."""

    code = "bad_decision"
    sentence = _("This decision does not fit the task.")


class VerdictNotAllowed(Refusal):
    """The decision rights do not give this verdict to this role in this queue."""

    code = "verdict_not_allowed"
    sentence = _("The decision rights do not allow this verdict to your role in this queue.")


class NoHigherLevel(Refusal):
    """There is no queue above this one."""

    code = "no_higher_level"
    sentence = _("This is the highest level: there is no queue to escalate to. Decide or skip.")


class NobodyBelow(Refusal):
    """Nobody at a lower level may take this item."""

    code = "nobody_below"
    sentence = _("Nobody on a lower level is left to take this item. Decide it, or escalate it.")


class EscalationOver(Refusal):
    """There is no such escalated task, or it is answered or passed on."""

    code = "escalation_over"
    sentence = _("This escalation is over: somebody answered it, or it was passed on.")


class Released(Refusal):
    """The outcome was released; a decision behind it stands."""

    code = "released"
    sentence = _("The outcome has been released, so this decision stands. Ask someone who may override it.")


class MovedOn(Refusal):
    """Others have taken the work up from where this decision put it."""

    code = "moved_on"
    sentence = _("Someone has taken this up since, so your decision stands.")


class NotReturnable(Refusal):
    """The decision is none that whoever holds this claim may return."""

    code = "not_returnable"
    sentence = _("Only whoever settles a disagreement returns one of its decisions, an answer of somebody else.")


class AuthorGone(Refusal):
    """The author of a decision no longer works in its queue."""

    code = "author_gone"
    sentence = _("Its author no longer works in that queue, so it cannot be returned to them. Settle it yourself.")


class AcknowledgementDue(Refusal):
    """The guideline or a model card in force of `project` (its slug) asks to be acknowledged; this person has not."""

    code = "acknowledgement_due"
    sentence = _("A guideline or a model card is to be acknowledged first.")

    def __init__(self, project_id: int, project: str, name: str) -> None:
        self.project_id, self.project = project_id, project
        super().__init__(
            gettext(
                "Read what is in force in %(name)s, its guideline and its model cards, and acknowledge it: until then "
                "you get no work there. It stands at %(address)s."
            )
            % {"name": name, "address": f"/projects/{project}/guideline/acknowledgement/"}
        )


class BreakDue(Refusal):
    """The person has looked at hard content for as long as the project lets anyone; `until` the break lasts."""

    code = "break_due"
    sentence = _("A break from hard content is due.")

    def __init__(self, until: dt.datetime) -> None:
        self.until = until
        told = until.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        super().__init__(
            gettext("A break from hard content is due; the next item waits until %(until)s.") % {"until": told}
        )
