"""A case never goes where nobody may take it: the next level gets it, and without one the item is held."""

import datetime as dt
import json

import pytest

from accounts.actions import give_membership
from accounts.models import Person
from accounts.reads import console
from audit.models import Payload
from reviews.actions import climb, meet_deadlines
from reviews.models import Item, Outcome
from tests.invariants import breaches
from tests.reviews.test_escalation import QUEUES, rule, standing
from tests.town import RIGHTS, Town, build

pytestmark = pytest.mark.django_db

TWO = {"arm": "review", "queue": "general", "decisions": 2}
SETTLE = {"measure": "exact", "agree_at": "1", "then": "adjudicate", "at_most": 2, "finally": "adjudicate"}


def why() -> str:
    """Give the reason for which the item is held."""
    assert Item.objects.get().state == "held" and not Outcome.objects.exists()
    held = json.loads(bytes(Payload.objects.get(event__type="reviews.item_held", section="held").body))
    reason: str = held["reason"]
    return reason


def town_of(people: int, adjudicators: int, **rights) -> Town:
    """Build a town with three levels."""
    rights = {"disagreement": SETTLE, "routing": [], "otherwise": TWO} | rights
    return build(people=people, adjudicators=adjudicators, queues=QUEUES, rights=RIGHTS | rights)


def only_in(town: Town, slug: str) -> None:
    """Let nobody work in the higher queues but this one."""
    from reviews.models import PersonLane

    PersonLane.objects.filter(lane__queue__level__gt=0).exclude(lane__queue__slug=slug).delete()


def disagreed(town: Town) -> None:
    adjudicator, reviewer = town.adjudicators[0], town.people[0]
    person = Person.objects.get(pk=adjudicator.person_id)
    give_membership(person=person, project=town.project, role="reviewer", by=console(), at=town.now)
    town.send(0.5)
    town.decide(reviewer, town.take(reviewer, "general"))
    town.decide(adjudicator, town.take(adjudicator, "general"), "correct", "dog")


def test_a_disagreement_that_nobody_may_settle_is_held():
    town = town_of(1, 1)
    disagreed(town)
    assert why() == "nobody_left" and standing() == [("work", "general", "closed")] and breaches() == []


def test_a_disagreement_goes_to_adjudication_where_the_queue_that_the_rights_name_has_nobody():
    town = town_of(2, 1, disagreement=SETTLE | {"queue": "head"})
    only_in(town, "adjudication")
    town.send(0.5)
    for who, label in zip(town.people, ("dog", "fox"), strict=True):
        town.decide(who, town.take(who), "correct", label)
    assert standing()[-1] == ("adjudication", "adjudication", "open") and breaches() == []


def test_an_escalation_passes_over_a_level_where_nobody_is_left():
    town = town_of(2, 0, escalation=[rule("asked", 1), rule("asked", 2)])
    only_in(town, "head")
    town.send(0.5)
    town.decide(town.people[0], town.take(town.people[0]), "escalate", rationale="What is it?")
    assert standing()[-1] == ("escalation", "head", "open") and breaches() == []


def test_an_escalation_that_nobody_is_left_for_is_held():
    town = town_of(1, 0, escalation=[rule("asked", 1), rule("asked", 2)])
    town.send(0.5)
    town.decide(town.people[0], town.take(town.people[0]), "escalate", rationale="What is it?")
    assert why() == "nobody_left" and breaches() == []


def test_an_answer_whose_label_calls_for_a_level_without_anybody_settles_nothing():
    one = {"arm": "review", "queue": "general"}
    town = town_of(1, 0, otherwise=one, escalation=[rule("label", 1, labels=["fox"])])
    town.send(0.5)
    town.decide(town.people[0], town.take(town.people[0]), "correct", "fox")
    assert why() == "nobody_left" and breaches() == []


def test_skips_stay_at_their_level_while_nobody_is_left_above():
    town = town_of(2, 0, escalation=[rule("skips", 1, count=1)])
    only_in(town, "general")
    town.send(0.5)
    town.decide(town.people[0], town.take(town.people[0]), "skip", rationale="No")
    assert standing() == [("work", "general", "open")] and Item.objects.get().state == "open"
    town.decide(town.people[1], town.take(town.people[1]), "skip", rationale="No")
    assert why() == "nobody_left" and breaches() == []


