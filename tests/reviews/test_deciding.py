"""Deciding, and what follows: consensus, one more person, adjudication, escalation, skip, audits, seconds."""

import json

import pytest

from accounts.errors import Forbidden
from reviews.actions import claim_next, decide, open_claim, release, sweep
from reviews.errors import (
    AlreadyDecided,
    BadDecision,
    BadOutput,
    ClaimLost,
    NoHigherLevel,
    NotOpened,
    VerdictNotAllowed,
)
from reviews.models import Decision, Draft, Item, Outcome, Seat, Task
from reviews.policies import withheld
from reviews.wire import read_decision
from tests.invariants import breaches
from tests.town import RIGHTS, build

pytestmark = pytest.mark.django_db


def in_force(external_id: str = "item-1") -> Outcome | None:
    return Outcome.objects.filter(item__external_id=external_id, annulled_at__isnull=True).order_by("-number").first()


def output(outcome: Outcome) -> object:
    return json.loads(bytes(outcome.body))["output"]


def test_two_who_agree_make_a_consensus():
    town = build()
    town.send(0.95, impact="high", label="dog")
    for who in town.people[:2]:
        assert in_force() is None
        town.decide(who, town.take(who, "senior"))
    assert in_force().source == "consensus" and output(in_force()) == {"labels": ["dog"]}
    assert not Seat.objects.filter(state="open").exists() and breaches() == []


def test_a_third_person_is_asked_when_two_differ_and_two_equal_answers_settle():
    town = build()
    town.send(0.95, impact="high", label="dog")
    town.decide(town.people[0], town.take(town.people[0]))
    town.decide(town.people[1], town.take(town.people[1]), "correct", "fox")
    assert in_force() is None and Seat.objects.filter(state="open").count() == 1
    town.decide(town.people[2], town.take(town.people[2]), "correct", "fox")
    assert in_force().source == "consensus" and output(in_force()) == {"labels": ["fox"]}
    assert breaches() == []


def test_three_who_differ_go_to_an_adjudicator_who_sees_all_and_is_none_of_them():
    town = build()
    town.send(0.95, impact="high", label="dog")
    for who, label in zip(town.people, ("dog", "fox", "cat"), strict=True):
        held = town.take(who)
        assert held.prior == []
        town.decide(who, held, "approve" if label == "dog" else "correct", None if label == "dog" else label)
    assert Task.objects.get(kind="adjudication").state == "open"
    assert all(claim_next(by=who, at=town.now) is None for who in town.people)
    judge = town.adjudicators[0]
    held = town.take(judge)
    assert [one.output["labels"][0] for one in held.prior] == ["dog", "fox", "cat"]
    assert [entry["decision"] for entry in held.presentation["prior"]] == [str(one.uuid) for one in held.prior]
    town.decide(judge, held, "correct", "fox")
    assert in_force().source == "adjudicator" and output(in_force()) == {"labels": ["fox"]}
    assert breaches() == []


def test_an_escalation_goes_where_the_rights_name_and_a_level_higher_from_there():
    town = build()
    town.send(0.5)
    first, second = town.people[:2]
    town.decide(first, town.take(first), "escalate", rationale="Too hard")
    task = Task.objects.get(kind="escalation")
    assert (task.queue.slug, Task.objects.get(kind="work").state) == ("senior", "passed_on")
    assert claim_next(by=first, at=town.now) is None
    held = town.take(second)
    assert [(one.verdict, one.rationale) for one in held.prior] == [("escalate", "Too hard")]
    with pytest.raises(BadDecision):
        town.decide(second, held, "escalate")
    town.decide(second, held, "escalate", rationale="Beyond me")
    held = town.take(town.adjudicators[0])
    assert held.task.queue == "adjudication"
    with pytest.raises(NoHigherLevel):
        town.decide(town.adjudicators[0], held, "escalate", rationale="Up")
    assert Seat.objects.get(task__queue__slug="adjudication").state == "leased"
    town.decide(town.adjudicators[0], held, "reject")
    assert output(in_force()) is None and breaches() == []


def test_a_skip_asks_somebody_else_and_holds_the_item_when_nobody_is_left():
    town = build(people=2)
    town.send(0.5)
    for number, who in enumerate(town.people):
        town.decide(who, town.take(who), "skip")
        assert Item.objects.get().state == ("open" if number == 0 else "held")
    assert not Seat.objects.filter(state="open").exists() and in_force() is None and breaches() == []


def test_an_audit_is_blind_and_a_differing_answer_supersedes():
    town = build()
    town.send(0.7, label="dog")
    assert (in_force().source, in_force().released_at is not None) == ("model", True)
    who = town.people[0]
    held = town.take(who)
    assert held.hidden and held.proposal is None and held.confidence is None
    assert held.presentation["prediction"] == "hidden" and "approve" not in held.allowed
    decided = town.decide(who, held, None, "fox")
    assert decided.verdict is None  # it would tell the auditor what the model said
    assert Decision.objects.get().verdict == "correct"
    assert (in_force().number, in_force().supersedes, in_force().source) == (2, 1, "audit")
    assert breaches() == []


