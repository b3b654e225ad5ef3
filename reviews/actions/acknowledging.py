"""Acknowledging: somebody at a higher level says that they have an escalated task in hand."""

import datetime as dt
import uuid

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.errors import Forbidden
from accounts.models import Project
from accounts.reads import Actor
from audit.models.sql import Row, ask_one, lock, run, together
from reviews.actions.seating import acting_role, ground_of, tags_of, working_person
from reviews.actions.trail import Trail
from reviews.errors import EscalationOver
from reviews.reads.calendars import calendar_of
from reviews.reads.held import due, look_at_seat
from reviews.reads.published import rights_of
from reviews.rights import clock_waits, later

FIND = """
SELECT t.id AS task_id, t.state, t.sseq, t.head FROM reviews_task t JOIN reviews_item i ON i.id = t.item_id
WHERE t.uuid = %s AND t.kind = 'escalation' AND i.project_id = %s
"""
STANDS = """
SELECT s.id AS seat_id, a.acknowledged_at, EXISTS (SELECT 1 FROM reviews_seat o WHERE o.item_id = s.item_id
    AND o.person_id = %s AND o.apart AND o.task_id <> s.task_id AND o.state IN ('leased', 'decided')) AS has_part
FROM reviews_seat s LEFT JOIN reviews_acknowledgement a ON a.task_id = s.task_id
WHERE s.task_id = %s ORDER BY s.number LIMIT 1
"""
NOTE = "INSERT INTO reviews_acknowledgement (task_id, person_id, acknowledged_at, event_id) VALUES (%s, %s, %s, %s)"


@transaction.atomic
def acknowledge(*, project: Project, task: uuid.UUID, by: Actor, at: dt.datetime) -> dt.datetime:
    """Say that an escalated task is in hand, so that the clock no longer takes it for unanswered; give since when.

    Said again, by whomever, it answers the first time. Where the task is due, the clock still goes by that. Locks task.

    Raises:
        EscalationOver: the project has no such escalated task, or it is no longer open.
        Forbidden: no role of this person works in its queue, or they had a part in the item themselves.
    """
    person_id = working_person(by)
    found = ask_one(FIND + lock("t"), [task, project.pk])
    if found is None or found.state != "open":
        raise EscalationOver
    stands = ask_one(STANDS, [person_id, found.task_id])
    seen = look_at_seat(stands.seat_id, person_id, at) if stands else None
    assert stands is not None
    assert seen is not None
    by = by.as_role(acting_role(seen))
    if stands.has_part:
        raise Forbidden(_("You had a part in this item, so somebody else answers it."))
    if stands.acknowledged_at is not None:
        since: dt.datetime = stands.acknowledged_at
        return since
    stream = f"task/{seen.task_uuid}"
    trail = Trail(ground_of(seen), by, at)
    trail.at_head(stream, found.sseq, found.head)
    place = trail.add(stream, "reviews.acknowledged", tags_of(seen), acknowledged={"task": str(seen.task_uuid)})
    events = trail.write()
    head = trail.heads[stream]
    run(NOTE, [found.task_id, person_id, at, events[place]])
    together(
        (
            "UPDATE reviews_task SET sseq = %s, head = %s, climb_at = %s WHERE id = %s",
            [head.sseq, head.hash, _climb_at(seen, at), found.task_id],
        )
    )
    return at


def _climb_at(seen: Row, at: dt.datetime) -> dt.datetime | None:
    """Say when the clock acts after all: so long after the task is due; None where it is never due."""
    wait = clock_waits(rights_of(seen.rights_body), level=seen.queue_level, escalated=True)
    due_at = due(seen.due_at, at)
    if wait is None or due_at is None:
        return None
    return later(max(due_at, at), wait, calendar_of(seen.project_id))
