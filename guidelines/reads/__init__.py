"""Guidelines as they are read."""

from guidelines.reads.acknowledged import (
    BETWEEN_REMINDERS,
    Question,
    Reading,
    questions_of,
    reader_of,
    reading,
)
from guidelines.reads.rendering import guideline_html, rendered
from guidelines.reads.standing import (
    draft_of,
    files_of,
    guideline_in_force,
    judged,
    takes_two,
    taxonomy_in_force,
)

__all__ = [
    "BETWEEN_REMINDERS",
    "Question",
    "Reading",
    "draft_of",
    "files_of",
    "guideline_html",
    "guideline_in_force",
    "judged",
    "questions_of",
    "reader_of",
    "reading",
    "rendered",
    "takes_two",
    "taxonomy_in_force",
]
