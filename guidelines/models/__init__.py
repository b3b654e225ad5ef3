"""What decisions are judged by, and how it is written."""

from guidelines.models.acknowledging import GuidelineAcknowledgement, GuidelineReminder, QuizAttempt
from guidelines.models.cards import CardAcknowledgement, ModelCard, ModelCardDraft
from guidelines.models.drafting import GuidelineDraft, GuidelineSetup
from guidelines.models.terms import GuidelineTerm, TaxonomyTerm
from guidelines.models.versions import GuidelineVersion, ModelVersion, TaxonomyVersion

__all__ = [
    "CardAcknowledgement",
    "GuidelineAcknowledgement",
    "GuidelineDraft",
    "GuidelineReminder",
    "GuidelineSetup",
    "GuidelineTerm",
    "GuidelineVersion",
    "ModelCard",
    "ModelCardDraft",
    "ModelVersion",
    "QuizAttempt",
    "TaxonomyTerm",
    "TaxonomyVersion",
]
