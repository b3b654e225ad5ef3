"""Random JSON: `anything` as hostile as a reader may hand it on, `finite` what RFC 8785 can write."""

from typing import Any

from hypothesis import strategies as st


def _nested(leaves: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.recursive(
        leaves,
        lambda part: st.lists(part, max_size=4) | st.dictionaries(st.text(max_size=8), part, max_size=4),
        max_leaves=20,
    )


_any_text = st.text(st.characters(exclude_categories=[]))
_largest = 2**53 - 1
anything = _nested(st.none() | st.booleans() | st.integers() | st.floats() | _any_text)
finite = _nested(
    st.none()
    | st.booleans()
    | st.integers(-_largest, _largest)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
)
