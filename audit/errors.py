"""What the ledger refuses, and the base of every refusal in hitl."""

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _


class Refusal(Exception):  # noqa: N818 - a refusal is a fact that a person can act on, not a defect
    """A verb said no: nothing was changed.

    `code` is stable and part of the contract. `sentence` says what happened, then what to do: a class has it in
    English, one that is raised in the language of whoever asked. `fields` names the places in what was sent:
    (path, message) pairs.
    """

    code = "refused"
    sentence = _("This cannot be done.")

    def __init__(self, sentence: str | None = None, *, fields: list[tuple[str, str]] | None = None) -> None:
        self.sentence = sentence or gettext(type(self).sentence)
        self.fields = fields or []
        super().__init__(self.sentence)


class NotCanonical(Refusal):
    """The value has no RFC 8785 form that reads back as it was."""

    code = "not_canonical"
    sentence = _("This value has no exact JSON form.")
