from __future__ import annotations

import pytest

from sgpctl.sandbox.knobs import Knobs
from sgpctl.sandbox.store import Store
from tests.sandbox.caller import Caller, caller_of, metric
from tests.sandbox.clock import Clock

_QUESTION: dict[str, object] = {
    "task_type": "contributor_evaluation.question",
    "configuration": {"question_id": "q", "layout": {"children": [{"data": "item.q"}]}},
}


def _path(evaluation: dict[str, object]) -> str:
    return f"/v5/evaluations/{evaluation['id']}"


def test_a_run_takes_the_time_that_the_clock_says(store: Store, clock: Clock) -> None:
    caller = caller_of(store, Knobs(run_seconds=10))
    evaluation = caller.create(tasks=[metric()])
    clock.advance(9.999)
    running = caller.get(_path(evaluation))
    assert running["status"] == "running"
    assert running["progress"]["items"] == {
        "total": 1,
        "successful": 0,
        "failed": 0,
        "pending": 1,
        "failed_items": None,
    }
    (item,) = caller.items(evaluation)
    assert (item["data"], item["task_result_statuses"]) == ({"q": "a"}, {"f1": "pending"})
    clock.advance(0.001)
    assert caller.get(_path(evaluation))["status"] == "completed"
    (item,) = caller.items(evaluation)
    assert item["task_result_statuses"] == {"f1": "completed"}
    assert item["data"].keys() == {"q", "f1"}


def test_a_run_of_no_time_is_completed_by_its_create(caller: Caller) -> None:
    assert caller.create(tasks=[metric()])["status"] == "completed"


def test_questions_for_people_are_completed_at_birth_and_pending_for_ever(store: Store, clock: Clock) -> None:
    caller = caller_of(store, Knobs(run_seconds=10))
    evaluation = caller.create(tasks=[_QUESTION])
    clock.advance(1000)
    assert (evaluation["status"], evaluation["progress"]) == ("completed", None)
    (item,) = caller.items(evaluation)
    assert item["task_result_statuses"] == {"contributor_evaluation_question": "pending"}


def test_a_prefilled_question_is_answered_by_its_column(caller: Caller) -> None:
    configuration = {"question_id": "q", "layout": {"children": []}, "prefill_from": "guess"}
    task = {"task_type": "contributor_evaluation.question", "alias": "human", "configuration": configuration}
    evaluation = caller.create(tasks=[task], data=[{"q": "a", "guess": "yes"}, {"q": "b"}])
    first, second = caller.items(evaluation)
    assert (first["data"]["human"], first["task_result_statuses"]) == ("yes", {"human": "prefilled"})
    assert second["task_result_statuses"] == {"human": "pending"}


def test_a_patch_of_nothing_changes_nothing(caller: Caller) -> None:
    evaluation = caller.create(tags=["a"], metadata={"k": 1}, description="d")
    assert caller.patch(_path(evaluation), {}) == caller.get(_path(evaluation)) == evaluation


def test_what_cannot_change_is_ignored_in_a_patch(caller: Caller) -> None:
    evaluation = caller.create()
    assert (
        caller.patch(_path(evaluation), {"data": [], "tasks": [metric()], "status": "failed"}) == evaluation
    )


@pytest.mark.parametrize("cleared", [None, ""])
def test_a_description_can_be_cleared(caller: Caller, cleared: str | None) -> None:
    evaluation = caller.create(description="d")
    assert caller.patch(_path(evaluation), {"description": cleared})["description"] == cleared


@pytest.mark.parametrize(
    "patch",
    [{"metadata": None}, {"tags": None}, {"name": None}, {"name": ""}, {"description": "x" * 281}, []],
)
def test_a_malformed_patch_changes_nothing(caller: Caller, patch: object) -> None:
    evaluation = caller.create()
    assert caller.send("PATCH", _path(evaluation), json=patch).status_code == 422
    assert caller.get(_path(evaluation)) == evaluation


def test_a_restore_does_nothing_else(caller: Caller) -> None:
    evaluation = caller.create("before")
    assert caller.patch(_path(evaluation), {"restore": True, "name": "after"}) == evaluation
    caller.delete(_path(evaluation))
    assert caller.patch(_path(evaluation), {"restore": True, "name": "after"}) == evaluation


def test_an_archived_evaluation_takes_no_change(caller: Caller) -> None:
    evaluation = caller.create(tasks=[metric()])
    caller.delete(_path(evaluation))
    for method, path, body in (
        ("PATCH", "", {"name": "x"}),
        ("POST", "/tasks", {"task": _QUESTION}),
        ("PATCH", "/tasks/f1", {"configuration": {}}),
        ("DELETE", "", None),
    ):
        response = caller.send(method, _path(evaluation) + path, json=body)
        assert (response.status_code, list(response.json())) == (400, ["detail"])
    for path in ("", "/schema", "/taxonomy"):
        assert caller.send("GET", _path(evaluation) + path).status_code == 404


def test_a_restored_run_brings_its_results_back(store: Store, clock: Clock) -> None:
    caller = caller_of(store, Knobs(run_seconds=5))
    evaluation = caller.create(tasks=[metric()])
    clock.advance(5)
    before = caller.items(evaluation)
    caller.delete(_path(evaluation))
    assert caller.items(evaluation) == []
    caller.patch(_path(evaluation), {"restore": True})
    assert caller.items(evaluation) == before


def test_an_updated_task_keeps_the_results_that_are_there(caller: Caller) -> None:
    evaluation = caller.create(tasks=[metric()])
    before = caller.items(evaluation)
    configuration = {"type": "bleu", "candidate": "item.q", "reference": "item.q"}
    caller.patch(f"{_path(evaluation)}/tasks/f1", {"configuration": configuration})
    assert caller.items(evaluation) == before
    (task,) = caller.get(_path(evaluation), views="tasks")["tasks"]
    assert task == {"task_type": "metric", "alias": "f1", "configuration": configuration}


def test_a_task_update_is_checked_like_a_new_task(caller: Caller) -> None:
    evaluation = caller.create(tasks=[metric("one"), metric("two", candidate="item.one")])
    for configuration in ({"type": "f1"}, {"type": "f1", "candidate": "item.two", "reference": "item.q"}):
        body = {"configuration": configuration}
        assert caller.send("PATCH", f"{_path(evaluation)}/tasks/one", json=body).status_code == 422


def test_names_need_not_be_unique(caller: Caller) -> None:
    caller.create("same")
    caller.create("same")
    assert caller.names() == ["same", "same"]
