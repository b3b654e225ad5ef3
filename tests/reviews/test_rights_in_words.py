"""Decision rights as people write and read them: percentages, times, sentences, differences, rules never reached."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.rights import Rights, Rule, Subject, read, route
from reviews.rights.choices import allowed
from reviews.rights.differing import differences
from reviews.rights.human import duration_from, listed, percent_of, rate_from, spoken, values_from
from reviews.rights.numbers import duration, rate
from reviews.rights.reaching import takers_of_the_rest, unreached
from reviews.rights.shape import Condition
from reviews.rights.telling import row_sentence
from tests.town import RIGHTS

QUEUES = {"general": 0, "senior": 1, "adjudication": 9}
NAMES = {"general": "General", "senior": "Senior", "adjudication": "Adjudication"}


def document(**changes: Any) -> Rights:
    return read(RIGHTS | changes, queues=QUEUES)


def rule(name: str, *when: tuple[str, str, Any]) -> Rule:
    built = {
        "name": name,
        "when": [{"field": field, "op": op, "value": value} for field, op, value in when],
        "then": {"arm": "review", "queue": "general"},
    }
    return msgspec.convert(built, Rule)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("15 s", "PT15S"), ("4 h", "PT4H"), ("1 h 30 min", "PT1H30M"), ("1.5 hours", "PT1H30M"), ("2 Stunden", "PT2H"),
        ("90min", "PT1H30M"), ("36 h", "PT36H"), ("1 d 12 h", "PT36H"), ("3 d 2 h", "P3DT2H"), ("0 s", "PT0S"),
        ("soon", "soon"), ("5", "5"), ("2 months", "2 months"), ("0.3 s", "0.3 s"), ("", ""), ("4 h soon", "4 h soon"),
    ],
)  # fmt: skip
def test_a_time_is_read_in_units_and_else_kept_as_typed(typed: str, kept: str) -> None:
    assert duration_from(typed) == kept


@given(st.integers(1, 400 * 86_400))
def test_every_duration_comes_back_from_its_words(seconds: int) -> None:
    text = duration_from(f"{seconds} s")
    assert duration(text).total_seconds() == seconds and duration_from(spoken(text)) == text


@given(st.decimals(0, 1, allow_nan=False, places=20))
def test_every_rate_comes_back_from_its_percentage_with_all_decimals(value: Any) -> None:
    text = rate_from(percent_of(format(value, "f")))
    assert rate(text) == value


@pytest.mark.parametrize(("typed", "kept"), [("15", "0.15"), ("0,5 %", "0.005"), ("12.5%", "0.125"), ("many", "many")])
def test_a_percentage_is_read_and_else_kept_as_typed(typed: str, kept: str) -> None:
    assert rate_from(typed) == kept


@given(st.lists(st.text(st.characters(codec="ascii", categories=["L", "N", "P", "Zs"]), min_size=1).map(str.strip)))
def test_several_values_come_back_from_one_line(values: list[str]) -> None:
    kept = [value for value in values if value]
    assert values_from(listed(kept)) == kept


HALF, REST = rule("a", ("confidence", "<", "0.5")), rule("b", ("confidence", ">=", "0.5"))
NEAR = rule("a", ("segments.geo", "in", ["DE", "AT"]))
BOTH = rule("b", ("model.name", "contains", "b"), ("model.name", "contains", "a"))
REACH: list[tuple[list[Rule], dict[int, tuple[int, ...]]]] = [
    ([rule("a", ("confidence", "<", "0.9")), rule("b", ("confidence", "<", "0.6"))], {1: (0,)}),
    ([rule("a", ("confidence", "<", "0.6")), rule("b", ("confidence", "<", "0.9"))], {}),
    ([rule("a", ("confidence", "<", "0.60")), rule("b", ("confidence", "<", "0.6"))], {1: (0,)}),
    ([rule("a", ("confidence", "<", "0.6")), rule("b", ("confidence", "<=", "0.6"))], {}),
    ([HALF, REST, rule("c", ("confidence", "<", "0.7"))], {2: (0, 1)}),
    ([HALF, REST, rule("c")], {}),
    ([rule("a", ("impact", "=", "high")), rule("b", ("impact", "=", "normal")), rule("c")], {2: (0, 1)}),
    ([rule("a", ("confidence", "<", "0.3"), ("confidence", ">", "0.5"))], {0: ()}),
    ([rule("a", ("confidence", ">", "1"))], {0: ()}),
    ([rule("a", ("cost", "<", "9")), rule("b", ("cost", "<", "5"), ("segments.geo", "=", "DE"))], {1: (0,)}),
    ([rule("a", ("cost", "<", "9"), ("segments.geo", "=", "DE")), rule("b", ("cost", "<", "5"))], {}),
    ([NEAR, rule("b", ("segments.geo", "=", "DE")), rule("c", ("segments.geo", "!=", "DE"))], {1: (0,)}),
    ([rule("a", ("segments.geo", "exists", "true")), rule("b", ("segments.geo", "not_in", ["DE"]))], {1: (0,)}),
    ([rule("a", ("model.name", "contains", "a")), BOTH], {1: (0,)}),
    ([BOTH], {}),
    ([rule("a", ("prediction.boxes.score", "<", "0.5")), rule("b", ("prediction.boxes.score", "<", "0.3"))], {1: (0,)}),
    ([rule("a", ("prediction.boxes.score", "<", "0.5"), ("prediction.boxes.score", ">", "0.9"))], {}),
    ([rule("a"), rule("b", ("units", ">", "3"))], {1: (0,)}),
]  # fmt: skip


@pytest.mark.parametrize(("rules", "expected"), REACH)
def test_a_rule_that_takes_nothing_is_found_with_those_that_take_all_of_its_items(
    rules: list[Rule], expected: dict[int, tuple[int, ...]]
) -> None:
    assert {found.place: found.by for found in unreached(rules)} == expected


def test_otherwise_is_found_when_the_rules_leave_nothing_to_it() -> None:
    assert takers_of_the_rest([rule("a", ("impact", "=", "high")), rule("b", ("impact", "=", "normal"))]) == (0, 1)
    assert takers_of_the_rest([rule("a", ("confidence", "<", "0.5"))]) is None


VALUES = st.sampled_from(["0", "0.3", "0.5", "0.50", "1"])
NUMERIC = st.builds(
    Condition, st.sampled_from(["confidence", "cost"]), st.sampled_from(["<", "<=", ">", ">=", "=", "!="]), VALUES
)
TEXTUAL = st.builds(
    Condition, st.just("segments.geo"), st.sampled_from(["=", "!=", "contains"]), st.sampled_from(["D", "DE"])
)
THERE = st.builds(
    Condition, st.sampled_from(["segments.geo", "cost"]), st.just("exists"), st.sampled_from(["true", "false"])
)
CONDITIONS = st.lists(NUMERIC | TEXTUAL | THERE, max_size=3)
RULES = st.lists(
    st.builds(lambda when: msgspec.structs.replace(rule("r"), when=tuple(when)), CONDITIONS), min_size=1, max_size=4
)
SUBJECTS = [
    Subject(confidence=sure, cost=cost, segments=segments)
    for sure in [None, *map(msgspec.json.decode, ["0", "0.1", "0.3", "0.4", "0.5", "0.7", "1"])]
    for cost in (None, -1, 0, 0.1, 0.3, 0.4, 0.5, 0.7, 1, 2)
    for segments in ({}, {"geo": "D"}, {"geo": "DE"}, {"geo": "AT"})
]


@given(RULES)
def test_no_item_ever_comes_to_a_rule_that_is_called_unreachable(rules: list[Rule]) -> None:
    named = tuple(msgspec.structs.replace(one, name=f"r{place}") for place, one in enumerate(rules))
    rights = msgspec.structs.replace(document(), routing=named)
    out = {f"r{found.place}" for found in unreached(named)}
    if out:
        assert out.isdisjoint(route(subject, rights, "normal").rule for subject in SUBJECTS)


CHANGES: list[tuple[dict[str, Any], str]] = [
    ({"lease": "PT20M"}, "changed"),
    ({"release_after": "PT30S"}, "changed"),
    ({"otherwise": {"arm": "accept", "audit_rate": "0.02"}}, "changed"),
    ({"no_confidence": {"arm": "hold"}, "audit": {"queue": "general"}}, "changed"),
    ({"high_impact": {"arm": "review", "queue": "senior", "decisions": 2, "skills": ["fr"]}}, "changed"),
    ({"routing": RIGHTS["routing"][:1]}, "removed"),
    ({"routing": RIGHTS["routing"][::-1]}, "moved"),
    ({"routing": [RIGHTS["routing"][0] | {"name": "Doubtful"}, RIGHTS["routing"][1]]}, "renamed"),
    ({"service_levels": [{"queue": "general", "due_after": "PT2H"}]}, "added"),
    ({"overrides": [{"name": "Senior", "roles": ["adjudicator"]}]}, "added"),
    ({"batch": {"queues": ["general"], "most": 20}}, "added"),
    ({"sets": {"fresh_rate": "0.01"}}, "changed"),
    ({"audit": {"queue": "general", "blind": False}}, "changed"),
    ({"disagreement": {"then": "adjudicate", "at_most": 3}}, "changed"),
    ({"escalation": []}, "removed"),
    ({"verdicts": [{"queue": "general", "role": "reviewer", "allow": ["approve"]}]}, "changed"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "kind"), CHANGES)
def test_every_change_is_told_once_and_by_its_kind(change: dict[str, Any], kind: str) -> None:
    found = differences(document(), document(**change), NAMES)
    assert [one.kind for one in found] == [kind]
    assert differences(document(**change), document(**change), NAMES) == []


def test_what_a_sentence_does_not_know_is_told_as_it_stands() -> None:
    class Wider(Rights, frozen=True, forbid_unknown_fields=True, dict=True):
        watch: str = "PT1H"

    plain = Wider(**{key: getattr(document(), key) for key in document().__struct_fields__})
    wider = msgspec.structs.replace(plain, watch="PT2H")
    assert [(one.before, one.after) for one in differences(plain, wider, NAMES)] == [("Watch: 1 h", "Watch: 2 h")]


def test_a_row_that_is_not_whole_yet_has_no_sentence() -> None:
    assert row_sentence("routing", {"name": "x", "when": [], "then": {"arm": "review", "decisions": "two"}}, {}) == ""
    assert (
        row_sentence("routing", {"name": "x", "when": [{"field": "cost", "op": "?"}], "then": {"arm": "hold"}}, {})
        == ""
    )
    assert "General" in row_sentence("otherwise", {"arm": "review", "queue": "general"}, NAMES)


def test_what_may_be_chosen_is_what_the_checks_let_pass() -> None:
    found = allowed()
    assert set(found["arm"]) == {"accept", "review", "hold"} and set(found["no_confidence.arm"]) == {"review", "hold"}
    assert "exact" in found["measure"] and "asked" in found["on"] and "escalate" in found["on_deadline"]
    assert found["audit.correction"] == ("supersede", "record")