def test_an_audit_that_agrees_is_derived_as_an_approval_and_makes_no_outcome():
    town = build()
    town.send(0.7, label="dog")
    who = town.people[0]
    town.decide(who, town.take(who), None, "dog")
    assert Decision.objects.get().verdict == "approve" and Outcome.objects.count() == 1
    item = Item.objects.get()
    assert withheld(item.pk, who.person_id, town.now) == "deciding"
    town.wait(seconds=16)
    assert withheld(item.pk, who.person_id, town.now) == ""
    assert Task.objects.get(kind="audit").state == "settled" and breaches() == []


def test_an_audit_under_record_changes_nothing_that_is_in_force():
    town = build(rights=RIGHTS | {"audit": {"correction": "record"}})
    town.send(0.7, label="dog")
    town.decide(town.people[0], town.take(town.people[0]), None, "fox")
    assert Outcome.objects.count() == 1 and Decision.objects.get().verdict == "correct" and breaches() == []


def test_a_second_review_opens_after_release_for_another_person_and_corrects():
    routing = [{"name": "All", "when": [], "then": {"arm": "review", "queue": "general", "second_share": "1"}}]
    town = build(rights=RIGHTS | {"routing": routing})
    town.send(0.5)
    first, second = town.people[:2]
    town.decide(first, town.take(first))
    assert not Task.objects.filter(kind="second").exists()
    town.wait(seconds=16)
    release(at=town.now)
    assert Task.objects.get(kind="second").state == "open" and claim_next(by=first, at=town.now) is None
    held = town.take(second)
    assert held.prior == [] and held.task.kind == "work"
    town.decide(second, held, "correct", "fox")
    assert (in_force().source, in_force().number) == ("audit", 2) and breaches() == []


def test_a_decision_needs_its_own_live_opened_claim():
    town = build()
    town.send(0.5)
    who, other = town.people[:2]
    held = claim_next(by=who, at=town.now)
    with pytest.raises(NotOpened):
        town.decide(who, held)
    open_claim(token=held.token, by=who, at=town.now)
    from accounts.errors import NotFound

    with pytest.raises(NotFound):
        town.decide(other, held)
    town.wait(minutes=16)
    with pytest.raises(ClaimLost):
        town.decide(who, held)
    sweep(at=town.now)
    assert Decision.objects.count() == 0 and Seat.objects.get().state == "open" and breaches() == []


def test_the_same_body_again_answers_the_same_decision_and_another_body_is_refused():
    town = build()
    town.send(0.5)
    who = town.people[0]
    held = town.take(who)
    first, again = town.decide(who, held), town.decide(who, held)
    assert (first.uuid, first.new, again.new) == (again.uuid, True, False)
    with pytest.raises(AlreadyDecided):
        town.decide(who, held, "reject")
    assert Decision.objects.count() == 1 and breaches() == []


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ('{"verdict":"correct"}', BadDecision),
        ('{"verdict":"correct","output":{"labels":["cat"]}}', BadDecision),
        ('{"verdict":"approve","output":{"labels":["dog"]}}', BadDecision),
        ('{"verdict":"reject","output":{"labels":["dog"]}}', BadDecision),
        ('{"verdict":"correct","output":{"labels":["owl"]}}', BadOutput),
        ('{"verdict":"correct","output":{"labels":[]}}', BadOutput),
        ('{"output":{"labels":["dog"]}}', BadDecision),
        ('{"verdict":"approve","error_categories":["wrong"]}', BadDecision),
        ('{"verdict":"reject","error_categories":["nonsense"]}', BadDecision),
        ('{"verdict":"skip"}', BadDecision),
        ('{"verdict":"escalate"}', VerdictNotAllowed),
    ],
)
def test_a_decision_that_does_not_fit_is_refused_and_nothing_is_kept_of_it(body, refusal):
    allow = ["approve", "correct", "reject", "skip"]
    verdicts = [{"queue": "general", "role": "reviewer", "allow": allow, "reason_for": ["skip"]}]
    town = build(rights=RIGHTS | {"verdicts": verdicts})
    town.send(0.5)
    who = town.people[0]
    held = town.take(who)
    with pytest.raises(refusal):
        decide(token=held.token, sent=read_decision(body.encode()), by=who, at=town.now)
    assert Decision.objects.count() == 0 and Outcome.objects.count() == 0 and Seat.objects.get().state == "leased"
    assert breaches() == []


