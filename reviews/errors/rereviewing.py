"""What re-review refuses."""

from django.utils.translation import gettext_noop as _

from audit.errors import Refusal


class BadRereview(Refusal):
    """What is asked for cannot be looked for or opened; `fields` holds the places."""

    code = "bad_rereview"
    sentence = _("This re-review cannot be made as asked; see the fields.")


class NothingAffected(Refusal):
    """No outcome in force names the labels."""

    code = "nothing_affected"
    sentence = _("No outcome in force names these labels; there is nothing to put up for re-review.")


class RereviewOver(Refusal):
    """The run is past that."""

    code = "rereview_over"
    sentence = _("This re-review is past that step already. Read how it stands.")


class RereviewRuns(Refusal):
    """One at a time a project."""

    code = "rereview_runs"
    sentence = _("A re-review of this project is not through yet. Confirm it, drop it, or wait for it.")


class RereviewStopped(Refusal):
    """The worker stopped again and again."""

    code = "rereview_stopped"
    sentence = _("The program was stopped several times while it did this. Ask again, or tell who runs hitl.")
