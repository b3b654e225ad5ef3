"""What happened to an item, in words, from the ledger: its own stream and those of its tasks."""

import datetime as dt
import json
import uuid
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from audit.models.sql import Row, ask, many
from audit.reads import KINDS
from reviews.reads.pane import words_of

QUALITY = frozenset({"audit", "second", "gold", "catch", "calibration", "rereview"})
MEASURES = frozenset({"reviews.audit_recorded"})
TASKS = "SELECT t.uuid, t.kind FROM reviews_task t WHERE t.item_id = %s"
EVENTS = """
SELECT e.id, e.event_id AS event_uuid, e.recorded_at, e.leaf, e.type, e.actor
FROM audit_event e WHERE e.stream IN {streams}
ORDER BY e.recorded_at, e.id
"""
PAYLOADS = """
SELECT p.event_id AS event_number, p.section, p.body FROM audit_payload p JOIN audit_event e ON e.id = p.event_id
WHERE e.stream IN {streams}
"""
DECISIONS = """
SELECT d.event_id AS event_number, d.verdict, d.body, d.active_ms, tv.body AS taxonomy_body
FROM reviews_decision d JOIN reviews_task t ON t.id = d.task_id
JOIN reviews_presentation ps ON ps.claim_id = d.claim_id JOIN guidelines_taxonomyversion tv ON tv.id = ps.taxonomy_id
WHERE t.item_id = %s
"""
TONES = {
    "reviews.disagreed": "warn",
    "reviews.item_held": "warn",
    "reviews.escalated": "escalate",
    "reviews.outcome_settled": "approve",
    "reviews.outcome_annulled": "warn",
}
VERDICT_TONES = {"approve": "approve", "correct": "correct", "reject": "reject", "escalate": "escalate", "skip": ""}


@dataclass(frozen=True, slots=True)
class Told:
    """One event in words. `origin` is model, person or house; `token` names a presentation to look at again."""

    at: dt.datetime
    sentence: str
    who: str
    origin: str
    tone: str
    rationale: str | None
    changes: list[tuple[str, str, int]]
    active_ms: int | None
    token: uuid.UUID | None
    event: uuid.UUID


class _Dashed(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "–"


def history(item_id: int, item: uuid.UUID, *, me: str, quality: bool) -> list[Told]:
    """Tell an item's events in order; four statements.

    `me` is the reader's pseudonym. Without `quality` the tasks that measure people, and what they found, are left out.
    """
    tasks = {row.uuid: row.kind for row in ask(TASKS, [item_id])}
    shown = [f"task/{one}" for one, kind in tasks.items() if quality or kind not in QUALITY]
    streams, names = many([f"item/{item}", *shown])
    payloads: dict[int, dict[str, Any]] = {}
    for row in ask(PAYLOADS.format(streams=streams), names):
        payloads.setdefault(row.event_number, {}).update(_members(row.body))
    said = {row.event_number: row for row in ask(DECISIONS, [item_id])}
    people: dict[str, str] = {me: _("You")}
    return [
        _told(row, payloads.get(row.id, {}), said.get(row.id), people)
        for row in ask(EVENTS.format(streams=streams), names)
        if quality or not _measures(row)
    ]


def _members(body: bytes | None) -> dict[str, Any]:
    read = json.loads(body) if body is not None else None
    return read if isinstance(read, dict) else {}


def _measures(row: Row) -> bool:
    tags = json.loads(row.leaf)["tags"]
    return row.type in MEASURES or (tags.get("kind") in QUALITY and not row.type.startswith("reviews.outcome_"))


def _told(row: Row, members: dict[str, Any], said: Row | None, people: dict[str, str]) -> Told:
    leaf = json.loads(row.leaf)
    kind = KINDS.get(row.type)
    sentence = str(kind.sentence) if kind else row.type
    body = json.loads(said.body) if said is not None and said.body else {}
    taxonomy = json.loads(said.taxonomy_body) if said is not None else {}
    token = members.get("token") if row.type in {"reviews.claimed", "reviews.decision_submitted"} else None
    return Told(
        row.recorded_at,
        sentence.format_map(_Dashed({key: value for key, value in members.items() if value is not None})),
        _name(row.actor, leaf, people),
        "person" if row.actor.startswith("p_") else "model" if row.actor.startswith("s_") else "house",
        VERDICT_TONES.get(said.verdict, "") if said is not None else TONES.get(row.type, ""),
        body.get("sent", {}).get("rationale"),
        words_of(body.get("output"), taxonomy) if said is not None and said.verdict == "correct" else [],
        said.active_ms if said is not None else None,
        uuid.UUID(token) if token and row.type == "reviews.claimed" else None,
        row.event_uuid,
    )


def _name(actor: str, leaf: dict[str, Any], people: dict[str, str]) -> str:
    """Name an actor by role and number, the same through the page; nobody's own name is shown."""
    if actor.startswith("s_"):
        return _("The model’s system")
    if not actor.startswith("p_"):
        return _("hitl itself")
    role = pgettext("role", str(leaf.get("role") or "person").replace("_", " ").capitalize())
    return people.setdefault(actor, f"{role} {len([one for one in people if one.startswith('p_')])}")
