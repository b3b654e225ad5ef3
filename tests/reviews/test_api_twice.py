"""The same call twice at once: one does it, both are answered alike. And numbers that only JSON can hold."""

import pytest

from reviews.actions import release
from reviews.models import Claim, Decision, Item
from tests.arena import Worker
from tests.invariants import breaches
from tests.reviews.caller import Caller, item, problem
from tests.town import build

LARGE = b"100000000000000000000"
SCHEMA = {"type": "object", "properties": {"n": {"type": "number"}}, "required": ["n"]}


@pytest.fixture
def workers(arena):
    found = [Worker() for _ in range(4)]
    yield found
    for worker in found:
        worker.end()


def at_once(workers, call):
    return [future.result(60) for future in [worker.begin(call) for worker in workers]]


def test_an_item_sent_by_several_at_once_is_one(workers):
    model = Caller(build().project)
    for number in range(5):
        answers = at_once(workers, lambda number=number: model.send(item(f"i-{number}")))
        assert sorted(one.status_code for one in answers) == [200, 200, 200, 201]
        assert len({one.content for one in answers}) == 1
    bodies = [item(f"b-{number}") for number in range(30)]
    turned = iter([bodies, bodies[::-1], bodies[15:] + bodies[:15], bodies])
    answers = at_once(workers, lambda: model.send({"items": next(turned)}))
    told = [one["status"] for answer in answers for one in answer.told["results"]]
    assert (told.count("created"), told.count("known")) == (30, 90)
    assert Item.objects.count() == 35
    assert breaches() == []


def test_a_decision_sent_by_several_at_once_is_one(workers):
    town = build()
    town.send(0.5)
    me = Caller(town.project, who=town.people[0])
    claim = me.claim()
    answers = at_once(workers, lambda: me.decide(claim))
    assert sorted(one.status_code for one in answers) == [200, 200, 200, 201]
    assert len({one.content for one in answers}) == 1
    assert Decision.objects.count() == 1
    assert breaches() == []


def test_claims_asked_for_at_once_are_one(workers):
    town = build()
    for _ in range(4):
        town.send(0.5)
    me = Caller(town.project, who=town.people[0])
    answers = at_once(workers, lambda: me.call("POST", "claims/"))
    assert {one.status_code for one in answers} == {201}
    assert len({one.told["claim"]["token"] for one in answers}) == 1
    assert Claim.objects.count() == 1
    assert breaches() == []


@pytest.mark.django_db
def test_an_integer_of_more_than_64_bits_goes_all_the_way():
    town = build(slug="forms", task_type="form", labels=[], schema=SCHEMA)
    model, me = Caller(town.project, service="forms"), Caller(town.project, who=town.people[0])
    body = b'{"external_id": "x", "data": {"n": %s}, "prediction": {"n": %s}, "confidence": 0.5, %s}'
    version = b'"model": {"name": "m", "version": "1"}'
    for _ in range(2):
        assert model.send(body % (LARGE, LARGE, version)).status_code in (200, 201)
    claim = me.claim()
    assert (claim.told["item"]["data"], claim.told["proposal"]) == ({"n": 10**20}, {"n": 10**20})
    path = f"claims/{claim.told['claim']['token']}/decision/"
    sent = b'{"verdict": "correct", "output": {"n": 200000000000000000000}}'
    assert me.call("PUT", path.replace("decision", "draft"), sent).status_code == 204
    decided = me.call("POST", path, sent)
    assert (decided.status_code, decided.told["output"]) == (201, {"n": 2 * 10**20})
    again = me.call("POST", path, sent)
    assert (again.status_code, again.told) == (200, decided.told)
    town.wait(minutes=5)
    release(at=town.now)
    assert model.call("GET", "projects/forms/items/x/").told["outcome"]["output"] == decided.told["output"]
    assert model.call("GET", "projects/forms/outcomes/").told["outcomes"][0]["output"] == decided.told["output"]


@pytest.mark.django_db
def test_a_number_that_cannot_be_kept_is_refused():
    model = Caller(build().project)
    for number in (b"9007199254740993", b"1e400", b"0.1234567890123456789"):
        answer = model.send(b'{"external_id": "x", "data": {"n": %s}}' % number)
        assert problem(answer) == (422, "bad_item")
        assert answer.told["errors"][0]["field"] == "data.n"
    assert Item.objects.count() == 0
