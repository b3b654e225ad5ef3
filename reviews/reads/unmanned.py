"""Work that nobody may take: everyone in a role for its queue has had a part in the item, or nobody has the role."""

import datetime as dt
from collections.abc import Sequence

from audit.models.sql import Row, ask, postgres

LOOKED_AT = 200
ABLE = """
SELECT 1 AS able FROM reviews_personlane pl
JOIN accounts_membership m ON m.id = pl.membership_id AND m.from_at <= %s AND (m.until_at IS NULL OR m.until_at > %s)
WHERE pl.lane_id = {lane} AND NOT EXISTS (SELECT 1 FROM reviews_seat o WHERE o.item_id = {item}
    AND o.person_id = pl.person_id AND o.apart AND o.state IN ('leased', 'decided'))
AND NOT EXISTS (SELECT 1 FROM reviews_onlooker o WHERE o.task_id = {task} AND o.person_id = pl.person_id)
AND NOT EXISTS (SELECT 1 FROM reviews_involvement v WHERE v.item_id = {item} AND v.person_id = pl.person_id)
"""
SOMEBODY = f"""
EXISTS (SELECT 1 FROM reviews_seat f WHERE f.task_id = t.id AND (f.state = 'leased' OR f.state = 'open'
    AND (f.kept_until > %s OR EXISTS ({ABLE.format(lane="f.lane_id", item="f.item_id", task="t.id")}))))
"""  # noqa: S608 - a constant
LANES = "SELECT l.id FROM reviews_lane l JOIN reviews_queue q ON q.id = l.queue_id WHERE q.project_id = %s {which}"
FIRST = f"""
SELECT t.id, t.item_id, q.slug FROM (SELECT x.task_id FROM reviews_seat x WHERE x.lane_id = {{lane}}
    AND x.state = 'open' ORDER BY x.rank, x.due_at, x.id LIMIT {LOOKED_AT}) s
JOIN reviews_task t ON t.id = s.task_id JOIN reviews_item i ON i.id = t.item_id
JOIN reviews_queue q ON q.id = t.queue_id
WHERE t.state = 'open' AND i.state = 'open' AND NOT {SOMEBODY}
"""  # noqa: S608 - constants
EACH = "SELECT x.* FROM unnest(%s::bigint[]) AS l(id) CROSS JOIN LATERAL ({one}) x"
ONE = "SELECT * FROM ({one})"


def unmanned(project_id: int, at: dt.datetime, queue: str = "") -> list[Row]:
    """List the tasks (id, item_id, slug of the queue) of items without an answer that nobody may take.

    The first 200 open seats of each lane are looked at; two statements, on SQLite one a 100 lanes more.
    """
    which = "AND q.slug = %s" if queue else ""
    lanes = [row.id for row in ask(LANES.format(which=which), [project_id, queue] if queue else [project_id])]
    return list({row.id: row for row in _found(lanes, at)}.values())


def _found(lanes: Sequence[int], at: dt.datetime) -> list[Row]:
    if postgres():
        return ask(EACH.format(one=FIRST.format(lane="l.id")), [[*lanes], at, at, at])
    rows: list[Row] = []
    for start in range(0, len(lanes), 100):
        part = lanes[start : start + 100]
        one = ONE.format(one=FIRST.format(lane="%s"))
        rows += ask(" UNION ALL ".join([one] * len(part)), [value for lane in part for value in (lane, at, at, at)])
    return rows
