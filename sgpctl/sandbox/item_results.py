"""One row of an evaluation at one moment: its input, and what the tasks have made of it so far (API 6)."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass

from sgpctl.sandbox.people import asked_of, prefilled_answer
from sgpctl.sandbox.wire import CREATED_BY, decoded_object

ITEM_SOURCE = "evaluation_item i JOIN evaluation e ON e.rowid = i.evaluation"
ITEM_COLUMNS = (
    "i.id, i.created_at, i.data, i.files, i.dataset_item_id, i.dataset_item_version_num, i.results,"
    " e.id AS evaluation_id, e.archived_at, e.finishes_at, e.people"
)

_CREATED_BY: object = json.loads(CREATED_BY)


@dataclass(frozen=True, slots=True)
class ItemResults:
    """The result columns of a row, and the status and error of each task by alias."""

    values: dict[str, object]
    statuses: dict[str, str]
    errors: dict[str, object]


def input_of(row: sqlite3.Row) -> dict[str, object]:
    """The columns that the row was created with."""
    return decoded_object(row["data"])


def results_of(row: sqlite3.Row, data: dict[str, object], now: str) -> ItemResults:
    """What may be seen of the results at `now`: nothing but `pending` before the run has finished."""
    results = _executed_results(row, now)
    for asked in asked_of(row["people"]):
        answer = prefilled_answer(asked, data)
        if answer is None:
            results.statuses[asked.alias] = "pending"
        else:
            results.statuses[asked.alias] = "prefilled"
            results.values[asked.alias] = answer
    return results


def item_document(row: sqlite3.Row, now: str) -> dict[str, object]:
    """The item as the API shows it. Where a result has the name of an input column, the result wins."""
    data = input_of(row)
    results = results_of(row, data, now)
    return {
        "id": row["id"],
        "evaluation_id": row["evaluation_id"],
        "data": data | results.values,
        "files": None if row["files"] is None else json.loads(row["files"]),
        "created_at": row["created_at"],
        "created_by": _CREATED_BY,
        "archived_at": row["archived_at"],
        "dataset_item_id": row["dataset_item_id"],
        "dataset_item_version_num": row["dataset_item_version_num"],
        "task_errors": results.errors or None,
        "task_result_statuses": results.statuses or None,
        "object": "evaluation.item",
    }


def _executed_results(row: sqlite3.Row, now: str) -> ItemResults:
    if row["results"] is None:
        return ItemResults({}, {}, {})
    stored = json.loads(row["results"])
    if row["finishes_at"] > now:
        return ItemResults({}, dict.fromkeys(stored["statuses"], "pending"), {})
    return ItemResults(stored["values"], stored["statuses"], stored["errors"])
