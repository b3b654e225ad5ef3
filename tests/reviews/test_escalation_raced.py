"""The clock, twice at once and killed: each case climbs once, each deadline is met once, nothing is half-written."""

import pytest

from audit.models import Event
from reviews.actions import acknowledge, claim_next, climb, decide, meet_deadlines, open_claim, release
from reviews.models import Acknowledgement, Item, Outcome, Task
from reviews.wire import read_decision
from tests.arena import Worker
from tests.invariants import breaches
from tests.killing import killed_at
from tests.reviews.test_deadlines import wanted
from tests.reviews.test_escalation import CLOCK, levels, rule
from tests.reviews.test_races import answers
from tests.verifying import ledger_verifies

APPROVE = read_decision(b'{"verdict":"approve"}')


def both(*calls) -> list:
    """Run calls at once, each on a connection of its own."""
    workers = [Worker() for _ in calls]
    found = answers([worker.begin(call) for worker, call in zip(workers, calls, strict=True)])
    for worker in workers:
        worker.end()
    return found


def test_two_clocks_at_once_pass_each_case_on_once(arena: str) -> None:
    town = levels(*CLOCK)
    for _ in range(12):
        town.send(0.5)
    town.wait(hours=3)
    for _ in range(5):
        both(*[lambda: climb(at=town.now, limit=5)] * 2)
    assert (
        Task.objects.filter(kind="escalation").count() == Event.objects.filter(type="reviews.escalated").count() == 12
    )
    assert breaches() == []


def test_a_case_acknowledged_as_the_clock_comes_either_stays_or_goes_up(arena: str) -> None:
    town = levels(*CLOCK)
    for _ in range(6):
        town.send(0.5)
    town.wait(hours=3)
    climb(at=town.now)
    town.wait(hours=2)
    for task in Task.objects.filter(kind="escalation").order_by("climb_at", "pk"):
        place = {"project": town.project, "task": task.uuid, "by": town.people[0], "at": town.now}
        both(lambda place=place: acknowledge(**place), lambda: climb(at=town.now, limit=1))
        assert breaches() == []
    stays = set(Acknowledgement.objects.values_list("task_id", flat=True))
    assert stays == set(Task.objects.filter(queue__slug="senior", state="open").values_list("pk", flat=True))


@pytest.mark.parametrize("on_deadline", ["escalate", "hold", "withdraw"])
def test_two_clocks_at_once_meet_each_deadline_once(arena: str, on_deadline: str) -> None:
    town = levels(rule("asked"), on_deadline=on_deadline)
    for _ in range(8):
        town.send(0.5, decide_by=wanted(town, hours=1))
    town.wait(hours=1)
    for _ in range(4):
        both(*[lambda: meet_deadlines(at=town.now, limit=4)] * 2)
    kinds = {"escalate": "reviews.escalated", "hold": "reviews.item_held", "withdraw": "reviews.item_expired"}
    assert Event.objects.filter(type=kinds[on_deadline]).count() == 8
    assert breaches() == []


@pytest.mark.parametrize("on_deadline", ["escalate", "withdraw"])
def test_a_decision_against_the_clock_settles_or_is_passed_over_and_never_both(arena: str, on_deadline: str) -> None:
    town = levels(rule("asked"), *CLOCK, people=6, on_deadline=on_deadline, lease="PT6H")
    for _ in range(6):
        town.send(0.5, decide_by=wanted(town, hours=3))
    held = [town.take(who) for who in town.people]
    town.wait(hours=4)
    for who, one in zip(town.people, held, strict=True):
        both(
            lambda who=who, one=one: decide(token=one.token, sent=APPROVE, by=who, at=town.now),
            lambda: climb(at=town.now, limit=1),
            lambda: meet_deadlines(at=town.now, limit=1),
        )
        assert breaches() == []
    release(at=town.now)
    answered = set(Outcome.objects.values_list("item_id", flat=True))
    assert answered == set(Item.objects.filter(state="decided").values_list("pk", flat=True)) and breaches() == []


def test_the_same_label_given_by_two_at_once_lifts_the_case_once(arena: str) -> None:
    two = {"routing": [], "otherwise": {"arm": "review", "queue": "general", "decisions": 2}}
    town = levels(rule("label", labels=["cat"]), **two)
    town.send(0.5)
    held = [town.take(who) for who in town.people[:2]]
    both(
        *[
            lambda who=who, one=one: decide(token=one.token, sent=APPROVE, by=who, at=town.now)
            for who, one in zip(town.people, held, strict=False)
        ]
    )
    assert Task.objects.filter(kind="escalation").count() == 1 and breaches() == []


@pytest.mark.parametrize("verb", [climb, meet_deadlines])
@pytest.mark.parametrize("on_deadline", ["escalate", "withdraw"])
def test_a_clock_killed_at_each_statement_does_all_of_a_case_or_nothing(arena: str, verb, on_deadline: str) -> None:
    town = levels(rule("asked"), *CLOCK, on_deadline=on_deadline)
    for _ in range(2):
        town.send(0.5, decide_by=wanted(town, hours=3))
    held = claim_next(by=town.people[0], at=town.now)
    assert held is not None
    town.wait(hours=4)
    step, reached = 1, True
    while reached:
        reached = killed_at(step, lambda: verb(at=town.now))
        assert breaches() == []
        step += 1
    assert step > 5 and verb(at=town.now) == 0
    assert Event.objects.filter(type__in=["reviews.escalated", "reviews.item_expired"]).count() == 2
    with pytest.raises(Exception, match="ended"):
        open_claim(token=held.token, by=town.people[0], at=town.now)
    ledger_verifies()
