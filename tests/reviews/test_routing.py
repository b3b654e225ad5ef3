import json
from copy import deepcopy
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.rights import Subject, intake_rates, load, read, route, sentence

QUEUES = {"general": 0, "senior": 1, "adjudication": 2}
ACCEPT = {"arm": "accept", "audit_rate": "0.02"}
REVIEW = {"arm": "review", "queue": "general"}
SENIOR = {"arm": "review", "queue": "senior", "decisions": 2}
HOLD = {"arm": "hold"}
SURE = Subject(confidence=Decimal("0.95"), prediction={"labels": ["cat", "dog"]}, model_name="m", model_version="1")


def rights(*routing, otherwise=ACCEPT, no_confidence=REVIEW, high_impact=SENIOR, **more):
    document = {
        "v": 1,
        "routing": list(routing),
        "otherwise": otherwise,
        "no_confidence": no_confidence,
        "high_impact": high_impact,
        **more,
    }
    return read(document, queues=QUEUES)


def rule(*when, then=REVIEW, name="Rule"):
    conditions = [{"field": field, "op": op} | ({} if value is None else {"value": value}) for field, op, value in when]
    return {"name": name, "when": conditions, "then": then}


def taken(subject, field, op, value=None):
    """What one condition makes of a subject: True, False, or "mismatch"."""
    routed = route(subject, rights(rule((field, op, value))), "normal")
    if routed.problem:
        assert (routed.arm, routed.rule, routed.problem) == ("hold", "Rule", "type_mismatch")
        assert routed.conditions[0]["result"] is False
        return "mismatch"
    assert routed.conditions[0]["result"] == (routed.rule == "Rule")
    return routed.rule == "Rule"


def seen(subject, field, op="exists", value=None):
    return route(subject, rights(rule((field, op, value))), "normal").conditions[0]["seen"]


def test_the_first_rule_whose_conditions_all_hold_decides():
    low = rule(("confidence", "<", "0.60"), name="Low", then={**REVIEW, "second_share": "0.10"})
    medium = rule(("confidence", "<", "0.90"), name="Medium", then={"arm": "accept", "audit_rate": "0.15"})
    document = rights(low, medium)
    assert route(replace(SURE, confidence=Decimal("0.5")), document, "normal").rule == "Low"
    assert route(replace(SURE, confidence=Decimal("0.6")), document, "normal").rule == "Medium"
    assert route(SURE, document, "normal").rule == "otherwise"


def test_every_condition_read_is_noted_down_to_the_deciding_rule_without_short_cut():
    first = rule(("confidence", "<", "0.60"), ("impact", "=", "normal"), name="First")
    second = rule(("confidence", "<", "0.99"), name="Second")
    third = rule(("cost", ">", "1"), name="Third")
    routed = route(replace(SURE, confidence=Decimal("0.83")), rights(first, second, third), "normal")
    assert routed.conditions == [
        {"rule": "First", "field": "confidence", "op": "<", "value": "0.60", "seen": "0.83", "result": False},
        {"rule": "First", "field": "impact", "op": "=", "value": "normal", "seen": "normal", "result": True},
        {"rule": "Second", "field": "confidence", "op": "<", "value": "0.99", "seen": "0.83", "result": True},
    ]
    json.dumps(routed.conditions)


@pytest.mark.parametrize("sent", [0.7, "0.7", "0.70", Decimal("0.70")])
@pytest.mark.parametrize("held", [Decimal("0.7"), Decimal("0.70"), 0.7])
def test_seven_tenths_is_seven_tenths_however_written(sent, held):
    subject = replace(SURE, confidence=Decimal(str(held)), data={"share": held}, scores={"a.b": held})
    for field in ("confidence", "data.share", "scores.a.b"):
        assert taken(subject, field, "=", sent) is True
        assert taken(subject, field, "<", sent) is False
        assert taken(subject, field, "<=", sent) is True
        assert taken(subject, field, "in", [sent]) is True
        assert taken(subject, field, "!=", sent) is False


