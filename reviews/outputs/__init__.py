"""Outputs by task type, what a model proposes and a person answers: read, compared, told apart."""

from reviews.outputs.comparing import compared, differences, same
from reviews.outputs.likeness import kind_of
from reviews.outputs.reading import read_output, unknown_labels
from reviews.outputs.shapes import ELEMENTS
from reviews.outputs.turning import Turning, turns_of

__all__ = [
    "ELEMENTS",
    "Turning",
    "compared",
    "differences",
    "kind_of",
    "read_output",
    "same",
    "turns_of",
    "unknown_labels",
]
