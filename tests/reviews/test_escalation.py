"""Levels: rules lift an item, the clock does, people return it; at the top it is held, never approved by silence."""

import datetime as dt
import json
from typing import Any

import pytest

from accounts.errors import Forbidden
from audit.models import Event, Payload
from reviews.actions import acknowledge, claim_next, climb, open_claim, release, sweep, withdraw
from reviews.errors import BadDecision, ClaimLost, EscalationOver, MovedOn, NobodyBelow
from reviews.models import Acknowledgement, Decision, Item, Outcome, Seat, Task
from reviews.reads.history import history
from tests.invariants import breaches
from tests.town import RIGHTS, Town, build

pytestmark = pytest.mark.django_db

QUEUES = [
    {"slug": "general", "name": "General"},
    {"slug": "senior", "name": "Senior", "level": 1},
    {"slug": "head", "name": "Head", "level": 2},
]


def rule(on: str, level: int = 1, **more: Any) -> dict[str, Any]:
    """Give a rule of escalation."""
    queue = QUEUES[level]["slug"]
    return {"name": f"{on} {level}", "on": on, "to": {"level": level, "queue": queue}, **more}


CLOCK = [rule("overdue", 1, after="PT1H"), rule("overdue", 2, after="PT2H")]


def levels(*rules: dict[str, Any], people: int = 4, **changes: Any) -> Town:
    """Build a town with three levels and these rules; work in General is due in two hours."""
    rights = (
        RIGHTS | {"escalation": list(rules), "service_levels": [{"queue": "general", "due_after": "PT2H"}]} | changes
    )
    return build(people=people, queues=QUEUES, rights=rights)


def standing() -> list[tuple[str, str, str]]:
    """Give kind, queue and state of all tasks, as they opened."""
    return list(Task.objects.order_by("pk").values_list("kind", "queue__slug", "state"))


def told(kind: str = "reviews.escalated") -> list[dict[str, Any]]:
    """Give what the events of a kind tell of their task."""
    rows = Payload.objects.filter(event__type=kind, section="task").order_by("event_id")
    return [json.loads(bytes(row.body)) for row in rows]


def test_an_overdue_case_climbs_two_levels_and_is_held_at_the_top():
    town = levels(*CLOCK)
    town.send(0.5)
    town.wait(hours=2, minutes=59)
    assert climb(at=town.now) == 0
    town.wait(minutes=1)
    assert (climb(at=town.now), climb(at=town.now)) == (1, 0)
    assert standing() == [("work", "general", "passed_on"), ("escalation", "senior", "open")]
    town.wait(hours=1, minutes=59)
    assert climb(at=town.now) == 0
    town.wait(minutes=1)
    assert climb(at=town.now) == 1
    assert standing()[2] == ("escalation", "head", "open") and Item.objects.get().state == "open"
    town.wait(hours=2)
    assert (climb(at=town.now), climb(at=town.now)) == (1, 0)
    assert Item.objects.get().state == "held" and standing()[2][2] == "closed"
    assert [(one["on"], one["rule"]) for one in told()] == [("overdue", "overdue 1"), ("overdue", "overdue 2")]
    held = json.loads(bytes(Payload.objects.get(event__type="reviews.item_held", section="held").body))
    assert held["reason"] == "unanswered" and not Outcome.objects.exists()
    assert set(Event.objects.filter(type="reviews.escalated").values_list("actor", flat=True)) == {
        Event.objects.get(type="reviews.item_held").actor
    }
    assert breaches() == []


def test_a_clock_that_jumps_takes_one_level_at_a_time():
    town = levels(*CLOCK)
    town.send(0.5)
    town.wait(days=300)
    assert (climb(at=town.now), climb(at=town.now)) == (1, 0)
    assert Task.objects.get(state="open").queue.slug == "senior"


