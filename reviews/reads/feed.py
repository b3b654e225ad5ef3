"""The feed of released outcomes."""

from typing import Any

from audit.models.sql import ask
from reviews.reads.answers import outcome_of

FEED = """
SELECT o.position, o.number, o.source, o.body, o.settled_at, o.released_at, o.supersedes, i.uuid, i.external_id,
    i.body AS item_body
FROM reviews_outcome o JOIN reviews_item i ON i.id = o.item_id
WHERE o.project_id = %s AND o.position > %s ORDER BY o.position LIMIT %s
"""


def feed(project_id: int, *, after: int, limit: int) -> list[dict[str, Any]]:
    """Give the outcomes of a project that follow a position, in order; one statement.

    Positions are given under a lock held to the commit: whoever reads one has read all below it, so that asking on
    from the last position gives each outcome once.
    """
    return [
        {
            "position": row.position,
            "item": {"id": str(row.uuid), "external_id": row.external_id},
            **(outcome_of(row) or {}),
        }
        for row in ask(FEED, [project_id, after, limit])
    ]
