"""Claims and decisions over HTTP."""

import uuid

import msgspec
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actions import give_membership
from accounts.models import Membership, Person
from accounts.reads import console
from audit.models import Event
from reviews.actions import claim_next, open_claim, release
from reviews.api.shapes import ClaimAnswer, DecisionAnswer
from reviews.models import Decision, Draft, Seat
from tests.reviews.caller import Caller, problem
from tests.town import build

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    return build()


@pytest.fixture
def me(town):
    return Caller(town.project, who=town.people[0])


@pytest.fixture
def you(town):
    return Caller(town.project, who=town.people[1])


def test_the_next_item_is_claimed_opened_and_decided(town, me):
    town.send(0.5)
    claimed = me.call("POST", "projects/cats/queues/general/claims/")
    told = msgspec.convert(claimed.told, ClaimAnswer)
    assert claimed.status_code == 201
    assert (told.item.external_id, told.item.data, told.item.impact) == ("item-1", {"text": "A cat?"}, "normal")
    assert (told.proposal, told.confidence, told.draft, told.prior) == ({"labels": ["cat"]}, "0.5", None, [])
    assert (told.task.kind, told.task.queue, told.claim.opened) == ("work", "general", False)
    assert set(told.allowed) >= {"approve", "correct", "reject"}
    assert told.presentation["v"] == 1
    assert [label["code"] for label in told.taxonomy["labels"]] == ["cat", "dog", "fox"]
    opened = me.call("PUT", f"claims/{told.claim.token}/opening/")
    assert opened.status_code == 200
    assert msgspec.convert(opened.told, ClaimAnswer).claim.opened
    decided = me.decide(opened, "correct", output={"labels": ["dog"]})
    assert decided.status_code == 201
    shown = msgspec.convert(decided.told, DecisionAnswer)
    assert (shown.verdict, shown.output) == ("correct", {"labels": ["dog"]})
    again = me.decide(opened, "correct", output={"labels": ["dog"]})
    assert (again.status_code, again.told) == (200, decided.told)
    assert problem(me.decide(opened, "approve")) == (409, "already_decided")
    assert Decision.objects.get().via == "api"


def test_nothing_waits_is_no_content(me):
    assert me.call("POST", "projects/cats/queues/general/claims/").status_code == 204
    answer = me.call("POST", "claims/")
    assert (answer.status_code, answer.content) == (204, b"")


def test_a_claim_is_answered_again_until_it_is_opened(town, me):
    town.send(0.5)
    first, second = me.call("POST", "claims/"), me.call("POST", "claims/")
    assert first.told["claim"]["token"] == second.told["claim"]["token"]


def test_the_next_of_mine_keeps_to_the_projects_of_the_token(town, me):
    dogs = build(slug="dogs")
    person = Person.objects.get(pk=town.people[0].person_id)
    give_membership(person=person, project=dogs.project, role="reviewer", by=console(), at=town.now)
    dogs.send(0.5)
    assert me.call("POST", "claims/").status_code == 204
    there = claim_next(by=town.people[0], at=timezone.now())
    assert there.task.project == "dogs"
    town.send(0.5)
    assert me.call("POST", "claims/").told["task"]["project"] == "cats"
    assert problem(me.call("PUT", f"claims/{there.token}/opening/")) == (404, "not_found")


def test_what_is_typed_is_kept(town, me):
    town.send(0.5)
    claim = me.claim()
    path = f"claims/{claim.told['claim']['token']}/draft/"
    assert me.call("PUT", path, {"rationale": "I think so"}).status_code == 204
    assert me.call("DELETE", path[: -len("draft/")]).status_code == 204
    assert me.claim().told["draft"] == {"rationale": "I think so"}
    assert problem(me.call("PUT", path, b"[]")) == (422, "bad_body")
    assert Draft.objects.count() == 1


def test_a_claim_is_prolonged_and_given_back(town, me, you):
    town.send(0.5)
    path = f"claims/{me.claim().told['claim']['token']}/"
    assert me.call("PATCH", path).told["until"] > timezone.now().isoformat()
    assert problem(you.call("PATCH", path)) == problem(you.call("DELETE", path)) == (404, "not_found")
    assert me.call("DELETE", path).status_code == 204
    assert problem(me.call("DELETE", path)) == (409, "claim_lost")
    assert problem(me.call("PATCH", path)) == (409, "claim_lost")
    assert you.claim().status_code == 200


def test_another_persons_claim_does_not_exist(town, me, you):
    town.send(0.5)
    token = me.claim().told["claim"]["token"]
    before = Event.objects.count()
    for method, part, body in (
        ("PUT", "opening/", None),
        ("PUT", "draft/", {}),
        ("POST", "decision/", {"verdict": "approve"}),
        ("PATCH", "", None),
        ("DELETE", "", None),
    ):
        assert problem(you.call(method, f"claims/{token}/{part}", body)) == (404, "not_found")
        assert problem(you.call(method, f"claims/{uuid.uuid4()}/{part}", body)) == (404, "not_found")
    assert Event.objects.count() == before


def test_a_decision_comes_after_the_opening(town, me):
    town.send(0.5)
    claim = me.call("POST", "claims/")
    assert problem(me.decide(claim)) == (409, "not_opened")
    assert Decision.objects.count() == 0


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"nonsense", (422, "bad_body")),
        ({"verdict": "perhaps"}, (422, "bad_body")),
        ({"verdict": "correct"}, (422, "bad_decision")),
        ({"verdict": "approve", "output": {"labels": ["cat"]}}, (422, "bad_decision")),
        ({"verdict": "correct", "output": {"labels": ["wolf"]}}, (422, "bad_output")),
        ({"verdict": "correct", "output": {"labels": ["dog"]}, "error_categories": ["none"]}, (422, "bad_decision")),
        ({"verdict": "approve", "rationale": "\0"}, (422, "bad_body")),
        ({"verdict": "approve", "active_ms": -1}, (422, "bad_body")),
    ],
)
def test_a_judgement_that_does_not_fit_writes_nothing(town, me, body, expected):
    town.send(0.5)
    claim = me.claim()
    before = Event.objects.count()
    answer = me.call("POST", f"claims/{claim.told['claim']['token']}/decision/", body)
    assert problem(answer) == expected
    assert (Event.objects.count(), Decision.objects.count()) == (before, 0)
    assert me.decide(claim).status_code == 201


