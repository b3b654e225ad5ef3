import json
from contextlib import suppress
from typing import Any

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from reviews.errors import BadBody
from reviews.wire import DecisionBody, read_decision, read_draft
from tests.reviews.json_values import anything


def read(**sent: Any) -> DecisionBody:
    return read_decision(json.dumps(sent).encode())


def fields_of_refusal(**sent: Any) -> list[str]:
    with pytest.raises(BadBody) as refused:
        read(**sent)
    assert refused.value.sentence
    return [path for path, _ in refused.value.fields]


def test_a_decision_is_read_with_its_canonical_bytes() -> None:
    sent = {
        "verdict": "correct",
        "output": {"labels": ["in_stock"]},
        "error_categories": ["wrong_label"],
        "rationale": "Two boxes stand behind the tag.",
        "active_ms": 3200,
    }
    assert read(**sent) == DecisionBody(body=rfc8785.dumps(sent), **sent)


@pytest.mark.parametrize("verdict", ["approve", "correct", "reject", "escalate", "skip"])
def test_a_verdict_may_stand_alone_whichever_it_is(verdict: str) -> None:
    assert read(verdict=verdict) == DecisionBody(
        body=b'{"verdict":"%s"}' % verdict.encode(),
        verdict=verdict,
        output=None,
        error_categories=[],
        rationale=None,
        active_ms=None,
    )


def test_an_output_may_stand_alone_and_nothing_may_not() -> None:
    assert read(output={"labels": ["a"]}).verdict is None
    assert fields_of_refusal() == fields_of_refusal(output=None, verdict=None) == ["verdict"]


def test_mode_and_other_keys_are_not_for_the_sender() -> None:
    assert fields_of_refusal(verdict="approve", mode="batch") == ["mode"]
    assert fields_of_refusal(verdict="approve", person="me", active_ms=-1) == ["person", "active_ms"]


@pytest.mark.parametrize("bad", ["Approve", "", 1, ["approve"], True])
def test_a_verdict_is_one_of_five(bad: Any) -> None:
    assert fields_of_refusal(verdict=bad) == ["verdict"]


@pytest.mark.parametrize("bad", ["a", [1], [""], ["x" * 101], ["a", "a"], [str(n) for n in range(101)], {"a": 1}])
def test_error_categories_are_codes_each_once(bad: Any) -> None:
    assert fields_of_refusal(verdict="reject", error_categories=bad) == ["error_categories"]
    assert read(verdict="reject", error_categories=["b", "a"]).error_categories == ["b", "a"]


def test_a_rationale_has_at_most_10000_characters() -> None:
    assert len(read(verdict="skip", rationale="é" * 10_000).rationale or "") == 10_000
    assert fields_of_refusal(verdict="skip", rationale="é" * 10_001) == ["rationale"]
    assert fields_of_refusal(verdict="skip", rationale=7) == ["rationale"]


@pytest.mark.parametrize("bad", [-1, 86_400_001, 1.5, "7", True])
def test_active_time_is_whole_milliseconds_within_a_day(bad: Any) -> None:
    assert fields_of_refusal(verdict="skip", active_ms=bad) == ["active_ms"]
    assert read(verdict="skip", active_ms=86_400_000).active_ms == 86_400_000


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b'"approve"',
        b"{",
        b"\xff",
        b'{"verdict": "approve", "verdict": "approve"}',
        b'{"output": {"x": 9007199254740993}}',
        b'{"output": "\\ud800"}',
        b'{"output": NaN}',
        b'{"output": ' + b"[" * 64,
    ],
)
def test_what_is_no_decision_is_refused(body: bytes) -> None:
    with pytest.raises(BadBody):
        read_decision(body)


def test_a_number_that_cannot_be_kept_is_named() -> None:
    with pytest.raises(BadBody) as refused:
        read_decision(b'{"output": {"boxes": [{"x": 1e400}]}}')
    assert [path for path, _ in refused.value.fields] == ["output.boxes.0.x"]


def test_a_decision_has_at_most_1_mib() -> None:
    assert fields_of_refusal(output=["x" * 99_999] * 11) == [""]


def test_a_draft_is_any_object_up_to_256_kib() -> None:
    assert read_draft(b' {"b": 1.0, "a": [null]} ') == b'{"a":[null],"b":1}'
    assert read_draft(b"{}") == b"{}"
    full = {"text": ["x" * 99_000] * 2, "rest": ""}
    room = 256 * 1024 - len(rfc8785.dumps(full))
    assert len(read_draft(json.dumps({**full, "rest": "y" * room}).encode())) == 256 * 1024
    with pytest.raises(BadBody, match="256 KiB"):
        read_draft(json.dumps({**full, "rest": "y" * (room + 1)}).encode())


@pytest.mark.parametrize("body", [b"[]", b"1", b"null", b"", b"{", b"\xff", b'{"a": 1, "a": 2}', b'{"a": "\\u0000"}'])
def test_what_is_no_object_is_no_draft(body: bytes) -> None:
    with pytest.raises(BadBody):
        read_draft(body)


keys = st.sampled_from(["verdict", "output", "error_categories", "rationale", "active_ms", "mode"])
values = anything | st.dictionaries(keys, anything)


@settings(max_examples=150, deadline=None)
@given(st.binary() | values.map(lambda value: json.dumps(value).encode()))
def test_random_bytes_and_json_are_read_or_refused(body: bytes) -> None:
    for reader in (read_decision, read_draft):
        with suppress(BadBody):
            assert reader(body)


@settings(deadline=None)
@given(st.dictionaries(keys, anything, min_size=1))
def test_a_refusal_can_always_be_sent(sent: dict[str, Any]) -> None:
    try:
        read(**sent)
    except BadBody as refusal:
        json.dumps([refusal.sentence, refusal.fields], ensure_ascii=False).encode()
