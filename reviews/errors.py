"""What the loop refuses."""

import datetime as dt

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from audit.errors import Refusal


class BadRights(Refusal):
    """The decision rights cannot be published as they stand."""

    code = "bad_rights"
    sentence = _("These decision rights cannot be published.")


class DraftStale(Refusal):
    """The draft, or the version in force that it was compared with, has changed since it was read."""

    code = "draft_stale"
    sentence = _("Somebody else has changed this since you opened it. What you typed is kept on this page.")


class NoDraft(Refusal):
    """Nobody is writing decision rights for this project."""

    code = "no_draft"
    sentence = _("There is no draft: it was published or discarded. Begin a new one.")


class NotProposed(Refusal):
    """The draft has not been proposed for publishing."""

    code = "not_proposed"
    sentence = _("Nobody has proposed this draft, or it was changed since. Propose it first.")


class SecondPersonNeeded(Refusal):
    """The project asks for two people, and this would be one."""

    code = "second_person_needed"
    sentence = _(
        "In this project decision rights take two people: one proposes a draft in the editor, and another one, who did "
        "not change it last, publishes it."
    )


class BadBody(Refusal):
    """What was sent does not read as what was asked for."""

    code = "bad_body"
    sentence = _("What was sent does not read.")


class BadQuery(Refusal):
    """A parameter of a query cannot be taken."""

    code = "bad_query"
    sentence = _("A parameter of this address cannot be taken.")


class LengthRequired(Refusal):
    """A body came in pieces, without its length."""

    code = "length_required"
    sentence = _("Send the body with its length (Content-Length), not in chunks.")


class BadItem(Refusal):
    """An item has a field that cannot be taken."""

    code = "bad_item"
    sentence = _("This item cannot be taken.")


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


class NotHeld(Refusal):
    """Only a held item is routed again."""

    code = "not_held"
    sentence = _("This item is not held, so there is nothing to route again.")


class StillHolding(Refusal):
    """A switch still holds everything."""

    code = "still_holding"
    sentence = _("The switch still holds everything, so nothing can be routed again. Turn it back first.")


class NothingToReroute(Refusal):
    """No item is held by a switch."""

    code = "nothing_to_reroute"
    sentence = _("No item is held by a switch, so there is nothing to route again.")


class ReroutingRuns(Refusal):
    """One run over the held items is not done yet."""

    code = "rerouting_runs"
    sentence = _("The held items are being routed again already. Wait until that is done.")


class ReroutingStopped(Refusal):
    """The worker stopped again and again."""

    code = "rerouting_stopped"
    sentence = _("The program was stopped several times while it routed these. Ask again, or tell who runs hitl.")


class NoRights(Refusal):
    """The project has no decision rights in force."""

    code = "no_rights"
    sentence = _("This project has no published decision rights yet. Publish some, then send items.")


class ItemDiffers(Refusal):
    """Another body came under an external id that is taken."""

    code = "item_differs"
    sentence = _("This external_id was used with another body. Send the same body, or choose another external_id.")


class ItemGone(Refusal):
    """The item's body has expired or been erased, so it cannot be compared."""

    code = "item_gone"
    sentence = _("The body of this item is gone, so it cannot be compared. Choose another external_id.")


class BadProjectFile(Refusal):
    """A project file cannot be applied as it stands."""

    code = "bad_project"
    sentence = _("This project file cannot be applied.")


class SeedDiffers(Refusal):
    """The draw master is not the one behind the committed seed."""

    code = "seed_differs"
    sentence = _(
        "The draw master differs from the one this month's draws were promised with. Put the old key file back."
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


class ExportRunning(Refusal):
    """One that the person asked for is not done yet."""

    code = "export_running"
    sentence = _("An export that you asked for is still being made. Ask for another one when it is ready.")


class ExportStopped(Refusal):
    """The worker stopped again and again."""

    code = "export_stopped"
    sentence = _("The program was stopped several times while it wrote this. Ask again, or tell who runs hitl.")


class NoRoomForExport(Refusal):
    """The file could not be written."""

    code = "no_room_for_export"
    sentence = _(
        "The file could not be written, maybe for want of room on the disk. Tell who runs hitl, then ask again."
    )


class ExportGone(Refusal):
    """There is no file any more, or not yet."""

    code = "export_gone"
    sentence = _(
        "This file is not here: it is not ready, or its time is over, or something was erased since. Ask for a new one."
    )


class ReplayRunning(Refusal):
    """One that the person asked for is not done yet."""

    code = "replay_running"
    sentence = _("A replay that you asked for is not done yet. Wait for it or cancel it, then ask for another one.")


class ReplayOver(Refusal):
    """The replay that is to be cancelled has ended."""

    code = "replay_over"
    sentence = _("This replay has ended already; nothing is left to cancel.")


class ReplayStopped(Refusal):
    """The worker stopped again and again."""

    code = "replay_stopped"
    sentence = _("The program was stopped several times while it read the past. Ask again, or tell who runs hitl.")


class ReplayMissing(Refusal):
    """The project asks for a replay before decision rights are published, and there is none of this document."""

    code = "replay_missing"
    sentence = _(
        "This project asks that decision rights are tried on the past before they are published. Replay this document "
        "on the project’s page Replays, against the version in force; then publish it."
    )


class BadEndpoint(Refusal):
    """An endpoint for callbacks cannot be set as it stands."""

    code = "bad_endpoint"
    sentence = _("This endpoint cannot be taken as it stands.")


class NothingToSend(Refusal):
    """There is no failed message to send again."""

    code = "nothing_to_send"
    sentence = _("No message here has failed, so there is nothing to send again.")


class SecretUnread(Refusal):
    """An endpoint's secret does not open with the key that this installation has."""

    code = "secret_unread"
    sentence = _(
        "Its secret cannot be read with the key of this installation. Put the old key back, or make a new secret."
    )


class ItemSettled(Refusal):
    """The item has its outcome, so it is not withdrawn."""

    code = "item_settled"
    sentence = _(
        "This item is decided, so it cannot be withdrawn. Read its outcome; a settled one is released shortly."
    )


class NothingInForce(Refusal):
    """The item has no released outcome that could be put aside, or a newer one is on its way out."""

    code = "nothing_in_force"
    sentence = _("No answer is in force here yet, or a newer one is being released. Come back when it is.")


class InWork(Refusal):
    """People are at work on the item."""

    code = "in_work"
    sentence = _("People are working on this item now, so its answer stays until they are done.")


class OwnWork(Refusal):
    """The person had a part in what they would judge."""

    code = "own_work"
    sentence = _("You had a part in this item, so somebody else has to do this: nobody judges their own work.")


class OverrideWaits(Refusal):
    """An override of this outcome waits for its second signature."""

    code = "override_waits"
    sentence = _("Another answer has been put forward here already and waits for its second signature.")


class OverrideOver(Refusal):
    """The override waits no longer."""

    code = "override_over"
    sentence = _("This waits for no signature any more: it was signed, declined, or fell over what happened since.")


class RecordDiffers(Refusal):
    """What would be signed is not what the person was shown."""

    code = "record_differs"
    sentence = _("What you would sign is not what you were shown. Look at it again.")


class AppealDiffers(Refusal):
    """Another complaint came under an id that is taken, or the text of that one is gone."""

    code = "appeal_differs"
    sentence = _("This external_id was used for another appeal on this item. Choose another one.")


class AppealWaits(Refusal):
    """An appeal on this item is being heard."""

    code = "appeal_waits"
    sentence = _("An appeal on this item is being heard. Send this one when that has ended.")
