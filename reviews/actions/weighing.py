"""Weighing answers: how far they agree by the project's measure, and the one answer that comes of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from typing import Any

from audit.models.sql import Row
from reviews.actions.judging import sent_data
from reviews.errors import BadOutput
from reviews.outputs import compared, read_output
from reviews.outputs.measures import agreement, consensus
from reviews.reads.published import taxonomy_of
from reviews.reads.turns import turning
from reviews.rights import Disagreement
from reviews.rights.agreement import Next, next_step, otherwise


@dataclass(frozen=True, slots=True)
class Weighed:
    """What answers amount to: the next step and, where it is settle, the answer; `key` are the bytes it compares by."""

    next: Next
    output: Any = None
    key: bytes = b""


def weigh(seen: Row, answers: Sequence[Any], rule: Disagreement) -> Weighed:
    """Weigh the standing answers of a looked-at seat's task, earliest first.

    Where they agree but no one answer can be had of them, or it does not fit the labels, somebody else decides.
    """
    taxonomy = taxonomy_of(seen.taxonomy_body)
    decisive = taxonomy.get("decisive", ())

    @cache
    def agree(one: int, other: int) -> Fraction:
        return agreement(rule.measure, seen.task_type, answers[one], answers[other], rule.overlap, decisive)

    step = next_step(len(answers), seen.wanted, rule, agree)
    if step.step != "settle":
        return Weighed(step)
    group = [answers[place] for place in step.group]
    output = consensus(rule.measure, seen.task_type, group, rule.overlap, decisive)
    if not _fits(seen, group, output, taxonomy):
        return Weighed(replace(step, step=otherwise(len(answers), rule), group=()))
    return Weighed(step, output, compared(seen.task_type, output))


def _fits(seen: Row, group: list[Any], output: Any, taxonomy: dict[str, Any]) -> bool:
    """Tell whether an answer that nobody gave in these words is one that somebody could give; what they gave is."""
    if output in group:
        return True
    labels = {label["code"] for label in taxonomy["labels"]}
    turns = turning(taxonomy, sent_data(seen))
    try:
        read_output(seen.task_type, output, labels, taxonomy["schema"], taxonomy["many"], turns)
    except BadOutput:
        return False
    return True
