"""What questions, and items as examples, are refused for."""

from django.utils.translation import gettext_noop as _

from audit.errors import Refusal


class BadQuestion(Refusal):
    """It cannot be asked or answered as written; `fields` holds the places."""

    code = "bad_question"
    sentence = _("This cannot be kept as written; see the fields.")


class TooManyQuestions(Refusal):
    """So many of theirs wait."""

    code = "too_many_questions"
    sentence = _("Twenty questions of yours wait for an answer here. Take one back, or wait until one is answered.")


class QuestionOver(Refusal):
    """It has its end already."""

    code = "question_over"
    sentence = _("This question is closed already. Ask another one where it is not settled.")


class BadExample(Refusal):
    """The item cannot become such an example; `fields` holds the places."""

    code = "bad_example"
    sentence = _("This item cannot become an example as asked; see the fields.")


class NothingToShow(Refusal):
    """A guideline's example cannot carry what the item has."""

    code = "nothing_to_show"
    sentence = _(
        "A guideline shows a picture, a sound or a text. This item has none of these by itself, or its content is gone."
    )


class Veiled(Refusal):
    """The project lays a veil over its items, and a guideline shows its examples without one."""

    code = "veiled"
    sentence = _("This project veils its items, and a guideline shows its examples without a veil: none becomes one.")


class ConsentWaits(Refusal):
    """It was asked already."""

    code = "consent_waits"
    sentence = _("Somebody has asked already whether this item may be shown. It waits for an answer.")


class ConsentOver(Refusal):
    """It is past that."""

    code = "consent_over"
    sentence = _("This was answered meanwhile. Read how it stands.")
