import pytest
from hypothesis import given
from hypothesis import strategies as st

from sgpctl.model.compare import equals, holds, tasks_hold
from sgpctl.model.located import Json

scalars = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
)
values = st.recursive(
    scalars,
    lambda parts: st.lists(parts, max_size=4) | st.dictionaries(st.text(), parts, max_size=4),
    max_leaves=12,
)


def filled_in(value: Json) -> Json:
    """`value` as a typed server returns it: with keys of its own beside those that were sent."""
    if isinstance(value, list):
        return [filled_in(part) for part in value]
    if isinstance(value, dict):
        return {**{key: filled_in(part) for key, part in value.items()}, "\0default": "server"}
    return value


@given(values)
def test_everything_holds_against_itself(value: Json) -> None:
    assert holds(value, value)
    assert equals(value, value)


@given(values)
def test_what_the_server_fills_in_does_not_count(value: Json) -> None:
    assert holds(value, filled_in(value))


@pytest.mark.parametrize(
    ("declared", "actual"),
    [
        ({"a": 1}, {"a": 1.0}),
        ({"a": None}, {}),
        ({}, {"a": None}),
        ({"a": {"b": None}}, {"a": {}}),
        ([1, {"a": 1}], [1.0, {"a": 1, "b": 2}]),
        (None, None),
    ],
)
def test_what_says_the_same_holds(declared: Json, actual: Json) -> None:
    assert holds(declared, actual)


@pytest.mark.parametrize(
    ("declared", "actual"),
    [
        ({"a": 1}, {}),
        ({"a": 1}, {"a": 2}),
        ({"a": 1}, {"a": True}),
        ({"a": True}, {"a": 1}),
        ({"a": False}, {"a": 0}),
        ({"a": "1"}, {"a": 1}),
        ({"a": {}}, {"a": None}),
        ({"a": []}, {}),
        ([1, 2], [2, 1]),
        ([1], [1, 2]),
        ([None], [1]),
        ({}, []),
        ("a", None),
    ],
)
def test_what_says_something_else_does_not_hold(declared: Json, actual: Json) -> None:
    assert not holds(declared, actual)


def test_equality_minds_what_the_other_side_says_beyond() -> None:
    assert holds({"a": 1}, {"a": 1, "b": 2})
    assert not equals({"a": 1}, {"a": 1, "b": 2})
    assert equals({"a": 1, "b": None}, {"a": 1.0})


ANSWER: dict[str, Json] = {"task_type": "chat_completion", "configuration": {"model": "m/m"}}
SCORE: dict[str, Json] = {"task_type": "metric", "configuration": {"type": "f1"}}


def test_tasks_hold_in_any_order_and_with_default_aliases_written_out() -> None:
    remote: list[dict[str, Json]] = [
        {**SCORE, "alias": "f1"},
        {**ANSWER, "alias": "chat_completion", "configuration": {"model": "m/m", "temperature": None}},
    ]
    assert tasks_hold([ANSWER, SCORE], [*remote])


@pytest.mark.parametrize(
    "remote",
    [
        [ANSWER],
        [ANSWER, SCORE, {**SCORE, "alias": "second"}],
        [ANSWER, {**SCORE, "alias": "other"}],
        [{**ANSWER, "configuration": {"model": "m/other"}}, SCORE],
        [{**ANSWER, "task_type": "inference", "alias": "chat_completion"}, SCORE],
    ],
    ids=["one less", "one more", "another alias", "another configuration", "another type"],
)
def test_tasks_that_differ_do_not_hold(remote: list[dict[str, Json]]) -> None:
    assert not tasks_hold([ANSWER, SCORE], [*remote])
