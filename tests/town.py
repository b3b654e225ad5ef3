"""A small town to test in: a project with queues and rights, people in roles, items on their way."""

import datetime as dt
import json
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from accounts.actions import add_person, give_membership
from accounts.models import Project
from accounts.reads import Actor, actor_of_person, console
from reviews.actions import apply_project, claim_next, decide, open_claim, receive
from reviews.models import Queue
from reviews.wire import read_decision, read_items


def below(value: str) -> dict[str, str]:
    """Give the condition that the confidence lies below a value."""
    return {"field": "confidence", "op": "<", "value": value}


RIGHTS: dict[str, Any] = {
    "v": 1,
    "routing": [
        {"name": "Unsure", "when": [below("0.60")], "then": {"arm": "review", "queue": "general"}},
        {"name": "Middling", "when": [below("0.90")], "then": {"arm": "accept", "audit_rate": "1"}},
    ],
    "otherwise": {"arm": "accept", "audit_rate": "0"},
    "no_confidence": {"arm": "review", "queue": "general"},
    "high_impact": {"arm": "review", "queue": "senior", "decisions": 2},
    "disagreement": {"measure": "exact", "agree_at": "1", "then": "another", "at_most": 3, "finally": "adjudicate"},
    "escalation": [{"name": "Asked", "on": "asked", "to": {"level": 1, "queue": "senior"}}],
}  # fmt: skip


def project_file(slug: str = "cats", **changes: Any) -> dict[str, Any]:
    """Give a small project file."""
    return {
        "slug": slug,
        "name": "Cats",
        "task_type": "classification",
        "labels": [{"code": "cat", "name": "Cat"}, {"code": "dog", "name": "Dog"}, {"code": "fox", "name": "Fox"}],
        "error_categories": [{"code": "wrong", "name": "Wrong label"}],
        "queues": [{"slug": "general", "name": "General"}, {"slug": "senior", "name": "Senior", "level": 1}],
        "rights": RIGHTS,
    } | changes


@dataclass
class Town:
    """A project and its people; `now` is the town's clock, moved by hand."""

    project: Project
    people: list[Actor]
    adjudicators: list[Actor]
    now: dt.datetime = field(default_factory=timezone.now)
    sent: int = 0

    def wait(self, **span: float) -> None:
        """Let time pass."""
        self.now += dt.timedelta(**span)

    def queue(self, slug: str = "general") -> Queue:
        """Give a queue."""
        return Queue.objects.get(project=self.project, slug=slug)

    def send(self, confidence: float | None = 0.5, label: str = "cat", **more: Any) -> dict[str, Any]:
        """Send one item and give its answer."""
        self.sent += 1
        body: dict[str, Any] = {"external_id": f"item-{self.sent}", "data": {"text": "A cat?"}, **more}
        if confidence is not None:
            body = {
                "model": {"name": "m", "version": "1"},
                "prediction": {"labels": [label]},
                "confidence": confidence,
            } | body
        batch = read_items(json.dumps(body).encode(), "application/json")
        received = receive(project=self.project, entries=batch.entries, by=console(), at=self.now)[0]
        assert received.item is not None, received.problem
        return received.item

    def take(self, who: Actor, queue: str | None = None) -> Any:
        """Claim the next item and open it."""
        held = claim_next(by=who, at=self.now, queue=self.queue(queue) if queue else None)
        return held and open_claim(token=held.token, by=who, at=self.now)

    def decide(
        self, who: Actor, held: Any, verdict: str | None = "approve", label: str | None = None, **more: Any
    ) -> Any:
        """Decide a claim."""
        body = {"verdict": verdict, **more} | ({"output": {"labels": [label]}} if label else {})
        sent = read_decision(json.dumps({key: part for key, part in body.items() if part is not None}).encode())
        return decide(token=held.token, sent=sent, by=who, at=self.now)


def build(people: int = 3, adjudicators: int = 2, **changes: Any) -> Town:
    """Found a town: a project, reviewers and adjudicators."""
    now = timezone.now()
    by = console()
    project, _ = apply_project(document=project_file(**changes), by=by, at=now)
    roles = ["reviewer"] * people + ["adjudicator"] * adjudicators
    actors = []
    for number, role in enumerate(roles):
        person = add_person(name=f"{role} {number}", email=f"{role}{number}@{project.slug}.invalid", by=by, at=now)
        person = getattr(person, "person", person)
        give_membership(person=person, project=project, role=role, by=by, at=now)
        actors.append(actor_of_person(person, "api"))
    return Town(project, actors[:people], actors[people:], now)
