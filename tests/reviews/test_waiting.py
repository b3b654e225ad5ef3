"""`Prefer: wait=N`: held back until there is an outcome, honest when the time is up, and never more than a quarter."""

import http.client
import json
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import override_settings
from django.utils import timezone

from reviews.actions import release
from reviews.api.waiting import ROOM, Room
from tests.reviews.caller import Caller, item
from tests.servers import Server
from tests.town import RIGHTS, Town, build

THREADS = 8


@dataclass
class Told:
    """An answer."""

    status: int
    headers: dict[str, str]
    item: dict[str, Any]


@dataclass
class Place:
    """A server on an arena's database, a town in it, and a program that asks."""

    server: Server
    town: Town
    caller: Caller

    def ask(self, path: str, wait: str, *, method: str = "GET", body: Any = None) -> Told:
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=90)
        headers = {"Authorization": f"Bearer {self.caller.token}", "Prefer": wait, "Content-Type": "application/json"}
        connection.request(method, f"/api/v1/{path}", body=json.dumps(body) if body else None, headers=headers)
        answer = connection.getresponse()
        told = {key.lower(): value for key, value in answer.getheaders()}
        content = json.loads(answer.read())
        connection.close()
        return Told(answer.status, told, content)

    def hang_up(self, path: str, wait: str) -> None:
        """Ask, and be gone once the answer has begun."""
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=90)
        connection.request(
            "GET", f"/api/v1/{path}", headers={"Authorization": f"Bearer {self.caller.token}", "Prefer": wait}
        )
        connection.getresponse()
        connection.close()

    def decide(self, label: str = "dog") -> None:
        self.town.now = timezone.now()
        who = self.town.people[0]
        self.town.decide(who, self.town.take(who), "correct", label)


@pytest.fixture
def place(arena: str) -> Iterator[Place]:
    town = build(rights=RIGHTS | {"release_after": "PT1S"})
    server = Server(HITL_WEB_THREADS=str(THREADS))
    server.start()
    try:
        yield Place(server, town, Caller(town.project))
    finally:
        server.kill()


def path_of(name: str) -> str:
    return f"projects/cats/items/{name}/"


def test_an_answer_comes_the_moment_that_the_outcome_is_released_without_any_clock(place):
    with ThreadPoolExecutor() as pool:
        sent: Future[Told] = pool.submit(
            place.ask, "projects/cats/items/", "wait=30", method="POST", body=item("frame-1")
        )
        while place.town.project.items.count() == 0:
            time.sleep(0.05)
        read = pool.submit(place.ask, path_of("frame-1"), "respond-async, wait=30")
        time.sleep(0.5)
        assert not sent.done() and not read.done()
        place.decide()
        for future, status in ((sent, 201), (read, 200)):
            told = future.result(60)
            assert told.status == status and told.headers["preference-applied"] == "wait=30"
            assert told.item["outcome"]["output"] == {"labels": ["dog"]}
            assert told.item["outcome"]["released_at"] >= told.item["outcome"]["decided_at"]


def test_when_the_time_is_up_the_state_is_told_as_it_stands_and_when_to_come_back(place):
    place.caller.send(item("frame-1"))
    told = place.ask(path_of("frame-1"), "wait=1")
    assert told.status == 200 and told.item["state"] == "waiting" and told.item["outcome"] is None
    assert told.headers["preference-applied"] == "wait=1" and int(told.headers["retry-after"]) >= 1


def test_of_thirty_who_would_wait_a_quarter_of_the_threads_do_and_the_rest_are_told_at_once(place):
    for number in range(30):
        place.caller.send(item(f"frame-{number}"))
    with ThreadPoolExecutor(32) as pool:
        asked = [pool.submit(place.ask, path_of(f"frame-{number}"), "wait=5") for number in range(30)]
        told = [future.result(60) for future in as_completed(asked)]
        held = [one for one in told if "preference-applied" in one.headers]
        sent_off = [one for one in told if "preference-applied" not in one.headers]
        assert len(held) == THREADS // 4
        assert all(one.status == 200 and int(one.headers["retry-after"]) >= 1 for one in told)
        assert told == [*sent_off, *held]  # all others had their answer before the time of those who wait was up


def test_who_hangs_up_frees_their_place(place):
    place.caller.send(item("frame-1"))
    for _ in range(THREADS // 4):
        place.hang_up(path_of("frame-1"), "wait=60")
    for _ in range(100):
        told = place.ask(path_of("frame-1"), "wait=1")
        if "preference-applied" in told.headers:
            return
        time.sleep(0.1)
    raise AssertionError("the places stayed taken")


@pytest.fixture
def town(db: None) -> Town:
    return build()


@pytest.mark.parametrize(
    ("wish", "applied"),
    [
        ("wait=61", "wait=60"), ("wait=1", "wait=1"), ("respond-async, wait=2", "wait=2"), ("WAIT = 3", "wait=3"),
        ("wait=0", None), ("wait=-1", None), ("wait=x", None), ("wait", None), ("waiting=9", None), ("", None),
        ("wait=99999999999", None),
    ],
)  # fmt: skip
def test_a_wish_is_read_as_its_rfc_has_it_and_one_that_does_not_read_is_passed_over(town, wish, applied):
    caller = Caller(town.project)
    caller.send(item("frame-1", 0.95))
    answer = caller.call("GET", path_of("frame-1"), Prefer=wish)
    assert answer.status_code == 200 and answer.told["outcome"]["source"] == "model"
    assert answer.headers.get("Preference-Applied") == applied and "Retry-After" not in answer.headers


def test_an_accept_is_answered_at_once_and_several_items_never_wait(town):
    caller = Caller(town.project)
    answer = caller.send(item("frame-1", 0.95), Prefer="wait=60")
    assert answer.status_code == 201 and answer.told["outcome"]["source"] == "model"
    answer = caller.send({"items": [item("frame-2")]}, Prefer="wait=60")
    assert answer.status_code == 200 and "Preference-Applied" not in answer.headers


def test_a_person_is_told_at_once_when_to_come_back(town):
    from accounts.actions import give_membership
    from accounts.models import Person
    from accounts.reads import console

    person = Person.objects.get(pk=town.people[0].person_id)
    give_membership(person=person, project=town.project, role="operations", by=console(), at=town.now)
    town.send(0.5)
    caller = Caller(town.project, "items:read", who=town.people[0])
    answer = caller.call("GET", path_of("item-1"), Prefer="wait=60")
    assert answer.status_code == 200 and answer.headers["Retry-After"] and "Preference-Applied" not in answer.headers


def test_a_wait_releases_what_is_due_and_nothing_before_its_time(town):
    sent = town.send(0.5)
    who = town.people[0]
    town.decide(who, town.take(who), "correct", "dog")
    caller = Caller(town.project)
    told = caller.call("GET", path_of(sent["external_id"]), Prefer="wait=1").told
    assert told["outcome"] is None and told["state"] == "decided"  # PT15S are not over
    assert release(at=town.now) == 0


def test_a_place_is_left_once_and_one_that_was_lost_comes_back_after_its_time():
    with override_settings(WEB_THREADS=7):
        import uuid

        room = Room()
        first = room.enter(uuid.uuid4(), 60)
        assert first is not None and room.enter(uuid.uuid4(), 60) is None
        room.leave(first)
        room.leave(first)
        lost = room.enter(uuid.uuid4(), -10)
        assert lost is not None and room.enter(uuid.uuid4(), 1) is not None
    with override_settings(WEB_THREADS=3):
        assert ROOM.enter(uuid.uuid4(), 1) is None