@pytest.mark.parametrize(
    ("op", "value", "result"),
    [
        ("<", "3", False),
        ("<=", "3", True),
        (">", "2.99", True),
        (">=", "3.01", False),
        ("=", 3, True),
        ("!=", "3", False),
    ],
)
def test_order_compares_decimals(op, value, result):
    for field in ("units", "cost", "data.n"):
        assert taken(replace(SURE, units=3, cost=Decimal("3.00"), data={"n": 3.0}), field, op, value) is result


def test_an_absent_field_is_false_for_every_operator_but_asking_for_its_absence():
    for op, value in [
        ("=", "1"),
        ("!=", "1"),
        ("<", "1"),
        (">=", "1"),
        ("contains", "1"),
        ("in", ["1"]),
        ("not_in", ["1"]),
    ]:
        assert taken(SURE, "data.gone", op, value) is False
        assert taken(replace(SURE, data={"gone": None}), "data.gone", op, value) is False
    assert taken(SURE, "data.gone", "exists") is False
    assert taken(SURE, "data.gone", "exists", True) is False
    assert taken(SURE, "data.gone", "exists", False) is True
    assert taken(SURE, "data.gone", "exists", "false") is True
    assert taken(SURE, "confidence", "exists", "false") is False
    assert seen(SURE, "data.gone") is None
    assert taken(SURE, "segments.geography", "!=", "DE") is False
    assert taken(SURE, "cost", "<", "5") is False


def test_texts_compare_as_texts():
    subject = replace(SURE, segments={"geography": "DE"}, data={"code": "0.70"})
    assert taken(subject, "segments.geography", "=", "DE") is True
    assert taken(subject, "segments.geography", "in", ["FR", "DE"]) is True
    assert taken(subject, "segments.geography", "not_in", ["FR", "PT"]) is True
    assert taken(subject, "segments.geography", "contains", "D") is True
    assert taken(subject, "model.version", "=", 1) is True
    assert taken(subject, "data.code", "=", "0.7") is False
    assert taken(subject, "data.code", "=", "0.70") is True
    assert taken(replace(SURE, data={"yes": True}), "data.yes", "=", True) is True
    assert taken(replace(SURE, data={"yes": True}), "data.yes", "=", False) is False


@pytest.mark.parametrize(
    ("held", "op", "value"),
    [
        ("many", ">", "3"),
        ("12", ">", "3"),
        (True, ">", "3"),
        (True, "=", "1"),
        (3, "=", "three"),
        (3, "in", ["1", "two"]),
        ({"a": 1}, "=", "a"),
        ({"a": 1}, "contains", "a"),
        (3, "contains", "3"),
        ([1, "x"], ">", "0"),
        (["x", 1], "=", "x"),
        ([1, 2], "contains", "x"),
    ],
)
def test_a_type_mismatch_holds_the_item_with_the_rule_named(held, op, value):
    assert taken(replace(SURE, data={"x": held}), "data.x", op, value) == "mismatch"


def test_a_mismatch_beside_a_false_condition_still_holds_the_item():
    mixed = rule(("confidence", "<", "0.1"), ("data.x", ">", "3"), name="Mixed")
    routed = route(replace(SURE, data={"x": "many"}), rights(mixed), "normal")
    assert (routed.arm, routed.rule, routed.problem) == ("hold", "Mixed", "type_mismatch")
    assert len(routed.conditions) == 2


def test_a_mismatch_below_the_deciding_rule_is_never_read():
    document = rights(rule(("confidence", ">", "0")), rule(("data.x", ">", "3"), name="Later"))
    assert route(replace(SURE, data={"x": "many"}), document, "normal").rule == "Rule"


