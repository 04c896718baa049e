from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sgpctl.sandbox.merge_patch import merged

_scalars = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
_keys = st.text(alphabet="abc", max_size=2)
_documents = st.recursive(
    _scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_keys, inner, max_size=3),
    max_leaves=10,
)
_objects = st.dictionaries(_keys, _documents, max_size=4)


@pytest.mark.parametrize(
    ("target", "patch", "result"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        (["a", "b"], ["c", "d"], ["c", "d"]),
        ({"a": "b"}, ["c"], ["c"]),
        ({"a": "foo"}, None, None),
        ({"a": "foo"}, "bar", "bar"),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_the_examples_of_rfc_7396(target: object, patch: object, result: object) -> None:
    assert merged(target, patch) == result


@given(_objects)
def test_an_empty_patch_changes_nothing(target: dict[str, object]) -> None:
    assert merged(target, {}) == target


@given(_documents, _documents)
def test_a_patch_applied_twice_is_a_patch_applied_once(target: object, patch: object) -> None:
    once = merged(target, patch)
    assert merged(once, patch) == once


@given(_objects, _objects)
def test_keys_that_a_patch_does_not_name_stay(target: dict[str, object], patch: dict[str, object]) -> None:
    result = merged(target, patch)
    assert isinstance(result, dict)
    assert {key: result[key] for key in target.keys() - patch.keys()} == {
        key: target[key] for key in target.keys() - patch.keys()
    }


@given(_objects)
def test_null_for_every_key_leaves_nothing(target: dict[str, object]) -> None:
    assert merged(target, dict.fromkeys(target)) == {}


@given(_objects, _objects)
def test_neither_argument_is_changed(target: dict[str, object], patch: dict[str, object]) -> None:
    before = repr((target, patch))
    merged(target, patch)
    assert repr((target, patch)) == before
