"""Whether somebody has a part in an item, and what they therefore do not see of it yet."""

import datetime as dt

from audit.models.sql import ask_one
from reviews.reads.published import rights_of
from reviews.rights import duration

PART = """
SELECT s.id FROM reviews_seat s JOIN reviews_task t ON t.id = s.task_id
WHERE t.item_id = %s AND s.person_id = %s AND s.state IN ('leased', 'decided')
UNION ALL
SELECT d.id FROM reviews_decision d JOIN reviews_task t ON t.id = d.task_id WHERE t.item_id = %s AND d.person_id = %s
    AND NOT EXISTS (SELECT 1 FROM reviews_withdrawal w WHERE w.task_id = d.task_id AND w.person_id = d.person_id
        AND w.attempt = d.attempt)
LIMIT 1
"""
HOLDS = """
SELECT s.state FROM reviews_seat s JOIN reviews_task t ON t.id = s.task_id
WHERE t.item_id = %s AND s.person_id = %s AND (s.state = 'leased' OR (s.state = 'decided' AND (
    t.state = 'open'
    OR (t.state = 'settled' AND EXISTS (SELECT 1 FROM reviews_outcome o WHERE o.task_id = t.id
        AND o.annulled_at IS NULL AND o.released_at IS NULL))
    OR (t.state = 'passed_on' AND NOT EXISTS (SELECT 1 FROM reviews_outcome o WHERE o.item_id = s.item_id
        AND o.released_at IS NOT NULL AND o.settled_at >= t.opened_at)))))
UNION ALL
SELECT 'decided' FROM reviews_decision d JOIN reviews_task t ON t.id = d.task_id
WHERE t.item_id = %s AND d.person_id = %s AND t.state = 'open'
ORDER BY 1 DESC LIMIT 1
"""

LAST = """
SELECT d.decided_at, rv.body FROM reviews_decision d JOIN reviews_task t ON t.id = d.task_id
JOIN reviews_route r ON r.item_id = t.item_id JOIN reviews_rightsversion rv ON rv.id = r.rights_id
WHERE t.item_id = %s AND d.person_id = %s AND NOT EXISTS (SELECT 1 FROM reviews_outcome o
    WHERE o.task_id = t.id AND o.released_at IS NOT NULL)
ORDER BY d.id DESC, r.number DESC LIMIT 1
"""


def has_part(item_id: int, person_id: int) -> bool:
    """Tell whether a person holds a task on the item, or has decided one and not taken that back."""
    return ask_one(PART, [item_id, person_id, item_id, person_id]) is not None


def withheld(item_id: int, person_id: int, at: dt.datetime) -> str:
    """Say why a person sees no one's decision on an item and no hidden proposal; "" where nothing is withheld.

    `holding`: they have it on their screen. `deciding`: their own decision can still be taken back, also an audit's
    that made no outcome; or they took it back, and may be asked again.
    """
    found = ask_one(HOLDS, [item_id, person_id, item_id, person_id])
    if found is not None:
        return "holding" if found.state == "leased" else "deciding"
    last = ask_one(LAST, [item_id, person_id])
    fresh = last is not None and at <= last.decided_at + duration(rights_of(last.body).release_after)
    return "deciding" if fresh else ""
