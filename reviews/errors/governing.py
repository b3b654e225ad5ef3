"""What the loop refuses of decision rights, switches and set-up."""

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
