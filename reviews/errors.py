"""What the loop refuses."""

from audit.errors import Refusal


class BadRights(Refusal):
    """The decision rights cannot be published as they stand."""

    code = "bad_rights"
    sentence = "These decision rights cannot be published."


class BadBody(Refusal):
    """What was sent does not read as what was asked for."""

    code = "bad_body"
    sentence = "What was sent does not read."


class BadQuery(Refusal):
    """A parameter of a query cannot be taken."""

    code = "bad_query"
    sentence = "A parameter of this address cannot be taken."


class LengthRequired(Refusal):
    """A body came in pieces, without its length."""

    code = "length_required"
    sentence = "Send the body with its length (Content-Length), not in chunks."


class BadItem(Refusal):
    """An item has a field that cannot be taken."""

    code = "bad_item"
    sentence = "This item cannot be taken."


class BadOutput(Refusal):
    """An output does not fit the project's task type and labels."""

    code = "bad_output"
    sentence = "This answer does not fit the project."


class ClaimLost(Refusal):
    """The claim lapsed, ended, or is another person's."""

    code = "claim_lost"
    sentence = "Your claim on this task has lapsed; take the next one. What you typed is kept."


class ClaimOver(Refusal):
    """The claim that somebody else is to give back has ended."""

    code = "claim_over"
    sentence = "This claim has ended already: decided, given back or lapsed. Nothing is left to take back."


class ReasonMissing(Refusal):
    """A verb that asks for a reason came without one."""

    code = "reason_missing"
    sentence = "Say why: the reason is kept in the trail."


class NotOpened(Refusal):
    """A decision came under a claim that was never on screen."""

    code = "not_opened"
    sentence = "This item has not been on screen under this claim. Open it, then decide."


class AnotherOpen(Refusal):
    """The person has another item on screen."""

    code = "another_open"
    sentence = "You have another item open. Decide it or give it back first."


class AlreadyDecided(Refusal):
    """The claim was decided with another body."""

    code = "already_decided"
    sentence = "You have already decided this, and differently. Withdraw that decision to change it."


class BadDecision(Refusal):
    """The decision does not fit the task."""

    code = "bad_decision"
    sentence = "This decision does not fit the task."


class VerdictNotAllowed(Refusal):
    """The decision rights do not give this verdict to this role in this queue."""

    code = "verdict_not_allowed"
    sentence = "The decision rights do not allow this verdict to your role in this queue."


class NoHigherLevel(Refusal):
    """There is no queue above this one."""

    code = "no_higher_level"
    sentence = "This is the highest level: there is no queue to escalate to. Decide or skip."


class Released(Refusal):
    """The outcome was released; a decision behind it stands."""

    code = "released"
    sentence = "The outcome has been released, so this decision stands. Ask someone who may override it."


class MovedOn(Refusal):
    """Others have taken the work up from where this decision put it."""

    code = "moved_on"
    sentence = "Someone has taken this up since, so your decision stands."


class NotHeld(Refusal):
    """Only a held item is routed again."""

    code = "not_held"
    sentence = "This item is not held, so there is nothing to route again."


class NoRights(Refusal):
    """The project has no decision rights in force."""

    code = "no_rights"
    sentence = "This project has no published decision rights yet. Publish some, then send items."


class ItemDiffers(Refusal):
    """Another body came under an external id that is taken."""

    code = "item_differs"
    sentence = "This external_id was used with another body. Send the same body, or choose another external_id."


class ItemGone(Refusal):
    """The item's body has expired or been erased, so it cannot be compared."""

    code = "item_gone"
    sentence = "The body of this item is gone, so it cannot be compared. Choose another external_id."


class BadProjectFile(Refusal):
    """A project file cannot be applied as it stands."""

    code = "bad_project"
    sentence = "This project file cannot be applied."


class SeedDiffers(Refusal):
    """The draw master is not the one behind the committed seed."""

    code = "seed_differs"
    sentence = "The draw master differs from the one this month's draws were promised with. Put the old key file back."
