"""What taxonomies and guidelines refuse."""

from django.utils.translation import gettext_noop as _

from audit.errors import Refusal


class BadGuideline(Refusal):
    """A taxonomy or a guideline cannot be published, or not even kept; `fields` holds each place."""

    code = "bad_guideline"
    sentence = _("This guideline cannot be taken as it stands; see the places.")


class BadArchive(Refusal):
    """A guideline's archive is not whole, or holds what has no place in it; `fields` names each file."""

    code = "bad_archive"
    sentence = _("This archive cannot be taken; nothing of it was kept. See the files.")


class DraftOfAnother(Refusal):
    """Somebody else is writing the draft that an archive would put aside."""

    code = "draft_of_another"
    sentence = _("Somebody else is writing a draft in this language. Ask them, or say that it is to be replaced.")


class NoGuideline(Refusal):
    """There is no such version to export."""

    code = "no_guideline"
    sentence = _("There is no such version of this project's guideline.")


class NoGuidelineDraft(Refusal):
    """Nobody is writing the next version."""

    code = "no_guideline_draft"
    sentence = _("There is no draft any more: it was published or discarded.")


class GuidelineDraftStale(Refusal):
    """The draft, or what it was begun from, was changed since it was read."""

    code = "guideline_draft_stale"
    sentence = _("Somebody has changed this draft since you read it. Nothing of yours was kept over theirs.")


class NotReviewed(Refusal):
    """The project asks for a second editor, and none has agreed to this draft as it stands."""

    code = "not_reviewed"
    sentence = _("Another editor reads this draft first and agrees to it; then it can be published.")


class SecondEditorNeeded(Refusal):
    """Whoever agrees is not who wrote or proposed it."""

    code = "second_editor_needed"
    sentence = _("You wrote this, or asked for it to be read: another editor agrees to it.")


class NotInForce(Refusal):
    """The version is neither in force nor waiting for its day."""

    code = "not_in_force"
    sentence = _("This version is not in force and does not wait for its day; there is nothing to end.")


class ScheduleWaits(Refusal):
    """A version waits for its day."""

    code = "schedule_waits"
    sentence = _("A version waits for its day. Call that off first, or wait until it is in force.")


class WrittenByEditors(Refusal):
    """A project file would put aside what editors have published."""

    code = "written_by_editors"
    sentence = _(
        "Editors have published what stands here, and this file says something else. Change it in the admin, or import "
        "a guideline's archive."
    )


class NothingToAcknowledge(Refusal):
    """The version is not in force, or asks nobody to acknowledge it."""

    code = "nothing_to_acknowledge"
    sentence = _("This version is not the one to acknowledge now. Open the guideline: what is in force stands there.")


class AlreadyAcknowledged(Refusal):
    """The person has acknowledged the version."""

    code = "already_acknowledged"
    sentence = _("You have acknowledged this version already; go on with your work.")


class QuizFirst(Refusal):
    """The version has a quiz."""

    code = "quiz_first"
    sentence = _("This version has a short quiz: passing it acknowledges the version.")


class BadAnswer(Refusal):
    """An answer to a quiz is none, or to a question that does not come next."""

    code = "bad_answer"
    sentence = _("Answer the question on screen with correct or incorrect.")


class RemindedLately(Refusal):
    """Somebody reminded the person within the hour."""

    code = "reminded_lately"
    sentence = _("They were reminded within the last hour, and see it on their first page.")


class BadCard(Refusal):
    """A model card cannot be published, retired or kept as it stands; `fields` holds each place."""

    code = "bad_card"
    sentence = _("This card cannot be taken as it stands; see the places.")


class NoCardDraft(Refusal):
    """Nobody is writing the next card of this model version."""

    code = "no_card_draft"
    sentence = _("There is no draft of this card any more: it was published or discarded.")


class CardDraftStale(Refusal):
    """The draft of a card, or what it was begun from, was changed since it was read."""

    code = "card_draft_stale"
    sentence = _("Somebody has changed this card since you read it. Nothing of yours was kept over theirs.")


class CardNotInForce(Refusal):
    """The card is not the one in force for its model version."""

    code = "card_not_in_force"
    sentence = _("This card is not in force; look at what is in force now.")
