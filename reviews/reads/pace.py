"""A person's own pace and quality, for themselves alone: no ranking, nothing of what they may still be asked about."""

import datetime as dt
import json
from dataclasses import dataclass
from statistics import median

from audit.models.sql import Row, ask
from reviews.reads.listing import COUNTED

WEEK = dt.timedelta(days=7)
MONTH = dt.timedelta(days=28)
ENOUGH = 20  # judged decisions below which a share says more about chance than about anyone
DECIDED = f"""
SELECT d.active_ms, d.decided_at FROM (SELECT x.* FROM reviews_decision x WHERE x.person_id = %s
    ORDER BY x.id DESC LIMIT {COUNTED}) d
WHERE d.decided_at >= %s AND NOT EXISTS (SELECT 1 FROM reviews_withdrawal w
    WHERE w.task_id = d.task_id AND w.person_id = d.person_id AND w.attempt = d.attempt)
"""  # noqa: S608 - a constant
JUDGED = f"""
SELECT d.body, o.body AS outcome_body, o.source
FROM (SELECT x.* FROM reviews_decision x WHERE x.person_id = %s ORDER BY x.id DESC LIMIT {COUNTED}) d
JOIN reviews_task t ON t.id = d.task_id
JOIN reviews_outcome o ON o.item_id = t.item_id AND o.released_at < %s AND o.number = (
    SELECT max(x.number) FROM reviews_outcome x WHERE x.item_id = t.item_id AND x.released_at IS NOT NULL)
WHERE d.decided_at >= %s AND d.verdict IN ('approve', 'correct', 'reject') AND d.body IS NOT NULL
    AND o.body IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM reviews_task k WHERE k.item_id = t.item_id AND k.state = 'open')
    AND NOT EXISTS (SELECT 1 FROM reviews_withdrawal w
        WHERE w.task_id = d.task_id AND w.person_id = d.person_id AND w.attempt = d.attempt)
"""  # noqa: S608 - a constant


@dataclass(frozen=True, slots=True)
class Span:
    """What was decided in a span of time. `active` is all of the time at work, `an_item` its median, in seconds.

    Nobody judges an item in less than a second: such a median tells of a program, and of no pace.
    """

    decided: int
    active: float
    an_item: float | None


@dataclass(frozen=True, slots=True)
class Quality:
    """Of `judged` decisions whose outcomes were released, how many adjudication or an audit answered otherwise."""

    judged: int
    changed: int

    @property
    def known(self) -> bool:
        """Tell whether there are enough to speak of a share."""
        return self.judged >= ENOUGH

    @property
    def percent(self) -> int:
        """Give the share in whole percent."""
        return round(100 * self.changed / self.judged) if self.judged else 0

    @property
    def missing(self) -> int:
        """Give how many more it takes."""
        return max(ENOUGH - self.judged, 0)


@dataclass(frozen=True, slots=True)
class Pace:
    """Today, the last seven days, and what became of the decisions of the last four weeks."""

    today: Span
    week: Span
    quality: Quality


def pace(person_id: int, at: dt.datetime, *, today: dt.datetime) -> Pace:
    """Read a person's own figures; two statements. `today` is when their day began.

    Quality counts what was released before today, so that it moves once a day and tells of no single item; an item on
    which somebody is still asked is left out.
    """
    week = ask(DECIDED, [person_id, min(at - WEEK, today)])
    judged = ask(JUDGED, [person_id, today, at - MONTH])
    return Pace(
        _span([row for row in week if row.decided_at >= today]),
        _span([row for row in week if row.decided_at >= at - WEEK]),
        Quality(len(judged), sum(_changed(row) for row in judged)),
    )


def _span(rows: list[Row]) -> Span:
    spent = [row.active_ms / 1000 for row in rows if row.active_ms is not None]
    an_item = median(spent) if spent else 0
    return Span(len(rows), sum(spent), an_item if an_item >= 1 else None)


def _changed(row: Row) -> bool:
    if row.source not in {"adjudicator", "audit"}:
        return False
    return bool(json.loads(row.body)["output"] != json.loads(row.outcome_body)["output"])
