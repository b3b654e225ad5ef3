"""What people's answers to one task amount to: an outcome, one more person, an adjudication, or waiting."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from .shape import Disagreement

Step = Literal["settle", "another", "adjudicate", "wait"]


@dataclass(frozen=True, slots=True)
class Next:
    """The next step of a task; where it is settle, the settled answer's bytes and how many gave it."""

    step: Step
    answer: bytes | None = None
    voices: int = 0


def next_step(answers: Sequence[bytes], wanted: int, rule: Disagreement) -> Next:
    """Weigh the standing answers of one task, compared exactly.

    An answer is settled as soon as `wanted` people gave it, and no other answer has as many. Until `wanted` have
    answered there is nothing to say. When they differ, `then: another` asks one more person up to `at_most` in all, and
    after that the task is adjudicated.

    Args:
        answers: the canonical bytes of each standing answer, one a person, skips left out.
        wanted: how many equal answers the route asks for, 1 to 9.
        rule: the decision rights' word on disagreement.
    """
    first, second = [*Counter(answers).most_common(2), (b"", 0), (b"", 0)][:2]
    if first[1] >= wanted and first[1] > second[1]:
        return Next("settle", *first)
    if len(answers) < wanted:
        return Next("wait")
    if rule.then == "another" and len(answers) < rule.at_most:
        return Next("another")
    return Next("adjudicate")
