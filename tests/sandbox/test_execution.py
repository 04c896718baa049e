from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sgpctl.sandbox.conditions import checked_condition, holds
from sgpctl.sandbox.knobs import Knobs
from sgpctl.sandbox.store import Store, open_store
from tests.conformance.task_bodies import ROWS, TASKS
from tests.sandbox.caller import Caller, caller_of, metric
from tests.sandbox.clock import Clock

_SCHEMA = {
    "type": "object",
    "properties": {
        "verdict": {"type": "string", "enum": ["pass", "fail"]},
        "score": {"type": "number"},
        "stars": {"type": "integer"},
        "sure": {"type": "boolean"},
        "reasons": {"type": "array", "items": {"type": "string"}},
        "nested": {"type": "object", "properties": {"note": {"type": ["string", "null"]}}},
        "open": {},
    },
}


def _data(caller: Caller, tasks: list[dict[str, object]], rows: list[dict[str, object]] = ROWS) -> list[Any]:
    return [item["data"] for item in caller.items(caller.create(data=rows, tasks=tasks))]


def _judge(**configuration: object) -> dict[str, object]:
    return {
        "task_type": "auto_evaluation.guided_decoding",
        "alias": "judge",
        "configuration": {"model": "m/n", "prompt": "p"} | configuration,
    }


def test_the_same_rows_have_the_same_results_in_every_sandbox(caller: Caller) -> None:
    other_store = open_store(None, now=Clock())
    other = caller_of(other_store)
    other.create("something before")
    tasks = [task for task in TASKS.values() if "question_id" not in str(task)]
    assert _data(caller, tasks) == _data(other, tasks)
    other_store.close()


def test_a_row_has_the_same_results_wherever_it_stands(caller: Caller) -> None:
    assert (
        _data(caller, [metric()], [{"q": "a"}, {"q": "b"}])
        == _data(caller, [metric()], [{"q": "b"}, {"q": "a"}])[::-1]
    )


@pytest.mark.parametrize(
    "task_type", ["chat_completion", "inference", "application_variant", "agentex_output"]
)
def test_texts_say_that_they_are_simulated(caller: Caller, task_type: str) -> None:
    task = TASKS[task_type] | {"alias": "out"}
    assert all(row["out"].startswith("[simulated] ") for row in _data(caller, [task]))


def test_a_metric_is_a_number_from_zero_to_one(caller: Caller) -> None:
    rows: list[dict[str, object]] = [{"q": str(number)} for number in range(50)]
    scores = [row["f1"] for row in _data(caller, [metric()], rows)]
    assert all(isinstance(score, float) and 0 <= score <= 1 for score in scores)
    assert len(set(scores)) > 40


def test_a_choice_is_one_of_the_choices(caller: Caller) -> None:
    rows: list[dict[str, object]] = [{"q": str(number)} for number in range(50)]
    assert {row["judge"] for row in _data(caller, [_judge(choices=["yes", "no"])], rows)} == {"yes", "no"}


@pytest.mark.parametrize("wrap", [lambda schema: schema, lambda schema: {"json_schema": {"schema": schema}}])
def test_structured_output_follows_the_schema(caller: Caller, wrap: Any) -> None:
    judged = _data(caller, [_judge(response_format=wrap(_SCHEMA))])[0]["judge"]
    assert judged.keys() == _SCHEMA["properties"].keys()  # type: ignore[attr-defined]  # a JSON schema
    assert judged["verdict"] in {"pass", "fail"}
    assert 0 <= judged["score"] <= 1
    assert (type(judged["stars"]), type(judged["sure"])) == (int, bool)
    assert [type(reason) for reason in judged["reasons"]] == [str]
    assert judged["nested"]["note"].startswith("[simulated] ")


def test_outputs_of_a_function_become_columns(caller: Caller) -> None:
    row = _data(caller, [TASKS["custom_function"]])[0]
    assert row["brevity"] == {"score": row["score"], "detail": {"words": row["detail_words"]}}


def test_a_task_reads_the_results_of_another_in_any_order(caller: Caller) -> None:
    tasks = [
        metric("last", candidate="item.middle"),
        metric("middle", candidate="item.first"),
        metric("first"),
    ]
    evaluation = caller.create(tasks=tasks)
    (item,) = caller.items(evaluation)
    assert set(item["task_result_statuses"].values()) == {"completed"}
    shown = caller.get(f"/v5/evaluations/{evaluation['id']}", views="tasks")["tasks"]
    assert [task["alias"] for task in shown] == ["last", "middle", "first"]