def test_without_a_rule_or_a_due_time_the_clock_passes_nothing_on():
    town = levels(rule("asked"))
    town.send(0.5)
    free = build(slug="free", people=1, queues=QUEUES, rights=RIGHTS | {"escalation": CLOCK})
    free.send(0.5)
    assert climb(at=town.now + dt.timedelta(days=300)) == 0
    assert Task.objects.filter(climb_at__isnull=False).count() == 0


def test_somebody_at_work_is_waited_for_a_quarter_of_an_hour_and_keeps_the_claim():
    town = levels(*CLOCK, lease="PT4H")
    town.send(0.5)
    who, other = town.people[:2]
    town.wait(hours=2)
    held = town.take(who)
    town.wait(hours=1)
    assert climb(at=town.now) == 0
    town.wait(minutes=15)
    assert climb(at=town.now) == 1
    assert Seat.objects.get(task__kind="work").state == "leased" and breaches() == []
    town.decide(who, held)
    assert (Item.objects.get().state, Outcome.objects.count()) == ("open", 0)
    above = town.take(other, "senior")
    assert [one.verdict for one in above.prior] == ["approve"]
    assert claim_next(by=who, at=town.now) is None and breaches() == []
    with pytest.raises(MovedOn):
        withdraw(decision=Decision.objects.get().uuid, by=who, at=town.now)


def test_a_lease_that_is_over_keeps_no_case_down():
    town = levels(*CLOCK)
    town.send(0.5)
    held = town.take(town.people[0])
    town.wait(hours=3)
    assert climb(at=town.now) == 1
    sweep(at=town.now)
    with pytest.raises(ClaimLost):
        town.decide(town.people[0], held)
    assert Seat.objects.get(task__kind="work").state == "closed" and breaches() == []


def test_a_label_lifts_the_item_in_the_same_breath_and_its_author_can_take_that_back():
    town = levels(rule("label", labels=["fox"]))
    town.send(0.5)
    who = town.people[0]
    made = town.decide(who, town.take(who), "correct", "fox")
    assert standing() == [("work", "general", "passed_on"), ("escalation", "senior", "open")]
    assert (told()[0]["on"], Outcome.objects.count()) == ("label", 0)
    again = withdraw(decision=made.uuid, by=who, at=town.now)
    assert Task.objects.get(kind="escalation").state == "closed"
    open_claim(token=again.token, by=who, at=town.now)
    town.decide(who, again, "correct", "dog")
    assert Outcome.objects.get(annulled_at=None).source == "reviewer" and breaches() == []


def test_others_do_not_take_a_lifted_case_back():
    town = levels(
        rule("label", labels=["fox"]), routing=[], otherwise={"arm": "review", "queue": "general", "decisions": 2}
    )
    town.send(0.5)
    first, second = town.people[:2]
    early = town.decide(first, town.take(first))
    town.decide(second, town.take(second), "correct", "fox")
    with pytest.raises(MovedOn):
        withdraw(decision=early.uuid, by=first, at=town.now)
    assert Task.objects.get(kind="escalation").state == "open" and breaches() == []


def test_so_many_skips_lift_the_item():
    town = levels(rule("skips", count=2))
    town.send(0.5)
    for who in town.people[:2]:
        assert standing() == [("work", "general", "open")]
        town.decide(who, town.take(who), "skip", rationale="No idea")
    assert standing()[1] == ("escalation", "senior", "open") and told()[0]["on"] == "skips"
    assert breaches() == []


def test_a_disagreement_goes_up_where_a_rule_says_so_and_to_adjudication_from_there():
    two = {"arm": "review", "queue": "general", "decisions": 2}
    apart = {"measure": "exact", "agree_at": "1", "then": "adjudicate", "at_most": 3}
    town = levels(rule("disagreement"), routing=[], otherwise=two, disagreement=apart)
    town.send(0.5)
    first, second, third = town.people[:3]
    town.decide(first, town.take(first))
    town.decide(second, town.take(second), "correct", "dog")
    assert standing()[1] == ("escalation", "senior", "open") and told()[0]["on"] == "disagreement"
    held = town.take(third)
    assert [one.verdict for one in held.prior] == ["approve", "correct"]
    town.decide(third, held, "correct", "dog")
    assert Outcome.objects.get().source == "adjudicator" and breaches() == []


