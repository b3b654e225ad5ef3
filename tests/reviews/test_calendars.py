"""Working time: what is due by a project's days and hours, against a count minute by minute, through changed clocks."""

import datetime as dt
import json
import zoneinfo
from typing import Any

import pytest
from django.db import connection
from hypothesis import example, given, settings
from hypothesis import strategies as st

from accounts.reads import console
from reviews.actions import apply_project, climb
from reviews.errors import BadProjectFile
from reviews.models import Seat, Setup, Task
from reviews.reads.calendars import calendar_of
from reviews.rights import Calendar, later, working
from tests.reviews.test_escalation import CLOCK, QUEUES
from tests.town import RIGHTS, build, project_file

OFFICE = {"days": ["mon", "tue", "wed", "thu", "fri"], "hours": ["08:00", "17:00"], "holidays": ["2026-12-25"]}
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "America/Sao_Paulo"]
MINUTE = dt.timedelta(minutes=1)


def counted(at: dt.datetime, span: dt.timedelta, calendar: Calendar) -> dt.datetime:
    """Count minute by minute on the wall's clock."""
    zone = zoneinfo.ZoneInfo(calendar.zone)
    left = span // MINUTE
    while left:
        local = at.astimezone(zone)
        shows = local.hour * 60 + local.minute
        left -= (
            local.weekday() in calendar.days
            and local.date() not in calendar.holidays
            and calendar.opens <= shows < calendar.closes
        )
        at += MINUTE
    return at


DAY = st.dates(dt.date(2026, 3, 20), dt.date(2026, 4, 8)) | st.dates(dt.date(2026, 10, 1), dt.date(2026, 11, 5))


@st.composite
def calendars(draw: Any) -> Calendar:
    opens = draw(st.integers(0, 1439))
    closes = draw(st.integers(opens + 1, 1440))
    days = draw(st.frozensets(st.integers(0, 6), min_size=1))
    return Calendar(days, opens, closes, draw(st.frozensets(DAY, max_size=3)), draw(st.sampled_from(ZONES)))


SPRING = Calendar(frozenset({6}), 90, 150, frozenset(), "Europe/Berlin")


@pytest.mark.one_engine
@given(calendar=calendars(), day=DAY, minute=st.integers(0, 1439), span=st.integers(1, 900))
@example(calendar=SPRING, day=dt.date(2026, 3, 28), minute=600, span=30)
@example(calendar=SPRING, day=dt.date(2026, 3, 28), minute=600, span=31)
@example(calendar=SPRING, day=dt.date(2026, 10, 24), minute=600, span=90)
@example(calendar=SPRING, day=dt.date(2026, 10, 24), minute=600, span=60)
@example(
    calendar=Calendar(frozenset({6}), 90, 120, frozenset(), "Australia/Lord_Howe"),
    day=dt.date(2026, 4, 4), minute=0, span=59,
)  # fmt: skip
@settings(max_examples=150, deadline=None)
def test_what_is_due_is_what_a_count_of_minutes_says(calendar, day, minute, span) -> None:
    at = dt.datetime.combine(day, dt.time(minute // 60, minute % 60), dt.UTC)
    found = later(at, dt.timedelta(minutes=span), calendar)
    assert found == counted(at, dt.timedelta(minutes=span), calendar)
    assert working(found - dt.timedelta(seconds=1), calendar)


@given(day=DAY, minute=st.integers(0, 1439), calendar=calendars())
@settings(max_examples=100, deadline=None)
def test_it_is_working_time_when_the_wall_says_so(day, minute, calendar) -> None:
    at = dt.datetime.combine(day, dt.time(minute // 60, minute % 60), dt.UTC)
    assert working(at, calendar) == (counted(at, MINUTE, calendar) == at + MINUTE)


def test_without_a_calendar_all_time_counts() -> None:
    at = dt.datetime(2026, 12, 25, 3, tzinfo=dt.UTC)
    assert later(at, dt.timedelta(hours=2), None) == at + dt.timedelta(hours=2) and working(at, None)


@pytest.mark.django_db
def test_a_projects_calendar_is_applied_once_and_service_levels_go_by_it() -> None:
    rights = RIGHTS | {"escalation": CLOCK, "service_levels": [{"queue": "general", "due_after": "PT2H"}]}
    town = build(queues=QUEUES, rights=rights, calendar=OFFICE, time_zone="Europe/Berlin")
    town.now = dt.datetime(2026, 12, 24, 15, tzinfo=dt.UTC)  # 16:00 on a Thursday; Friday is a holiday
    town.send(0.5)
    assert Seat.objects.get().due_at == dt.datetime(2026, 12, 28, 8, tzinfo=dt.UTC)
    assert Task.objects.get().climb_at == dt.datetime(2026, 12, 28, 9, tzinfo=dt.UTC)
    town.now = dt.datetime(2026, 12, 28, 15, tzinfo=dt.UTC)
    climb(at=town.now)
    assert Task.objects.get(kind="escalation").climb_at == dt.datetime(2026, 12, 29, 8, tzinfo=dt.UTC)
    file = project_file(queues=QUEUES, rights=rights, calendar=OFFICE, time_zone="Europe/Berlin")
    assert apply_project(document=json.dumps(file).encode(), by=console(), at=town.now)[1] == []
    apply_project(document=file | {"calendar": None}, by=console(), at=town.now)
    assert calendar_of(town.project.pk) is None


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("part", "value", "place"),
    [
        ("days", [], "calendar.days"),
        ("days", ["mon", "mon"], "calendar.days"),
        ("days", ["monday"], "calendar.days"),
        ("hours", ["08:00"], "calendar.hours"),
        ("hours", ["17:00", "08:00"], "calendar.hours"),
        ("hours", ["08:00", "24:01"], "calendar.hours"),
        ("hours", ["8:00", "17:00"], "calendar.hours"),
        ("holidays", ["2026-02-30"], "calendar.holidays[0]"),
        ("holidays", ["20261225"], "calendar.holidays[0]"),
        ("holidays", ["2026-12-25", "2026-12-25"], "calendar.holidays"),
    ],
)
def test_a_calendar_that_nobody_can_work_by_is_refused_at_its_place(part, value, place) -> None:
    with pytest.raises(BadProjectFile) as refused:
        apply_project(document=project_file(calendar=OFFICE | {part: value}), by=console(), at=dt.datetime.now(dt.UTC))
    assert [field for field, _ in refused.value.fields] == [place] and not Setup.objects.exists()
    assert connection.in_atomic_block
