"""Whatever is sent by the description or against it: no call breaks the server, and every answer is described.

schemathesis makes the calls from the API's own OpenAPI; it meets a town whose seats are taken as it goes.
"""

from collections import Counter

import hypothesis
import pytest
import schemathesis
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, status_code_conformance

from hitl.wsgi import application
from reviews.api.schema import schema
from reviews.models import Claim, Decision, Item
from tests.reviews.caller import SERVICE, Caller
from tests.town import build

EXAMPLES = {
    "sendItems": 100,
    "sendPrediction": 60,
    "sendPredictions": 40,
    "decide": 100,
    "saveDraft": 20,
    "claimNextOfQueue": 10,
    "readItem": 15,
    "readOutcomes": 15,
}
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=400)
FREE = {"rationale": TEXT, "active_ms": st.integers(0, 86_400_000)}
WRONG = {"error_categories": st.sampled_from([[], ["wrong"]])}
ANOTHER = st.sampled_from(["dog", "fox"]).map(lambda label: {"labels": [label]})
FITTING = st.one_of(
    st.fixed_dictionaries({"verdict": st.just("approve")}, optional=FREE),
    st.fixed_dictionaries({"verdict": st.just("correct"), "output": ANOTHER}, optional=FREE | WRONG),
    st.fixed_dictionaries(
        {"verdict": st.sampled_from(["reject", "escalate"])} | FREE | {"rationale": TEXT.filter(str.strip)}
    ),
)
"""Bodies that fit the town's labels and rights; how long it took, what is said and what was wrong are free."""
CHECKS = (not_a_server_error, status_code_conformance, content_type_conformance)
api = schemathesis.openapi.from_dict({**schema(), "servers": [{"url": "http://testserver/api/v1"}]})
api.app = application


@pytest.fixture
def town(arena, settings):
    settings.WEB_THREADS = 3  # of which a quarter is none: nobody waits here
    return build()


def operation(name):
    return next(found.ok() for found in api.get_all_operations() if found.ok().definition.raw["operationId"] == name)


def fuzzed(name, places, token, mode=GenerationMode.POSITIVE, bodies=None):
    """Make the calls of one operation, each with places of the town, and check every answer.

    `bodies` stand in the place of those that the description alone gives.
    """
    seen = []

    @hypothesis.settings(
        max_examples=EXAMPLES[name] if mode == GenerationMode.POSITIVE else 30,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(
        case=operation(name).as_strategy(generation_mode=mode), body=st.none() if bodies is None else bodies
    )
    def call(case, body):
        case.body = case.body if bodies is None else body
        case.path_parameters = {**(case.path_parameters or {}), **(places() if callable(places) else places)}
        answer = case.call(headers={"Authorization": f"Bearer {token}"})
        seen.append(answer.status_code)
        case.validate_response(answer, checks=CHECKS)

    call()
    return seen


def claims_of(me):
    """Give the places of whoever decides: the claim on screen, a new one once it is decided."""

    def opened():
        if not opened.token or Decision.objects.filter(claim__token=opened.token).exists():
            opened.token = me.claim().told["claim"]["token"]
        return {"token": opened.token}

    opened.token = ""
    return opened


def test_intake_takes_or_refuses_whatever_is_sent(town):
    token = Caller(town.project, *SERVICE).token
    assert {200, 201, 422} <= set(fuzzed("sendItems", {"project": "cats"}, token))
    assert 422 in fuzzed("sendItems", {"project": "cats"}, token, GenerationMode.NEGATIVE)
    assert Item.objects.count() == Item.objects.filter(routes__isnull=False).distinct().count()


def test_a_further_prediction_is_taken_or_refused_whatever_is_sent(town):
    name = town.send(0.5)["external_id"]
    places = {"project": "cats", "external_id": name}
    token = Caller(town.project, "predictions:write").token
    sent = set(fuzzed("sendPrediction", places, token))
    assert sent <= {200, 201, 409, 422} and 422 in sent
    assert 422 in fuzzed("sendPrediction", places, token, GenerationMode.NEGATIVE)
    assert set(fuzzed("sendPrediction", {"project": "cats", "external_id": "none"}, token)) == {404}
    assert set(fuzzed("sendPredictions", {"project": "cats"}, token)) <= {200, 422}
    assert 422 in fuzzed("sendPredictions", {"project": "cats"}, token, GenerationMode.NEGATIVE)


def test_items_and_outcomes_are_read_or_refused(town):
    town.send(0.95)
    token = Caller(town.project, *SERVICE).token
    assert set(fuzzed("readItem", {"project": "cats"}, token)) <= {200, 404}
    assert set(fuzzed("readOutcomes", {"project": "cats"}, token)) <= {200, 422}


def test_claims_and_decisions_take_or_refuse_whatever_is_sent(town):
    for _ in range(40):
        town.send(0.5)
    me = Caller(town.project, who=town.people[0])
    assert set(fuzzed("claimNextOfQueue", {"project": "cats", "queue": "general"}, me.token)) <= {201, 204}

    opened = claims_of(me)
    drafted = fuzzed("saveDraft", opened, me.token)
    decided = fuzzed("decide", opened, me.token)
    assert set(drafted) <= {204, 422}
    assert 422 in fuzzed("decide", opened, me.token, GenerationMode.NEGATIVE)
    assert set(decided) <= {201, 200, 403, 409, 422}
    assert Claim.objects.count() >= Decision.objects.count()


def test_decisions_that_fit_are_taken_whatever_their_reason_and_time(town):
    for _ in range(EXAMPLES["decide"] + 5):
        town.send(0.5)
    me = Caller(town.project, who=town.people[0])
    decided = fuzzed("decide", claims_of(me), me.token, bodies=FITTING)
    assert decided.count(201) >= 0.9 * len(decided), Counter(decided)
    assert {"approve", "correct", "reject", "escalate"} == {*Decision.objects.values_list("verdict", flat=True)}
    assert Decision.objects.filter(active_ms__isnull=False).count() >= 20
