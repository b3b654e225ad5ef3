"""Calls whose turns are labelled: a project, a conversation, what a model proposes on it."""

from typing import Any

from tests.town import Town, build

LABELS: list[dict[str, Any]] = [
    {"code": "complaint", "name": "Complaint", "definition": "The caller is not content."},
    {"code": "inquiry", "name": "Inquiry", "on": "item"},
    {"code": "greeting", "name": "Greeting", "on": "turn"},
    {"code": "promise", "name": "Promise", "on": "turn", "definition": "Something is said to happen by a time."},
]
TURNS: list[dict[str, Any]] = [
    {"speaker": "Agent", "text": "Good morning, this is the energy line. How can I help?", "start_ms": 0},
    {"speaker": "Caller", "text": "My bill has doubled since August, and nobody told me.", "start_ms": 9_000},
    {"speaker": "Agent", "text": "I can see that here. I am sorry.", "start_ms": 18_000},
    {"speaker": "Agent", "text": "We will write to you within ten days.", "start_ms": 27_000},
]
PROPOSED: dict[str, Any] = {
    "labels": ["complaint"],
    "turns": [{"turn": 0, "labels": ["greeting"]}, {"turn": 2, "labels": ["promise"]}],
}


def on(*turns: tuple[int, list[str]], whole: str = "complaint") -> dict[str, Any]:
    """Give an answer with these labels on turns."""
    return {"labels": [whole], "turns": [{"turn": turn, "labels": labels} for turn, labels in turns]}


def call_town(**changes: Any) -> Town:
    """Found a town that labels calls and their turns."""
    return build(**{"slug": "calls", "name": "Calls", "labels": LABELS, "turn_labels": True} | changes)


def send_call(town: Town, confidence: float | None = 0.5, **more: Any) -> dict[str, Any]:
    """Send a call with what the model proposes on its turns."""
    return town.send(confidence, **{"data": {"turns": TURNS, "channel": "phone"}, "prediction": PROPOSED} | more)
