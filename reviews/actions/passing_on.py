"""A task passed on: to adjudication, or to the queue one level up."""

from typing import Any

from audit.reads import uuid7
from reviews.actions.consequences import CLOSE, Following, Writes
from reviews.actions.seating import tags_of
from reviews.actions.tasking import NewTask
from reviews.errors import NoHigherLevel
from reviews.models import Queue
from reviews.rights import ADJUDICATION


def adjudicated(following: Following) -> Writes:
    """Pass the task on to whoever settles disagreements."""
    queue = Queue.objects.get(project_id=following.seen.project_id, slug=following.rights.disagreement.queue)
    return passed_on(following, "adjudication", queue, "reviews.task_opened", {})


def escalated(following: Following, note: str | None) -> Writes:
    """Pass the task on to the queue that the rights name for what reviewers ask, else to adjudication.

    Raises:
        NoHigherLevel: no such queue lies above this one.
    """
    seen = following.seen
    wanted = [rule.to.queue for rule in following.rights.escalation if rule.on == "asked"]
    queues = {
        queue.slug: queue
        for queue in Queue.objects.filter(project_id=seen.project_id, slug__in=[*wanted, ADJUDICATION])
    }
    higher = [
        queues[slug]
        for slug in [*wanted, ADJUDICATION]
        if slug in queues and queues[slug].level > seen.queue_level and slug != seen.queue_slug
    ]
    if not higher:
        raise NoHigherLevel
    return passed_on(following, "escalation", higher[0], "reviews.escalated", {"reason": note})


def passed_on(following: Following, kind: str, queue: Queue, event: str, more: dict[str, Any]) -> Writes:
    """Open a task of a kind in a queue after this one, whose open seats close; `more` is told of it in the event."""
    seen = following.seen
    task = NewTask(
        uuid=uuid7(following.at),
        item_id=seen.item_id,
        kind=kind,
        queue=queue,
        wanted=1,
        after_id=seen.task_id,
        rights=following.rights,
        high=seen.impact == "high",
    )
    place = following.trail.add(
        following.item_stream,
        event,
        {**tags_of(seen), "queue": str(queue.uuid), "kind": kind},
        task={"task": str(task.uuid), "after": str(seen.task_uuid), "kind": kind, "queue": queue.slug, **more},
    )
    following.new_tasks.append((task, place))
    following.task_state = "passed_on"
    return lambda _events: [(CLOSE, [seen.task_id, seen.seat_id])]