def test_over_arrays_any_element_counts():
    boxes = {"boxes": [{"label": "cat", "score": 0.9}, {"label": "dog", "score": 0.4}, {"label": "x"}]}
    subject = replace(SURE, prediction=boxes, data={"tags": ["a", "b"], "grid": [[1, 2], [3, 4]]})
    assert taken(subject, "prediction.boxes.label", "=", "dog") is True
    assert taken(subject, "prediction.boxes.label", "!=", "dog") is True
    assert taken(subject, "prediction.boxes.label", "not_in", ["cat", "dog", "x"]) is False
    assert taken(subject, "prediction.boxes.score", "<", 0.5) is True
    assert taken(subject, "prediction.boxes.score", ">", 0.95) is False
    assert taken(subject, "prediction.boxes.label", "contains", "og") is True
    assert taken(subject, "data.tags", "contains", "a") is True
    assert taken(replace(SURE, data={"tags": ["catfish"]}), "data.tags", "contains", "cat") is False
    assert taken(subject, "data.grid", ">", 3) is True
    assert taken(subject, "prediction.boxes.colour", "exists") is False


def test_an_empty_array_is_there_but_its_elements_are_not():
    subject = replace(SURE, prediction={"boxes": []})
    assert taken(subject, "prediction.boxes", "exists") is True
    assert taken(subject, "prediction.boxes.label", "exists") is False
    assert taken(subject, "prediction.boxes.label", "exists", False) is True
    assert taken(subject, "prediction.boxes.label", "!=", "cat") is False


def test_min_max_and_count_fold_an_array_to_one_number():
    boxes = {"boxes": [{"label": "cat", "score": 0.9}, {"label": "dog", "score": 0.4}]}
    subject = replace(SURE, prediction=boxes, data={"tags": ["a", "b", "c"], "none": []})
    assert taken(subject, "min:prediction.boxes.score", "=", "0.40") is True
    assert taken(subject, "max:prediction.boxes.score", "<", 0.9) is False
    assert taken(subject, "count:prediction.boxes", "=", 2) is True
    assert taken(subject, "count:prediction.boxes.score", ">=", 2) is True
    assert taken(subject, "count:data.tags", ">", 3) is False
    assert taken(subject, "count:data.none", "=", 0) is True
    assert taken(subject, "min:data.none", "<", 1) is False
    assert taken(subject, "count:data.gone", "=", 0) is False
    assert taken(subject, "min:data.tags", "<", 1) == "mismatch"
    assert seen(subject, "min:prediction.boxes.score", "<", 1) == "0.4"


def test_what_was_seen_is_text_of_at_most_200_characters():
    subject = replace(SURE, cost=Decimal("12.50"), data={"long": "ä" * 500, "list": ["cat", 0.5], "yes": True})
    assert seen(subject, "data.long") == "ä" * 199 + "…"
    assert seen(subject, "data.list") == '["cat",0.5]'
    assert seen(subject, "data.yes") == "true"
    assert seen(subject, "cost") == "12.5"


def test_an_accept_of_high_impact_goes_to_high_impact():
    routed = route(replace(SURE, impact="high", confidence=None), rights(), "normal")
    assert (routed.arm, routed.rule, routed.queue, routed.decisions) == ("review", "high_impact", "senior", 2)
    assert routed.audit_rate == 0


def test_an_accept_without_confidence_goes_to_no_confidence():
    accepting = rule(("model.name", "=", "m"), then=ACCEPT)
    routed = route(replace(SURE, confidence=None), rights(accepting), "normal")
    assert (routed.arm, routed.rule, routed.queue) == ("review", "no_confidence", "general")


def test_a_review_of_high_impact_takes_at_least_the_decisions_of_high_impact():
    for own, wanted in ((1, 2), (3, 3)):
        document = rights(rule(("confidence", ">", "0"), then={**REVIEW, "decisions": own, "second_share": "0.5"}))
        routed = route(replace(SURE, impact="high"), document, "normal")
        assert (routed.rule, routed.queue, routed.decisions) == ("Rule", "general", wanted)
        assert routed.second_share == Decimal("0.5")
        assert route(SURE, document, "normal").decisions == own


