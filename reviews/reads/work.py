"""What of a project waits at higher levels, as its program is told: queues, roles, counts and instants alone."""

from typing import Any

from audit.models.sql import Row, ask, ask_one
from reviews.reads.answers import rfc3339
from reviews.reads.facts import rights_in_force
from reviews.reads.held import NEVER_DUE
from reviews.rights import roles_told

ABOVE = """
SELECT q.slug, q.level, count(DISTINCT t.id) AS waiting, count(DISTINCT a.task_id) AS acknowledged,
    min(t.opened_at) AS oldest_at, min(s.due_at) AS due_at
FROM reviews_task t JOIN reviews_queue q ON q.id = t.queue_id
LEFT JOIN reviews_seat s ON s.task_id = t.id AND s.state IN ('open', 'leased')
LEFT JOIN reviews_acknowledgement a ON a.task_id = t.id
WHERE q.project_id = %s AND t.kind = 'escalation' AND t.state = 'open'
GROUP BY q.id, q.slug, q.level ORDER BY q.level DESC, q.id
"""
HELD = "SELECT count(*) AS held FROM reviews_item i WHERE i.project_id = %s AND i.state = 'held'"


def work_waiting(project_id: int) -> dict[str, Any]:
    """Say what was escalated and waits, by queue, the highest first, and how many items are held; three statements.

    `roles` are those that the rules to a queue name; `oldest_at` is when the first case came there, `due_at` when the
    next one is due, null where none ever is.
    """
    standing, held = rights_in_force(project_id), ask_one(HELD, [project_id])
    waiting = [
        {
            "queue": row.slug,
            "level": row.level,
            "roles": list(roles_told(standing[1], row.slug)) if standing else [],
            "count": row.waiting,
            "unanswered": row.waiting - row.acknowledged,
            "oldest_at": rfc3339(row.oldest_at),
            "due_at": _due(row),
        }
        for row in ask(ABOVE, [project_id])
    ]
    return {"waiting": waiting, "held": held.held if held else 0}


def _due(row: Row) -> str | None:
    due = row.due_at is not None and row.due_at - row.oldest_at < NEVER_DUE / 2
    return rfc3339(row.due_at) if due else None
