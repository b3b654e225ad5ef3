"""Label sets: what two of them share of all that either has."""

from fractions import Fraction
from typing import Any

from reviews.outputs.turning import turns_of

Chosen = set[tuple[int, str]]
WHOLE = -1


def chosen(output: dict[str, Any]) -> Chosen:
    """Give each label of a classification with the turn that it goes on, `WHOLE` for the item itself."""
    turns = {(turn, label) for turn, labels in turns_of(output).items() for label in labels}
    return {(WHOLE, label) for label in output["labels"]} | turns


def agree(one: Chosen, other: Chosen) -> Fraction:
    """Give intersection over union of two label sets; 1 where both are empty.

    Source: Jaccard, The distribution of the flora in the alpine zone, New Phytologist 11 (1912).
    """
    union = one | other
    return Fraction(len(one & other), len(union)) if union else Fraction(1)