def test_a_column_that_is_missing_is_an_error_of_the_row_and_of_what_depends_on_it(caller: Caller) -> None:
    tasks = [metric("first", candidate="item.hint"), metric("second", candidate="item.first")]
    evaluation = caller.create(tasks=tasks, data=[{"q": "a"}, {"q": "b", "hint": None}])
    broken, whole = caller.items(evaluation)
    assert broken["task_result_statuses"] == {"first": "errored", "second": "errored"}
    assert broken["task_errors"]["first"] == {
        "message": "item.hint is not in this row",
        "type": "ItemLocatorError",
    }
    assert broken["data"] == {"q": "a"}
    assert (whole["task_errors"], set(whole["task_result_statuses"].values())) == (None, {"completed"})
    assert evaluation["error_count"] == 2
    assert evaluation["status"] == "completed"
    assert evaluation["progress"]["items"]["failed_items"][0]["item_id"] == broken["id"]


def test_templates_and_nested_strings_are_looked_up_too(caller: Caller) -> None:
    chat = {
        "task_type": "chat_completion",
        "alias": "out",
        "configuration": {
            "model": "m/n",
            "messages": [{"role": "user", "content": "Say {{ item.q.text }}!"}],
        },
    }
    rows: list[dict[str, object]] = [{"q": {"text": "a"}}, {"q": {}}, {"q.text": "dotted"}]
    statuses = [
        item["task_result_statuses"]["out"] for item in caller.items(caller.create(tasks=[chat], data=rows))
    ]
    assert statuses == ["completed", "errored", "completed"]


def test_an_evaluation_whose_every_row_fails_has_failed(caller: Caller) -> None:
    evaluation = caller.create(tasks=[metric(candidate="item.nothing")])
    assert (evaluation["status"], evaluation["status_reason"]) == ("failed", "Every item has a task error.")


def test_the_share_that_fails_is_a_knob(store: Store) -> None:
    rows: list[dict[str, object]] = [{"q": str(number)} for number in range(200)]
    half = caller_of(store, Knobs(run_seconds=0, failing_share=0.5)).create(data=rows, tasks=[metric()])
    assert 60 < half["error_count"] < 140
    assert half["status"] == "completed"
    none_left = caller_of(store, Knobs(run_seconds=0, failing_share=1.0)).create(data=rows, tasks=[metric()])
    assert (none_left["error_count"], none_left["status"]) == (200, "failed")


def test_a_row_whose_condition_is_false_is_skipped_with_an_empty_cell(caller: Caller) -> None:
    condition = {
        "op": "eq",
        "left": {"op": "var", "path": "item.lang"},
        "right": {"op": "const", "value": "en"},
    }
    evaluation = caller.create(data=ROWS, tasks=[_judge(choices=["a"], run_condition=condition)])
    english, german = caller.items(evaluation)
    assert (english["data"]["judge"], english["task_result_statuses"]) == ("a", {"judge": "completed"})
    assert (german["data"]["judge"], german["task_result_statuses"]) == (None, {"judge": "skipped"})
    assert evaluation["error_count"] == 0


def test_a_result_wins_over_a_column_of_its_name(caller: Caller) -> None:
    assert (
        _data(caller, [metric("q", candidate="item.r", reference="item.r")], [{"q": "input", "r": "x"}])[0][
            "q"
        ]
        != "input"
    )


def _const(value: object) -> dict[str, object]:
    return {"op": "const", "value": value}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"op": "eq", "left": _const(1), "right": _const(1.0)}, True),
        ({"op": "eq", "left": _const(1), "right": _const(True)}, False),
        ({"op": "ne", "left": _const("a"), "right": _const("b")}, True),
        ({"op": "lt", "left": _const(1), "right": _const(2)}, True),
        ({"op": "gte", "left": _const("b"), "right": _const("a")}, True),
        ({"op": "gt", "left": _const("b"), "right": _const(1)}, False),
        ({"op": "lte", "left": {"op": "var", "path": "item.none"}, "right": _const(1)}, False),
        ({"op": "in", "left": _const("a"), "operands": [_const("b"), _const("a")]}, True),
        ({"op": "not_in", "left": _const("a"), "operands": [_const("b")]}, True),
        ({"op": "or", "operands": [_const(False), {"op": "var", "path": "item.deep.flag"}]}, True),
        ({"op": "and", "operands": [_const(True), _const(False)]}, False),
        ({"op": "not", "operands": [_const(False)]}, True),
        ({"op": "is_null", "operands": [{"op": "var", "path": "item.none"}]}, True),
        ({"op": "is_not_null", "operands": [{"op": "var", "path": "item.deep.flag"}]}, True),
    ],
)
def test_conditions(condition: dict[str, object], expected: bool) -> None:
    assert holds(checked_condition(condition), {"deep": {"flag": True}}) is expected


@given(
    st.recursive(
        st.none() | st.integers() | st.text(),
        lambda inner: st.dictionaries(
            st.sampled_from(["op", "left", "right", "operands", "value", "path"]),
            inner | st.sampled_from(["eq", "and", "const", "in"]) | st.lists(inner, max_size=2),
        ),
        max_leaves=8,
    )
)
def test_a_condition_is_accepted_and_evaluated_or_refused(condition: object) -> None:
    if not isinstance(condition, dict):
        return
    try:
        checked_condition(condition)
    except ValueError:
        return
    assert holds(condition, {}) in {True, False}
