"""What one part of the loop leaves to another: levels, switches, withdrawals, returns and appeals that meet."""

import datetime as dt
import json

import pytest

from accounts.reads import console
from reviews.actions import (
    climb,
    meet_deadlines,
    receive_appeal,
    release,
    reroute,
    return_for_rework,
    turn_and_reroute,
    turn_switch,
    withdraw,
    withdraw_item,
)
from reviews.errors import ClaimLost, MovedOn
from reviews.models import Decision, Item, Outcome, Seat, Task
from reviews.reads.answers import rfc3339
from reviews.wire import read_appeal
from tests.invariants import breaches
from tests.reviews.overriding import decided, one_more, put, town_with
from tests.reviews.test_escalation import levels, rule
from tests.reviews.test_rework import at_odds, returned
from tests.town import RIGHTS, build

pytestmark = pytest.mark.django_db
SECOND = {"arm": "review", "queue": "general", "second_share": "1"}


def appeal(town, item, number):
    sent = read_appeal(json.dumps({"grounds": f"Wrong {number}"}).encode())
    return receive_appeal(item=item, sent=sent, by=one_more(town, "operations"), at=town.now).appeal


def hear(town, who, verdict, label=None):
    held = town.take(who, "adjudication")
    return town.decide(who, held, verdict, label, rationale="I looked")


def test_work_that_a_rule_lifted_at_intake_has_its_second_review_too():
    town = levels(rule("impact"), otherwise=SECOND, routing=[])
    town.send(0.5, impact="high")
    for who in town.people[:2]:
        held = town.take(who, "senior")
        if held:
            town.decide(who, held)
    town.wait(minutes=1)
    assert release(at=town.now) == 1
    assert Task.objects.filter(kind="second").count() == 1


def test_a_switch_turned_back_approves_nothing_that_people_left_unanswered():
    town = levels(rule("asked"), rule("overdue", 1, after="PT1H"))
    turn_switch(position="all-to-people", reason="x", by=console(), at=town.now, project=town.project)
    town.send(0.95)
    for _level in (1, 2):
        town.wait(hours=9)
        assert climb(at=town.now) == 1
    assert Item.objects.get().state == "held"
    begun = turn_and_reroute(position="normal", reason="x", by=console(), at=town.now, project=town.project)
    for one in begun:
        reroute(rerouting_id=one.pk, now=lambda: town.now)
    assert Item.objects.get().state == "held" and not Outcome.objects.exists()


def test_a_withdrawn_item_leaves_nobody_sitting_on_a_task_that_moved_on():
    town = levels(rule("asked"), routing=[], otherwise={"arm": "review", "queue": "general", "decisions": 2})
    name = town.send(0.5)["external_id"]
    first, second = town.people[:2]
    mine, theirs = town.take(first), town.take(second)
    town.decide(first, mine, "escalate", rationale="Unsure")
    withdraw_item(project=town.project, external_id=name, by=console(), at=town.now)
    assert not Seat.objects.filter(state="leased").exists() and breaches() == []
    with pytest.raises(ClaimLost):
        town.decide(second, theirs)


def test_an_escalation_that_the_clock_moved_on_is_not_taken_back():
    town = levels(rule("asked"), rule("overdue", 2, after="PT1H"), on_deadline="escalate", release_after="PT10M")
    town.send(0.5, decide_by=rfc3339(town.now + dt.timedelta(minutes=5)))
    who = town.people[0]
    town.decide(who, town.take(who), "escalate", rationale="Unsure")
    town.wait(minutes=6)
    assert meet_deadlines(at=town.now) == 1
    with pytest.raises(MovedOn):
        withdraw(decision=Decision.objects.get().uuid, by=who, at=town.now)
    assert breaches() == []


def test_what_is_returned_below_asks_as_many_people_as_its_route_did():
    two = {"arm": "review", "queue": "general", "decisions": 2}
    town = levels(rule("asked"), routing=[], otherwise=two)
    town.send(0.5)
    town.decide(town.people[0], town.take(town.people[0], "general"), "escalate", rationale="Unsure")
    town.decide(town.people[1], town.take(town.people[1], "senior"), "return", rationale="Look at the ears")
    below = Task.objects.latest("pk")
    assert (below.kind, below.queue.slug, below.wanted) == ("work", "general", 2)
    town.decide(town.people[2], town.take(town.people[2], "general"))
    assert not Outcome.objects.exists()


