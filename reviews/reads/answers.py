"""Items as the API answers them."""

import datetime as dt
import json
from collections.abc import Sequence
from typing import Any

from audit.models.sql import Row, ask, many

ITEMS = """
SELECT i.id, i.uuid, i.external_id, i.state, i.received_at, i.erasure_id, i.decide_by AS decide_by_at,
    r.arm, r.rule, r.problem, r.conditions, r.draws, rv.number AS rights_number, rv.digest AS rights_digest,
    o.number, o.source, o.body, o.settled_at, o.released_at, o.supersedes, i.body AS item_body,
    (SELECT count(*) FROM reviews_task t WHERE t.item_id = i.id AND t.kind = 'escalation' AND t.state = 'open')
        AS escalations,
    (SELECT count(*) FROM reviews_seat s JOIN reviews_task t ON t.id = s.task_id WHERE t.item_id = i.id
        AND t.state = 'open' AND s.state IN ('leased', 'decided')) AS sitting
FROM reviews_item i
JOIN reviews_route r ON r.item_id = i.id
    AND r.number = (SELECT max(x.number) FROM reviews_route x WHERE x.item_id = i.id)
JOIN reviews_rightsversion rv ON rv.id = r.rights_id
LEFT JOIN reviews_outcome o ON o.item_id = i.id AND o.number = (SELECT max(x.number) FROM reviews_outcome x
    WHERE x.item_id = i.id AND x.released_at IS NOT NULL)
WHERE i.project_id = %s AND i.{key} IN {places}
"""


def rfc3339(at: dt.datetime | None) -> str | None:
    """Write an instant as the API does: UTC, with Z."""
    return None if at is None else at.astimezone(dt.UTC).replace(tzinfo=None).isoformat("T", "microseconds") + "Z"


def answers(project_id: int, key: str, values: Sequence[Any], *, draws: bool = False) -> dict[Any, dict[str, Any]]:
    """Give items of a project by `external_id` or `uuid`, as the contract shows them; one statement.

    `draws` shows the draws of the route, for those who may see them.
    """
    placeholders, found = many(values)
    rows = ask(ITEMS.format(key=key, places=placeholders), [project_id, *found])
    return {getattr(row, key): answer(row, draws=draws) for row in rows}


def state_of(row: Row) -> str:
    """Derive what an item's state is to the outside from its milestone and its tasks."""
    if row.state != "open":
        return str(row.state)
    if row.escalations:
        return "escalated"
    return "in_review" if row.sitting else "waiting"


def answer(row: Row, *, draws: bool) -> dict[str, Any]:
    """Shape one item as it was read."""
    return shaped(
        row,
        state_of(row),
        json.loads(row.conditions),
        outcome_of(row),
        draws=json.loads(row.draws) if draws else None,
    )


def shaped(
    row: Row, state: str, conditions: list[Any], outcome: dict[str, Any] | None, *, draws: list[Any] | None = None
) -> dict[str, Any]:
    """Shape one item from its row and what its columns of JSON hold."""
    route: dict[str, Any] = {
        "arm": row.arm,
        "rule": row.rule,
        "rights_version": row.rights_number,
        "rights_hash": row.rights_digest,
        "conditions": conditions,
    }
    if draws is not None:
        route["draws"] = draws
    found: dict[str, Any] = {
        "id": str(row.uuid),
        "external_id": row.external_id,
        "state": state,
        "route": route,
        "outcome": outcome,
    }
    if row.decide_by_at:
        found["decide_by"] = rfc3339(row.decide_by_at)
    if row.problem:
        found["problem"] = row.problem
    return found


def outcome_of(row: Row) -> dict[str, Any] | None:
    """Shape the released outcome of a row; None where it has none."""
    if row.number is None:
        return None
    body = json.loads(row.item_body) if row.item_body else {}
    return {
        "number": row.number,
        "source": row.source,
        "output": json.loads(row.body)["output"] if row.body else None,
        "decided_at": rfc3339(row.settled_at),
        "released_at": rfc3339(row.released_at),
        "supersedes": row.supersedes,
        "action_hash": body.get("action_hash"),
    }
