from django.apps import AppConfig


class GuidelinesConfig(AppConfig):
    """What decisions are judged by."""

    name = "guidelines"

    def ready(self) -> None:
        """Freeze published versions and tell the ledger of their events."""
        from django.utils.translation import gettext_lazy as _

        from audit.models import Frozen, guard
        from audit.reads import EventKind, learn
        from guidelines import models

        guard(
            Frozen(models.ModelVersion),
            Frozen(models.TaxonomyVersion),
            Frozen(models.GuidelineVersion),
            Frozen(models.TaxonomyTerm, once=("began_at", "ended_at")),
            Frozen(
                models.GuidelineTerm,
                once=("began_at", "begin_event_id", "ended_at", "ended_by_id", "reason", "end_event_id"),
            ),
        )
        learn(
            EventKind("guidelines.taxonomy_published", _("Taxonomy {number} was published")),
            EventKind("guidelines.guideline_published", _("Guideline {number} was published")),
            EventKind("guidelines.guideline_began", _("Guideline {number} came in force on its day")),
            EventKind("guidelines.guideline_retired", _("Guideline {number} was retired: {reason}")),
            EventKind(
                "guidelines.guideline_called_off", _("Guideline {number} was called off before its day: {reason}")
            ),
            EventKind("guidelines.draft_begun", _("A guideline draft was begun")),
            EventKind("guidelines.draft_changed", _("The guideline draft was changed, revision {revision}")),
            EventKind("guidelines.draft_discarded", _("The guideline draft was discarded")),
            EventKind("guidelines.draft_proposed", _("A second editor was asked to read the guideline draft")),
            EventKind("guidelines.draft_agreed", _("A second editor agreed to the guideline draft")),
            EventKind("guidelines.draft_sent_back", _("The guideline draft was sent back: {note}")),
            EventKind("guidelines.second_editor_asked", _("Whether a second editor reads guidelines was changed")),
        )
        self._acknowledging()
        self._carding()

    def _acknowledging(self) -> None:
        """Freeze what people acknowledged and answered, and tell the ledger of it."""
        from django.utils.translation import gettext_lazy as _

        from audit.models import Frozen, guard
        from audit.reads import EventKind, learn
        from guidelines import models

        guard(
            Frozen(
                models.QuizAttempt,
                free=("given",),
                once=("answers", "right", "passed", "answered_at", "answer_event_id"),
            ),
            Frozen(models.GuidelineAcknowledgement),
            Frozen(models.GuidelineReminder),
        )
        learn(
            EventKind("guidelines.acknowledged", _("Guideline {number} was acknowledged")),
            EventKind("guidelines.quiz_begun", _("A quiz on guideline {number} was begun, attempt {attempt}")),
            EventKind(
                "guidelines.quiz_answered",
                _("A quiz on guideline {number} was answered, {right} right, attempt {attempt}"),
            ),
            EventKind("guidelines.reminded", _("Somebody was reminded to acknowledge guideline {number}")),
        )

    def _carding(self) -> None:
        """Freeze published cards of model versions, and tell the ledger of them."""
        from django.utils.translation import gettext_lazy as _

        from audit.models import Frozen, guard
        from audit.reads import EventKind, learn
        from guidelines import models

        guard(
            Frozen(models.ModelCard, once=("ended_at", "ended_by_id", "reason", "end_event_id")),
            Frozen(models.CardAcknowledgement),
        )
        learn(
            EventKind("guidelines.card_published", _("Card {number} of model {model} {version} was published")),
            EventKind("guidelines.card_retired", _("Card {number} of model {model} {version} was retired: {reason}")),
            EventKind("guidelines.card_draft_begun", _("A draft of the card of model {model} {version} was begun")),
            EventKind(
                "guidelines.card_draft_changed",
                _("The draft of the card of model {model} {version} was changed, revision {revision}"),
            ),
            EventKind(
                "guidelines.card_draft_discarded", _("The draft of the card of model {model} {version} was discarded")
            ),
            EventKind("guidelines.card_acknowledged", _("Card {number} of model {model} {version} was acknowledged")),
        )
