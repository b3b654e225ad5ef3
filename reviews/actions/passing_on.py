"""A task passed on: to adjudication, to a queue at a higher level, or back to the one below."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Max

from audit.models.sql import ask, many
from audit.reads import uuid7
from reviews.actions.consequences import CLOSE, Following, Writes
from reviews.actions.lines import someone_left
from reviews.actions.seating import tags_of
from reviews.actions.tasking import NewTask
from reviews.errors import NobodyBelow, NoHigherLevel
from reviews.models import CLIMBS, Lane, Queue, Task
from reviews.rights import ADJUDICATION, EscalationRule, rule_of_labels, rule_of_skips, rules_above

AFTERWARDS = ("audit", "second", "rereview")
BELOW = """
SELECT l.id AS lane_id, t.kind FROM reviews_task t JOIN reviews_queue q ON q.id = t.queue_id
JOIN reviews_seat s ON s.task_id = t.id JOIN reviews_lane l ON l.id = s.lane_id
WHERE t.item_id = %s AND q.level < %s AND t.kind IN {kinds}
ORDER BY q.level DESC, t.id DESC, s.number
"""
LOWER = """
SELECT l.id AS lane_id FROM reviews_queue q JOIN reviews_lane l ON l.queue_id = q.id
WHERE q.project_id = %s AND q.level < %s ORDER BY q.level DESC, q.id, l.id
"""


def adjudicated(following: Following) -> Writes:
    """Pass the task on to whoever settles disagreements; up by a rule on disagreement, where there is one."""
    rules = rules_above(following.rights, "disagreement", following.seen.queue_level)
    if (higher := raised(following, rules, "disagreement")) is not None:
        return higher
    queue = Queue.objects.get(project_id=following.seen.project_id, slug=following.rights.disagreement.queue)
    return passed_on(following, "adjudication", queue, "reviews.task_opened", {})


def escalated(following: Following, note: str | None) -> Writes:
    """Pass the task on to the queue that the rights name for what reviewers ask, else to adjudication.

    Raises:
        NoHigherLevel: no such queue lies above this one.
    """
    rules = rules_above(following.rights, "asked", following.seen.queue_level)
    return up(following, rules, "asked", {"reason": note})


def up(following: Following, rules: Sequence[EscalationRule], why: str, more: dict[str, Any]) -> Writes:
    """Pass the task on by the first of the rules, else to adjudication.

    Raises:
        NoHigherLevel: none leads above this level, and adjudication does not lie above it.
    """
    if (higher := raised(following, rules, why, more)) is not None:
        return higher
    seen = following.seen
    queue = Queue.objects.filter(project_id=seen.project_id, slug=ADJUDICATION, level__gt=seen.queue_level).first()
    if queue is None:
        raise NoHigherLevel
    return passed_on(following, "escalation", queue, "reviews.escalated", {"on": why, **more})


def raised_by_labels(following: Following, output: Any) -> Writes | None:
    """Pass the task on where a rule asks for that because of this answer's labels."""
    rule = rule_of_labels(following.rights, level=following.seen.queue_level, output=output)
    return raised(following, [rule] if rule else [], "label")


def raised_by_skips(following: Following) -> Writes | None:
    """Pass the task on where a rule asks for that because of how many have skipped it."""
    skips = 1 + sum(seat.state == "decided" and seat.verdict == "skip" for seat in following.seats)
    rule = rule_of_skips(following.rights, level=following.seen.queue_level, skips=skips)
    return raised(following, [rule] if rule else [], "skips")


def raised(
    following: Following, rules: Sequence[EscalationRule], why: str, more: dict[str, Any] | None = None
) -> Writes | None:
    """Pass the task on to the first of the rules' queues that lies above it; None where none does.

    Only work that settles the item climbs: what measures people stays where it is, unless somebody asked.
    """
    seen = following.seen
    if not rules or (seen.kind not in CLIMBS and why != "asked"):
        return None
    slugs = [rule.to.queue for rule in rules]
    queues = {queue.slug: queue for queue in Queue.objects.filter(project_id=seen.project_id, slug__in=slugs)}
    for rule in rules:
        queue = queues.get(rule.to.queue)
        if queue is not None and queue.level > seen.queue_level and queue.slug != seen.queue_slug:
            told = {"on": why, "rule": rule.name, **(more or {})}
            return passed_on(following, "escalation", queue, "reviews.escalated", told)
    return None


def returned(following: Following, note: str | None) -> Writes:
    """Pass an escalated task back to the level below, where it had been, with a note for whoever takes it there.

    It is work there again; where the item has its answer already it is an audit again.

    Raises:
        NobodyBelow: there is no level below, or everyone there has had a part in this item.
    """
    seen = following.seen
    answered = following.seats[0].live_number is not None
    kinds, names = many(AFTERWARDS if answered else CLIMBS)
    before = ask(BELOW.format(kinds=kinds), [seen.item_id, seen.queue_level, *names])
    rows = before or ask(LOWER, [seen.project_id, seen.queue_level])
    lanes = dict.fromkeys(row.lane_id for row in rows)
    found = next((lane for lane in lanes if someone_left(lane, seen.item_id, following.at)), None)
    if found is None:
        raise NobodyBelow
    line = Lane.objects.select_related("queue").get(pk=found)
    kind = "work" if not answered else before[0].kind if before else "audit"
    wanted = 1 if answered else _asked_for(seen.item_id)
    return passed_on(following, kind, line.queue, "reviews.returned", {"note": note}, line, wanted)


def _asked_for(item_id: int) -> int:
    """Give how many decisions the item's route asked for: that many people decide below, too."""
    asked = Task.objects.filter(item_id=item_id, kind__in=CLIMBS).aggregate(most=Max("wanted"))
    return int(asked["most"] or 1)


def passed_on(
    following: Following,
    kind: str,
    queue: Queue,
    event: str,
    more: dict[str, Any],
    line: Lane | None = None,
    wanted: int = 1,
) -> Writes:
    """Open a task of a kind in a queue after this one, whose open seats close; `more` is told of it in the event."""
    seen = following.seen
    task = NewTask(
        uuid=uuid7(following.at),
        item_id=seen.item_id,
        kind=kind,
        queue=queue,
        wanted=wanted,
        after_id=seen.task_id,
        rights=following.rights,
        high=seen.impact == "high",
        lane=line,
        decide_by=seen.decide_by,
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