def test_high_impact_and_high_cost_open_at_the_level_their_rules_name():
    town = levels(rule("impact"), rule("cost", 2, over="100"), high_impact={"arm": "review", "queue": "general"})
    high = town.send(0.5, impact="high")
    dear = town.send(0.5, cost="100.01")
    plain = town.send(0.5, cost="100")
    assert [one["state"] for one in (high, dear, plain)] == ["escalated", "escalated", "waiting"]
    assert standing() == [("escalation", "senior", "open"), ("escalation", "head", "open"), ("work", "general", "open")]
    received = [json.loads(bytes(row.body))["tasks"] for row in Payload.objects.filter(section="draws").order_by("pk")]
    assert [one[0].get("on") for one in received] == ["impact", "cost", None]
    who = town.people[0]
    town.decide(who, town.take(who, "head"))
    assert Outcome.objects.get().source == "adjudicator" and breaches() == []


def test_what_measures_people_does_not_climb():
    town = levels(rule("label", labels=["cat"]), *CLOCK)
    town.send(0.7)
    who = town.people[0]
    held = town.take(who)
    assert held.task.kind == "audit" and Task.objects.get().climb_at is None
    town.decide(who, held, None, "cat")
    assert standing() == [("audit", "general", "settled")]


def raised(town: Town) -> Task:
    """Let a case climb to Senior."""
    town.send(0.5)
    town.wait(hours=3)
    assert climb(at=town.now) == 1
    return Task.objects.get(kind="escalation")


def test_what_is_acknowledged_is_no_longer_unanswered():
    town = levels(*CLOCK)
    task = raised(town)
    who = town.people[0]
    since = acknowledge(project=town.project, task=task.uuid, by=who, at=town.now)
    town.wait(hours=1)
    assert acknowledge(project=town.project, task=task.uuid, by=town.people[1], at=town.now) == since
    assert Acknowledgement.objects.get().person_id == who.person_id
    town.wait(days=3)
    assert climb(at=town.now) == 0
    assert Event.objects.get(type="reviews.acknowledged").stream == f"task/{task.uuid}" and breaches() == []


def test_what_is_acknowledged_and_due_still_goes_by_that():
    both = [{"queue": queue, "due_after": "PT2H"} for queue in ("general", "senior")]
    town = levels(*CLOCK, service_levels=both)
    task = raised(town)
    acknowledge(project=town.project, task=task.uuid, by=town.people[0], at=town.now)
    town.wait(hours=3, minutes=59)
    assert climb(at=town.now) == 0
    town.wait(minutes=1)
    assert climb(at=town.now) == 1


def test_only_who_may_answer_it_acknowledges():
    town = levels(*CLOCK, rule("asked"))
    town.send(0.5)
    who = town.people[0]
    town.decide(who, town.take(who), "escalate", rationale="Hm")
    task = Task.objects.get(kind="escalation")
    for actor in (who, town.adjudicators[0]):
        with pytest.raises(Forbidden):
            acknowledge(project=town.project, task=task.uuid, by=actor, at=town.now)
    other = town.people[1]
    town.decide(other, town.take(other))
    with pytest.raises(EscalationOver):
        acknowledge(project=town.project, task=task.uuid, by=town.people[2], at=town.now)
    assert not Acknowledgement.objects.exists()