def test_a_hold_stands_under_high_impact_and_any_switch():
    document = rights(rule(("confidence", ">", "0"), then=HOLD))
    for switch in ("normal", "all-to-people", "hold-everything"):
        routed = route(replace(SURE, impact="high", confidence=Decimal(1)), document, switch)
        assert (routed.arm, routed.rule, routed.queue, routed.decisions) == ("hold", "Rule", None, 0)


def test_the_switch_turns_an_accept_to_people_and_leaves_a_review():
    document = rights(rule(("confidence", "<", "0.5"), then=SENIOR))
    accepted = route(SURE, document, "all-to-people")
    assert (accepted.arm, accepted.rule, accepted.queue) == ("review", "switch", "general")
    assert (accepted.audit_rate, accepted.problem) == (0, None)
    assert route(replace(SURE, confidence=Decimal(0)), document, "all-to-people").rule == "Rule"
    assert route(replace(SURE, impact="high"), document, "all-to-people").rule == "high_impact"


def test_the_switch_holds_everything():
    document = rights(rule(("confidence", "<", "0.5"), then=SENIOR))
    for subject in (SURE, replace(SURE, confidence=Decimal(0)), replace(SURE, impact="high"), Subject()):
        routed = route(subject, document, "hold-everything")
        assert (routed.arm, routed.rule, routed.queue, routed.skills) == ("hold", "switch", None, ())


def test_an_unknown_label_holds_before_everything():
    for switch in ("normal", "all-to-people", "hold-everything"):
        routed = route(replace(SURE, unknown_labels=True), rights(rule(("cost", ">", 1))), switch)
        assert (routed.arm, routed.rule, routed.problem) == ("hold", "unknown_label", "unknown_label")
        assert routed.conditions == []


def test_an_unknown_switch_position_is_refused():
    with pytest.raises(ValueError, match="off"):
        route(replace(SURE, unknown_labels=True), rights(), "off")


def test_skills_take_their_segments_and_a_missing_one_holds_the_item():
    arm = {**REVIEW, "skills": ["lang:{segments.language}", "driver", "{segments.a}-{segments.b}"]}
    document = rights(rule(("confidence", ">", "0"), then=arm))
    full = replace(SURE, segments={"language": "de", "a": "{segments.b}", "b": "y"})
    assert route(full, document, "normal").skills == ("driver", "lang:de", "{segments.b}-y")
    for segments in ({}, {"language": "", "a": "x", "b": "y"}, {"language": "de", "a": "x"}):
        routed = route(replace(SURE, segments=segments), document, "normal")
        assert (routed.arm, routed.rule, routed.problem) == ("hold", "Rule", "missing_segment")
        assert (routed.queue, routed.decisions, routed.skills) == (None, 0, ())


