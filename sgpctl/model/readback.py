"""What the platform holds of one evaluation, read whole so that it can be written down as a manifest (API 8.3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sgpctl.model.evaluation import RemoteEvaluation
from sgpctl.model.located import Json


class NotImportable(Exception):
    """No manifest can say what this evaluation is; the text says why, and follows its name."""


@dataclass(frozen=True, slots=True)
class ItemRead:
    """One item as the platform shows it, with the results merged into `data` (API 6)."""

    data: Mapping[str, Json]
    files: Mapping[str, str] | None = None
    dataset_item_id: str | None = None
    dataset_version: int | None = None


@dataclass(frozen=True, slots=True)
class SchemaField:
    """One field of the rows, its path flattened with dots; `is_result` where a task made it (API 2.9)."""

    path: str
    is_result: bool


@dataclass(frozen=True, slots=True)
class DatasetItem:
    """What one item of a dataset brings to a row."""

    data: Mapping[str, Json]
    files: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class DatasetRead:
    """The dataset of an evaluation, by item id: as it is now, and as it was in the version that was run."""

    dataset_id: str
    now: Mapping[str, DatasetItem]
    then: Mapping[str, DatasetItem]


@dataclass(frozen=True, slots=True)
class ReadBack:
    """All that can be read of one evaluation. `fields` is empty where the platform does not tell them."""

    evaluation: RemoteEvaluation
    items: tuple[ItemRead, ...]
    taxonomy: Json = None
    fields: tuple[SchemaField, ...] = ()
    dataset: DatasetRead | None = None
