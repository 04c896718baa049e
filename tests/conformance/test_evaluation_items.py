from __future__ import annotations

import csv
import io
import json

import pytest
from scale_gp_beta import InternalServerError, NotFoundError, SGPClient

from tests.conformance.conftest import Sandbox
from tests.conformance.task_bodies import ROWS, TASKS, create

_BROKEN_FOR_SOME: dict[str, object] = {
    "task_type": "metric",
    "configuration": {"type": "f1", "candidate": "item.context.note", "reference": "item.reference"},
}
_MIXED_ROWS = [ROWS[0] | {"context": {"note": "x"}}, ROWS[1]]


def test_an_item_is_retrieved_by_its_id(client: SGPClient) -> None:
    evaluation = create(client)
    listed = client.evaluation_items.list(evaluation_id=evaluation.id).items[0]
    item = client.evaluation_items.retrieve(listed.id)
    assert (item.evaluation_id, item.data) == (evaluation.id, ROWS[0])


def test_an_archived_item_needs_the_flag(client: SGPClient) -> None:
    evaluation = create(client)
    item = client.evaluation_items.list(evaluation_id=evaluation.id).items[0]
    client.evaluations.archive(evaluation.id)
    with pytest.raises(NotFoundError):
        client.evaluation_items.retrieve(item.id)
    assert client.evaluation_items.retrieve(item.id, include_archived=True).archived_at is not None


def test_items_of_the_whole_account_are_paged_both_ways(client: SGPClient) -> None:
    for _ in range(3):
        create(client)
    forwards = [item.id for item in client.evaluation_items.list(limit=4)]
    assert len(forwards) == 6
    page = client.evaluation_items.list(limit=4, ending_before=forwards[5])
    pages = [[item.id for item in page.items] for page in page.iter_pages()]
    assert pages == [forwards[1:5], forwards[:1]]


def test_failed_and_passed_items_are_told_apart(client: SGPClient, sandbox: Sandbox) -> None:
    evaluation = create(client, data=_MIXED_ROWS, tasks=[_BROKEN_FOR_SOME])
    sandbox.finish_runs()
    (failed,) = client.evaluation_items.list(evaluation_id=evaluation.id, completion_status="failed").items
    (passed,) = client.evaluation_items.list(evaluation_id=evaluation.id, completion_status="passed").items
    assert failed.task_errors is not None
    assert failed.task_errors["f1"].type == "ItemLocatorError"
    assert (failed.task_result_statuses, passed.task_result_statuses) == (
        {"f1": "errored"},
        {"f1": "completed"},
    )
    both = client.evaluation_items.list(evaluation_id=evaluation.id, completion_status="all").items
    assert len(both) == 2
    finished = client.evaluations.retrieve(evaluation.id)
    assert (finished.status, finished.error_count) == ("completed", 1)


def test_an_export_has_every_item_in_three_formats(client: SGPClient, sandbox: Sandbox) -> None:
    evaluation = create(client, tasks=[TASKS["metric"]])
    sandbox.finish_runs()

    def content(export_format: str) -> str:
        export = client.evaluation_items.export(
            evaluation_id=evaluation.id,
            export_format=export_format,  # type: ignore[arg-type]  # a test varies the format
            export_method="direct",
        )
        assert export.filename.endswith(f".{export_format}")
        return export.content or ""

    questions = [row["question"] for row in ROWS]
    assert [item["data"]["question"] for item in json.loads(content("json"))] == questions
    assert [json.loads(line)["data"]["question"] for line in content("jsonl").splitlines()] == questions
    table = list(csv.DictReader(io.StringIO(content("csv"))))
    assert [line["question"] for line in table] == questions
    assert [line["context.id"] for line in table] == ["p-1", "p-2"]
    assert all(0 <= float(line["rougeL"]) <= 1 for line in table)


def test_a_signed_url_needs_storage_that_is_not_there(client: SGPClient) -> None:
    evaluation = create(client)
    with pytest.raises(InternalServerError) as caught:
        client.evaluation_items.export(evaluation_id=evaluation.id, export_method="signed_url")
    assert caught.value.status_code == 501
