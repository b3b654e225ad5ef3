"""A person's last decisions, and which of them can still be taken back."""

import datetime as dt
import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from audit.models.sql import Row, ask
from reviews.reads.published import rights_of
from reviews.reads.said import words_of
from reviews.rights import duration

USUAL, MOST, LOOKED = 8, 60, 240
MINE = """
SELECT d.uuid, d.verdict, d.body, d.decided_at, t.state AS task_state, t.item_id, i.uuid AS item_uuid, i.external_id,
    i.state AS item_state, q.name AS queue_name, q.slug AS queue_slug, p.slug AS project_slug, p.name AS project_name,
    rv.body AS rights_body, tv.body AS taxonomy_body, ps.manifest,
    o.released_at, o.id AS outcome_id, w.id AS withdrawal_id, w.returned_by_id
FROM reviews_decision d JOIN reviews_task t ON t.id = d.task_id JOIN reviews_item i ON i.id = t.item_id
JOIN reviews_queue q ON q.id = t.queue_id JOIN accounts_project p ON p.id = i.project_id
JOIN reviews_route r ON r.item_id = i.id
    AND r.number = (SELECT max(x.number) FROM reviews_route x WHERE x.item_id = i.id)
JOIN reviews_rightsversion rv ON rv.id = r.rights_id
JOIN reviews_presentation ps ON ps.claim_id = d.claim_id JOIN guidelines_taxonomyversion tv ON tv.id = ps.taxonomy_id
LEFT JOIN reviews_outcome o ON o.task_id = t.id AND o.annulled_at IS NULL
LEFT JOIN reviews_withdrawal w ON w.task_id = d.task_id AND w.person_id = d.person_id AND w.attempt = d.attempt
WHERE d.person_id = %s AND {which} ORDER BY d.id DESC LIMIT %s
"""
LAST = MINE.format(
    which="""d.id IN (SELECT y.id FROM reviews_decision y WHERE y.person_id = %s ORDER BY y.id DESC LIMIT %s)
    AND (d.id IN (SELECT y.id FROM reviews_decision y WHERE y.person_id = %s ORDER BY y.id DESC LIMIT %s)
    OR (w.id IS NULL AND o.released_at IS NULL AND t.state <> 'closed'
        AND i.state NOT IN ('held', 'withdrawn', 'expired', 'erased')))"""
)
ON_ITEM = MINE.format(which="t.item_id = %s")


@dataclass(frozen=True, slots=True)
class Mine:
    """One of a person's last decisions. `changes` says what it changed, `standing` where it is now."""

    uuid: UUID
    verdict: str
    decided_at: dt.datetime
    item: UUID
    external_id: str
    project: str
    project_name: str
    changes: str
    withdrawable: bool
    withdrawn: bool
    standing: str


def decisions(person_id: int, at: dt.datetime) -> list[Mine]:
    """List a person's last decisions, newest first: eight, and all others that may be withdrawn; one statement.

    Of the last 240 at most 60 are listed, so that a batch of 50 is among them.
    """
    found = ask(LAST, [person_id, person_id, LOOKED, person_id, USUAL, MOST])
    return [_mine(row, at) for place, row in enumerate(found) if place < USUAL or _withdrawable(row, at)]


def withdrawable_on(item_id: int, person_id: int, at: dt.datetime) -> Mine | None:
    """Give the newest decision of a person on an item that may be withdrawn; one statement."""
    return next((_mine(row, at) for row in ask(ON_ITEM, [person_id, item_id, USUAL]) if _withdrawable(row, at)), None)


def stream(person_id: int, at: dt.datetime) -> list[Mine]:
    """List a person's last decisions while any of them may be withdrawn, newest first; one statement."""
    found = decisions(person_id, at)
    return found if any(one.withdrawable for one in found) else found[:1]


def _mine(row: Row, at: dt.datetime) -> Mine:
    return Mine(
        row.uuid,
        "answer" if _blind(row) else row.verdict,
        row.decided_at,
        row.item_uuid,
        row.external_id,
        row.project_slug,
        row.project_name,
        _changes(row),
        _withdrawable(row, at),
        row.withdrawal_id is not None,
        _standing(row),
    )


def _blind(row: Row) -> bool:
    """Tell whether the verdict was derived from a proposal that its author has not seen."""
    return row.verdict in {"approve", "correct"} and json.loads(row.manifest)["prediction"] == "hidden"


def _withdrawable(row: Row, at: dt.datetime) -> bool:
    if row.withdrawal_id is not None or row.released_at is not None or row.task_state == "closed":
        return False
    if row.item_state in {"held", "withdrawn", "expired", "erased"}:
        return False
    final = row.outcome_id is None and (row.task_state != "open" or row.verdict == "skip")
    return not (final and at > row.decided_at + duration(rights_of(row.rights_body).release_after))


def _standing(row: Row) -> str:
    if row.withdrawal_id is not None:
        return _("Withdrawn") if row.returned_by_id is None else _("Returned to you")
    if row.released_at is not None:
        return _("Released")
    if row.verdict in {"skip", "escalate", "return"} or row.task_state == "passed_on":
        return _("Passed on")
    return _("With others") if row.task_state == "open" else _("Settled")


@lru_cache(maxsize=32)
def _taxonomy(body: bytes) -> dict[str, Any]:
    """Read a published taxonomy, with the labels that may no longer be said; the same bytes are read once."""
    found: dict[str, Any] = json.loads(body)
    return found


def _changes(row: Row) -> str:
    if row.body is None:
        return _("Erased")
    body: dict[str, Any] = json.loads(row.body)
    if row.verdict == "correct" or _blind(row):
        words = words_of(body["output"], _taxonomy(row.taxonomy_body))
        return ", ".join(f"{term}: {word}" if term else word for term, word, _number in words)
    return body["sent"].get("rationale") or ""
