"""When several answers agree, and the one answer that comes of them."""

from collections import Counter
from fractions import Fraction
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.outputs.measures import consensus
from reviews.rights import Disagreement
from reviews.rights.agreement import next_step
from tests.reviews.test_measures import HALF, box, boxes, event, events, fields, transcript

SHARES = st.sampled_from([Fraction(0), Fraction(1, 3), HALF, Fraction(4, 5), Fraction(1)])


def rule(agree_at: str = "1", then: str = "another", at_most: int = 3) -> Disagreement:
    return Disagreement(measure="labels", agree_at=agree_at, then=then, at_most=at_most)


def table(count: int, shares: dict[tuple[int, int], Fraction]) -> Any:
    return lambda one, other: shares[min(one, other), max(one, other)]


@given(answers=st.lists(st.sampled_from("abc"), max_size=8), wanted=st.integers(1, 4), at_most=st.integers(1, 8))
def test_compared_exactly_as_many_equal_answers_settle_as_are_wanted_unless_others_are_as_many(
    answers: list[str], wanted: int, at_most: int
) -> None:
    said = rule(at_most=at_most)
    found = next_step(len(answers), wanted, said, lambda one, other: Fraction(answers[one] == answers[other]))
    counted = Counter(answers).most_common()
    most = counted[0][1] if counted else 0
    if len(answers) < wanted:
        assert found.step == "wait"
    elif most >= wanted and (len(counted) == 1 or counted[1][1] < most):
        assert (found.step, {answers[place] for place in found.group}) == ("settle", {counted[0][0]})
        assert len(found.group) == most
    else:
        assert found.step == ("another" if len(answers) < at_most else "adjudicate")


@given(
    count=st.integers(2, 6),
    wanted=st.integers(1, 4),
    agree_at=st.sampled_from(["0.3", "0.5", "0.8", "1"]),
    drawn=st.data(),
)
def test_the_largest_group_of_which_each_two_agree_settles_if_no_other_is_as_large(
    count: int, wanted: int, agree_at: str, drawn: Any
) -> None:
    shares = {pair: drawn.draw(SHARES) for pair in combinations(range(count), 2)}
    found = next_step(count, wanted, rule(agree_at), table(count, shares))
    fit = [
        group
        for size in range(1, count + 1)
        for group in combinations(range(count), size)
        if all(shares[pair] >= Fraction(agree_at) for pair in combinations(group, 2))
    ]
    largest = [group for group in fit if len(group) == max(map(len, fit))]
    if count < wanted:
        assert found.step == "wait"
    elif len(largest) == 1 and len(largest[0]) >= wanted:
        assert (found.step, found.group) == ("settle", largest[0])
    else:
        assert found.step == ("another" if count < 3 else "adjudicate")
    if count >= max(wanted, 2):
        sized = list(combinations(range(count), max(wanted, 2)))
        assert found.reached == max(min(shares[pair] for pair in combinations(group, 2)) for group in sized)


@given(shares=st.lists(SHARES, min_size=6, max_size=6), order=st.permutations(range(4)))
def test_what_settles_does_not_depend_on_who_came_first(shares: list[Fraction], order: list[int]) -> None:
    told = dict(zip(combinations(range(4), 2), shares, strict=True))
    there = next_step(4, 2, rule("0.5"), table(4, told))
    moved = next_step(4, 2, rule("0.5"), lambda one, other: table(4, told)(order[one], order[other]))
    assert moved.step == there.step
    assert {order[place] for place in moved.group} == set(there.group)
    assert moved.reached == there.reached


def test_of_a_chain_whose_ends_disagree_nothing_is_settled() -> None:
    shares = {(0, 1): HALF, (1, 2): HALF, (0, 2): Fraction(0)}
    assert next_step(3, 2, rule("0.5"), table(3, shares)).step == "adjudicate"
    assert next_step(2, 2, rule("0.5"), table(2, shares)).group == (0, 1)


