"""What has become of items that callers wait for; one statement for all of them."""

import datetime as dt
import uuid
from collections.abc import Collection
from dataclasses import dataclass

from audit.models.sql import ask, many

AWAITED = """
SELECT i.uuid, i.project_id, i.state IN ('withdrawn', 'expired', 'erased') AS ended,
    EXISTS (SELECT 1 FROM reviews_outcome o WHERE o.item_id = i.id AND o.released_at IS NOT NULL) AS released,
    EXISTS (SELECT 1 FROM reviews_outcome o WHERE o.item_id = i.id AND o.released_at IS NULL AND o.annulled_at IS NULL
        AND o.release_at <= %s) AS due
FROM reviews_item i WHERE i.uuid IN {places}
"""


@dataclass(frozen=True, slots=True)
class Awaited:
    """The items for which nothing is left to wait for, and the projects that have one whose release is due."""

    settled: set[uuid.UUID]
    due: list[int]


def over(items: Collection[uuid.UUID], at: dt.datetime) -> Awaited:
    """Look for items of any project."""
    places, ids = many(items)
    rows = ask(AWAITED.format(places=places), [at, *ids])
    settled = {row.uuid for row in rows if row.ended or row.released}
    return Awaited(settled, sorted({row.project_id for row in rows if row.due and not row.released}))
