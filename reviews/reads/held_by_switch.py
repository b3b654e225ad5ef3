"""Items that a switch held, and where they would go if it stood elsewhere."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from accounts.models import Project
from audit.models.sql import Row, ask, ask_one
from reviews.models import Position, Rerouting
from reviews.reads.standing import STRICTNESS, Standing, standing, subject_in
from reviews.reads.switching import positions
from reviews.rights import route, rule_at_intake
from reviews.wire import Submission, read_items

LOOKED = 2000
"""How many held items are routed on paper before a switch is turned."""
COUNTED = 100_000
HELD = """
FROM reviews_item i JOIN reviews_route r ON r.item_id = i.id
WHERE i.project_id = %s AND i.state = 'held' AND r.rule = 'switch' AND r.arm = 'hold'
    AND r.number = (SELECT max(n.number) FROM reviews_route n WHERE n.item_id = i.id)
"""
ITEMS = f"""
SELECT i.id, {{body}} AS body, (SELECT p.model_version_id FROM reviews_prediction p WHERE p.item_id = i.id
    AND p.purpose = 'route') AS version_id {HELD} AND i.id > %s ORDER BY i.id LIMIT %s
"""  # noqa: S608 - constants
COUNT = f"SELECT count(*) AS held FROM (SELECT i.id {HELD} LIMIT {COUNTED}) h"  # noqa: S608 - constants


@dataclass(frozen=True, slots=True)
class Going:
    """Where items that a switch holds would go: `accepted`, to each queue by its name, or `staying` held.

    `looked` of `total` were routed on paper; `gone` of these have lost their body and stay.
    """

    total: int
    looked: int
    accepted: int
    queues: list[tuple[str, int]]
    staying: int
    gone: int


def held_by_switch(project_id: int) -> int:
    """Count a project's items that a switch holds, up to 100,000."""
    row = ask_one(COUNT, [project_id])
    return int(row.held) if row else 0


def next_held(project_id: int, after: int, most: int, *, body: bool = False) -> list[Row]:
    """List items that a switch holds, oldest first: id, model version, and with `body` what was sent."""
    return ask(ITEMS.format(body="i.body" if body else "NULL"), [project_id, after, most])


def would_go(project: Project, position: str, *, model: int | None = None, everywhere: bool = False) -> Going | None:
    """Say where a project's held items would go with a switch at `position`; None where it holds none.

    It is the project's switch, with `model` that version's, `everywhere` the installation's.
    """
    total = held_by_switch(project.pk)
    now = standing(project) if total else None
    if now is None:
        return None
    now = replace(now, switches=_turned(project, now.switches, position, model, everywhere))
    rows = next_held(project.pk, 0, LOOKED, body=True)
    found = Counter(_goes(row, now) for row in rows)
    queues = [(queue.name, found[f"review {slug}"]) for slug, queue in now.queues.items() if found[f"review {slug}"]]
    return Going(total, len(rows), found["accept"], queues, found["hold"] + found["gone"], found["gone"])


def _goes(row: Row, now: Standing) -> str:
    if row.body is None:
        return "gone"
    sent = read_items(bytes(row.body), "application/json").entries[0]
    assert isinstance(sent, Submission)
    routed = route(subject_in(sent, now), now.rights, now.switch_for(row.version_id))
    if routed.arm != "review":
        return routed.arm
    level = now.queues[str(routed.queue)].level
    rule = rule_at_intake(now.rights, level=level, impact=sent.impact, cost=sent.cost)
    return f"review {rule.to.queue if rule and rule.to.queue in now.queues else routed.queue}"


def _turned(
    project: Project, now: Mapping[int | None, str], position: str, model: int | None, everywhere: bool
) -> dict[int | None, str]:
    """Give where switches would stand; None is the stricter of the installation's and the project's."""
    if model is not None:
        return {**now, model: position}
    found = positions([project.pk])
    other = found.get(project.pk) if everywhere else found[None]
    stricter = max(position, other.position if other else Position.NORMAL.value, key=STRICTNESS.index)
    return {**now, None: stricter}


def newest_rerouting(project_id: int, at: dt.datetime) -> Rerouting | None:
    """Give the project's run over held items: one that goes on, or that ended within the hour."""
    found = Rerouting.objects.filter(project=project_id).order_by("-pk").first()
    return found if found and (found.undone or found.moved_at > at - dt.timedelta(hours=1)) else None
