"""Verbs of taxonomies and guidelines."""

from guidelines.actions.acknowledging import (
    acknowledge_guideline,
    answer_question,
    begin_quiz,
    remind_of_guideline,
)
from guidelines.actions.carding import (
    begin_card_draft,
    change_card_draft,
    discard_card_draft,
    publish_card_draft,
    retire_card,
)
from guidelines.actions.drafting import (
    answer_guideline_draft,
    ask_for_second_editor,
    begin_guideline_draft,
    change_guideline_draft,
    discard_guideline_draft,
    propose_guideline_draft,
    rebase_guideline_draft,
)
from guidelines.actions.exporting import Exported, export_guideline
from guidelines.actions.hearing import hear_of_versions
from guidelines.actions.importing import Imported, digests_of, import_guideline
from guidelines.actions.issuing import publish_guideline_draft
from guidelines.actions.publishing import publish_guideline, publish_taxonomy
from guidelines.actions.reading_cards import acknowledge_card
from guidelines.actions.terms import begin_due, end_guideline, show_in_force

__all__ = [
    "Exported",
    "Imported",
    "acknowledge_card",
    "acknowledge_guideline",
    "answer_guideline_draft",
    "answer_question",
    "ask_for_second_editor",
    "begin_card_draft",
    "begin_due",
    "begin_guideline_draft",
    "begin_quiz",
    "change_card_draft",
    "change_guideline_draft",
    "digests_of",
    "discard_card_draft",
    "discard_guideline_draft",
    "end_guideline",
    "export_guideline",
    "hear_of_versions",
    "import_guideline",
    "propose_guideline_draft",
    "publish_card_draft",
    "publish_guideline",
    "publish_guideline_draft",
    "publish_taxonomy",
    "rebase_guideline_draft",
    "remind_of_guideline",
    "retire_card",
    "show_in_force",
]
