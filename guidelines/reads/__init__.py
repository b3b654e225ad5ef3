"""Guidelines as they are read."""

from guidelines.reads.acknowledged import (
    BETWEEN_REMINDERS,
    Question,
    ToRead,
    questions_of,
    reader_of,
    to_be_read,
)
from guidelines.reads.card_desk import (
    CardDesk,
    CardLine,
    CardRow,
    card_desk,
    cards_of,
    compared_cards,
    previewed,
)
from guidelines.reads.cards import (
    CardedModel,
    CardPart,
    ShownCard,
    card_before,
    card_in_force,
    card_parts,
    carded_models,
    cards_asked,
    cards_due,
    cards_in_force,
    cards_to_read,
    shown_card,
)
from guidelines.reads.changes import Changes, changes_of
from guidelines.reads.cuts import Cut, cut_of, found_in
from guidelines.reads.exporting import MOST_BYTES, MOST_SOUND_BYTES, MOST_VIDEO_BYTES, inside
from guidelines.reads.reading import Chip, Reading, Seen, reading_of
from guidelines.reads.rendering import guideline_html, rendered
from guidelines.reads.showing import shown_to_editors, shown_to_readers
from guidelines.reads.standing import (
    draft_of,
    files_of,
    guideline_in_force,
    in_use,
    judged,
    learn_objections,
    takes_two,
    taxonomy_in_force,
)
from guidelines.reads.steps import became_of

__all__ = [
    "BETWEEN_REMINDERS",
    "MOST_BYTES",
    "MOST_SOUND_BYTES",
    "MOST_VIDEO_BYTES",
    "CardDesk",
    "CardLine",
    "CardPart",
    "CardRow",
    "CardedModel",
    "Changes",
    "Chip",
    "Cut",
    "Question",
    "Reading",
    "Seen",
    "ShownCard",
    "ToRead",
    "became_of",
    "card_before",
    "card_desk",
    "card_in_force",
    "card_parts",
    "carded_models",
    "cards_asked",
    "cards_due",
    "cards_in_force",
    "cards_of",
    "cards_to_read",
    "changes_of",
    "compared_cards",
    "cut_of",
    "draft_of",
    "files_of",
    "found_in",
    "guideline_html",
    "guideline_in_force",
    "in_use",
    "inside",
    "judged",
    "learn_objections",
    "previewed",
    "questions_of",
    "reader_of",
    "reading_of",
    "rendered",
    "shown_card",
    "shown_to_editors",
    "shown_to_readers",
    "takes_two",
    "taxonomy_in_force",
    "to_be_read",
]
