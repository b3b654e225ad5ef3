"""Guidelines as they are read."""

from guidelines.reads.acknowledged import (
    BETWEEN_REMINDERS,
    Question,
    ToRead,
    questions_of,
    reader_of,
    to_be_read,
)
from guidelines.reads.changes import Changes, changes_of
from guidelines.reads.cuts import Cut, cut_of, found_in
from guidelines.reads.exporting import MOST_BYTES, MOST_SOUND_BYTES, inside
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

__all__ = [
    "BETWEEN_REMINDERS",
    "MOST_BYTES",
    "MOST_SOUND_BYTES",
    "Changes",
    "Chip",
    "Cut",
    "Question",
    "Reading",
    "Seen",
    "ToRead",
    "changes_of",
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
    "questions_of",
    "reader_of",
    "reading_of",
    "rendered",
    "shown_to_editors",
    "shown_to_readers",
    "takes_two",
    "taxonomy_in_force",
    "to_be_read",
]
