"""A queue without its lane: it is made before an item is locked, in the order in which everybody locks."""

import time
from typing import Any

import pytest
from django.db import connection, transaction

from accounts.actions import lock_project
from accounts.reads import console
from audit.models.sql import ask, lock
from reviews.actions import climb, decide, meet_deadlines, receive_appeal
from reviews.models import Appeal, Item, Lane, PersonLane, Task
from reviews.wire import read_appeal, read_decision
from tests.arena import Worker
from tests.invariants import breaches
from tests.reviews.overriding import accepted, town_with
from tests.reviews.test_deadlines import wanted
from tests.reviews.test_escalation import CLOCK, levels
from tests.town import Town

ITEM = "SELECT i.id FROM reviews_item i WHERE i.id = %s"
WAITS = "SELECT count(*) AS n FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"


def without_lane(town: Town, slug: str) -> None:
    """Take a queue's lanes away, as in a database that was made before it had them."""
    lanes = Lane.objects.filter(queue=town.queue(slug))
    PersonLane.objects.filter(lane__in=lanes).delete()
    lanes.delete()


def against(town: Town, item_id: int, verb: Any) -> Any:
    """Do a verb while another connection holds the project, and takes the item after that: the house's order."""
    worker = Worker()
    try:
        with transaction.atomic():
            lock_project(town.project.pk)
            begun = worker.begin(verb)
            for _ in range(200):
                if waits := bool(ask(WAITS)[0].n):
                    break
                time.sleep(0.05)
            assert waits, "the verb never came to wait for the project"
            ask(ITEM + lock("i"), [item_id])
        return begun.result(30)
    finally:
        worker.end()


def escalates(town: Town) -> tuple[Any, int]:
    town.send(0.5)
    held = town.take(town.people[0])
    said = read_decision(b'{"verdict":"escalate","rationale":"Unsure"}')
    return lambda: decide(token=held.token, sent=said, by=town.people[0], at=town.now), Item.objects.get().pk


def is_overdue(town: Town) -> tuple[Any, int]:
    town.send(0.5)
    town.wait(hours=4)
    return lambda: climb(at=town.now), Item.objects.get().pk


def meets_its_deadline(town: Town) -> tuple[Any, int]:
    town.send(0.5, decide_by=wanted(town, hours=1))
    town.wait(hours=1)
    return lambda: meet_deadlines(at=town.now), Item.objects.get().pk


CASES = (escalates, is_overdue, meets_its_deadline)


@pytest.mark.parametrize("case", CASES)
def test_what_goes_up_to_a_queue_without_its_lane_waits_for_the_project_before_it_holds_an_item(arena, case):
    town = levels({"name": "Asked", "on": "asked", "to": {"level": 1, "queue": "senior"}}, *CLOCK)
    verb, item_id = case(town)
    without_lane(town, "senior")
    if connection.vendor == "postgresql":
        against(town, item_id, verb)
    else:
        verb()
    assert Task.objects.get(state="open").queue.slug == "senior" and Lane.objects.filter(queue__slug="senior").exists()
    assert breaches() == []


def test_an_appeal_in_a_queue_without_its_lane_waits_for_the_project_before_it_holds_the_item(arena):
    town = town_with()
    item = accepted(town)
    without_lane(town, "adjudication")
    sent = read_appeal(b'{"grounds":"It is a dog."}')
    again = Item.objects.select_related("project").get(pk=item.pk)

    def verb() -> Any:
        return receive_appeal(item=again, sent=sent, by=console(), at=town.now)

    if connection.vendor == "postgresql":
        against(town, item.pk, verb)
    else:
        verb()
    assert Appeal.objects.get().task.queue.slug == "adjudication" and breaches() == []


def test_a_queue_that_is_full_of_lanes_still_gets_its_own(arena):
    town = levels({"name": "Asked", "on": "asked", "to": {"level": 1, "queue": "senior"}})
    verb, _ = escalates(town)
    without_lane(town, "senior")
    Lane.objects.bulk_create(Lane(queue=town.queue("senior"), skills=f"s{number}") for number in range(64))
    verb()
    assert Task.objects.get(state="open").seats.get().lane.skills == "" and breaches() == []
