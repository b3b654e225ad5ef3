"""What follows from a decision: an outcome, another seat, an adjudication, an escalation, or a held item."""

from typing import Any

from reviews.actions.asking_more import skipped
from reviews.actions.consequences import Following, Writes
from reviews.actions.passing_on import escalated, raised_by_labels, raised_by_skips, returned
from reviews.actions.settling import answered


def follow(following: Following, *, verdict: str, output: Any, note: str | None) -> Writes:
    """Work out what a decision leads to; give the writes that need its event ids."""
    if following.now.task_state != "open":
        return lambda _events: []  # recorded; the task has moved on without it
    if verdict == "skip":
        return raised_by_skips(following) or skipped(following)
    if verdict == "escalate":
        return escalated(following, note)
    if verdict == "return":
        return returned(following, note)
    return raised_by_labels(following, output) or answered(following, output, verdict)
