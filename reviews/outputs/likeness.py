"""Which answers are of one kind: those that say the same labels."""

from typing import Any

from reviews.outputs.reading import labels_in

LONGEST = 200


def kind_of(task_type: str, output: Any) -> str:
    """Give the labels that an answer says, each once, in order, as one text; "" where it says none or too many."""
    said = "+".join(sorted(set(labels_in(task_type, output))))
    return said if len(said) <= LONGEST else ""
