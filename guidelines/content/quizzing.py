"""A quiz over a guideline's examples: which are drawn, and how many answers are right. Pure."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence

from guidelines.content.checks import quizzed
from guidelines.content.shape import Acknowledge, Example, Guideline

ANSWERS = ("correct", "incorrect")
MARK = "hitl-quiz/v1"


def drawn(guideline: Guideline, *, digest: str, person: str, earlier: Sequence[Sequence[str]]) -> list[str]:
    """Draw the examples that a person's next attempt asks about, by their addresses.

    Those asked least often before come first, each attempt in an order of its own: by the SHA-256 over the version's
    digest, the person, how many attempts there were, and the example's address. The same again draws the same.
    """
    asked = Counter(address for attempt in earlier for address in attempt)
    number = len(earlier) + 1

    def place(one: Example) -> tuple[int, bytes]:
        told = "\x1f".join((MARK, digest, person, str(number), one.id))
        return asked[one.id], hashlib.sha256(told.encode()).digest()

    count = guideline.acknowledge.questions if guideline.acknowledge else 0
    return [one.id for one in sorted(quizzed(guideline), key=place)[:count]]


def right_answers(guideline: Guideline, questions: Sequence[str], answers: Sequence[str]) -> int:
    """Count the answers that say what the guideline says of these examples."""
    verdicts: Mapping[str, str] = {one.id: one.verdict for one in guideline.examples}
    return sum(verdicts[question] == answer for question, answer in zip(questions, answers, strict=True))


def passes(asked: Acknowledge, right: int) -> bool:
    """Tell whether so many right answers are enough."""
    return right >= asked.right
