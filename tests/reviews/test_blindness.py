"""What a blind reviewer must not learn: from a refusal, from a page, from a claim given back."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.actions import add_person, end_membership, give_membership
from accounts.errors import Forbidden, NotFound
from accounts.models import Membership, User
from accounts.reads import Actor, actor_of_person, console
from reviews.actions import give_back, open_claim, prolong, release, withdraw
from reviews.errors import AnotherOpen, BadDecision
from reviews.models import Decision, Item, Seat
from reviews.policies import item_for, withheld
from tests.invariants import breaches
from tests.town import RIGHTS, Town, build

pytestmark = pytest.mark.django_db
REASONS = [
    {"queue": "general", "role": "reviewer", "allow": ["approve", "correct", "skip"], "reason_for": ["correct"]},
    {"queue": "senior", "role": "adjudicator", "allow": ["approve", "correct", "reject"]},
    {"queue": "adjudication", "role": "adjudicator", "allow": ["approve", "correct", "reject"]},
]


def page(who: Actor, name: str, *args: object) -> str:
    client = Client()
    client.force_login(User.objects.get(person_id=who.person_id), backend="django.contrib.auth.backends.ModelBackend")
    return client.get(reverse(name, args=args)).content.decode()


@pytest.mark.parametrize("label", ["cat", "fox"])
def test_a_reason_asked_of_a_blind_reviewer_does_not_tell_whether_they_agree_with_the_model(label: str):
    town = build(rights=RIGHTS | {"verdicts": REASONS})
    town.send(0.8)
    who = town.people[0]
    held = town.take(who)
    with pytest.raises(BadDecision):
        town.decide(who, held, None, label)
    assert not Decision.objects.exists()
    town.decide(who, held, None, label, rationale="Its ears")
    assert breaches() == []


@pytest.mark.parametrize("label", ["cat", "fox"])
def test_error_categories_of_a_blind_reviewer_do_not_tell_it_either(label: str):
    town = build()
    town.send(0.8)
    who = town.people[0]
    held = town.take(who)
    with pytest.raises(BadDecision):
        town.decide(who, held, None, label, error_categories=["wrong"])
    assert not Decision.objects.exists()


@pytest.mark.parametrize("confidence", [0.8, None])
def test_where_no_proposal_is_shown_a_correction_without_an_output_is_refused(confidence: float | None):
    town = build()
    town.send(confidence)
    who = town.people[0]
    held = town.take(who)
    with pytest.raises(BadDecision):
        town.decide(who, held, "correct")
    assert not Decision.objects.exists()


def test_who_took_a_decision_back_and_gave_the_redo_back_learns_nothing_while_they_may_be_asked_again():
    town = build(show_prediction=False)
    item, who = town.send(0.5)["id"], town.people[0]
    decided = town.decide(who, town.take(who), None, "fox")
    held = withdraw(decision=decided.uuid, by=who, at=town.now)
    give_back(token=held.token, by=who, at=town.now)
    town.wait(hours=1)
    with pytest.raises(NotFound):
        item_for("cats", Item.objects.get().uuid, by=who, at=town.now)
    give_membership(
        person=User.objects.get(person_id=who.person_id).person,
        project=town.project, role="operations", by=console(), at=town.now,
    )  # fmt: skip
    assert withheld(Item.objects.get(uuid=item).pk, who.person_id or 0, town.now) == "deciding"
    assert town.take(who).proposal is None


def test_kinds_that_measure_people_are_told_to_nobody_who_may_be_asked():
    routing = [{"name": "All", "when": [], "then": {"arm": "review", "queue": "general", "second_share": "1"}}]
    town = build(rights=RIGHTS | {"routing": routing})
    item, began = town.send(0.5)["id"], town.now
    town.decide(town.people[0], town.take(town.people[0]))
    town.wait(seconds=16)
    release(at=town.now)
    for roles, sees in ((["compliance"], True), (["compliance", "reviewer"], False)):
        made = add_person(name="Pat", email=f"{len(roles)}@back.invalid", by=console(), at=began)
        for role in roles:
            give_membership(person=made, project=town.project, role=role, by=console(), at=began)
        text = page(actor_of_person(made, "browser"), "item", "cats", item)
        assert ("A task opened in General" in text) is sees and "What happened" in text


def test_an_adjudicator_is_offered_no_approval_where_no_proposal_was_made():
    town = build(rights=RIGHTS | {"disagreement": {**RIGHTS["disagreement"], "then": "adjudicate"}})
    town.send(None, impact="high")
    for who, label in zip(town.people, ("cat", "fox", ""), strict=True):
        if label:
            town.decide(who, town.take(who), None, label)
    held = town.take(town.adjudicators[0])
    assert "approve" not in held.allowed and len(held.prior) == 2
    with pytest.raises(BadDecision):
        town.decide(town.adjudicators[0], held, "approve")


def test_whose_role_has_ended_prolongs_no_claim(town: Town):
    town.send(0.5)
    who = town.people[0]
    held = town.take(who)
    end_membership(membership=Membership.objects.get(person_id=who.person_id), by=console(), at=town.now)
    before = Seat.objects.get().lease_until
    town.wait(minutes=5)
    with pytest.raises(Forbidden):
        prolong(token=held.token, by=who, at=town.now)
    assert Seat.objects.get().lease_until == before


def test_prolonging_never_shortens_a_claim_that_was_set_aside(town: Town):
    for _ in range(2):
        town.send(0.5)
    who = town.people[0]
    decided = town.decide(who, town.take(who))
    aside = town.take(who)
    withdraw(decision=decided.uuid, by=who, at=town.now)
    until = Seat.objects.get(claim_id__isnull=False, slot="prefetch").lease_until
    assert prolong(token=aside.token, by=who, at=town.now) == until
    assert Seat.objects.get(slot="prefetch").lease_until == until
    with pytest.raises(AnotherOpen):
        open_claim(token=aside.token, by=who, at=town.now)


@pytest.fixture
def town() -> Town:
    return build()
