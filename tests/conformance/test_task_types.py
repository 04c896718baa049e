from __future__ import annotations

import pytest
from scale_gp_beta import SGPClient

from tests.conformance.conftest import Sandbox
from tests.conformance.task_bodies import ROWS, TASKS, create


@pytest.mark.parametrize("task_type", TASKS)
def test_every_task_type_is_read_back_as_it_was_declared(client: SGPClient, task_type: str) -> None:
    declared = TASKS[task_type]
    evaluation = create(client, tasks=[declared])
    (task,) = client.evaluations.retrieve(evaluation.id, views=["tasks"]).tasks or []
    assert task.task_type == task_type
    shown = task.configuration.model_dump(mode="json", exclude_none=True)
    assert _contains(shown, declared["configuration"])


@pytest.mark.parametrize("task_type", TASKS)
def test_every_task_type_reaches_a_result_or_waits_for_people(
    client: SGPClient, sandbox: Sandbox, task_type: str
) -> None:
    evaluation = create(client, tasks=[TASKS[task_type]])
    sandbox.finish_runs()
    assert client.evaluations.retrieve(evaluation.id).status == "completed"
    items = client.evaluation_items.list(evaluation_id=evaluation.id).items
    statuses = [status for item in items for status in (item.task_result_statuses or {}).values()]
    match task_type:
        case "contributor_evaluation.question":
            assert statuses == ["pending", "pending"]
        case "auto_evaluation.guided_decoding":
            assert statuses == ["completed", "skipped"]
        case _:
            assert statuses == ["completed", "completed"]


def test_all_ten_types_live_in_one_evaluation(client: SGPClient, sandbox: Sandbox) -> None:
    evaluation = create(client, tasks=list(TASKS.values()))
    sandbox.finish_runs()
    shown = client.evaluations.retrieve(evaluation.id, views=["tasks"])
    assert [task.task_type for task in shown.tasks or []] == list(TASKS)
    first = client.evaluation_items.list(evaluation_id=evaluation.id).items[0].data
    assert {"score", "detail_words", "brevity", "answer", "judge", "rougeL"} <= first.keys()
    assert {key: first[key] for key in ROWS[0]} == ROWS[0]


def _contains(whole: object, part: object) -> bool:
    if isinstance(whole, dict) and isinstance(part, dict):
        return all(key in whole and _contains(whole[key], value) for key, value in part.items())
    if isinstance(whole, list) and isinstance(part, list):
        return len(whole) == len(part) and all(map(_contains, whole, part))
    return whole == part
