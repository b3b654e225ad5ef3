"""What a stretch of a log holds that people may have to be told of, and that still waits."""

import datetime as dt
import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from uuid import UUID

from audit.models.sql import Row, ask, many
from reviews.models import Item, Override, Question, Task, Why
from reviews.reads.published import published_body, rights_of
from reviews.rights import Rights

STRETCH = "l.log_id = %s AND l.log_index >= %s AND l.log_index < %s"
ESCALATED = f"""
SELECT e.id AS event_id, e.recorded_at, t.id AS task_id, t.item_id, t.queue_id, q.slug, q.project_id, p.section, p.body
FROM reviews_task t JOIN audit_leaf l ON l.event_id = t.event_id JOIN audit_event e ON e.id = t.event_id
JOIN reviews_queue q ON q.id = t.queue_id LEFT JOIN reviews_acknowledgement a ON a.task_id = t.id
LEFT JOIN audit_payload p ON p.event_id = t.event_id AND p.section IN ('task', 'draws')
WHERE t.kind = 'escalation' AND t.state = 'open' AND a.task_id IS NULL AND {STRETCH}
"""  # noqa: S608 - a constant
RETURNED = f"""
SELECT e.id AS event_id, e.recorded_at, t.id AS task_id, t.item_id, t.queue_id, q.project_id, w.person_id
FROM audit_leaf l JOIN audit_event e ON e.id = l.event_id JOIN reviews_withdrawal w ON w.event_id = e.id
JOIN reviews_task t ON t.id = w.task_id JOIN reviews_queue q ON q.id = t.queue_id
WHERE e.type = 'reviews.decision_returned' AND t.state = 'open' AND {STRETCH}
"""  # noqa: S608 - a constant
HELD = f"""
SELECT e.id AS event_id, e.recorded_at, e.stream, p.body FROM audit_leaf l JOIN audit_event e ON e.id = l.event_id
LEFT JOIN audit_payload p ON p.event_id = e.id AND p.section = 'held'
WHERE e.type = 'reviews.item_held' AND {STRETCH}
"""  # noqa: S608 - a constant
PROPOSED = f"""
SELECT v.id FROM audit_leaf l JOIN audit_event e ON e.id = l.event_id JOIN reviews_override v ON v.event_id = e.id
LEFT JOIN reviews_overrideend x ON x.override_id = v.id
WHERE e.type = 'reviews.override_proposed' AND x.override_id IS NULL AND {STRETCH}
"""  # noqa: S608 - a constant
ASKED = f"""
SELECT q.id FROM audit_leaf l JOIN audit_event e ON e.id = l.event_id JOIN reviews_question q ON q.event_id = e.id
LEFT JOIN reviews_questionend x ON x.question_id = q.id
WHERE e.type = 'reviews.question_asked' AND x.question_id IS NULL AND {STRETCH}
"""  # noqa: S608 - a constant
ANSWERED = f"""
SELECT x.question_id AS id FROM audit_leaf l JOIN audit_event e ON e.id = l.event_id
JOIN reviews_questionend x ON x.event_id = e.id
WHERE e.type = 'reviews.question_ended' AND x.how <> 'withdrawn' AND {STRETCH}
"""  # noqa: S608 - a constant
RIGHTS = """
SELECT r.item_id, rv.digest FROM reviews_route r JOIN reviews_rightsversion rv ON rv.id = r.rights_id
WHERE r.item_id IN {items} AND r.number = (SELECT max(o.number) FROM reviews_route o WHERE o.item_id = r.item_id)
"""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Entries of a log from one place to another, which is outside."""

    log: int
    begins: int
    ends: int

    def ask(self, sql: str) -> list[Row]:
        """Run a statement on these entries."""
        return ask(sql, [self.log, self.begins, self.ends])


@dataclass(frozen=True, slots=True)
class News:
    """A fact that people may have to be told: what happened to which item, in which queue.

    `rights` are those of the item's route. `rule` lifted it; None where none did. `person` is the one whom it concerns.
    """

    why: Why
    event: int
    at: dt.datetime
    project: int
    item: int
    queue: int
    slug: str = ""
    task: int | None = None
    rule: str | None = None
    rights: Rights | None = None
    person: int | None = None


def news(stretch: Stretch) -> Iterator[News]:
    """Find what was escalated, held and returned, and waits still; three statements, four more where there is any."""
    lifted, held = stretch.ask(ESCALATED), stretch.ask(HELD)
    if lifted:
        rights = _rights({row.item_id for row in lifted})
        for row in lifted:
            yield News(
                Why.ESCALATED,
                row.event_id,
                row.recorded_at,
                row.project_id,
                row.item_id,
                row.queue_id,
                row.slug,
                row.task_id,
                _rule(row),
                rights[row.item_id],
            )
    if held:
        yield from _held(held)
    for row in stretch.ask(RETURNED):
        place = (row.event_id, row.recorded_at, row.project_id, row.item_id, row.queue_id)
        yield News(Why.RETURNED, *place, task=row.task_id, person=row.person_id)


def proposals(stretch: Stretch) -> list[Override]:
    """Find the overrides that were put forward and wait for a second person."""
    ids = [row.id for row in stretch.ask(PROPOSED)]
    rows = Override.objects.select_related("item__project", "over", "rights").filter(pk__in=ids)
    return list(rows.order_by("pk")) if ids else []


def questions_asked(stretch: Stretch) -> list[Question]:
    """Find the questions that were asked and wait for an answer."""
    return _questions(stretch.ask(ASKED))


def questions_answered(stretch: Stretch) -> list[Question]:
    """Find the questions that an editor closed."""
    return _questions(stretch.ask(ANSWERED))


def _questions(found: list[Row]) -> list[Question]:
    rows = Question.objects.select_related("end").filter(pk__in=[row.id for row in found])
    return list(rows.order_by("pk")) if found else []


def _rule(row: Row) -> str | None:
    """Give the name of the rule that lifted a case, as the event tells it that opened its task."""
    told = json.loads(row.body) if row.body is not None else {}
    if row.section == "draws":
        told = next((one for one in told["tasks"] if one["kind"] == "escalation"), {})
    name = told.get("rule")
    return None if name is None else str(name)


def _held(rows: list[Row]) -> Iterator[News]:
    streams = {UUID(row.stream.removeprefix("item/")): row for row in rows}
    items = {one.uuid: one for one in Item.objects.filter(uuid__in=list(streams), state="held")}
    named = {one: json.loads(row.body)["task"] for one, row in streams.items() if row.body is not None}
    tasks = {str(one.uuid): one for one in Task.objects.select_related("queue").filter(uuid__in=list(named.values()))}
    rights = _rights({one.pk for one in items.values()})
    for uuid, item in items.items():
        row, task = streams[uuid], tasks.get(named.get(uuid, ""))
        if task is not None:
            yield News(
                Why.HELD,
                row.event_id,
                row.recorded_at,
                item.project_id,
                item.pk,
                task.queue_id,
                task.queue.slug,
                rights=rights[item.pk],
            )


def _rights(items: Collection[int]) -> dict[int, Rights]:
    places, ids = many(items)
    return {
        row.item_id: rights_of(published_body("reviews_rightsversion", row.digest))
        for row in ask(RIGHTS.format(items=places), ids)
    }