def test_a_draft_outlives_a_lapsed_claim_and_goes_with_the_decision():
    from reviews.actions import save_draft

    town = build()
    town.send(0.5)
    who = town.people[0]
    held = town.take(who)
    save_draft(token=held.token, body=b'{"rationale":"half a sen"}', by=who, at=town.now)
    town.wait(minutes=20)
    sweep(at=town.now)
    save_draft(token=held.token, body=b'{"rationale":"half a sentence"}', by=who, at=town.now)
    held = town.take(who)
    assert held.draft == {"rationale": "half a sentence"}
    town.decide(who, held)
    assert not Draft.objects.exists()


def test_a_service_neither_claims_nor_decides():
    from accounts.reads import console

    town = build()
    town.send(0.5)
    with pytest.raises(Forbidden):
        claim_next(by=console(), at=town.now)
    assert Seat.objects.get().state == "open"


def test_someone_whose_role_has_ended_gets_no_claim_and_decides_nothing_more():
    from accounts.actions import end_membership
    from accounts.models import Membership
    from accounts.reads import console

    town = build()
    town.send(0.5)
    town.send(0.5)
    who = town.people[0]
    held = town.take(who)
    end_membership(membership=Membership.objects.get(person_id=who.person_id), by=console(), at=town.now)
    with pytest.raises(Forbidden):
        town.decide(who, held)
    town.wait(seconds=1)
    sweep(at=town.now)
    assert Decision.objects.count() == 0


def test_skipping_what_was_decided_before_holds_nothing():
    routing = [{"name": "All", "when": [], "then": {"arm": "review", "queue": "general", "second_share": "1"}}]
    town = build(people=2, rights=RIGHTS | {"routing": routing})
    town.send(0.5)
    first, second = town.people
    town.decide(first, town.take(first))
    town.wait(seconds=16)
    release(at=town.now)
    town.decide(second, town.take(second), "skip")
    assert Item.objects.get().state == "decided" and Task.objects.get(kind="second").state == "open"
    assert breaches() == []


def test_an_escalated_audit_still_only_records_where_the_rights_say_record():
    town = build(rights=RIGHTS | {"audit": {"correction": "record"}})
    town.send(0.7, label="dog")
    first, second = town.people[:2]
    town.decide(first, town.take(first), "escalate")
    town.decide(second, town.take(second), "correct", "fox")
    assert Outcome.objects.count() == 1 and breaches() == []


def test_with_nobody_left_to_ask_the_item_is_held_only_after_those_who_sit():
    town = build(people=2)
    town.send(0.95, impact="high")
    first, second = town.people
    held = town.take(first)
    town.decide(second, town.take(second), "skip")
    assert Item.objects.get().state == "open"
    town.decide(first, held)
    assert Item.objects.get().state == "held" and breaches() == []


def test_a_second_review_asks_for_the_skills_of_the_first():
    skills = ["lang:{segments.language}"]
    then = {"arm": "review", "queue": "general", "second_share": "1", "skills": skills}
    town = build(people=2, rights=RIGHTS | {"routing": [{"name": "All", "when": [], "then": then}]})
    from accounts.actions import give_membership
    from accounts.models import Person
    from accounts.reads import console

    for who, language in zip(town.people, ("de", "fr"), strict=True):
        person = Person.objects.get(pk=who.person_id)
        given = {"person": person, "project": town.project, "role": "reviewer", "skills": [f"lang:{language}"]}
        give_membership(**given, by=console(), at=town.now)
    town.send(0.5, segments={"language": "de"})
    town.decide(town.people[0], town.take(town.people[0]))
    town.wait(seconds=16)
    release(at=town.now)
    assert Seat.objects.get(task__kind="second").lane.skills == "lang:de"
    assert claim_next(by=town.people[1], at=town.now) is None


def test_what_a_claim_shows_stays_as_its_presentation_says_when_the_project_is_set_up_anew():
    from accounts.reads import console
    from reviews.actions import apply_project
    from tests.town import project_file

    town = build(show_prediction=False)
    town.send(0.5)
    who = town.people[0]
    held = town.take(who)
    apply_project(document=project_file(), by=console(), at=town.now)
    again = open_claim(token=held.token, by=who, at=town.now)
    assert (again.proposal, again.confidence, again.presentation["prediction"]) == (None, None, "hidden")
    town.decide(who, again, None, "cat")
    assert Decision.objects.get().verdict == "approve" and breaches() == []


def test_the_statement_that_claims_stays_short_enough_to_be_kept_prepared() -> None:
    """Psycopg converts a statement anew each time when it has 4,096 characters or more, a tenth of a claim's time."""
    from reviews.actions.claiming import MAY_SIT, NEAR, TAKE
    from reviews.reads.held import BY_TAKING, written

    take = TAKE.format(line=NEAR, may_sit=MAY_SIT) + " FOR NO KEY UPDATE OF t, s SKIP LOCKED"
    assert len(written(True, **{**BY_TAKING, "first": BY_TAKING["first"].format(take=take)})) < 4096
