"""Whoever returned a decision, or took an escalated case in hand, had a part in its item."""

from typing import Any

import pytest

from reviews.actions import acknowledge, countersign, receive_appeal, release, return_for_rework
from reviews.errors import OwnWork
from reviews.models import Decision, Item, Task
from reviews.wire import read_appeal
from tests.invariants import breaches
from tests.reviews.overriding import one_more, proof_of, put, town_with
from tests.town import Town

pytestmark = pytest.mark.django_db

TWO = {"arm": "review", "queue": "general", "decisions": 2}
RULE = {"measure": "exact", "agree_at": "1", "then": "adjudicate", "at_most": 3}


def redone(**more: Any) -> tuple[Town, Item]:
    """Let an adjudicator return one of two answers, whose author then agrees with the other; the outcome is out."""
    rights = {"routing": [], "otherwise": TWO, "high_impact": TWO, "disagreement": RULE}
    town = town_with(rights=rights, adjudicators=3)
    town.send(0.5, **more)
    for who, label in zip(town.people, ("dog", "fox"), strict=False):
        town.decide(who, town.take(who), "correct", label)
    held = town.take(town.adjudicators[0], "adjudication")
    first = Decision.objects.earliest("pk")
    told = {"decision": first.uuid, "note": "Say fox", "by": town.adjudicators[0], "at": town.now}
    return_for_rework(token=held.token, **told)
    town.decide(town.people[0], town.take(town.people[0]), "correct", "fox")
    return town, out(town)


def out(town: Town) -> Item:
    town.wait(minutes=1)
    release(at=town.now)
    return Item.objects.select_related("project").get()


def complain(town: Town, item: Item) -> None:
    by = one_more(town, "operations")
    receive_appeal(item=item, sent=read_appeal(b'{"grounds": "It is no fox"}'), by=by, at=town.now)


def test_whoever_returned_a_decision_does_not_hear_the_appeal_and_somebody_else_does():
    town, item = redone()
    complain(town, item)
    assert town.take(town.adjudicators[0], "adjudication") is None
    held = town.take(town.adjudicators[1], "adjudication")
    assert held.task.kind == "appeal" and breaches() == []


def test_whoever_returned_a_decision_does_not_put_the_outcome_aside():
    town, item = redone()
    with pytest.raises(OwnWork):
        put(town, item, town.adjudicators[0], label="cat")
    assert put(town, item, town.adjudicators[1], label="cat") and breaches() == []


def test_whoever_returned_a_decision_does_not_sign_second():
    town, item = redone(impact="high")
    made = put(town, item, town.adjudicators[1], label="cat", signed=True)

    def sign(who: Any) -> Any:
        return countersign(override=made.uuid, digest=made.digest, proof=proof_of(who, town), by=who, at=town.now)

    assert made.second
    with pytest.raises(OwnWork):
        sign(town.adjudicators[0])
    assert sign(town.adjudicators[2]) and breaches() == []


def test_whoever_returned_a_decision_still_settles_when_it_opens_anew():
    rights = {"routing": [], "otherwise": TWO, "disagreement": RULE}
    town = town_with(rights=rights, adjudicators=1)
    town.send(0.5)
    for who, label in zip(town.people, ("dog", "fox"), strict=False):
        town.decide(who, town.take(who), "correct", label)
    held = town.take(town.adjudicators[0], "adjudication")
    told = {"decision": Decision.objects.earliest("pk").uuid, "note": "Look", "by": town.adjudicators[0]}
    return_for_rework(token=held.token, at=town.now, **told)
    town.decide(town.people[0], town.take(town.people[0]), "correct", "dog")
    assert town.take(town.adjudicators[0], "adjudication").task.kind == "adjudication"


def test_whoever_acknowledged_an_escalation_does_not_hear_the_appeal_but_may_put_the_answer_aside():
    town = town_with(rights={"escalation": []}, adjudicators=3)
    town.send(0.5)
    town.decide(town.people[0], town.take(town.people[0]), "escalate", rationale="What is it?")
    first, second, third = town.adjudicators
    acknowledge(project=town.project, task=Task.objects.get(kind="escalation").uuid, by=first, at=town.now)
    town.decide(second, town.take(second), "correct", "fox")
    item = out(town)
    complain(town, item)
    assert town.take(first, "adjudication") is None
    town.decide(third, town.take(third, "adjudication"), "correct", "fox", rationale="So it is")
    out(town)
    assert put(town, item, first, label="cat") and breaches() == []
