"""Guidelines as they are read."""

from guidelines.reads.reading import Chip, Reading, Seen, reading_of
from guidelines.reads.rendering import guideline_html, rendered
from guidelines.reads.showing import shown_to_editors, shown_to_readers
from guidelines.reads.standing import (
    draft_of,
    files_of,
    guideline_in_force,
    judged,
    takes_two,
    taxonomy_in_force,
)

__all__ = [
    "Chip",
    "Reading",
    "Seen",
    "draft_of",
    "files_of",
    "guideline_html",
    "guideline_in_force",
    "judged",
    "reading_of",
    "rendered",
    "shown_to_editors",
    "shown_to_readers",
    "takes_two",
    "taxonomy_in_force",
]
