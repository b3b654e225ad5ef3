"""E-mails keep to a person's working hours and their project's, on the clock on their wall, over a change of it too."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actions import give_membership
from accounts.models import Person
from accounts.reads import console
from reviews.actions import climb, sorting
from reviews.models import Notice
from reviews.reads.keys import preference_of
from reviews.rights import Calendar, all_work
from tests.reviews.telling import MONDAY, choose, mailing, overdue, person, town_on_monday, turn
from tests.reviews.test_escalation import rule
from tests.town import RIGHTS, Town

pytestmark = pytest.mark.django_db
ASKED = rule("asked", 1) | {"to": {"level": 1, "queue": "senior", "notify": ["operations"]}}
BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = Calendar(frozenset(range(5)), 480, 1080, frozenset(), "Europe/Berlin")


@pytest.fixture(autouse=True)
def mails(db: None, tmp_path: Any):
    with mailing(tmp_path):
        yield


def until_sent(town: Town, step: dt.timedelta = dt.timedelta(minutes=5), most: int = 2000) -> dt.datetime:
    """Let the postman come by every few minutes; give when the e-mail went out."""
    for _ in range(most):
        if turn(town):
            return town.now
        town.now += step
    raise AssertionError("nothing was sent")


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        ("2027-01-11T09:30", "2027-01-11T09:30"),
        ("2027-01-11T07:59", "2027-01-11T08:00"),
        ("2027-01-11T18:00", "2027-01-12T08:00"),
        ("2027-01-15T18:30", "2027-01-18T08:00"),  # over a week-end
        ("2027-03-26T18:30", "2027-03-29T08:00"),  # over the night in which summer time begins
        ("2026-10-23T18:30", "2026-10-26T08:00"),  # and ends
    ],
)
def test_hours_are_those_of_the_clock_on_the_wall(at, opens):
    wall = [dt.datetime.fromisoformat(one).replace(tzinfo=BERLIN) for one in (at, opens)]
    assert all_work(wall[0], [OFFICE]) == wall[1]


def test_calendars_that_never_meet_are_said_to_within_two_months():
    night = Calendar(frozenset(range(5)), 0, 300, frozenset(), "Europe/Berlin")
    holidays = frozenset(dt.date(2027, 1, 11) + dt.timedelta(days=one) for one in range(100))
    off = Calendar(frozenset(range(5)), 480, 1080, holidays, "Europe/Berlin")
    assert all_work(MONDAY, [OFFICE, night]) is None and all_work(MONDAY, [OFFICE, off]) is None
    assert all_work(MONDAY, []) == MONDAY


def test_what_happens_on_friday_night_is_told_on_monday_at_eight_though_summer_time_has_begun():
    town = town_on_monday()
    person(town, "operations", told="at_once", zone="Europe/Berlin")
    town.now = dt.datetime(2027, 3, 26, 20, 0, tzinfo=BERLIN)
    overdue(town)
    assert turn(town) == []
    town.now = dt.datetime(2027, 3, 29, 7, 45, tzinfo=BERLIN)
    assert until_sent(town) == dt.datetime(2027, 3, 29, 8, 0, tzinfo=BERLIN)
    assert town.now.astimezone(dt.UTC).hour == 6


def test_the_projects_time_zone_counts_where_somebody_chose_none():
    town = town_on_monday(time_zone="America/New_York")
    person(town, "operations", told="at_once")
    overdue(town)  # noon in UTC, seven in the morning there
    assert until_sent(town) == MONDAY.replace(hour=13)


def test_hours_and_holidays_of_the_project_count_too_unless_somebody_is_told_at_any_time():
    calendar = {"days": ["mon", "tue", "wed"], "hours": ["10:00", "16:00"], "holidays": ["2027-01-13"]}
    town = town_on_monday(calendar=calendar)
    person(town, "operations", told="at_once")
    person(town, "operations", "compliance", told="at_once", hours=None)
    town.send(0.5)
    town.now = MONDAY.replace(hour=17)  # within their own hours, after those of the project
    climb(at=town.now)
    (sent,) = turn(town)
    assert sent.to == ["operations-compliance@told.invalid"]
    assert until_sent(town, dt.timedelta(minutes=60)) == MONDAY.replace(day=12, hour=10)
    town.now = MONDAY.replace(day=12, hour=11)
    town.send(0.5)
    town.now = MONDAY.replace(day=12, hour=16)
    climb(at=town.now)
    assert len(turn(town)) == 1
    assert until_sent(town, dt.timedelta(minutes=60)) == MONDAY.replace(day=18, hour=10)


def test_where_a_persons_hours_and_the_projects_never_meet_their_own_count():
    calendar = {"days": ["mon", "tue", "wed"], "hours": ["10:00", "16:00"], "holidays": []}
    town = town_on_monday(calendar=calendar)
    person(town, "operations", told="at_once", hours=(1080, 1320))
    town.send(0.5)
    town.now = MONDAY.replace(hour=17)
    climb(at=town.now)
    assert until_sent(town, dt.timedelta(minutes=30)) == MONDAY.replace(hour=18)


def test_somebody_who_changes_their_hours_is_told_by_them_within_minutes():
    town = town_on_monday()
    who = person(town, "operations", told="at_once", hours=(1080, 1320))
    overdue(town)
    assert turn(town) == []
    choose(who, hours=None)
    town.wait(minutes=5)
    assert len(turn(town)) == 1


def test_one_email_tells_of_several_projects_and_one_that_rests_is_left_for_its_hours():
    resting = {"days": ["tue"], "hours": ["09:00", "16:00"], "holidays": []}
    cats, dogs = town_on_monday(), town_on_monday(slug="dogs", name="Dogs")
    owls = town_on_monday(slug="owls", name="Owls", calendar=resting, rights=RIGHTS | {"escalation": [ASKED]})
    who = Person.objects.get(pk=person(cats, "operations", told="at_once").person_id)
    for town in (dogs, owls):
        give_membership(person=who, project=town.project, role="operations", by=console(), at=timezone.now())
    owls.send(0.5)
    owls.decide(owls.people[0], owls.take(owls.people[0]), "escalate", rationale="Hard")
    for town in (cats, dogs):
        overdue(town)
    (sent,) = turn(cats)
    assert sent.subject == "2 things wait for you"
    assert "\nCats\n" in sent.body and "\nDogs\n" in sent.body and "Owls" not in sent.body
    assert until_sent(cats, dt.timedelta(minutes=60)) == MONDAY.replace(day=12, hour=9)


def test_what_waits_for_its_hours_keeps_nothing_else_waiting_however_much_it_is(monkeypatch):
    monkeypatch.setattr(sorting, "AT_MOST", 1)
    resting = {"days": ["tue"], "hours": ["09:00", "16:00"], "holidays": []}
    cats = town_on_monday()
    owls = town_on_monday(slug="owls", name="Owls", calendar=resting, rights=RIGHTS | {"escalation": [ASKED]})
    who = Person.objects.get(pk=person(cats, "operations", told="at_once").person_id)
    give_membership(person=who, project=owls.project, role="operations", by=console(), at=timezone.now())
    owls.send(0.5)
    owls.decide(owls.people[0], owls.take(owls.people[0]), "escalate", rationale="Hard")
    assert turn(cats) == []
    overdue(cats)
    (sent,) = turn(cats)
    assert "\nCats\n" in sent.body and "Owls" not in sent.body


def test_what_waits_for_its_hours_is_not_looked_at_one_by_one():
    town = town_on_monday()
    who = person(town, "operations", told="at_once", hours=(1080, 1320))

    def statements() -> int:
        with CaptureQueriesContext(connection) as taken:
            found = sorting.sort_notices(Person.objects.get(pk=who.person_id), preference_of(who.person_id), town.now)
        assert found.later_at == town.now.replace(hour=18, minute=0) and found.ready == found.dropped == []
        return len(taken)

    overdue(town)
    assert turn(town) == []
    one = statements()
    overdue(town, 4)
    assert turn(town) == []
    assert (Notice.objects.filter(person=who.person_id, state="waiting").count(), statements()) == (5, one)
