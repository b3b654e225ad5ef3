"""A threshold in the decision rights: read, moved, and what it sends to people said beforehand."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from reviews.rights import Subject, audit_rate_of, read, route, share, threshold_of, with_threshold

QUEUES = {"general": 0, "senior": 1, "adjudication": 9}
PEOPLE = {"arm": "review", "queue": "general"}
ALL = {"v": 1, "routing": [], "otherwise": PEOPLE, "no_confidence": PEOPLE}
ONE = {
    "v": 1,
    "routing": [
        {
            "name": "Unsure",
            "when": [{"field": "confidence", "op": "<", "value": "0.60"}],
            "then": {"arm": "review", "queue": "senior", "decisions": 2},
        }
    ],
    "otherwise": {"arm": "accept", "audit_rate": "0.10"},
    "no_confidence": PEOPLE,
    "release_after": "PT10M",
}


def rights(document):
    return read(document, queues=QUEUES)


def test_one_threshold_is_read_and_rights_of_other_shape_have_none():
    assert threshold_of(rights(ALL)) == 1
    assert threshold_of(rights(ALL | {"otherwise": {"arm": "accept"}})) == 0
    assert (threshold_of(rights(ONE)), audit_rate_of(rights(ONE))) == (Decimal("0.60"), Decimal("0.10"))
    assert threshold_of(rights(ONE | {"otherwise": {"arm": "hold"}})) is None
    two = ONE["routing"] + [ONE["routing"][0] | {"name": "Again"}]
    assert threshold_of(rights(ONE | {"routing": two})) is None
    with pytest.raises(ValueError, match="more than one threshold"):
        with_threshold(rights(ONE | {"routing": two}), Decimal("0.5"), Decimal(0))


@pytest.mark.parametrize("to", ["0", "0.01", "0.6", "0.99", "1"])
@pytest.mark.parametrize("document", [ALL, ONE])
def test_a_moved_threshold_reads_back_and_leaves_the_rest_as_it_stood(document, to):
    before = rights(document)
    after = rights(with_threshold(before, Decimal(to), Decimal("0.2")))
    assert threshold_of(after) == Decimal(to)
    kept = ("verdicts", "no_confidence", "high_impact", "disagreement", "release_after", "audit")
    assert all(getattr(after, part) == getattr(before, part) for part in kept)
    if document is ONE and 0 < Decimal(to) < 1:
        assert after.routing[0].then == before.routing[0].then
        assert after.otherwise.audit_rate == "0.2"


def test_moving_there_and_back_gives_the_same_document():
    before = rights(with_threshold(rights(ALL), Decimal("0.8"), Decimal("0.05")))
    moved = rights(with_threshold(before, Decimal("0.3"), Decimal("0.05")))
    assert rights(with_threshold(moved, Decimal("0.8"), Decimal("0.05"))).digest == before.digest


@given(
    some.lists(
        some.tuples(
            some.none() | some.decimals(0, 1, places=3).map(lambda one: format(one, "f")),
            some.sampled_from(["normal", "high"]),
            some.booleans(),
            some.integers(1, 5),
        ),
        max_size=20,
    ),
    some.integers(0, 100),
    some.sampled_from(["normal", "all-to-people", "hold-everything"]),
)
def test_the_share_said_beforehand_is_what_routing_does_item_by_item(counted, percent, switch):
    moved = rights(with_threshold(rights(ONE), Decimal(percent) / 100, Decimal("0.05")))
    arms = [
        route(Subject(confidence=sure and Decimal(sure), impact=impact, unknown_labels=unknown), moved, switch).arm
        for sure, impact, unknown, often in counted
        for _ in range(often)
    ]
    said = share(counted, moved, switch)
    assert (said.people, said.accepted, said.held) == tuple(arms.count(arm) for arm in ("review", "accept", "hold"))
    assert said.total == len(arms)


def test_what_equals_the_threshold_is_the_models_and_the_rest_of_doubt_is_peoples():
    moved = rights(with_threshold(rights(ONE), Decimal("0.8"), Decimal("0.5")))
    said = share(
        [("0.8", "normal", False, 2), ("0.799", "normal", False, 1), (None, "normal", False, 4)], moved, "normal"
    )
    assert (said.people, said.accepted, said.unsure, said.audited) == (5, 2, 4, Decimal(1))
