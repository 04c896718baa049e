from __future__ import annotations

import json

import pytest
from scale_gp_beta import APIResponseValidationError, BadRequestError, NotFoundError, SGPClient
from scale_gp_beta.types import Evaluation

from tests.conformance.conftest import Sandbox
from tests.conformance.task_bodies import ROWS, TASKS, create, create_from_dataset, update


def _names(evaluations: list[Evaluation]) -> list[str]:
    return [evaluation.name for evaluation in evaluations]


def test_a_standalone_create_is_answered_in_full(lenient_client: SGPClient) -> None:
    evaluation = create(
        lenient_client,
        name="refunds",
        description="Policy questions",
        tags=["gate"],
        metadata={"owner": "support"},
    )
    assert (evaluation.name, evaluation.description) == ("refunds", "Policy questions")
    assert (evaluation.tags, evaluation.metadata) == (["gate"], {"owner": "support"})
    assert evaluation.status == "completed"
    assert evaluation.created_at.tzinfo is not None


def test_the_sdk_in_strict_mode_refuses_metadata_of_any_server(client: SGPClient) -> None:
    with pytest.raises(APIResponseValidationError):
        create(client, metadata={"owner": "support"})
    page = client.evaluations.with_raw_response.list()
    assert json.loads(page.text())["items"][0]["metadata"] == {"owner": "support"}


def test_a_create_from_a_dataset_takes_all_its_items(client: SGPClient) -> None:
    dataset = client.datasets.create(name="policy", data=ROWS)
    evaluation = create_from_dataset(client, dataset.id)
    assert [linked.id for linked in evaluation.datasets or []] == [dataset.id]
    items = client.evaluation_items.list(evaluation_id=evaluation.id).items
    assert [item.data for item in items] == ROWS
    assert {item.dataset_item_version_num for item in items} == {1}


def test_a_create_from_a_dataset_can_name_items_and_add_columns(client: SGPClient) -> None:
    dataset = client.datasets.create(name="policy", data=ROWS)
    second = client.dataset_items.list(dataset_id=dataset.id).items[1]
    evaluation = create_from_dataset(
        client, dataset.id, data=[{"dataset_item_id": second.id, "hint": "short"}]
    )
    (item,) = client.evaluation_items.list(evaluation_id=evaluation.id).items
    assert item.data == ROWS[1] | {"hint": "short"}
    assert item.dataset_item_id == second.id


def test_a_create_with_a_dataset_makes_one_of_the_chosen_keys(client: SGPClient) -> None:
    evaluation = create(client, dataset={"name": "questions", "keys": ["question"], "tags": ["policy"]})
    (linked,) = evaluation.datasets or []
    assert (linked.name, linked.current_version_num) == ("questions", 1)
    items = client.dataset_items.list(dataset_id=linked.id).items
    assert [item.data for item in items] == [{"question": row["question"]} for row in ROWS]


def test_files_are_paired_with_rows_by_index(client: SGPClient) -> None:
    evaluation = create(client, files=[{"scan": "file-1"}, {"scan": "file-2"}])
    items = client.evaluation_items.list(evaluation_id=evaluation.id).items
    assert [item.files for item in items] == [{"scan": "file-1"}, {"scan": "file-2"}]


def test_tasks_are_shown_only_when_they_are_asked_for(client: SGPClient) -> None:
    evaluation = create(client, tasks=[TASKS["metric"]])
    assert client.evaluations.retrieve(evaluation.id).tasks is None
    (task,) = client.evaluations.retrieve(evaluation.id, views=["tasks"]).tasks or []
    assert task.alias == "rougeL"


def test_a_run_is_running_and_then_completed(client: SGPClient, sandbox: Sandbox) -> None:
    evaluation = create(client, tasks=[TASKS["chat_completion"]])
    assert evaluation.status == "running"
    sandbox.finish_runs()
    finished = client.evaluations.retrieve(evaluation.id)
    assert (finished.status, finished.error_count) == ("completed", 0)
    assert finished.progress is not None
    assert finished.progress.items is not None
    assert (finished.progress.items.total, finished.progress.items.successful) == (2, 2)


def test_list_pages_forwards_through_everything(client: SGPClient) -> None:
    for number in range(7):
        create(client, name=f"run-{number}")
    listed = list(client.evaluations.list(limit=3))
    assert _names(listed) == [f"run-{number}" for number in range(7)]


def test_list_pages_backwards_from_a_cursor(client: SGPClient) -> None:
    made = [create(client, name=f"run-{number}") for number in range(7)]
    page = client.evaluations.list(limit=2, ending_before=made[6].id)
    pages = [_names(page.items) for page in page.iter_pages()]
    assert pages == [["run-4", "run-5"], ["run-2", "run-3"], ["run-0", "run-1"]]


def test_list_sorts_downwards(client: SGPClient) -> None:
    for name in ("b", "c", "a"):
        create(client, name=name)
    assert _names(list(client.evaluations.list(sort_by="name", sort_order="desc", limit=2))) == [
        "c",
        "b",
        "a",
    ]


def test_list_filters_by_name_and_by_all_tags(client: SGPClient) -> None:
    create(client, name="Refund window", tags=["gate", "nightly"])
    create(client, name="Refund fees", tags=["gate"])
    create(client, name="Tone", tags=["gate", "nightly"])
    assert _names(client.evaluations.list(name="refund").items) == ["Refund window", "Refund fees"]
    assert _names(client.evaluations.list(tags=["nightly", "gate"]).items) == ["Refund window", "Tone"]
    assert _names(client.evaluations.list(tags=[], views=[]).items) == [
        "Refund window",
        "Refund fees",
        "Tone",
    ]


