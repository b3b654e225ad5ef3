"""A project's working time, as its file names it."""

import datetime as dt
import re

import msgspec

from reviews.reads.calendars import minutes
from reviews.rights import DAYS

CLOCK = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00")
MOST_HOLIDAYS = 1000


class CalendarFile(msgspec.Struct, forbid_unknown_fields=True):
    """Working days, hours from and to, and days off, by the clock of the project's time zone."""

    days: list[str]
    hours: list[str]
    holidays: list[str] = []


def calendar_faults(calendar: CalendarFile | None) -> list[tuple[str, str]]:
    """Find what keeps a calendar from being worked by."""
    if calendar is None:
        return []
    faults = []
    if not calendar.days or not set(calendar.days) <= set(DAYS) or len(set(calendar.days)) < len(calendar.days):
        faults.append(("calendar.days", f"Name each working day once: {', '.join(DAYS)}."))
    clocks = [hour for hour in calendar.hours if CLOCK.fullmatch(hour)]
    if len(calendar.hours) != 2 or len(clocks) != 2 or minutes(clocks[0]) >= minutes(clocks[1]):
        faults.append(("calendar.hours", 'Two times of one day, the earlier first, as in ["08:00", "17:00"].'))
    if len(calendar.holidays) > MOST_HOLIDAYS or len(set(calendar.holidays)) < len(calendar.holidays):
        faults.append(("calendar.holidays", f"At most {MOST_HOLIDAYS} days off, each once."))
    return faults + [
        (f"calendar.holidays[{place}]", "Write a day as in 2026-12-25.")
        for place, day in enumerate(calendar.holidays)
        if not _is_day(day)
    ]


def _is_day(text: str) -> bool:
    try:
        return dt.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
