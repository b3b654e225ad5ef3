"""The levels that a case has been on, and what waits at higher ones."""

import datetime as dt
import json
import uuid
from collections.abc import Collection, Mapping, Set
from dataclasses import dataclass
from typing import Any

from audit.models.sql import Row, ask, ask_one, many
from reviews.reads.published import rights_of
from reviews.reads.words import WORDS

CHAIN = """
SELECT t.uuid, t.kind, t.state, t.opened_at, t.climb_at, q.name, q.slug, q.level, a.acknowledged_at, e.type, p.section,
    p.body
FROM reviews_task t JOIN reviews_queue q ON q.id = t.queue_id JOIN audit_event e ON e.id = t.event_id
LEFT JOIN reviews_acknowledgement a ON a.task_id = t.id
LEFT JOIN audit_payload p ON p.event_id = e.id AND p.section IN ('task', 'draws')
WHERE t.item_id = %s AND t.kind IN ('work', 'learning', 'escalation', 'adjudication') ORDER BY t.id
"""
NOTE = """
SELECT p.body FROM reviews_task t JOIN audit_event e ON e.id = t.event_id AND e.type = 'reviews.returned'
JOIN audit_payload p ON p.event_id = e.id AND p.section = 'task' WHERE t.id = %s
"""
HELD = """
SELECT e.stream, e.type, p.body FROM audit_event e
LEFT JOIN audit_payload p ON p.event_id = e.id AND p.section = 'held'
WHERE e.stream IN {streams} AND e.type IN ('reviews.item_held', 'reviews.item_routed_again') ORDER BY e.id
"""
ABOVE = """
SELECT q.project_id, q.slug, q.name, count(*) AS waiting, min(t.opened_at) AS opened_at,
    sum(CASE WHEN a.task_id IS NULL THEN 1 ELSE 0 END) AS unanswered,
    (SELECT rv.body FROM reviews_rightsversion rv WHERE rv.project_id = q.project_id
        ORDER BY rv.number DESC LIMIT 1) AS rights_body
FROM reviews_task t JOIN reviews_queue q ON q.id = t.queue_id
LEFT JOIN reviews_acknowledgement a ON a.task_id = t.id
WHERE t.kind = 'escalation' AND t.state = 'open' AND q.project_id IN {places}
GROUP BY q.project_id, q.id, q.slug, q.name, q.level ORDER BY q.level DESC, q.id
"""
HOLDING = """
SELECT rv.project_id, rv.body FROM reviews_rightsversion rv WHERE rv.project_id IN {places}
AND rv.number = (SELECT max(o.number) FROM reviews_rightsversion o WHERE o.project_id = rv.project_id)
AND EXISTS (SELECT 1 FROM reviews_item i WHERE i.project_id = rv.project_id AND i.state = 'held')
"""


@dataclass(frozen=True, slots=True)
class Level:
    """One stop of a case: in which queue, since when, why it came there, and whether somebody has it in hand.

    `note` is the guidance that it was returned with. `climbs_at` is when the clock passes it on, where it does.
    """

    task: uuid.UUID
    queue: str
    slug: str
    level: int
    since: dt.datetime
    why: str
    rule: str
    note: str
    up: bool
    open: bool
    acknowledged_at: dt.datetime | None
    climbs_at: dt.datetime | None

    @property
    def waits(self) -> bool:
        """Tell whether nobody at this level has answered or acknowledged it yet."""
        return self.open and self.up and self.acknowledged_at is None


@dataclass(frozen=True, slots=True)
class Above:
    """What was escalated to a queue and waits there, `unanswered` what nobody acknowledged; which roles are told."""

    project: int
    queue: str
    name: str
    waiting: int
    unanswered: int
    since: dt.datetime
    told: frozenset[str]


def levels_of(item_id: int) -> list[Level]:
    """List the levels of a case in order; empty where it was never passed up or back. One statement."""
    rows = ask(CHAIN, [item_id])
    found = [_level(row) for row in rows]
    return found if any(one.up or one.note for one in found) else []


def _level(row: Row) -> Level:
    told = _told(row)
    up = row.kind == "escalation"
    is_open = row.state == "open"
    return Level(
        row.uuid,
        row.name,
        row.slug,
        row.level,
        row.opened_at,
        str(WORDS["on"].get(told.get("on", "asked"), "")) if up else "",
        told.get("rule") or "",
        (told.get("note") or "") if row.type == "reviews.returned" else "",
        up,
        is_open,
        row.acknowledged_at,
        row.climb_at if is_open else None,
    )


def _told(row: Row) -> dict[str, Any]:
    """Read what the event that opened a task tells of it."""
    read = json.loads(row.body) if row.body is not None else {}
    if row.section == "draws":
        read = next((one for one in read["tasks"] if one["kind"] == row.kind), {})
    return dict(read)


def guidance_of(task_id: int) -> str:
    """Give the note that a task was returned with; "" where there is none, or it is gone."""
    row = ask_one(NOTE, [task_id])
    return str(json.loads(row.body).get("note") or "") if row and row.body is not None else ""


def held_reasons(items: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Say why items are held that their route did not hold: nobody left, nobody answered, a deadline; one statement."""
    if not items:
        return {}
    streams, names = many(f"item/{item}" for item in items)
    found: dict[uuid.UUID, str] = {}
    for row in ask(HELD.format(streams=streams), names):
        told = json.loads(row.body) if row.type == "reviews.item_held" and row.body is not None else {}
        found[uuid.UUID(row.stream.removeprefix("item/"))] = str(WORDS["reason"].get(told.get("reason", ""), ""))
    return found


def waiting_above(projects: Collection[int]) -> list[Above]:
    """Count what was escalated in these projects and waits, by queue, the highest first; one statement."""
    if not projects:
        return []
    places, ids = many(projects)
    return [
        Above(row.project_id, row.slug, row.name, row.waiting, row.unanswered, row.opened_at, _roles(row))
        for row in ask(ABOVE.format(places=places), ids)
    ]


def told_of_holds(roles: Mapping[int, Set[str]]) -> list[int]:
    """List the projects with held items whose rules of escalation tell one of the `roles` that somebody has there.

    One statement, none for no project.
    """
    if not roles:
        return []
    places, ids = many(roles)
    return [
        row.project_id
        for row in ask(HOLDING.format(places=places), ids)
        if any(not roles[row.project_id].isdisjoint(rule.to.notify) for rule in rights_of(row.body).escalation)
    ]


def _roles(row: Row) -> frozenset[str]:
    rules = rights_of(row.rights_body).escalation if row.rights_body else ()
    return frozenset(role for rule in rules if rule.to.queue == row.slug for role in rule.to.notify)
