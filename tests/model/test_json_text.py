from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sgpctl.model.json_text import has_more_values_than

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"]), max_size=6),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(',[{"\\a', max_size=3), inner, max_size=4)
    ),
    max_leaves=20,
)


def count(value: object) -> int:
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + sum(map(count, parts))


@given(values)
def test_no_json_has_more_values_than_are_counted_before_it_is_read(value: object) -> None:
    """An empty list or map counts for two, so the bound is met at half of what it says at the worst."""
    text = json.dumps(value).encode()
    number = count(value)
    assert has_more_values_than(number - 1, text)
    assert not has_more_values_than(2 * number, text)


@pytest.mark.parametrize("text", [b"", b'"', b'"\\', b'"\\"', b"[[[", b'{"a', b'"a" "b', b"\xff[,"])
def test_what_is_no_json_is_counted_all_the_same(text: bytes) -> None:
    assert has_more_values_than(0, text)
    assert not has_more_values_than(10, text)


def test_signs_within_texts_do_not_count() -> None:
    assert not has_more_values_than(2, json.dumps([",[{" * 1000]).encode())
