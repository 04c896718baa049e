from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sgpctl.sandbox.store import open_store
from tests.sandbox.caller import Caller, caller_of
from tests.sandbox.clock import Clock


@pytest.fixture
def metadata(caller: Caller) -> Caller:
    caller.create("text", metadata={"v": "b", "a.b": "dotted"})
    caller.create("number", metadata={"v": 10})
    caller.create("flag", metadata={"v": True})
    caller.create("null", metadata={"v": None, "a": {"b": "nested"}})
    caller.create("none")
    return caller


@pytest.mark.parametrize(
    ("operator", "value", "names"),
    [
        ("==", "b", ["text"]),
        ("==", "10", ["number"]),
        ("==", "10.0", ["number"]),
        ("==", "1e1", ["number"]),
        ("==", "true", ["flag"]),
        ("==", "null", ["null"]),
        ("==", "", []),
        ("!=", "b", ["number", "flag", "null", "none"]),
        ("!=", "10.0", ["text", "flag", "null", "none"]),
        (">=", "9", ["text", "number", "flag", "null"]),
        ("<=", "9", []),
        ("<=", "11", ["number"]),
        (">=", "c", ["flag", "null"]),
        ("IN", "b,10", ["text", "number"]),
        ("IN", "b, 1e1 ,zzz", ["text", "number"]),
        ("NOT_IN", "b,10", ["flag", "null", "none"]),
    ],
)
def test_metadata_is_compared_as_numbers_where_both_are_and_as_text_elsewhere(
    metadata: Caller, operator: str, value: str, names: list[str]
) -> None:
    assert metadata.found(("v", operator, value)) == names


def test_a_key_is_taken_literally(metadata: Caller) -> None:
    assert metadata.found(("a.b", "==", "dotted")) == ["text"]
    assert metadata.found(("a.b", "==", "nested")) == []


def test_the_tag_key_means_has_this_tag(caller: Caller) -> None:
    caller.create("both", tags=["a", "b"])
    caller.create("one", tags=["a"], metadata={"tag": "b"})
    caller.create("none")
    assert caller.found(("tag", "==", "a")) == ["both", "one"]
    assert caller.found(("tag", "==", "A")) == []
    assert caller.found(("tag", "!=", "b")) == ["one", "none"]
    assert caller.found(("tag", "IN", "b,c")) == ["both"]
    assert caller.found(("tag", "NOT_IN", "a,b")) == ["none"]


def test_all_conditions_must_hold(caller: Caller) -> None:
    caller.create("one", tags=["t"], metadata={"a": "1", "b": "1"})
    caller.create("two", tags=["t"], metadata={"a": "1", "b": "2"})
    assert caller.found(("a", "==", "1"), ("b", "==", "2"), ("tag", "==", "t")) == ["two"]
    assert caller.found() == ["one", "two"]


def test_a_filter_follows_a_patch(caller: Caller) -> None:
    evaluation = caller.create("one", tags=["old"], metadata={"k": "old", "gone": "x"})
    caller.patch(
        f"/v5/evaluations/{evaluation['id']}", {"tags": ["new"], "metadata": {"k": "new", "gone": None}}
    )
    assert caller.found(("k", "==", "new"), ("tag", "==", "new")) == ["one"]
    assert caller.found(("k", "==", "old")) == caller.found(("tag", "==", "old")) == []
    assert caller.found(("gone", "==", "x")) == []


def test_archived_evaluations_are_found_only_on_request(caller: Caller) -> None:
    evaluation = caller.create("one", metadata={"k": "v"})
    caller.delete(f"/v5/evaluations/{evaluation['id']}")
    assert caller.found(("k", "==", "v")) == []
    body = {"filters": [{"key": "k", "operator": "==", "value": "v"}]}
    response = caller.send("POST", "/v5/evaluations/filter", json=body, params={"include_archived": "true"})
    assert response.json()["total"] == 1


@pytest.mark.parametrize(
    "filters",
    [
        [{"key": "k", "operator": "==", "value": "v"}] * 11,
        [{"key": "k", "operator": ">", "value": "1"}],
        [{"key": "k", "operator": "==", "value": 1}],
        [{"key": "k", "operator": "=="}],
        None,
    ],
)
def test_a_malformed_filter_is_unprocessable(caller: Caller, filters: object) -> None:
    assert caller.send("POST", "/v5/evaluations/filter", json={"filters": filters}).status_code == 422


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    values=st.lists(st.text(alphabet="ab1.-e'\"%,", max_size=4), max_size=5),
    wanted=st.text(alphabet="ab1.-e'\"%,", max_size=4),
)
def test_an_operator_and_its_negation_share_out_all_evaluations(values: list[str], wanted: str) -> None:
    store = open_store(None, now=Clock())
    try:
        caller = caller_of(store)
        for index, value in enumerate(values):
            caller.create(f"{index}", metadata={"k": value})
        caller.create("without")
        everything = set(caller.names())
        for operator, negation in (("==", "!="), ("IN", "NOT_IN")):
            matching, others = (set(caller.found(("k", word, wanted))) for word in (operator, negation))
            assert matching | others == everything
            assert not matching & others
        exact = {f"{index}" for index, value in enumerate(values) if value == wanted}
        assert exact <= set(caller.found(("k", "==", wanted)))
    finally:
        store.close()
