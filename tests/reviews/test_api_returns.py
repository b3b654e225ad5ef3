"""A decision returned to its author by an adjudicator's own program."""

import uuid

import pytest

from accounts.actions import end_membership
from accounts.models import Membership
from accounts.reads import console
from reviews.actions import release
from reviews.models import Decision, Onlooker, Outcome, Seat, Withdrawal
from tests.invariants import breaches
from tests.reviews.caller import Caller, problem
from tests.reviews.test_rework import at_odds

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    return at_odds()


@pytest.fixture
def judge(town):
    return Caller(town.project, who=town.adjudicators[0])


def test_a_program_returns_a_decision_with_a_note_and_its_author_redoes_it(town, judge):
    claim = judge.claim("adjudication")
    assert [one["returnable"] for one in claim.told["prior"]] == [True, True]
    first = claim.told["prior"][0]["id"]
    answer = judge.decide(claim, "return", decision=first, rationale="Look at the ears.")
    seat = Seat.objects.get(kept_for__isnull=False)
    assert (answer.status_code, answer.told["returned"]) == (201, first)
    assert answer.told["kept_until"] == seat.kept_until.isoformat().replace("+00:00", "Z")
    again = judge.decide(claim, "return", decision=first, rationale="Look at the ears.")
    assert (again.status_code, again.told) == (200, answer.told)
    assert problem(judge.decide(claim, "return", decision=first, rationale="Other")) == (409, "claim_lost")
    assert problem(judge.decide(claim, "approve")) == (409, "claim_lost")
    row = Withdrawal.objects.get()
    assert row.returned_by_id == town.adjudicators[0].person_id and Onlooker.objects.count() == 1
    author = Caller(town.project, who=town.people[0])
    assert author.decide(author.claim(), "correct", output={"labels": ["fox"]}).status_code == 201
    release(at=town.now)
    assert Outcome.objects.get().source == "consensus" and breaches() == []


def test_what_the_page_refuses_the_program_is_refused(town, judge):
    claim = judge.claim("adjudication")
    first = claim.told["prior"][0]["id"]
    for note in (None, " ", "x" * 2001):
        answer = judge.decide(claim, "return", decision=first, rationale=note)
        assert problem(answer) == (422, "reason_missing") and answer.told["errors"][0]["field"] == "rationale"
    assert problem(judge.decide(claim, "return", decision=str(uuid.uuid4()), rationale="So")) == (404, "not_found")
    assert problem(judge.decide(claim, "return", rationale="So"))[0] == 422  # which one is not said
    for more in ({"verdict": "approve"}, {"verdict": "return", "output": {"labels": ["cat"]}}):
        body = {"decision": first, "rationale": "So", **more}
        answer = judge.call("POST", f"claims/{claim.told['claim']['token']}/decision/", body)
        assert answer.status_code == 422 and answer.told["errors"][0]["field"] == "decision"
    other = Caller(town.project, who=town.adjudicators[1])
    assert problem(other.decide(claim, "return", decision=first, rationale="So")) == (404, "not_found")
    service = Caller(town.project)
    assert service.decide(claim, "return", decision=first, rationale="So").status_code == 403
    member = Membership.objects.get(person_id=Decision.objects.get(uuid=first).person_id)
    end_membership(membership=member, by=console(), at=town.now)
    assert problem(judge.decide(claim, "return", decision=first, rationale="So")) == (409, "author_gone")
    assert not Withdrawal.objects.exists() and breaches() == []


def test_beside_ordinary_work_nothing_is_returned(town):
    town.send(0.5)
    third = Caller(town.project, who=town.people[2])
    claim = third.claim()
    first = str(Decision.objects.earliest("pk").uuid)
    assert problem(third.decide(claim, "return", decision=first, rationale="So")) == (404, "not_found")
    assert not Withdrawal.objects.exists() and breaches() == []
