"""What the loop refuses of outcomes put aside, signed for and appealed against."""

from django.utils.translation import gettext_noop as _

from audit.errors import Refusal


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
    sentence = _(
        "This waits for no signature any more: it was signed, declined, taken back, or fell over what came since."
    )


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