def test_rates_belong_to_their_arm_alone():
    document = rights(
        rule(("confidence", "<", "0.5"), then={**REVIEW, "second_share": "0.10"}), sets={"evaluation_rate": 0.25}
    )
    accepted, reviewed = (
        route(SURE, document, "normal"),
        route(replace(SURE, confidence=Decimal(0)), document, "normal"),
    )
    assert (accepted.audit_rate, accepted.second_share) == (Decimal("0.02"), 0)
    assert (reviewed.audit_rate, reviewed.second_share) == (0, Decimal("0.10"))
    assert intake_rates(accepted, document) == {
        "audit": Decimal("0.02"),
        "second": 0,
        "evaluation": Decimal("0.25"),
        "fresh": 0,
    }


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats(-2, 2) | st.sampled_from(["a", "b", "1", "0.70"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["x", "y"]), inner, max_size=2),
    max_leaves=8,
)
subjects = st.builds(
    Subject,
    confidence=st.none() | st.decimals(0, 1, places=2),
    impact=st.sampled_from(["normal", "high"]),
    cost=st.none() | st.decimals(0, 100, places=2),
    units=st.integers(1, 9),
    segments=st.dictionaries(st.sampled_from(["x", "y"]), st.sampled_from(["a", "b", ""]), max_size=2),
    model_name=st.just("m"),
    model_version=st.just("1"),
    prediction=json_values,
    scores=st.dictionaries(st.sampled_from(["x", "y"]), st.floats(0, 1), max_size=2),
    data=json_values,
    unknown_labels=st.booleans(),
    retired_labels=st.booleans(),
)
fields_of_any_type = st.sampled_from(["data.x", "data.x.y", "prediction.x", "prediction.y.x"])
conditions = st.one_of(
    st.tuples(fields_of_any_type, st.sampled_from(["=", "!=", "contains"]), st.sampled_from(["a", "1", 0.5, True])),
    st.tuples(fields_of_any_type, st.sampled_from(["in", "not_in"]), st.sampled_from([["a"], [1, 2], ["a", 0.7]])),
    st.tuples(fields_of_any_type, st.just("exists"), st.booleans()),
    st.tuples(
        st.sampled_from(["confidence", "units", "cost", "scores.x", "count:data.x", "min:data.x", "max:prediction.x"]),
        st.sampled_from(["<", "<=", ">", ">=", "=", "!="]),
        st.sampled_from(["0.5", 1, 0]),
    ),
)
arms = st.sampled_from([ACCEPT, REVIEW, SENIOR, HOLD, {**REVIEW, "skills": ["{segments.x}"], "decisions": 3}])
documents = st.builds(
    lambda rules, otherwise: rights(
        *(rule(*when, then=then, name=f"Rule {n}") for n, (when, then) in enumerate(rules)), otherwise=otherwise
    ),
    st.lists(st.tuples(st.lists(conditions, max_size=3), arms), max_size=4),
    arms,
)
switches = st.sampled_from(["normal", "all-to-people", "hold-everything"])


@given(subjects, documents, switches)
def test_routing_is_pure_and_equal_for_equal_inputs(subject, document, switch):
    before = deepcopy(subject)
    routed = route(subject, document, switch)
    assert routed == route(before, load(document.body), switch)
    assert subject == before


@given(subjects, documents, switches)
def test_on_doubt_no_item_is_accepted(subject, document, switch):
    routed = route(subject, document, switch)
    if routed.arm == "accept":
        assert switch == "normal"
        assert subject.confidence is not None and subject.impact == "normal" and not subject.unknown_labels
        assert routed.problem is None
        assert not subject.retired_labels
    if routed.problem not in {None, "retired_label"} or switch == "hold-everything":
        assert routed.arm == "hold"
    if routed.arm == "review" and subject.impact == "high" and routed.rule != "switch":
        assert routed.decisions >= 2
    assert (routed.arm == "review") == (routed.queue is not None) == (routed.decisions > 0)
    assert all(part["seen"] is None or len(part["seen"]) <= 200 for part in routed.conditions)
    json.dumps(routed.conditions)


def test_a_rule_reads_back_in_plain_words():
    document = rights(
        rule(("confidence", "<", "0.60")),
        rule(("impact", "=", "high"), ("cost", ">", 250), then=SENIOR, name="b"),
        rule(
            ("segments.device", "in", ["a", "b"]),
            ("data.x", "exists", False),
            then={**ACCEPT, "audit_rate": 0.15},
            name="c",
        ),
        rule(("count:prediction.boxes", ">=", 9), then=HOLD, name="d"),
        rule(then={**REVIEW, "skills": ["driver"], "second_share": "0.125"}, name="e"),
    )
    assert [sentence(part) for part in document.routing] == [
        "When confidence is below 0.60, one reviewer in General decides",
        "When impact is high and cost is above 250, two reviewers in Senior decide",
        "When segments.device is one of a, b and data.x is absent, the model's answer is accepted and 15 % are audited",
        "When the number of prediction.boxes is at least 9, the item is held",
        "Always one reviewer in General with driver decides and 12.5 % get a second look",
    ]
    assert sentence(document.routing[0], {"general": "First line"}).endswith("one reviewer in First line decides")
