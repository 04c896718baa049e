"""The rows of a request that runs on a dataset, told from what was run (API 2.3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from sgpctl.model.compare import equals
from sgpctl.model.located import Json
from sgpctl.model.readback import DatasetItem, DatasetRead, ItemRead, NotImportable

ITEM_ID = "dataset_item_id"


def brings_all(items: Iterable[ItemRead], dataset: Mapping[str, DatasetItem]) -> bool:
    """True when every row has all that its item in `dataset` brings; False when the item has changed since."""
    return all(
        (item := dataset.get(row.dataset_item_id or "")) is not None and _holds(row.data, item.data)
        for row in items
    )


def references(items: Sequence[ItemRead], dataset: DatasetRead) -> list[Json] | None:
    """The `data` beside a `dataset_id`; None when all of the dataset was run, as it is.

    `items` have their results taken off. A column that one row does not have from its item is spelled out in all rows
    that have it.
    """
    own = set().union(*(_own_columns(row, dataset) for row in items))
    if not own and Counter(row.dataset_item_id for row in items) == Counter(dataset.now.keys()):
        return None
    rows: list[Json] = []
    for row in items:
        columns = {column: value for column, value in row.data.items() if column in own and column != ITEM_ID}
        rows.append({ITEM_ID: row.dataset_item_id, **columns})
    return rows


def _own_columns(row: ItemRead, dataset: DatasetRead) -> set[str]:
    """The columns of one row that it does not have from the dataset."""
    if row.dataset_item_id is None:
        raise NotImportable("has rows that are no items of its dataset, which no request can ask for")
    item = dataset.then.get(row.dataset_item_id)
    if item is None:
        raise NotImportable(
            f"ran on the item {row.dataset_item_id} of dataset {dataset.dataset_id}, which cannot be read any more"
        )
    if not _has_columns(row.data, item.data):
        raise NotImportable(f"ran on a version of dataset {dataset.dataset_id} that cannot be read any more")
    if (row.files or None) != (item.files or None):
        raise NotImportable("has other files than its dataset, which no request can ask for")
    return {
        column
        for column, value in row.data.items()
        if value is not None and not equals(value, item.data.get(column))
    }


def _holds(row: Mapping[str, Json], item: Mapping[str, Json]) -> bool:
    return all(equals(value, row.get(column)) for column, value in item.items())


def _has_columns(row: Mapping[str, Json], item: Mapping[str, Json]) -> bool:
    return all(column in row or value is None for column, value in item.items())
