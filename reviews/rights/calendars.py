"""Working time: the days and hours of a project by its own clock on the wall, and what is due by them."""

import datetime as dt
import zoneinfo
from collections.abc import Iterator, Sequence

import msgspec

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LOOKS_AHEAD = dt.timedelta(days=60)
MOST_DAYS = 20_000  # looked through for one due time: a holiday every other day would not come near it
_WINDOW = dt.timedelta(hours=15)  # no zone is further from UTC


class Calendar(msgspec.Struct, frozen=True):
    """Working `days` (0 is Monday) without `holidays`, from `opens` to `closes`, minutes after midnight in `zone`."""

    days: frozenset[int]
    opens: int
    closes: int
    holidays: frozenset[dt.date]
    zone: str


def later(at: dt.datetime, span: dt.timedelta, calendar: Calendar | None) -> dt.datetime:
    """Give the instant when so much working time has passed since `at`; without a calendar all time is working time.

    Time counts while the clock on the wall shows a working hour: an hour that comes twice counts twice, one that is
    left out not at all. The instant lies at the end of the work, not at the start of the next working day.
    """
    if calendar is None:
        return at + span
    left = span
    start = at.astimezone(dt.UTC)
    for opens, closes in _worked(start, calendar):
        begins = max(opens, start)
        if closes - begins >= left:
            return begins + left
        left -= max(closes - begins, dt.timedelta(0))
    return at + span  # no working day in fifty years: as if there were no calendar


def working(at: dt.datetime, calendar: Calendar | None) -> bool:
    """Tell whether an instant lies in working time."""
    if calendar is None:
        return True
    start = at.astimezone(dt.UTC)
    opens, closes = next(_worked(start, calendar), (start, start))
    return opens <= start < closes


def all_work(at: dt.datetime, calendars: Sequence[Calendar]) -> dt.datetime | None:
    """Give the first instant from `at` on at which all of them work; None where that is more than 60 days off."""
    moment = at
    while moment <= at + LOOKS_AHEAD:
        after = max((_next(moment, one) for one in calendars), default=moment)
        if after == moment:
            return moment
        moment = after
    return None


def _next(at: dt.datetime, calendar: Calendar) -> dt.datetime:
    """Give the first instant from `at` on that lies in working time; far off where there is none."""
    start = at.astimezone(dt.UTC)
    opens, _closes = next(_worked(start, calendar), (start + 2 * LOOKS_AHEAD, start))
    return max(opens, start)


def _worked(start: dt.datetime, calendar: Calendar) -> Iterator[tuple[dt.datetime, dt.datetime]]:
    """Give the stretches of working time that end after an instant, in order."""
    zone = zoneinfo.ZoneInfo(calendar.zone)
    day = start.astimezone(zone).date() - dt.timedelta(days=1)
    for number in range(MOST_DAYS):
        one = day + dt.timedelta(days=number)
        if one.weekday() in calendar.days and one not in calendar.holidays:
            yield from ((opens, closes) for opens, closes in _of_day(one, calendar, zone) if closes > start)


def _of_day(day: dt.date, calendar: Calendar, zone: dt.tzinfo) -> Iterator[tuple[dt.datetime, dt.datetime]]:
    """Give a day's stretches: one for each offset from UTC that its clock has while it shows a working hour."""
    midnight = dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC)
    opens = midnight + dt.timedelta(minutes=calendar.opens)
    closes = midnight + dt.timedelta(minutes=calendar.closes)
    first, last = opens - _WINDOW, closes + _WINDOW
    before, after = _offset(first, zone), _offset(last, zone)
    if before == after:
        yield opens - before, closes - before
        return
    change = _change(first, last, zone)
    for begins, ends in (
        (opens - before, min(closes - before, change)),
        (max(opens - after, change), closes - after),
    ):
        if begins < ends:
            yield begins, ends


def _change(first: dt.datetime, last: dt.datetime, zone: dt.tzinfo) -> dt.datetime:
    """Find the instant between two at which the offset from UTC changes, to the second."""
    before = _offset(first, zone)
    while last - first > dt.timedelta(seconds=1):
        middle = (first + (last - first) / 2).replace(microsecond=0)
        if middle <= first:
            break
        first, last = (middle, last) if _offset(middle, zone) == before else (first, middle)
    return last


def _offset(at: dt.datetime, zone: dt.tzinfo) -> dt.timedelta:
    return at.astimezone(zone).utcoffset() or dt.timedelta(0)
