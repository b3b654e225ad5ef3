"""An item's outcomes, each with who it came from, when and why; and the overrides that wait for a signature."""

import datetime as dt
import json
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import Role
from audit.models.sql import Row, ask, many
from reviews.models import Item, Override, Source
from reviews.reads.said import words_of

OUTCOMES = """
SELECT o.number, o.supersedes, o.source, o.body, o.settled_at, o.released_at, o.task_id, v.body AS said, v.row,
    first_event.leaf AS first_leaf, second_event.leaf AS second_leaf, first_name.name AS first_name,
    second_name.name AS second_name
FROM reviews_outcome o LEFT JOIN reviews_overrideend x ON x.outcome_id = o.id
LEFT JOIN reviews_override v ON v.id = x.override_id
LEFT JOIN audit_event first_event ON first_event.id = v.event_id
LEFT JOIN audit_event second_event ON second_event.id = x.event_id AND x.person_id IS NOT NULL
LEFT JOIN accounts_person first_name ON first_name.id = v.person_id
LEFT JOIN accounts_person second_name ON second_name.id = x.person_id
WHERE o.item_id = %s AND o.annulled_at IS NULL ORDER BY o.number DESC
"""
DECISIONS = """
SELECT d.task_id, d.body, e.leaf, p.name FROM reviews_decision d JOIN audit_event e ON e.id = d.event_id
JOIN reviews_seat s ON s.claim_id = d.claim_id AND s.state = 'decided' JOIN accounts_person p ON p.id = d.person_id
WHERE d.task_id IN {tasks} AND d.verdict IN ('approve', 'correct', 'reject') ORDER BY d.id
"""


@dataclass(frozen=True, slots=True)
class Step:
    """One outcome of the chain. `authors` are roles, or names where the reader may know them; `row` an override's.

    `standing` is in_force for the newest that was released, settled for what is newer, superseded for what is older.
    """

    number: int
    supersedes: int | None
    source: str
    source_name: str
    words: list[tuple[str, str, int]]
    settled_at: dt.datetime
    released_at: dt.datetime | None
    authors: list[str] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    row: str = ""
    standing: str = "superseded"


def chain(item_id: int, taxonomy: dict[str, Any], *, names: bool) -> list[Step]:
    """List an item's outcomes, the newest first; two statements."""
    rows = ask(OUTCOMES, [item_id])
    tasks, ids = many([row.task_id for row in rows if row.task_id is not None])
    decided: dict[int, list[Row]] = {}
    for one in ask(DECISIONS.format(tasks=tasks), ids):
        decided.setdefault(one.task_id, []).append(one)
    out = max((row.number for row in rows if row.released_at is not None), default=0)
    steps = [_step(row, decided.get(row.task_id, []), taxonomy, names=names) for row in rows]
    return [replace(step, standing=_standing(step.number, out)) for step in steps]


def _standing(number: int, in_force: int) -> str:
    return "in_force" if number == in_force else "settled" if number > in_force else "superseded"


def _step(row: Row, decided: list[Row], taxonomy: dict[str, Any], *, names: bool) -> Step:
    authors = [_author(one.leaf, one.name, names=names) for one in decided]
    said = [json.loads(one.body)["sent"].get("rationale") for one in decided if one.body is not None]
    if row.first_leaf is not None:
        signed = [(row.first_leaf, row.first_name), (row.second_leaf, row.second_name)]
        authors = [_author(leaf, name, names=names) for leaf, name in signed if leaf is not None]
        said = [json.loads(row.said)["reason"]] if row.said is not None else []
    output = json.loads(row.body)["output"] if row.body is not None else None
    return Step(
        row.number,
        row.supersedes,
        row.source,
        str(Source(row.source).label),
        words_of(output, taxonomy),
        row.settled_at,
        row.released_at,
        authors,
        [one for one in said if one],
        row.row or "",
    )


def _author(leaf: bytes, name: str, *, names: bool) -> str:
    """Name whoever made a step: by role, or by name and role."""
    role = json.loads(leaf)["role"]
    known = str(Role(role).label) if role in Role.values else _("Person")
    return _("%(name)s, %(role)s") % {"name": name, "role": known} if names else known


@dataclass(frozen=True, slots=True)
class Waiting:
    """An override that waits for its second signature, as those see it who may sign it."""

    uuid: UUID
    item: UUID
    external_id: str
    project: str
    project_name: str
    until_at: dt.datetime


def overrides_waiting(projects: Collection[int], at: dt.datetime, limit: int = 20) -> list[Override]:
    """List the overrides of projects that wait, what lapses first at the top."""
    rows = Override.objects.select_related("item__project", "over", "rights").filter(
        item__project__in=projects, second=True, end__isnull=True, until_at__gt=at
    )
    return list(rows.order_by("until_at", "pk")[:limit])


def waiting_on(item: Item, at: dt.datetime) -> Override | None:
    """Give the override of an item that waits for its second signature."""
    rows = Override.objects.filter(item=item, second=True, end__isnull=True, until_at__gt=at)
    return rows.order_by("-pk").first()


def waiting(override: Override) -> Waiting:
    """Shape a waiting override for a list."""
    item = override.item
    assert override.until_at is not None
    return Waiting(override.uuid, item.uuid, item.external_id, item.project.slug, item.project.name, override.until_at)