def test_a_case_is_returned_with_guidance_and_goes_to_somebody_who_had_no_part_in_it():
    town = levels(rule("asked"))
    town.send(0.5)
    first, senior, third = town.people[:3]
    town.decide(first, town.take(first), "escalate", rationale="Too hard")
    above = town.take(senior)
    assert {"return", "escalate"} <= set(above.reason_for) and "return" in above.allowed
    with pytest.raises(BadDecision):
        town.decide(senior, above, "return")
    town.decide(senior, above, "return", rationale="Look at the ears.")
    assert standing()[2] == ("work", "general", "open") and told("reviews.returned")[0]["note"] == "Look at the ears."
    for who in (first, senior):
        assert claim_next(by=who, at=town.now) is None
    held = town.take(third)
    assert (held.task.kind, held.prior) == ("work", [])
    town.decide(third, held)
    town.wait(seconds=16)
    release(at=town.now)
    assert Outcome.objects.get().source == "reviewer" and breaches() == []


def test_a_return_can_be_taken_back_until_somebody_takes_it_up():
    town = levels(rule("asked"))
    town.send(0.5)
    first, senior, third = town.people[:3]
    town.decide(first, town.take(first), "escalate", rationale="Too hard")
    made = town.decide(senior, town.take(senior), "return", rationale="Look again.")
    again = withdraw(decision=made.uuid, by=senior, at=town.now)
    assert standing()[2][2] == "closed" and breaches() == []
    open_claim(token=again.token, by=senior, at=town.now)
    made = town.decide(senior, again, "return", rationale="Look again, please.")
    town.take(third)
    with pytest.raises(MovedOn):
        withdraw(decision=made.uuid, by=senior, at=town.now)


def test_only_what_was_escalated_is_returned_and_only_where_somebody_is_left_below():
    town = levels(rule("asked"), people=2)
    town.send(0.5)
    first, senior = town.people
    held = town.take(first)
    with pytest.raises(BadDecision):
        town.decide(first, held, "return", rationale="No")
    town.decide(first, held, "escalate", rationale="Too hard")
    above = town.take(senior)
    with pytest.raises(NobodyBelow):
        town.decide(senior, above, "return", rationale="Again")
    town.decide(senior, above)
    assert breaches() == []


def test_a_returned_case_climbs_again_to_somebody_else():
    town = levels(rule("asked"), *CLOCK)
    town.send(0.5)
    first, senior = town.people[:2]
    town.decide(first, town.take(first), "escalate", rationale="Too hard")
    town.decide(senior, town.take(senior), "return", rationale="Try.")
    town.wait(hours=3)
    assert climb(at=town.now) == 1
    assert [kind for kind, _queue, _state in standing()] == ["work", "escalation", "work", "escalation"]
    assert claim_next(by=senior, at=town.now) is None and town.take(town.people[2]).task.kind == "escalation"
    assert breaches() == []


def test_the_history_says_each_level_in_words():
    town = levels(rule("asked"), *CLOCK)
    raised(town)
    senior = town.people[0]
    town.decide(senior, town.take(senior), "return", rationale="Ears.")
    item = Item.objects.get()
    said = [one.sentence for one in history(item.pk, item.uuid, me="", quality=False)]
    assert "The item was escalated to Senior: nobody answered in time" in said
    assert "The item was returned to General with guidance: Ears." in said


def test_what_was_escalated_of_an_audit_never_holds_the_answer_that_stands():
    town = levels(rule("asked"), *CLOCK)
    town.send(0.7)
    first, senior, third = town.people[:3]
    town.decide(first, town.take(first), "escalate", rationale="Hm")
    town.wait(days=1)
    assert (climb(at=town.now), Item.objects.get().state, Task.objects.get(state="open").climb_at) == (
        0,
        "accepted",
        None,
    )
    town.decide(senior, town.take(senior), "return", rationale="Mind the ears.")
    held = town.take(third)
    assert (held.task.kind, held.hidden, held.guidance) == ("audit", True, "Mind the ears.")
    town.decide(third, held, None, "cat")
    assert Outcome.objects.count() == 1 and Event.objects.filter(type="reviews.audit_recorded").count() == 1
    assert breaches() == []
