"""Outputs by task type, what a model proposes and a person answers: read, compared, told apart."""

from reviews.outputs.comparing import differences, same
from reviews.outputs.forms import check_schema
from reviews.outputs.reading import read_output, unknown_labels

__all__ = ["check_schema", "differences", "read_output", "same", "unknown_labels"]
