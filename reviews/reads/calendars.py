"""Working time of projects."""

import datetime as dt
import json
from typing import Any

from audit.models.sql import ask_one
from reviews.rights import DAYS, Calendar

CALENDAR = """
SELECT su.calendar, p.time_zone FROM accounts_project p LEFT JOIN reviews_setup su ON su.project_id = p.id
WHERE p.id = %s
"""


def calendar_of(project_id: int) -> Calendar | None:
    """Give a project's working time; None where all time is working time. One statement."""
    row = ask_one(CALENDAR, [project_id])
    told = row.calendar if row else None
    return read_calendar(json.loads(told) if isinstance(told, str) else told, row.time_zone) if row and told else None


def read_calendar(told: dict[str, Any], zone: str) -> Calendar:
    """Read working time as a project keeps it: `days`, `hours` from and to, `holidays`."""
    opens, closes = map(minutes, told["hours"])
    return Calendar(
        frozenset(DAYS.index(day) for day in told["days"]),
        opens,
        closes,
        frozenset(dt.date.fromisoformat(day) for day in told["holidays"]),
        zone,
    )


def minutes(clock: str) -> int:
    """Read a time on the clock, "08:30", as minutes after midnight."""
    hours, _colon, rest = clock.partition(":")
    return int(hours) * 60 + int(rest)