def test_the_clock_holds_what_nobody_above_may_take():
    levels = {"service_levels": [{"queue": "general", "due_after": "PT2H"}]}
    town = town_of(1, 0, escalation=[rule("overdue", 1, after="PT1H")], **levels)
    only_in(town, "general")
    town.send(0.5)
    town.wait(hours=3)
    assert climb(at=town.now) == 1 and why() == "unanswered" and breaches() == []


def test_a_deadline_holds_what_nobody_above_may_take():
    town = town_of(1, 0, escalation=[], on_deadline="escalate")
    only_in(town, "general")
    town.send(0.5, decide_by=(town.now + dt.timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ"))
    town.wait(days=1)
    assert meet_deadlines(at=town.now) == 1 and why() == "deadline"


def test_what_is_asked_about_an_item_with_an_answer_waits_at_its_level():
    town = build(people=1, adjudicators=0, queues=QUEUES)
    town.send(0.8)
    town.decide(town.people[0], town.take(town.people[0]), "escalate", rationale="What is it?")
    assert standing()[-1] == ("escalation", "senior", "open") and Item.objects.get().state == "accepted"
    assert breaches() == []


def test_operations_see_what_nobody_is_left_for_and_hold_it_by_name():
    from django.urls import reverse

    from accounts.actions import end_membership
    from accounts.models import Membership
    from audit.models import Event
    from reviews.actions import hold_unmanned
    from reviews.reads.running import running
    from tests.reviews.test_rights_editor import someone

    one = {"arm": "review", "queue": "general"}
    town = town_of(2, 0, otherwise=one, escalation=[rule("asked", 1)])
    town.send(0.5)
    town.decide(town.people[0], town.take(town.people[0]), "escalate", rationale="What is it?")

    def alone() -> dict[str, int]:
        loads = running(town.project.pk, reader=0, at=town.now).loads
        return {load.queue: load.unmanned for load in loads if load.unmanned}

    client, by = someone(town, "operations")
    page = reverse("operations", args=["cats"])
    assert alone() == {} and "nobody is left who may take" not in client.get(page).content.decode()
    assert hold_unmanned(project=town.project, queue="senior", by=by, at=town.now) == 0
    membership = Membership.objects.get(person_id=town.people[1].person_id)
    end_membership(membership=membership, by=console(), at=town.now)
    assert alone() == {"senior": 1} and "nobody is left who may take 1 item" in client.get(page).content.decode()
    answer = client.post(reverse("unmanned-holding", args=["cats", "senior"]), follow=True)
    assert "1 item is held now." in answer.content.decode() and alone() == {}
    assert why() == "nobody_left" and Event.objects.get(type="reviews.item_held").actor == by.pseudonym
    assert breaches() == []


def test_what_somebody_may_take_by_now_is_not_held(monkeypatch):
    from accounts.actions import end_membership, give_membership
    from accounts.models import Membership
    from reviews.actions import hold_unmanned, unmanning
    from tests.reviews.test_rights_editor import someone

    town = town_of(2, 0, otherwise={"arm": "review", "queue": "general"}, escalation=[rule("asked", 1)])
    town.send(0.5)
    town.decide(town.people[0], town.take(town.people[0]), "escalate", rationale="What is it?")
    _client, by = someone(town, "operations")
    theirs = Membership.objects.get(person_id=town.people[1].person_id)
    person, role = theirs.person, theirs.role
    end_membership(membership=theirs, by=console(), at=town.now)
    looked = unmanning.unmanned

    def seen_before_a_role_came(*asked):
        found = looked(*asked)
        town.wait(seconds=1)
        give_membership(person=person, project=town.project, role=role, by=console(), at=town.now)
        return found

    monkeypatch.setattr(unmanning, "unmanned", seen_before_a_role_came)
    assert hold_unmanned(project=town.project, queue="senior", by=by, at=town.now + dt.timedelta(minutes=1)) == 0
    assert standing()[-1] == ("escalation", "senior", "open") and breaches() == []