def test_more_than_half_of_the_labels_given_are_the_answer() -> None:
    told = [
        {"labels": ["a", "b"]},
        {"labels": ["b", "c"]},
        {"labels": ["b", "a"], "turns": [{"turn": 2, "labels": ["x"]}]},
    ]
    assert consensus("labels", "classification", told, HALF) == {"labels": ["a", "b"]}
    on_turns = [{"labels": ["a"], "turns": [{"turn": 2, "labels": ["x", "y"]}]}, *[told[2]] * 2]
    assert consensus("labels", "classification", on_turns, HALF) == {
        "labels": ["a", "b"],
        "turns": [{"turn": 2, "labels": ["x"]}],
    }
    assert consensus("labels", "classification", [{"labels": ["a"]}, {"labels": ["b"]}], HALF) == {"labels": []}


def test_boxes_that_more_than_half_drew_are_drawn_at_the_median_of_their_sides() -> None:
    told = [
        boxes(box("a", 0, 0, 10, 10), box("b", 50, 50, 5, 5)),
        boxes(box("a", 1, 0.5, 10, 10), box("b", 80, 80, 5, 5)),
        boxes(box("b", 80, 81, 5, 5), box("a", 0.2, 0, 12.4, 9)),
    ]
    expected = {
        "boxes": [
            {"id": "1", **box("a", 0.2, 0, 10.8, 10)},
            {"id": "2", **box("b", 80, 80.5, 5, 5)},
        ]
    }
    for order in ([0, 1, 2], [2, 1, 0], [1, 2, 0]):
        assert consensus("boxes", "detection", [told[place] for place in order], HALF) == expected
    redacted = [{"regions": one["boxes"]} for one in told]
    assert consensus("boxes", "redaction", redacted, HALF) is None
    assert consensus("boxes", "redaction", [redacted[0]] * 2, HALF) == redacted[0]


@given(st.lists(st.lists(st.tuples(*[st.integers(0, 40)] * 2), max_size=4), min_size=2, max_size=4))
def test_a_box_of_the_consensus_is_one_that_more_than_half_drew(corners: list[list[tuple[int, int]]]) -> None:
    told = [boxes(*[box("a", x, y, 10, 10) for x, y in drawn]) for drawn in corners]
    found = consensus("boxes", "detection", told, HALF)
    for one in found["boxes"]:
        near = [any(abs(x - one["x"]) < 10 and abs(y - one["y"]) < 10 for x, y in drawn) for drawn in corners]
        assert 2 * sum(near) > len(told)


def test_fields_are_one_persons_answer_that_says_of_each_what_more_than_half_say() -> None:
    told = [fields(total="12.50", name="Doe"), fields(total=12.5, name="Dow"), fields(total="99", name="doe")]
    assert consensus("fields", "fields", told, HALF) == told[0]
    assert consensus("fields", "fields", told[1:], HALF) is None
    forms = [{"answer": "grant", "note": "x"}, {"answer": "Grant", "note": "y"}, {"answer": "deny", "note": "z"}]
    assert consensus("decisive", "form", forms, HALF, ["answer"]) == forms[0]
    assert consensus("decisive", "form", forms[1:], HALF, ["answer"]) is None


def test_of_transcripts_and_events_it_is_the_answer_closest_to_the_others_and_the_earliest_of_equals() -> None:
    told = [transcript("a b c x"), transcript("a b c d"), transcript("a b y d")]
    assert consensus("words", "transcript", told, HALF) == told[1]
    assert consensus("words", "transcript", told[:2], HALF) == told[0]
    seen = [events(event("a", 0, 10)), events(event("a", 1, 11)), events(event("a", 1, 11), event("b", 0, 9))]
    assert consensus("events", "events", seen, HALF) in seen[:2]


@pytest.mark.parametrize("measure", ["exact", "labels"])
def test_answers_that_are_the_same_are_that_answer_and_a_rejection_is_no_part_of_another(measure: str) -> None:
    told = [{"labels": ["b", "a"]}, {"labels": ["a", "b"]}]
    assert consensus(measure, "classification", told, HALF) == told[0]
    assert consensus(measure, "classification", [None, None], HALF) is None
    assert consensus(measure, "classification", [None, told[0]], HALF) is None
