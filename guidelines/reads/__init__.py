"""Guidelines as they are read."""

from guidelines.reads.cuts import Cut, cut_of, found_in
from guidelines.reads.reading import Chip, Reading, Seen, reading_of
from guidelines.reads.rendering import guideline_html, rendered
from guidelines.reads.showing import shown_to_editors, shown_to_readers
from guidelines.reads.standing import (
    draft_of,
    files_of,
    guideline_in_force,
    in_use,
    judged,
    takes_two,
    taxonomy_in_force,
)

__all__ = [
    "Chip",
    "Cut",
    "Reading",
    "Seen",
    "cut_of",
    "draft_of",
    "files_of",
    "found_in",
    "guideline_html",
    "guideline_in_force",
    "in_use",
    "judged",
    "reading_of",
    "rendered",
    "shown_to_editors",
    "shown_to_readers",
    "takes_two",
    "taxonomy_in_force",
]