def test_where_the_proposal_is_hidden_the_output_alone_is_sent(town, me):
    town.send(0.7)
    claim = me.claim()
    assert (claim.told["task"]["kind"], claim.told["proposal"], claim.told["confidence"]) == ("audit", None, None)
    answer = me.decide(claim, None, output={"labels": ["cat"]})
    assert (answer.status_code, answer.told["verdict"]) == (201, None)


def test_adjudicators_see_what_was_said_under_neutral_names(town, me, you):
    town.send(0.5, impact="high")
    seats = Seat.objects.count()
    senior = me.call("POST", "projects/cats/queues/senior/claims/").status_code == 201
    first = me.claim("senior") if senior else me.claim()
    me.decide(first, "correct", output={"labels": ["dog"]})
    you.decide(you.claim(first.told["task"]["queue"]))
    third = Caller(town.project, who=town.people[2])
    third.decide(third.claim(first.told["task"]["queue"]), "correct", output={"labels": ["fox"]})
    assert Seat.objects.count() > seats
    judge = Caller(town.project, who=town.adjudicators[0])
    told = msgspec.convert(judge.claim("adjudication").told, ClaimAnswer)
    assert [(one.who, one.verdict) for one in told.prior] == [
        ("Reviewer 1", "correct"),
        ("Reviewer 2", "approve"),
        ("Reviewer 3", "correct"),
    ]


def test_a_decision_is_withdrawn_until_its_outcome_is_released(town, me, you):
    town.send(0.5)
    decided = me.decide(me.claim()).told
    path = f"decisions/{decided['id']}/withdrawal/"
    assert problem(you.call("POST", path)) == (404, "not_found")
    back = me.call("POST", path)
    assert back.status_code == 201
    claim = me.call("PUT", f"claims/{back.told['claim']['token']}/opening/")
    again = me.decide(claim, "correct", output={"labels": ["fox"]})
    assert again.status_code == 201
    assert problem(me.call("POST", path)) == (409, "moved_on")
    town.wait(minutes=5)
    release(at=town.now)
    assert problem(me.call("POST", f"decisions/{again.told['id']}/withdrawal/")) == (409, "released")


def test_a_second_item_on_screen_is_refused(town, me):
    town.send(0.5)
    town.send(0.5)
    me.claim()
    second = me.call("POST", "claims/")
    assert problem(me.call("PUT", f"claims/{second.told['claim']['token']}/opening/")) == (409, "another_open")


def test_only_people_with_a_role_and_the_scope_decide(town, me):
    town.send(0.5)
    service = Caller(town.project)
    assert problem(service.call("POST", "projects/cats/queues/general/claims/")) == (403, "forbidden")
    assert problem(service.call("POST", "claims/")) == (403, "forbidden")
    assert problem(me.call("POST", "projects/cats/queues/none/claims/")) == (404, "not_found")
    Membership.objects.filter(person_id=town.people[0].person_id).update(until_at=timezone.now())
    assert problem(me.call("POST", "projects/cats/queues/general/claims/")) == (404, "not_found")
    assert me.call("POST", "claims/").status_code == 204


def test_a_reviewer_is_told_why_a_line_that_is_not_theirs_gives_nothing(town, me):
    refused = me.call("POST", "projects/cats/queues/adjudication/claims/")
    assert problem(refused) == (403, "forbidden")
    assert refused.told["detail"] == "You hold no role that works in this queue."
    judge = Caller(town.project, who=town.adjudicators[0])
    assert judge.call("POST", "projects/cats/queues/adjudication/claims/").status_code == 204


def asked(seen):
    return [one["sql"] for one in seen if not one["sql"].startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"))]


def test_next_and_submit_cost_few_statements(town, me, engine):
    for _ in range(3):
        town.send(0.5)
    me.decide(me.claim())
    with CaptureQueriesContext(connection) as seen:
        claim = me.call("POST", "projects/cats/queues/general/claims/")
    taking = asked(seen)
    with CaptureQueriesContext(connection) as seen:
        me.call("PUT", f"claims/{claim.told['claim']['token']}/opening/")
    opening = asked(seen)
    with CaptureQueriesContext(connection) as seen:
        assert me.decide(claim).status_code == 201
    deciding = asked(seen)
    sign_in = 2  # the project with its log; the token
    told = "\n".join(["next", *taking, "opened", *opening, "submit", *deciding])
    numbers = (len(taking) - sign_in, len(opening) - sign_in, len(deciding) - sign_in)
    print("statements of next, opened, submit:", numbers)
    assert numbers[0] + numbers[2] <= (16 if engine == "postgres" else 24), f"{numbers}\n{told}"
    assert numbers[1] <= 8, f"{numbers}\n{told}"


def test_an_opening_said_twice_is_one(town, me):
    town.send(0.5)
    claim = me.claim()
    before = Event.objects.count()
    assert me.call("PUT", f"claims/{claim.told['claim']['token']}/opening/").status_code == 200
    assert Event.objects.count() == before
    assert open_claim(token=uuid.UUID(claim.told["claim"]["token"]), by=town.people[0], at=timezone.now()).opened
