"""What follows from a decision: an outcome, another seat, an adjudication, an escalation, or a held item."""

from typing import Any

from reviews.actions.asking_more import skipped
from reviews.actions.consequences import Following, Writes
from reviews.actions.passing_on import escalated
from reviews.actions.settling import answered


def follow(following: Following, *, verdict: str, output: Any, note: str | None) -> Writes:
    """Work out what a decision leads to; give the writes that need its event ids."""
    if following.now.task_state != "open":
        return lambda _events: []  # recorded; the task has moved on without it
    if verdict == "skip":
        return skipped(following)
    if verdict == "escalate":
        return escalated(following, note)
    return answered(following, output, verdict)
