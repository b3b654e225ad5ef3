"""The simulated team: right as often as team.json says, but for hard cases; it decides through the public API."""

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from hitl.demo.calling import Door

Answers = dict[str, Any]


@dataclass
class Mind:
    """One simulated reviewer: a door, a share of right answers, a place in the team, random numbers of their own."""

    name: str
    door: Door
    accuracy: float
    turn: int
    dice: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.dice = random.Random(f"hitl demo {self.name}")  # noqa: S311 - a story, not a secret

    def work(self, project: str, queue: str, known: Answers, *, escalate: bool = False) -> str | None:
        """Take the next item of a queue and decide it; give the verdict, or None where nothing waits.

        Where the proposal was hidden, nobody is told the verdict: then it is "answered".
        """
        claim = self.door.must("POST", f"projects/{project}/queues/{queue}/claims/")
        if claim is None:
            return None
        token = claim["claim"]["token"]
        self.door.must("PUT", f"claims/{token}/opening/")
        body = self._judgement(claim, known, escalate and "escalate" in claim["allowed"])
        told: dict[str, str | None] = self.door.must("POST", f"claims/{token}/decision/", body)
        return told["verdict"] or "answered"

    def _judgement(self, claim: dict[str, Any], known: Answers, escalate: bool) -> dict[str, Any]:
        spent = {"active_ms": int(self.dice.lognormvariate(8.8, 0.6))}
        if escalate:
            return {"verdict": "escalate", "rationale": "I cannot tell from this alone.", **spent}
        answer, proposal = self._answer(claim, known), claim["proposal"]
        if proposal is None:
            return {"output": answer, **spent}
        if answer == proposal:
            return {"verdict": "approve", **spent}
        codes = [one["code"] for one in claim["taxonomy"]["error_categories"]]
        categories = {"error_categories": [self.dice.choice(codes)]} if codes else {}
        return {"verdict": "correct", "output": answer, **categories, **spent}

    def _answer(self, claim: dict[str, Any], known: Answers) -> Any:
        """Give the known answer, or as often as this person errs another one: the model's own half of the time."""
        truth = known[claim["item"]["external_id"]]
        if contested(claim["item"]["external_id"]):  # a hard case: each of the team sees it in their own way
            choices = possible(claim)
            return choices[(self.turn + len(claim["item"]["external_id"])) % len(choices)]
        if self.dice.random() < self.accuracy:
            return truth
        proposal = claim["proposal"]
        if proposal is not None and proposal != truth and self.dice.random() < 0.5:
            return proposal
        return self.dice.choice([one for one in possible(claim) if one != truth])


def contested(external_id: str) -> bool:
    """Pick one item in five as a hard case, always the same ones."""
    return hashlib.sha256(external_id.encode()).digest()[0] % 5 == 0


def possible(claim: dict[str, Any]) -> list[Any]:
    """List the answers that one choice can give: a label, or a value of a form's first choice."""
    taxonomy = claim["taxonomy"]
    if taxonomy["schema"] is None:
        return [{"labels": [label["code"]]} for label in taxonomy["labels"]]
    name, choice = next((name, part) for name, part in taxonomy["schema"]["properties"].items() if "enum" in part)
    return [{name: value} for value in choice["enum"]]


def in_turn(team: list[Mind], project: str, queue: str, known: Answers) -> Iterator[str]:
    """Let a team work on a queue, one after another, until none of them finds anything; give each verdict."""
    left = list(team)
    while left:
        for mind in list(left):
            verdict = mind.work(project, queue, known)
            if verdict is None:
                left.remove(mind)
            else:
                yield verdict
