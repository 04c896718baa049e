from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.caller import Caller, metric

_LOOP = [metric("a", candidate="item.b"), metric("b", candidate="item.a")]


def _function(source: str, **configuration: object) -> dict[str, object]:
    return {"task_type": "custom_function", "configuration": {"function_source": source} | configuration}


def _decoding(**configuration: object) -> dict[str, object]:
    return {
        "task_type": "auto_evaluation.guided_decoding",
        "configuration": {"model": "m/n", "prompt": "p"} | configuration,
    }


def _condition(condition: object) -> dict[str, object]:
    return _decoding(choices=["a"], run_condition=condition)


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"name": None}, "name"),
        ({"name": ""}, "name"),
        ({"name": "x" * 129}, "name"),
        ({"name": 5}, "name"),
        ({"description": "x" * 281}, "description"),
        ({"tags": "gate"}, "tags"),
        ({"tags": [1]}, "tags"),
        ({"metadata": []}, "metadata"),
        ({"taxonomy_params": []}, "taxonomy_params"),
        ({"data": {}}, "data"),
        ({"data": ["row"]}, "data"),
        ({"data": None}, None),
        ({"files": [{"a": "b"}, {}]}, "files"),
        ({"files": [{"a": 1}]}, "files"),
        ({"dataset_id": "d", "dataset": {"name": "n"}}, None),
        ({"dataset_id": "d", "files": [{}]}, None),
        ({"dataset": {"name": ""}}, "dataset"),
        ({"dataset": {"name": "n"}, "data": []}, None),
        ({"tasks": {}}, "tasks"),
        ({"tasks": [{"configuration": {}}]}, "tasks"),
        ({"tasks": [{"task_type": "telepathy", "configuration": {}}]}, "tasks"),
        ({"tasks": [{"task_type": "chat_completion"}]}, "tasks"),
        ({"tasks": [{"task_type": "chat_completion", "configuration": {"model": "m/n"}}]}, "tasks"),
        ({"tasks": [metric(candidate="q")]}, "tasks"),
        ({"tasks": [metric("")]}, "tasks"),
        ({"tasks": [metric(), metric()]}, "tasks"),
        ({"tasks": [metric("x"), metric("x")]}, "tasks"),
        ({"tasks": _LOOP}, "tasks"),
        ({"tasks": [metric("x", candidate="item.x")]}, "tasks"),
        ({"tasks": [_decoding(choices=[])]}, "tasks"),
        ({"tasks": [_decoding()]}, "tasks"),
        ({"tasks": [_condition({"op": "xor", "operands": []})]}, "tasks"),
        ({"tasks": [_condition({"op": "eq", "left": {"op": "const", "value": 1}})]}, "tasks"),
        ({"tasks": [_condition({"op": "var", "path": "lang"})]}, "tasks"),
        ({"tasks": [_condition({"op": "and", "operands": []})]}, "tasks"),
        ({"tasks": [_function("def f(:")]}, "tasks"),
        ({"tasks": [_function("x = 1")]}, "tasks"),
        ({"tasks": [_function("async def f(q): return 1")]}, "tasks"),
        ({"tasks": [_function("def f(*q): return 1")]}, "tasks"),
        ({"tasks": [_function("def f(q): return 1", config_args={"x": "y" * 10_000})]}, "tasks"),
        ({"tasks": [_function("def f(q): return 1", outputs=[{"path": "f"}])]}, "tasks"),
    ],
)
def test_a_malformed_create_is_unprocessable_and_makes_nothing(
    caller: Caller, change: dict[str, Any], where: str | None
) -> None:
    body = {"name": "run", "data": [{"q": "a"}]} | change
    response = caller.send("POST", "/v5/evaluations", json=body)
    assert response.status_code == 422
    errors = response.json()["detail"]
    assert all(error.keys() == {"loc", "msg", "type"} for error in errors)
    assert all(
        error["loc"][: 1 if where is None else 2] == ["body", where][: len(error["loc"])] for error in errors
    )
    assert caller.get("/v5/evaluations")["total"] == 0


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'"text"',
        b"\xff",
        b'{"name": NaN}',
        b'{"name": "run", "data": [{"x": 1e400}]}',
        b'{"name": "\\ud800", "data": []}',
        b"[" * 100_000,
    ],
)
def test_a_body_that_is_not_a_json_object_is_unprocessable(caller: Caller, body: bytes) -> None:
    response = caller.send("POST", "/v5/evaluations", content=body)
    assert response.status_code == 422
    assert response.json()["detail"]


def test_a_body_that_is_nested_too_deeply_is_unprocessable(caller: Caller) -> None:
    deep: object = "q"
    for _ in range(400):
        deep = {"content": [deep]}
    chat = {"task_type": "chat_completion", "configuration": {"model": "m/n", "messages": [deep]}}
    body = {"name": "run", "data": [], "tasks": [chat]}
    assert caller.send("POST", "/v5/evaluations", json=body).status_code == 422
    layout: dict[str, object] = {"children": []}
    for _ in range(400):
        layout = {"children": [layout]}
    question = {
        "task_type": "contributor_evaluation.question",
        "configuration": {"question_id": "q", "layout": layout},
    }
    body = {"name": "run", "data": [], "tasks": [question]}
    assert caller.send("POST", "/v5/evaluations", json=body).status_code == 422


def test_nulls_stand_for_what_is_not_given(caller: Caller) -> None:
    optional = ("description", "tags", "metadata", "tasks", "files", "taxonomy_params", "skip_prefilled_rows")
    nulls = dict.fromkeys((*optional, "dataset", "dataset_id"))
    evaluation = caller.post("/v5/evaluations", {"name": "run", "data": []} | nulls)
    assert (evaluation["tags"], evaluation["datasets"], evaluation["metadata"]) == ([], [], None)


def test_an_evaluation_of_no_rows_is_allowed(caller: Caller) -> None:
    evaluation = caller.create(data=[], tasks=[metric()])
    assert evaluation["status"] == "completed"
    assert evaluation["progress"]["items"]["total"] == 0


def test_unknown_keys_are_ignored(caller: Caller) -> None:
    evaluation = caller.create(colour="red", tasks=[metric() | {"colour": "red"}])
    assert "colour" not in evaluation


def test_a_dataset_that_is_missing_or_archived_is_not_found(caller: Caller) -> None:
    dataset = caller.post("/v5/datasets", {"name": "d", "data": [{"q": "a"}]})
    caller.delete(f"/v5/datasets/{dataset['id']}")
    for dataset_id in ("nothing", dataset["id"]):
        body = {"name": "run", "dataset_id": dataset_id}
        assert caller.send("POST", "/v5/evaluations", json=body).status_code == 404


def test_an_item_of_another_dataset_is_refused(caller: Caller) -> None:
    dataset = caller.post("/v5/datasets", {"name": "d", "data": [{"q": "a"}]})
    for data, status in (([{"dataset_item_id": "nothing"}], 400), ([{"q": "a"}], 422)):
        body = {"name": "run", "dataset_id": dataset["id"], "data": data}
        assert caller.send("POST", "/v5/evaluations", json=body).status_code == status


def test_a_refused_create_leaves_no_dataset_behind(caller: Caller) -> None:
    body = {"name": "run", "data": [{"q": "a"}, {"id": "reserved"}], "dataset": {"name": "d"}}
    assert caller.send("POST", "/v5/evaluations", json=body).status_code == 400
    assert caller.get("/v5/datasets")["total"] == 0
