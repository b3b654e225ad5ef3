"""A task passed on: to adjudication, to a queue at a higher level, or back to the one below."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Max

from audit.models.sql import ask, many
from audit.reads import uuid7
from reviews.actions.asking_more import held
from reviews.actions.consequences import CLOSE, Following, Writes
from reviews.actions.lines import own_lane, someone_left
from reviews.actions.seating import tags_of
from reviews.actions.tasking import NewTask
from reviews.errors import NobodyBelow, NoHigherLevel
from reviews.models import CLIMBS, ItemState, Lane, Queue, Task
from reviews.rights import ADJUDICATION, EscalationRule, rules_above, rules_of_labels, rules_of_skips

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


@dataclass(frozen=True, slots=True)
class Way:
    """Where a task may go on, and the rule that says so; None for where it goes without one."""

    queue: Queue
    rule: EscalationRule | None = None


def adjudicated(following: Following) -> Writes:
    """Pass the task on to whoever settles disagreements; up by a rule on disagreement, where there is one.

    Where nobody is left in the queue that the rights name, to adjudication; where nobody is there either, the item is
    held.
    """
    rules = rules_above(following.rights, "disagreement", following.seen.queue_level)
    if (higher := raised(following, rules, "disagreement")) is not None:
        return higher
    slugs = list(dict.fromkeys([following.rights.disagreement.queue, ADJUDICATION]))
    queues = _queues(following, slugs)
    way = _open_to_somebody(following, [Way(queues[slug]) for slug in slugs if slug in queues])
    if way is None:
        return held(following)
    return passed_on(following, "adjudication", way.queue, "reviews.task_opened", {})


def escalated(following: Following, note: str | None) -> Writes:
    """Pass the task on to the queue that the rights name for what reviewers ask, else to adjudication.

    Raises:
        NoHigherLevel: no such queue lies above this one.
    """
    rules = rules_above(following.rights, "asked", following.seen.queue_level)
    return up(following, rules, "asked", {"reason": note})


def up(
    following: Following,
    rules: Sequence[EscalationRule],
    why: str,
    more: dict[str, Any],
    reason: str = "nobody_left",
) -> Writes:
    """Pass the task on by the first of the rules whose queue has somebody left, else to adjudication.

    Where nobody is left above, the item is held for this reason.

    Raises:
        NoHigherLevel: none leads above this level, and adjudication does not lie above it.
    """
    ways = [*_by_rules(following, rules, why), *_adjudication_above(following)]
    if not ways:
        raise NoHigherLevel
    way = _open_to_somebody(following, ways)
    return held(following, reason) if way is None else _escalated_by(following, way, why, more)


def raised_by_labels(following: Following, output: Any) -> Writes | None:
    """Pass the task on where a rule asks for that because of this answer's labels; such an answer settles nothing."""
    rules = rules_of_labels(following.rights, level=following.seen.queue_level, output=output)
    if not _by_rules(following, rules, "label"):
        return None
    return up(following, rules, "label", {})


def raised_by_skips(following: Following) -> Writes | None:
    """Pass the task on where a rule asks for that because of how many have skipped it, and somebody is left there."""
    skips = 1 + sum(seat.state == "decided" and seat.verdict == "skip" for seat in following.seats)
    return raised(following, rules_of_skips(following.rights, level=following.seen.queue_level, skips=skips), "skips")


def raised(following: Following, rules: Sequence[EscalationRule], why: str) -> Writes | None:
    """Pass the task on to the first of the rules' queues that lies above it and has somebody left; None without one."""
    ways = _by_rules(following, rules, why)
    way = _open_to_somebody(following, ways) if ways else None
    return None if way is None else _escalated_by(following, way, why, {})


def _by_rules(following: Following, rules: Sequence[EscalationRule], why: str) -> list[Way]:
    """List where rules lead above a task.

    Only work that settles the item climbs: what measures people stays where it is, unless somebody asked.
    """
    seen = following.seen
    if not rules or (seen.kind not in CLIMBS and why != "asked"):
        return []
    queues = _queues(following, [rule.to.queue for rule in rules])
    ways = [Way(queues[rule.to.queue], rule) for rule in rules if rule.to.queue in queues]
    return [way for way in ways if way.queue.level > seen.queue_level and way.queue.slug != seen.queue_slug]


def _adjudication_above(following: Following) -> list[Way]:
    found = _queues(following, [ADJUDICATION]).values()
    return [Way(queue) for queue in found if queue.level > following.seen.queue_level]


def _queues(following: Following, slugs: Sequence[str]) -> dict[str, Queue]:
    rows = Queue.objects.filter(project_id=following.seen.project_id, slug__in=slugs)
    return {queue.slug: queue for queue in rows}


def _open_to_somebody(following: Following, ways: Sequence[Way]) -> Way | None:
    """Give the first way to a queue where somebody is left for this item; None where nobody is anywhere.

    An item that has its answer is not held: what is asked about it waits where its first way leads.
    """
    for way in ways:
        if someone_left(own_lane(way.queue).pk, following.seen.item_id, following.at):
            return way
    return None if following.item_state == ItemState.OPEN else next(iter(ways), None)


def _escalated_by(following: Following, way: Way, why: str, more: dict[str, Any]) -> Writes:
    told = {"on": why, **({"rule": way.rule.name} if way.rule else {}), **more}
    return passed_on(following, "escalation", way.queue, "reviews.escalated", told)


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