def test_filter_compares_metadata_status_and_tags(lenient_client: SGPClient) -> None:
    create(lenient_client, name="old", tags=["gate"], metadata={"release": 2, "team": "support"})
    create(lenient_client, name="new", tags=["nightly"], metadata={"release": 10, "team": "search"})
    create(lenient_client, name="bare", tasks=[TASKS["metric"]])

    def found(key: str, operator: str, value: str) -> list[str]:
        condition = {"key": key, "operator": operator, "value": value}
        return _names(list(lenient_client.evaluations.filter(filters=[condition], limit=1)))  # type: ignore[list-item]  # a test varies the operator

    assert found("team", "==", "support") == ["old"]
    assert found("release", ">=", "3") == ["new"]
    assert found("release", "<=", "2.0") == ["old"]
    assert found("team", "IN", "support,search") == ["old", "new"]
    assert found("team", "!=", "support") == ["new", "bare"]
    assert found("team", "NOT_IN", "support,search") == ["bare"]
    assert found("tag", "==", "nightly") == ["new"]
    assert found("status", "==", "running") == ["bare"]


def test_filter_combines_conditions_with_and(lenient_client: SGPClient) -> None:
    create(lenient_client, name="one", metadata={"a": "1", "b": "1"})
    create(lenient_client, name="two", metadata={"a": "1", "b": "2"})
    page = lenient_client.evaluations.filter(
        filters=[
            {"key": "a", "operator": "==", "value": "1"},
            {"key": "b", "operator": "==", "value": "2", "object": "metadata_filter"},
        ],
        views=["tasks"],
    )
    assert _names(page.items) == ["two"]


def test_an_update_merges_metadata_and_replaces_the_rest(lenient_client: SGPClient) -> None:
    evaluation = create(lenient_client, tags=["a"], metadata={"keep": 1, "drop": 2, "deep": {"x": 1, "y": 2}})
    updated = update(
        lenient_client,
        evaluation.id,
        name="renamed",
        description="",
        tags=["b"],
        metadata={"drop": None, "deep": {"x": None, "z": 3}},
    )
    assert (updated.name, updated.description, updated.tags) == ("renamed", "", ["b"])
    assert updated.metadata == {"keep": 1, "deep": {"y": 2, "z": 3}}


def test_archive_hides_and_restore_brings_back(client: SGPClient) -> None:
    evaluation = create(client)
    archived = client.evaluations.archive(evaluation.id)
    assert archived.archived_at is not None
    with pytest.raises(NotFoundError):
        client.evaluations.retrieve(evaluation.id)
    assert client.evaluations.list().items == []
    assert client.evaluation_items.list(evaluation_id=evaluation.id).items == []
    assert client.evaluations.retrieve(evaluation.id, include_archived=True).id == evaluation.id
    with pytest.raises(BadRequestError):
        update(client, evaluation.id, name="no")
    restored = update(client, evaluation.id, restore=True)
    assert restored.archived_at is None
    assert len(client.evaluation_items.list(evaluation_id=evaluation.id).items) == len(ROWS)


def test_the_schema_tells_inputs_from_results(client: SGPClient, sandbox: Sandbox) -> None:
    evaluation = create(client, tasks=[TASKS["metric"]])
    sandbox.finish_runs()
    schema = client.evaluations.retrieve_schema(evaluation.id, include_archived=True)
    assert [(field.field_name, field.data_type, field.source) for field in schema.fields] == [
        ("context.id", "string", "data"),
        ("lang", "string", "data"),
        ("question", "string", "data"),
        ("reference", "string", "data"),
        ("rougeL", "number", "task_result_cache"),
    ]
    assert schema.total_items == len(ROWS)


def test_the_taxonomy_is_kept_as_it_is(client: SGPClient) -> None:
    taxonomy = {"sections": [{"id": "a", "required": True}]}
    evaluation = create(client, taxonomy_params=taxonomy)
    assert client.evaluations.retrieve_taxonomy(evaluation.id) == taxonomy
    with pytest.raises(NotFoundError):
        client.evaluations.retrieve_taxonomy(create(client).id)


def test_only_contributor_questions_can_be_added(client: SGPClient) -> None:
    evaluation = create(client)
    client.evaluations.tasks.add(evaluation.id, task=TASKS["contributor_evaluation.question"])  # type: ignore[arg-type]  # a plain dictionary
    (task,) = client.evaluations.retrieve(evaluation.id, views=["tasks"]).tasks or []
    assert task.alias == "contributor_evaluation_question"
    for refused in (TASKS["metric"], TASKS["contributor_evaluation.question"]):
        with pytest.raises(BadRequestError):
            client.evaluations.tasks.add(evaluation.id, task=refused)  # type: ignore[arg-type]  # a plain dictionary


def test_a_task_is_updated_by_an_alias_that_needs_escaping(client: SGPClient) -> None:
    alias = "my alias/1"
    evaluation = create(client, tasks=[TASKS["metric"] | {"alias": alias}])
    client.evaluations.tasks.update(
        alias,
        evaluation_id=evaluation.id,
        configuration={"type": "bleu", "candidate": "item.reference", "reference": "item.reference"},
    )
    (task,) = client.evaluations.retrieve(evaluation.id, views=["tasks"]).tasks or []
    assert task.configuration.type == "bleu"  # type: ignore[union-attr]  # it is the metric
    with pytest.raises(NotFoundError):
        client.evaluations.tasks.update("none", evaluation_id=evaluation.id, configuration={})
