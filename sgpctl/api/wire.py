"""From the platform's JSON to the model, tolerant of what is missing, unknown or null (API 1.11, 4).

What is wrong in a field that decides something (id, name, tags, metadata, tasks) is an error: an evaluation whose tags
cannot be read would count as not ours, and be created again. Anything else that is wrong reads as absent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import islice
from typing import TypeAlias

from sgpctl.limits import EXACT_COUNT_MAX, FAILURES_KEPT_MAX, YEAR_MAX
from sgpctl.model.evaluation import ItemFailure, Progress, RemoteEvaluation, RemoteRow
from sgpctl.model.located import Json
from sgpctl.model.names import Bearer
from sgpctl.model.readback import DatasetItem, ItemRead, SchemaField

UNKNOWN_TIME = datetime.min.replace(tzinfo=UTC)
"""Stands for a time that is missing or unreadable; it is before all others."""

Object: TypeAlias = "dict[str, Json]"

_RESULT = "task_result_cache"
_SOURCES = frozenset({"data", _RESULT})


class MisshapenJson(Exception):
    """JSON that is not the object it should be; the text says what is wrong, without values."""


def evaluation(value: Json) -> RemoteEvaluation:
    """One evaluation. Raises MisshapenJson."""
    found = as_object(value, "an evaluation")
    metadata, tasks = found.get("metadata"), found.get("tasks")
    return RemoteEvaluation(
        id=_required_text(found, "id"),
        name=_required_text(found, "name"),
        status=_text(found.get("status")) or "unknown",
        created_at=_time(found.get("created_at")),
        description=_text(found.get("description")),
        status_reason=_text(found.get("status_reason")),
        # Whatever stands there other than null means archived, even when the time cannot be read.
        archived_at=_time(found["archived_at"]) if found.get("archived_at") else None,
        tags=_tags(found.get("tags")),
        metadata=as_object(metadata, "`metadata`") if metadata is not None else {},
        tasks=tuple(as_objects(tasks, "`tasks`")) if tasks is not None else None,
        dataset_ids=_of_datasets(found, "id"),
        dataset_names=_of_datasets(found, "name"),
        error_count=_count(found.get("error_count")),
        progress=_progress(found.get("progress")),
    )


def row(value: Object, result_columns: frozenset[str]) -> RemoteRow:
    """One evaluation item without its results, which the platform merges into `data` (API 6). Raises MisshapenJson."""
    shown = item(value)
    return RemoteRow(
        data={key: part for key, part in shown.data.items() if key not in result_columns},
        files=shown.files,
        dataset_item_id=shown.dataset_item_id,
    )


def item(value: Object) -> ItemRead:
    """One evaluation item as it is shown. Raises MisshapenJson."""
    return ItemRead(
        data=_data(value),
        files=_files(value),
        dataset_item_id=_text(value.get("dataset_item_id")),
        dataset_version=_count(value.get("dataset_item_version_num")),
    )


def dataset_item(value: Object) -> tuple[str, DatasetItem]:
    """One item of a dataset, with its id. Raises MisshapenJson."""
    return str(value.get("id")), DatasetItem(_data(value), _files(value))


def schema(value: Json) -> tuple[SchemaField, ...]:
    """The fields whose source is told (API 2.9). Raises MisshapenJson."""
    fields = as_object(value, "the schema").get("fields")
    found: list[SchemaField] = []
    for field in fields if isinstance(fields, list) else []:
        path, source = (
            (field.get("field_name"), field.get("source")) if isinstance(field, dict) else (None, None)
        )
        if isinstance(path, str) and isinstance(source, str) and source in _SOURCES:
            found.append(SchemaField(path, is_result=source == _RESULT))
    return tuple(found)


def bearer(value: Object) -> Bearer:
    """A dataset or a question, as far as references by name go; one without a name bears the empty one."""
    return Bearer(
        id=str(value.get("id")),
        name=_text(value.get("name")) or "",
        created_at=_time(value.get("created_at")),
        is_archived=bool(value.get("archived_at")),
    )


def dataset_version(value: Json) -> int | None:
    """The version that a dataset has now; None when it is not told. Raises MisshapenJson."""
    return _count(as_object(value, "a dataset").get("current_version_num"))


def as_object(value: Json, what: str) -> Object:
    """`value` if it is a JSON object. Raises MisshapenJson, which names it as `what`."""
    if not isinstance(value, dict):
        raise MisshapenJson(f"{what} is {_kind(value)}, not an object")
    return value


def as_objects(value: Json, what: str) -> list[Object]:
    """`value` if it is a list of JSON objects. Raises MisshapenJson, which names it as `what`."""
    if not isinstance(value, list):
        raise MisshapenJson(f"{what} is {_kind(value)}, not a list")
    return [as_object(part, f"{what}[{index}]") for index, part in enumerate(value)]


def total_of(value: Mapping[str, Json]) -> int | None:
    """The `total` of a page (API 1.10); None when it is missing or no count."""
    return _count(value.get("total"))


def _data(value: Object) -> Object:
    data = value.get("data")
    return as_object(data, "`data` of an item") if data is not None else {}


def _files(value: Object) -> dict[str, str] | None:
    files = value.get("files")
    if not isinstance(files, dict):
        return None
    return {key: part for key, part in files.items() if isinstance(part, str)} or None


def _required_text(found: Object, key: str) -> str:
    value = found.get(key)
    if not isinstance(value, str) or not value:
        problem = "has no" if value in (None, "") else "has something other than text as"
        raise MisshapenJson(f"an evaluation {problem} `{key}`")
    return value


def _tags(value: Json) -> tuple[str, ...]:
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(tag, str) for tag in value):
        raise MisshapenJson("`tags` of an evaluation is not a list of texts")
    return tuple(str(tag) for tag in value)


def _of_datasets(found: Object, key: str) -> tuple[str, ...]:
    datasets = found.get("datasets")
    values = [one.get(key) for one in datasets if isinstance(one, dict)] if isinstance(datasets, list) else []
    return tuple(value for value in values if isinstance(value, str))


def _progress(value: Json) -> Progress | None:
    items = value.get("items") if isinstance(value, dict) else None
    if not isinstance(items, dict):
        return None
    counts = {key: _count(items.get(key)) or 0 for key in ("total", "successful", "failed", "pending")}
    return Progress(**counts, failures=tuple(_failures(items.get("failed_items"))))


def _failures(value: Json) -> Iterator[ItemFailure]:
    for failed in islice(value, FAILURES_KEPT_MAX) if isinstance(value, list) else ():
        item_id = _text(failed.get("item_id")) if isinstance(failed, dict) else None
        if isinstance(failed, dict) and item_id is not None:
            yield ItemFailure(item_id, _text(failed.get("error_type")), _text(failed.get("error")))


def _text(value: Json) -> str | None:
    return value if isinstance(value, str) else None


def _count(value: Json) -> int | None:
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value if 0 <= value <= EXACT_COUNT_MAX else None


def _time(value: Json) -> datetime:
    """A time in UTC. One without an offset is taken as UTC."""
    if not isinstance(value, str):
        return UNKNOWN_TIME
    try:
        moment = datetime.fromisoformat(value)
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return UNKNOWN_TIME
    return moment if moment.year <= YEAR_MAX else UNKNOWN_TIME


def _kind(value: Json) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "a truth value"
        case int() | float():
            return "a number"
        case str():
            return "a text"
        case list():
            return "a list"
        case dict():
            return "an object"