def test_who_returned_a_decision_may_still_settle_what_comes_of_the_redo():
    town = at_odds(adjudicators=2)
    returned(town)
    town.decide(town.people[0], town.take(town.people[0]), "correct", "dog")
    other = town.adjudicators[1]
    town.decide(other, town.take(other), "skip", rationale="I know them")
    assert Item.objects.get().state == "open"
    assert town.take(town.adjudicators[0]) is not None


def test_two_who_decide_at_a_higher_level_do_not_see_each_others_answers():
    town = levels(rule("impact"), high_impact={"arm": "review", "queue": "senior", "decisions": 2})
    town.send(0.5, impact="high")
    first, second = town.people[:2]
    town.decide(first, town.take(first, "senior"), "correct", "dog")
    held = town.take(second, "senior")
    assert held.task.kind == "escalation" and held.prior == []


def test_an_escalated_task_returned_for_rework_keeps_its_clock_and_its_people():
    town = at_levels()
    judge = town.adjudicators[0]
    held = town.take(judge, "adjudication")
    last = Decision.objects.latest("pk")
    return_for_rework(token=held.token, decision=last.uuid, note="Again", by=judge, at=town.now)
    task = Task.objects.get(kind="escalation")
    assert task.climb_at == town.now + dt.timedelta(hours=26)
    assert breaches() == []


def at_levels():
    """Let two people differ on an escalation that a rule opened at intake."""
    differ = {"measure": "exact", "agree_at": "1", "then": "adjudicate", "at_most": 3}
    two = {"arm": "review", "queue": "senior", "decisions": 2}
    town = levels(rule("impact"), rule("overdue", 2, after="PT2H"), high_impact=two, disagreement=differ)
    town.send(0.5, impact="high")
    for who, label in zip(town.people[:2], ("dog", "fox"), strict=True):
        town.decide(who, town.take(who, "senior"), "correct", label)
    return town


def test_an_audit_is_returned_to_the_queue_it_came_from():
    queues = [
        {"slug": "general", "name": "General"},
        {"slug": "checks", "name": "Checks"},
        {"slug": "senior", "name": "Senior", "level": 1},
    ]
    rights = RIGHTS | {"audit": {"queue": "checks"}, "escalation": [rule("asked")]}
    town = build(people=4, queues=queues, rights=rights)
    town.send(0.7)
    town.decide(town.people[0], town.take(town.people[0], "checks"), "escalate", rationale="Unsure")
    town.decide(town.people[1], town.take(town.people[1], "senior"), "return", rationale="Look again")
    back = Task.objects.latest("pk")
    assert (back.kind, back.queue.slug) == ("audit", "checks")


def test_an_appeal_is_measured_by_what_its_hearer_was_shown():
    town = town_with()
    item = Item.objects.get(uuid=town.send(0.7)["id"])  # accepted, and audited
    appeal(town, item, 1)
    judge = town.adjudicators[0]
    held = town.take(judge, "adjudication")
    auditor = town.people[0]
    town.decide(auditor, town.take(auditor, "general"), None, "dog")
    town.wait(minutes=1)
    release(at=town.now)
    with pytest.raises(MovedOn):
        town.decide(judge, held, "correct", "dog", rationale="It is one")


def test_what_ended_an_appeal_stands_once_something_came_after_it():
    town = town_with(rights={"release_after": "PT10M"})
    item = decided(town, town.people[0])
    town.wait(minutes=10)
    release(at=town.now)
    appeal(town, item, 1)
    judge = town.adjudicators[0]
    hear(town, judge, "approve")
    put(town, item, town.adjudicators[1])
    with pytest.raises(MovedOn):
        withdraw(decision=Decision.objects.latest("pk").uuid, by=judge, at=town.now)
    assert breaches() == []
