"""What happened to an item, in words, from the ledger: its own stream and those of its tasks."""

import datetime as dt
import json
import uuid
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Role
from audit.models.sql import Row, ask, many
from audit.reads import KINDS
from reviews.reads.said import words_of
from reviews.reads.words import WORDS

QUALITY = frozenset({"audit", "second", "gold", "catch", "calibration", "rereview"})
MEASURES = frozenset({"reviews.audit_recorded", "reviews.audit_annulled"})
FURTHER = "reviews.prediction_received"
ANNULS = {
    "reviews.audit_annulled": "event",
    "reviews.outcome_annulled": "outcome",
    "reviews.decision_withdrawn": "decision",
}
ANNULLED = {"reviews.outcome_settled": "outcome", "reviews.decision_submitted": "decision"}
TASKS = """
SELECT t.uuid, t.kind, q.slug, q.name FROM reviews_task t JOIN reviews_queue q ON q.id = t.queue_id
WHERE t.item_id = %s
"""
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
    "reviews.returned": "warn",
    "reviews.item_expired": "warn",
    "reviews.deadline_passed": "warn",
    "reviews.outcome_settled": "approve",
    "reviews.outcome_annulled": "warn",
    "reviews.audit_annulled": "warn",
}
VERDICT_TONES = {one: one for one in ("approve", "correct", "reject", "escalate")} | {"skip": "", "return": "warn"}
Words = dict[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Told:
    """One event in words. `origin` is model, person or house; `token` names a presentation to look at again.

    `annulled` says that a later event took back what this one tells.
    """

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
    annulled: bool

    @property
    def day(self) -> dt.date:
        """Give the day in the reader's time zone."""
        return timezone.localtime(self.at).date()


class _Dashed(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "–"


def history(item_id: int, item: uuid.UUID, *, me: str, quality: bool, further: bool = False) -> list[Told]:
    """Tell an item's events in order; four statements.

    `me` is the reader's pseudonym. Without `quality` the tasks that measure people, and what they found, are left out;
    without `further` that other models predicted something.
    """
    tasks = ask(TASKS, [item_id])
    shown = [f"task/{one.uuid}" for one in tasks if quality or one.kind not in QUALITY]
    words = {**WORDS, "queue": {one.slug: one.name for one in tasks}}
    streams, names = many([f"item/{item}", *shown])
    payloads: dict[int, dict[str, Any]] = {}
    for row in ask(PAYLOADS.format(streams=streams), names):
        payloads.setdefault(row.event_number, {}).update(members_of(row.body))
    said = {row.event_number: row for row in ask(DECISIONS, [item_id])}
    people: dict[str, str] = {me: _("You")}
    events = ask(EVENTS.format(streams=streams), names)
    annulled = {payloads.get(row.id, {}).get(ANNULS[row.type]) for row in events if row.type in ANNULS}
    return [
        _told(row, members, said.get(row.id), people, words, annulled=_named(row, members) in annulled)
        for row in events
        if (quality or not measures(row)) and (further or row.type != FURTHER)
        for members in [payloads.get(row.id, {})]
    ]


def _named(row: Row, members: dict[str, Any]) -> str:
    """Give the id by which a later event would annul this one: of what it made, else its own."""
    made = ANNULLED.get(row.type)
    return str(members.get(made, "")) if made else str(row.event_uuid)


def members_of(body: bytes | None) -> dict[str, Any]:
    """Read the members that a section of a payload names; none where it was erased or is no object."""
    read = json.loads(body) if body is not None else None
    return read if isinstance(read, dict) else {}


def measures(row: Row) -> bool:
    """Tell whether an event speaks of a task or a finding that measures people."""
    tags = json.loads(row.leaf)["tags"]
    return row.type in MEASURES or (tags.get("kind") in QUALITY and not row.type.startswith("reviews.outcome_"))


def sentence_of(name: str, members: dict[str, Any], words: Words) -> str:
    """Tell an event, its codes in words."""
    kind = KINDS.get(name)
    told = {
        key: str(words[key].get(value, value)) if key in words and isinstance(value, str) else value
        for key, value in members.items()
        if value is not None
    }
    return str(kind.sentence).format_map(_Dashed(told)) if kind else name


def _told(
    row: Row, members: dict[str, Any], said: Row | None, people: dict[str, str], words: Words, *, annulled: bool
) -> Told:
    leaf = json.loads(row.leaf)
    body = json.loads(said.body) if said is not None and said.body else {}
    taxonomy = json.loads(said.taxonomy_body) if said is not None else {}
    token = members.get("token") if row.type in {"reviews.claimed", "reviews.decision_submitted"} else None
    return Told(
        row.recorded_at,
        sentence_of(row.type, members, words),
        _name(row.actor, leaf, people),
        "person" if row.actor.startswith("p_") else "model" if row.actor.startswith("s_") else "house",
        VERDICT_TONES.get(said.verdict, "") if said is not None else TONES.get(row.type, ""),
        body.get("sent", {}).get("rationale"),
        words_of(body.get("output"), taxonomy) if said is not None and said.verdict == "correct" else [],
        said.active_ms if said is not None else None,
        uuid.UUID(token) if token and row.type == "reviews.claimed" else None,
        row.event_uuid,
        annulled,
    )


def _name(actor: str, leaf: dict[str, Any], people: dict[str, str]) -> str:
    """Name an actor by role and number, the same through the page; nobody's own name is shown."""
    if actor.startswith("s_"):
        return _("The model’s system")
    if not actor.startswith("p_"):
        return _("hitl itself")
    role = leaf.get("role")
    known = {"role": Role(role).label if role in Role.values else _("Person")}
    number = len([one for one in people if one.startswith("p_")])
    return people.setdefault(actor, _("%(role)s %(number)d") % {**known, "number": number})
