"""Live routing and replay agree item by item; what is gone is not guessed; a raised rate keeps earlier picks."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from reviews.errors import BadRights
from reviews.rights import SWITCH, UNKNOWN, Past, PastRouting, Rights, Subject, Tally, drawn, happened, place_of, read
from reviews.rights import route as live
from reviews.rights.tallying import GONE, MOST_SEGMENTS, NONE, OTHER
from reviews.wire import read_items

pytestmark = pytest.mark.one_engine

QUEUES = {"general": 0, "senior": 1, "adjudication": 2}
FIELDS = {
    "confidence": ["<", "<=", ">", ">=", "=", "!=", "in", "exists"],
    "cost": ["<", ">=", "exists"],
    "units": [">", "="],
    "impact": ["=", "!="],
    "model.name": ["=", "in", "contains", "exists"],
    "segments.geography": ["=", "!=", "in", "not_in", "contains", "exists"],
    "segments.a.b": ["=", "exists"],
    "scores.cat": ["<", ">=", "exists"],
    "prediction.labels": ["=", "contains", "exists"],
    "count:prediction.labels": [">", "="],
    "data.amount": ["<", "=", "contains", "exists"],
    "max:data.parts.size": [">", "<="],
}
TEXTS = {
    "confidence": ["0", "0.3", "0.30", "0.5", "0.999", "1"],
    "model.name": ["m", "n"],
    "segments.geography": ["DE", "FR", "10"],
    "segments.a.b": ["x"],
    "impact": ["high", "normal"],
    "scores.cat": ["0.3", "0.5", "1"],
    "prediction.labels": ["cat", "dog"],
    "data.amount": ["1", "2.5", "true", "cat"],
}
NUMBERS = ["0", "0.3", "0.30", "0.5", "0.999", "1", "2", "12.5"]
SHARES = st.sampled_from(["0", "0.0", "0.02", "0.5", "1"])


@st.composite
def conditions(draw: Any) -> dict[str, Any]:
    field = draw(st.sampled_from(sorted(FIELDS)))
    op = draw(st.sampled_from(FIELDS[field]))
    values = st.sampled_from(TEXTS.get(field, NUMBERS))
    if op == "exists":
        return {"field": field, "op": op, "value": draw(st.sampled_from(["true", "false"]))}
    if op in ("in", "not_in"):
        return {"field": field, "op": op, "value": draw(st.lists(values, min_size=1, max_size=3, unique=True))}
    return {"field": field, "op": op, "value": draw(values)}


ARMS = st.one_of(
    st.builds(lambda rate: {"arm": "accept", "audit_rate": rate}, SHARES),
    st.builds(
        lambda queue, count, skills: {"arm": "review", "queue": queue, "decisions": count, "skills": skills},
        st.sampled_from(["general", "senior"]),
        st.integers(1, 3),
        st.sampled_from([[], ["shelf"], ["lang:{segments.geography}"]]),
    ),
    st.just({"arm": "hold"}),
)
PEOPLE = ARMS.filter(lambda arm: arm["arm"] != "accept")


@st.composite
def documents(draw: Any) -> Rights:
    rules = draw(st.lists(st.tuples(st.lists(conditions(), max_size=3), ARMS), max_size=4))
    document = {
        "v": 1,
        "routing": [{"name": f"Rule {n}", "when": when, "then": then} for n, (when, then) in enumerate(rules)],
        "otherwise": draw(ARMS),
        "no_confidence": draw(PEOPLE),
        "audit": {"queue": "senior"},
    }
    if draw(st.booleans()):
        document["high_impact"] = draw(PEOPLE)
    try:
        return read(document, queues=QUEUES)
    except BadRights:  # an operator and a value that do not go together
        reject()


SURE = st.one_of(
    st.sampled_from([0.0, 0.3, 0.29999999, 0.30000001, 0.5, 0.999, 1.0]),
    st.floats(0, 1).map(lambda sure: round(sure, 17)),
)
VALUES = st.one_of(st.sampled_from([1, 2.5, True, "cat", "1", None]), st.lists(st.sampled_from(["cat", 2, 0.5])))


@st.composite
def items(draw: Any) -> dict[str, Any]:
    sent: dict[str, Any] = {
        "external_id": "one",
        "data": {"text": "?"},
        "impact": draw(st.sampled_from(["normal", "high"])),
    }
    if draw(st.booleans()):
        sent |= {"model": {"name": draw(st.sampled_from(["m", "mn"])), "version": "1"}}
        sent["prediction"] = {"labels": draw(st.lists(st.sampled_from(["cat", "dog"]), min_size=1, unique=True))}
        sent["scores"] = draw(st.dictionaries(st.sampled_from(["cat", "dog"]), SURE))
        sent["confidence"] = draw(st.one_of(st.none(), SURE))
    if draw(st.booleans()):
        sent["segments"] = draw(
            st.dictionaries(st.sampled_from(["geography", "a.b"]), st.sampled_from(["DE", "10", "x"]))
        )
    sent["data"]["amount"] = draw(VALUES)
    sent["data"]["parts"] = draw(st.lists(st.fixed_dictionaries({"size": st.sampled_from([1, 12.5, 20, "big"])})))
    if draw(st.booleans()):
        sent |= {"cost": draw(st.sampled_from(["0", "12.5", "12.5001", "99"])), "units": draw(st.integers(1, 3))}
    return sent


def as_live(sent: dict[str, Any]) -> tuple[Subject, bytes]:
    """Read an item as intake does; give what routing knows of it, and its body."""
    one: Any = read_items(json.dumps(sent).encode(), "application/json").entries[0]
    name, version = one.model or (None, None)
    subject = Subject(
        one.confidence,
        one.impact,
        one.cost,
        one.units,
        one.segments,
        name,
        version,
        one.prediction,
        one.scores,
        one.data,
    )
    return subject, one.body


def as_past(subject: Subject, body: bytes | None, switch: str = "normal") -> Past:
    """Give what is kept of an item: a model is kept with its prediction alone."""
    proposed = subject.prediction is not None or subject.confidence is not None
    model = (subject.model_name, subject.model_version) if proposed and subject.model_name else None
    return Past(
        subject.confidence, subject.impact, subject.cost, int(subject.units), switch, False, model, body  # type: ignore[arg-type]
    )  # fmt: skip


def replayed(rights: Rights, item: Past) -> Any:
    routing = PastRouting(rights)
    return routing.place(item, routing.read(item))


ABOUT_THE_CUTS = [0.0, 0.29999999, 0.3, 0.30000001, 0.49999999, 0.5, 0.999, 1.0, None]


@settings(max_examples=100, deadline=None)
@given(documents(), st.lists(items(), min_size=1, max_size=4), st.sampled_from(SWITCH))
def test_live_routing_and_replay_agree_item_by_item(rights, sent, switch):
    routing = PastRouting(rights)
    for first in sent:
        for sure in ABOUT_THE_CUTS if "model" in first else [None]:
            subject, body = as_live({**first, "confidence": sure} if "model" in first else first)
            item = as_past(subject, body, switch)
            expected = place_of(live(subject, rights, switch), rights)
            assert routing.place(item, routing.read(item)) == expected, (first, sure)


@settings(max_examples=100, deadline=None)
@given(documents(), items(), st.sampled_from(SWITCH))
def test_where_an_item_went_is_read_from_its_route_and_the_version_it_was_routed_under(rights, sent, switch):
    subject, _body = as_live(sent)
    routed = live(subject, rights, switch)
    assert happened(rights, routed.arm, routed.rule, subject.impact) == place_of(routed, rights)


@settings(max_examples=150, deadline=None)
@given(documents(), items())
def test_what_is_said_of_an_item_whose_body_is_gone_is_true_of_every_body_it_may_have_had(rights, sent):
    subject, _body = as_live(sent)
    left = replayed(rights, as_past(subject, None))
    if left.arm == UNKNOWN:
        return
    for other in ({"segments": {"geography": "FR"}}, {"data": {"amount": 7}}, {"segments": {"a.b": "x"}}, {}):
        changed, _bytes = as_live({**sent, "segments": {}, "data": {}} | other)
        assert place_of(live(changed, rights, "normal"), rights) == left


def rights_of(*routing: dict[str, Any], **more: Any) -> Rights:
    document = {
        "v": 1,
        "routing": list(routing),
        "otherwise": {"arm": "accept", "audit_rate": "0.1"},
        "no_confidence": {"arm": "review", "queue": "general"},
    }
    return read(document | more, queues=QUEUES)


ABROAD = {
    "name": "Abroad",
    "when": [{"field": "segments.geography", "op": "!=", "value": "DE"}],
    "then": {"arm": "review", "queue": "general"},
}
UNSURE = {
    "name": "Unsure",
    "when": [{"field": "confidence", "op": "<", "value": "0.5"}],
    "then": {"arm": "review", "queue": "senior"},
}


@pytest.mark.parametrize(
    ("sure", "expected"), [("0.4", ("review", "Unsure")), ("0.6", (UNKNOWN, "")), (None, (UNKNOWN, ""))]
)
def test_a_rule_that_reads_what_is_gone_decides_nothing_but_those_before_it_do(sure, expected):
    item = Past(sure and Decimal(sure), "normal", None, 1, "normal", False, None, None)
    assert replayed(rights_of(UNSURE, ABROAD), item)[:2] == expected


def test_a_document_that_reads_no_body_asks_for_none():
    assert not PastRouting(rights_of(UNSURE)).reads_bodies
    assert PastRouting(rights_of(ABROAD)).reads_bodies
    skilled = {**UNSURE, "then": {"arm": "review", "queue": "general", "skills": ["lang:{segments.language}"]}}
    assert PastRouting(rights_of(skilled)).reads_bodies


def test_a_model_is_known_from_the_prediction_where_the_body_is_gone_and_else_is_not():
    named = {**UNSURE, "when": [{"field": "model.name", "op": "exists"}]}
    sure = (Decimal("0.9"), "normal", None, 1, "normal", False)
    assert replayed(rights_of(named), Past(*sure, ("m", "1"), None)).rule == "Unsure"
    assert replayed(rights_of(named), Past(*sure, None, None)).arm == UNKNOWN


def test_a_million_confidences_are_routed_a_few_times_over():
    routing = PastRouting(rights_of(UNSURE))
    for place in range(2000):
        item = Past(Decimal(place) / 2000, "normal", None, 1, "normal", False, None, None)
        routing.place(item, None)
    assert len(routing._known) == 3  # below, on and above the one threshold


def test_answers_are_forgotten_before_they_fill_the_memory(monkeypatch):
    monkeypatch.setattr("reviews.rights.replaying.REMEMBERED", 10)
    routing = PastRouting(rights_of(ABROAD))
    for place in range(100):
        body = json.dumps({"segments": {"geography": f"G{place}"}}).encode()
        item = Past(Decimal("0.9"), "normal", None, 1, "normal", False, None, body)
        assert routing.place(item, routing.read(item)).rule == "Abroad"
        assert len(routing._known) <= 10


@given(st.integers(0, 2**64 - 1), st.decimals(0, 1, places=4), st.decimals(0, 1, places=4))
def test_a_raised_rate_keeps_every_earlier_pick(u, one, other):
    low, high = sorted((one, other))
    below = replayed(rights_of(otherwise={"arm": "accept", "audit_rate": format(low, "f")}), SURE_ONE).below
    assert (u < below) == drawn(u, low)
    assert not drawn(u, low) or drawn(u, high)


SURE_ONE = Past(Decimal("0.9"), "normal", None, 1, "normal", False, None, None)


def test_a_tally_reads_back_as_it_was_and_lumps_more_segments_than_it_holds():
    place = replayed(rights_of(), SURE_ONE)
    tally = Tally()
    for number in range(MOST_SEGMENTS + 20):
        tally.add(f"=G{number}", place, place, audited=number % 2 == 0, drawn=None if number % 3 else True)
    assert tally.add(GONE, place, place, audited=False, drawn=False) == GONE
    assert tally.add(NONE, place, place, audited=False, drawn=False) == NONE
    tally.look("=G1", place, "0.1", "differs")
    tally.look("=G1", place, "0.1", None)
    again = Tally.load(json.loads(json.dumps(tally.dump())))
    assert (again.cells, dict(again.samples)) == (tally.cells, dict(tally.samples))
    assert sum(counts[0] for (segment, *_), counts in again.cells.items() if segment == OTHER) == 20
    assert again.dump() == tally.dump()


def test_an_audit_that_a_retired_label_kept_from_being_compared_counts_as_unanswered_and_as_no_error():
    place = replayed(rights_of(), SURE_ONE)
    tally = Tally()
    for finding in ("agrees", "differs", "retired", None):
        tally.look("=G1", place, "0.1", finding)
    assert [(one.looked, one.errors, one.open) for one in tally.looks()] == [(2, 1, 2)]
