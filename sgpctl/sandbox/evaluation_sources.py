"""Where the rows of a new evaluation come from: its own data, an existing dataset, or a dataset made with it (API 2.3)."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

from sgpctl.sandbox.bodies import checked_tags, paired_files
from sgpctl.sandbox.calls import Call
from sgpctl.sandbox.dataset_versions import add_items
from sgpctl.sandbox.datasets import find_dataset, insert_dataset
from sgpctl.sandbox.evaluation_models import EvaluationCreate, NewDataset
from sgpctl.sandbox.problems import Invalid, Refused


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One row, and the dataset item that it stands for, if any."""

    data: dict[str, object]
    files: Mapping[str, str] | None = None
    dataset_item_id: str | None = None
    dataset_version: int | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """All rows, and the row of their dataset in its table."""

    rows: list[SourceRow]
    dataset: int | None = None


def source_of(call: Call, body: EvaluationCreate) -> Source:
    """The rows that `body` asks for. A with-dataset create makes its dataset here."""
    if body.dataset_id is not None:
        return _from_dataset(call, body.dataset_id, body.data)
    data = body.data or []
    files = paired_files(data, body.files)
    if body.dataset is not None:
        return _with_dataset(call, body.dataset, data, files)
    return Source([SourceRow(row, names) for row, names in zip(data, files, strict=True)])


def _with_dataset(
    call: Call,
    new: NewDataset,
    data: list[dict[str, object]],
    files: list[dict[str, str] | None],
) -> Source:
    dataset = insert_dataset(
        call, name=new.name, description=new.description, tags=checked_tags(call, new.tags)
    )
    kept = (
        [{key: row[key] for key in new.keys if key in row} for row in data] if new.keys is not None else data
    )
    ids = add_items(call, dataset, version=1, rows=kept, files=files)
    rows = [SourceRow(row, names, item_id, 1) for row, names, item_id in zip(data, files, ids, strict=True)]
    return Source(rows, dataset)


def _from_dataset(call: Call, dataset_id: str, data: list[dict[str, object]] | None) -> Source:
    dataset = find_dataset(call, dataset_id, archived=False)
    items = {
        row["id"]: row
        for row in call.db.execute(
            "SELECT * FROM dataset_item WHERE dataset = ? AND until_version IS NULL ORDER BY position",
            (dataset["rowid"],),
        )
    }
    if data is None:
        return Source([_row(item, {}, dataset) for item in items.values()], dataset["rowid"])
    rows: list[SourceRow] = []
    for index, wanted in enumerate(data):
        item_id = wanted.get("dataset_item_id")
        if not isinstance(item_id, str):
            raise Invalid.at(("body", "data", index, "dataset_item_id"), "Field required", "missing")
        if item_id not in items:
            raise Refused(f"Dataset item {item_id!r} is not in dataset {dataset_id!r}.")
        extra = {key: value for key, value in wanted.items() if key != "dataset_item_id"}
        rows.append(_row(items[item_id], extra, dataset))
    return Source(rows, dataset["rowid"])


def _row(item: sqlite3.Row, extra: dict[str, object], dataset: sqlite3.Row) -> SourceRow:
    files = json.loads(item["files"]) if item["files"] is not None else None
    return SourceRow(json.loads(item["data"]) | extra, files, item["id"], dataset["version"])
