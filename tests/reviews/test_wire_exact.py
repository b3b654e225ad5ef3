import json
from decimal import Decimal
from typing import Any

import pytest
import rfc8785
from hypothesis import example, given, settings
from hypothesis import strategies as st

from audit.errors import NotCanonical
from reviews.wire.canonical import canonical
from reviews.wire.exact import Reader, nesting
from tests.reviews.json_values import finite


@settings(deadline=None)
@given(finite)
def test_nesting_is_counted_as_the_reader_finds_it(value: Any) -> None:
    def depth(part: Any) -> int:
        parts = part.values() if isinstance(part, dict) else part if isinstance(part, list) else None
        return 0 if parts is None else 1 + max(map(depth, parts), default=0)

    assert nesting(json.dumps(value, ensure_ascii=False).encode()) == depth(value)


@settings(deadline=None)
@given(finite)
@example({"\ue000": 1, "😀": 2, "z": [1e-7, 1e21, 123456789.125, -0.0]})
@example([0.00001, 1e-6, 9.999e-7, 1e16, 2.0**53, 5e-324, 1.7976931348623157e308, 4.5e15])
def test_our_canonical_bytes_are_those_of_rfc_8785(value: Any) -> None:
    assert canonical(value) == rfc8785.dumps(value)


@settings(deadline=None)
@given(st.floats(2**53, 1e300))
def test_a_large_number_keeps_its_bytes_through_any_reader(number: float) -> None:
    body = canonical([number, -number])
    assert canonical(json.loads(body)) == body == rfc8785.dumps([number, -number])


@pytest.mark.parametrize(
    "bad", [float("nan"), float("inf"), 2**53 + 1, 10**400, "\ud800", {"\ud800": 1}, {1: 2}, {1}, b"x", object()]
)
def test_what_has_no_canonical_form_is_refused(bad: Any) -> None:
    with pytest.raises(NotCanonical):
        canonical([bad])


@settings(deadline=None)
@given(finite, st.booleans(), st.sampled_from([None, 1]))
@example({"\ue000": 1, "😀": 2}, True, None)
def test_a_text_reads_as_its_canonical_bytes_read(value: Any, ascii_only: bool, indent: int | None) -> None:
    reading = Reader().read(json.dumps(value, ensure_ascii=ascii_only, indent=indent))
    if not reading.flaws:
        assert reading.body == rfc8785.dumps(value)
        assert reading.value == Reader().read(reading.body.decode()).value == value
    else:
        assert any("NUL" in message for _, message in reading.flaws)


@settings(deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_finite_double_is_kept(number: float) -> None:
    assert Reader().read(repr(number)).body == rfc8785.dumps(number)


@settings(deadline=None)
@given(st.decimals(allow_nan=False, allow_infinity=False, places=19))
def test_a_decimal_is_kept_just_if_its_double_gives_it_back(number: Decimal) -> None:
    reading = Reader().read(f"{number:f}")
    assert bool(reading.flaws) == (Decimal(repr(float(number))) != number)
