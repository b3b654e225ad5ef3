"""What the loop refuses of what comes in from outside, and what goes back there."""

from django.utils.translation import gettext_noop as _

from audit.errors import Refusal


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


class ItemDiffers(Refusal):
    """Another body came under an external id that is taken."""

    code = "item_differs"
    sentence = _("This external_id was used with another body. Send the same body, or choose another external_id.")


class ItemGone(Refusal):
    """The item's body has expired or been erased, so it cannot be compared."""

    code = "item_gone"
    sentence = _("The body of this item is gone, so it cannot be compared. Choose another external_id.")


class ItemSettled(Refusal):
    """The item has its outcome, so it is not withdrawn."""

    code = "item_settled"
    sentence = _(
        "This item is decided, so it cannot be withdrawn. Read its outcome; a settled one is released shortly."
    )


class BadPrediction(Refusal):
    """A further prediction has a field that cannot be taken."""

    code = "bad_prediction"
    sentence = _("This prediction cannot be taken.")


class PredictionDiffers(Refusal):
    """This model version has said something else of the item, for the same purpose."""

    code = "prediction_differs"
    sentence = _(
        "This model version has predicted something else for this item and purpose, and that stands. Send a new result "
        "under a version of its own."
    )


class PredictionGone(Refusal):
    """What this model version said of the item was erased, so it cannot be compared."""

    code = "prediction_gone"
    sentence = _("What this model version predicted for this item was erased, so it is not taken again.")


class ItemOver(Refusal):
    """The item is withdrawn, has expired or was erased; nothing more is kept of it."""

    code = "item_over"
    sentence = _("This item is over, so no further prediction of it is kept.")


class NotHeld(Refusal):
    """Only a held item is routed again."""

    code = "not_held"
    sentence = _("This item is not held, so there is nothing to route again.")


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
