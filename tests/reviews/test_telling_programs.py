"""A project's endpoint is told that something waits for people: by roles, queues and numbers, once a minute at most."""

import json
from typing import Any

import pytest
from django.test import override_settings

from accounts.reads import clock, console
from audit.actions import seal
from reviews.actions import acknowledge, add_endpoint, call_back, climb, find_callbacks, tell_people
from reviews.models import Delivery, Endpoint, Notice, Task, Told
from tests.receiver import Receiver, receiving
from tests.reviews.telling import mailing, overdue, town_on_monday
from tests.town import Town

pytestmark = pytest.mark.django_db
LOOPBACK = frozenset({"127.0.0.1"})


@pytest.fixture(autouse=True)
def kept(db: None, tmp_path: Any):
    with mailing(tmp_path, EMAIL_HOST=""), override_settings(CALLBACK_HOSTS=LOOPBACK, CALLBACK_KEY=b"k" * 32):
        yield


@pytest.fixture
def town() -> Town:
    return town_on_monday()


def endpoint(town: Town, url: str, *events: str) -> Endpoint:
    made, _ = add_endpoint(project=town.project, name="desk", url=url, events=events, by=console(), at=town.now)
    return made


def turn(town: Town, receiver: Receiver) -> list[dict[str, Any]]:
    """Let the ledger, the walk and the callers have a turn; give the messages that came in it."""
    before = len(receiver.got)
    seal(by=clock(), at=town.now)
    tell_people(now=lambda: town.now)
    for one in find_callbacks(at=town.now):
        call_back(endpoint_id=one, now=lambda: town.now)
    return [json.loads(one.body) for one in receiver.got[before:]]


def test_an_endpoint_is_told_by_roles_queues_and_numbers_and_of_no_item(town):
    with receiving() as receiver:
        endpoint(town, receiver.url, Told.WORK)
        overdue(town, 3)
        task = Task.objects.filter(kind="escalation").order_by("pk")[0]
        acknowledge(project=town.project, task=task.uuid, by=town.people[1], at=town.now)
        (told,) = turn(town, receiver)
    assert told == {
        "type": "work.waiting",
        "timestamp": "2027-01-11T12:00:00.000000Z",
        "data": {
            "project": "cats",
            "endpoint": "desk",
            "waiting": [
                {
                    "queue": "senior",
                    "level": 1,
                    "roles": ["operations"],
                    "count": 3,
                    "unanswered": 2,
                    "oldest_at": "2027-01-11T12:00:00.000000Z",
                    "due_at": None,
                }
            ],
            "held": 0,
        },
    }
    assert not Notice.objects.exists()  # no e-mail is sent here


def test_it_is_told_once_a_minute_at_most_and_then_what_waits_by_then(town):
    with receiving() as receiver:
        endpoint(town, receiver.url, Told.WORK)
        overdue(town)
        assert len(turn(town, receiver)) == 1
        for _ in range(2):
            one_more(town)
            assert turn(town, receiver) == []
        one_more(town)
        town.wait(minutes=1)
        (told,) = turn(town, receiver)
        assert told["data"]["waiting"][0]["count"] == 4
        town.wait(minutes=5)
        assert turn(town, receiver) == []
    assert Delivery.objects.count() == 2


def test_a_server_that_is_away_gathers_one_message_and_not_many(town):
    endpoint(town, "https://127.0.0.1:9/", Told.WORK)
    with receiving() as receiver:
        for _ in range(4):
            overdue(town)
            turn(town, receiver)
    assert Delivery.objects.count() == 1


def test_an_endpoint_that_did_not_ask_is_told_nothing_and_neither_is_another_projects(town):
    other = town_on_monday(slug="other")
    with receiving() as receiver:
        endpoint(town, receiver.url, Told.ESCALATED)
        endpoint(other, receiver.url, Told.WORK)
        overdue(town)
        assert turn(town, receiver) == [] and Delivery.objects.count() == 0


def test_held_items_are_counted(town):
    with receiving() as receiver:
        endpoint(town, receiver.url, Told.WORK)
        overdue(town)
        for _ in range(2):
            town.wait(hours=2)
            climb(at=town.now)
        (told,) = turn(town, receiver)
    assert (told["data"]["waiting"], told["data"]["held"]) == ([], 1)


def one_more(town: Town) -> None:
    """Let one more climb, ten seconds later: it came in before."""
    town.wait(hours=-3)
    town.send(0.5)
    town.wait(hours=3, seconds=10)
    climb(at=town.now)
