"""The rows of a request, checked one by one in plain loops: there may be a hundred thousand of them (API 2.3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice

from sgpctl.limits import ROW_PROBLEMS_MAX, ROWS_PER_EVALUATION_MAX
from sgpctl.model.finding import Finding, Severity
from sgpctl.model.located import Failed, Json
from sgpctl.model.nearest import Hints
from sgpctl.model.wording import not_this


@dataclass(frozen=True, slots=True)
class Columns:
    """What is known of the columns before the run: in how many of the rows each of them is.

    `is_complete` is False when rows come from a dataset, whose columns nobody has read, and when some of what they come
    from could not be had. `files` are the names under which a locator may reach files, which is not documented and so
    not refused.
    """

    rows: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    is_complete: bool = False
    files: Mapping[str, int] = field(default_factory=dict)


class RowLists:
    """What has been found out about lists of rows: many evaluations of one load share the same ones.

    What is remembered is kept, so that its id stays its own.
    """

    def __init__(self) -> None:
        self._columns: dict[tuple[int, int, bool], tuple[Json, Json, Columns]] = {}
        self._sound: dict[tuple[int, bool], Json] = {}

    def columns_of(self, body: Mapping[str, Json]) -> Columns:
        """The columns of the declared rows, as far as these are maps."""
        data, files = body.get("data"), body.get("files")
        key = (id(data), id(files), body.get("dataset_id") is None)
        if key not in self._columns:
            self._columns[key] = (data, files, _columns_of(data, files, is_complete=key[2]))
        return self._columns[key][2]

    def findings(
        self, rows: list[Json], check: Callable[[Json], Finding | None], *, of_dataset: bool
    ) -> Iterator[Finding]:
        """What `check`, the one for rows that are `of_dataset` or not, says of each of `rows`."""
        key = (id(rows), of_dataset)
        if key in self._sound:
            return
        found = [*_each(rows, "data", check)]
        if not found:
            self._sound[key] = rows
        yield from found


def has_missing(rows: Json) -> bool:
    """True when `rows`, or one of them, could not be had."""
    return isinstance(rows, Failed) or (
        isinstance(rows, list) and any(isinstance(row, Failed) for row in rows)
    )


def _columns_of(data: Json, files: Json, *, is_complete: bool) -> Columns:
    if not isinstance(data, list):
        return Columns()
    counts: Counter[str] = Counter()
    for keys, times in Counter(tuple(row) for row in data if isinstance(row, dict)).items():
        for key in keys:
            counts[key] += times
    names: Counter[str] = Counter()
    for paired in files if isinstance(files, list) else []:
        if isinstance(paired, dict):
            names.update(("files", *paired.keys()))
    missing = sum(isinstance(row, Failed) for row in data)
    return Columns(len(data) - missing, counts, is_complete and not missing and not has_missing(files), names)


def row_findings(body: Mapping[str, Json], hints: Hints, lists: RowLists) -> Iterator[Finding]:
    """What is wrong with `data` and `files`."""
    data = body.get("data")
    if isinstance(data, list):
        of_dataset = body.get("dataset_id") is not None
        yield from _number_of_rows(body, len(data))
        yield from lists.findings(
            data, _not_a_dataset_item if of_dataset else _not_a_row, of_dataset=of_dataset
        )
        yield from _dataset_key_findings(body, hints, lists)
    elif data is not None:
        yield Finding(("data",), f"must be a list of rows, {not_this(data)}")
    if body.get("files") is not None and body.get("dataset_id") is None:
        yield from _file_findings(body["files"], len(data) if isinstance(data, list) else None)


def _number_of_rows(body: Mapping[str, Json], rows: int) -> Iterator[Finding]:
    if rows > ROWS_PER_EVALUATION_MAX:
        yield Finding(("data",), f"holds {rows:,} rows; sgpctl takes {ROWS_PER_EVALUATION_MAX:,} at most")
    if rows:
        return
    if body.get("dataset_id") is not None:
        message = "holds no rows: leave 'data' out to run on all items of the dataset, or name some"
    elif body.get("dataset") is not None:
        message = "holds no rows: a dataset needs one at least"
    elif body.get("tasks"):
        message = "holds no rows: the tasks have nothing to run on"
    else:
        yield Finding(("data",), "holds no rows", Severity.WARNING)
        return
    yield Finding(("data",), message)


def _dataset_key_findings(body: Mapping[str, Json], hints: Hints, lists: RowLists) -> Iterator[Finding]:
    dataset = body.get("dataset")
    keys = dataset.get("keys") if isinstance(dataset, dict) else None
    data = body.get("data")
    if not isinstance(keys, list) or not data or has_missing(data):
        return
    columns = lists.columns_of(body).counts
    for index, key in enumerate(keys):
        if isinstance(key, str) and key not in columns:
            message = f"no row has a column '{key}'{hints.did_you_mean(key, columns)}"
            yield Finding(("dataset", "keys", index), message)


def _file_findings(files: Json, rows: int | None) -> Iterator[Finding]:
    if not isinstance(files, list):
        yield Finding(("files",), f"must be a list with one map per row, {not_this(files)}")
        return
    if rows is not None and len(files) != rows:
        yield Finding(
            ("files",),
            f"must have one entry per row: there are {rows:,} rows and {len(files):,} entries; "
            "write {} for a row without files",
        )
    yield from _each(files, "files", _not_files)


def _each(values: list[Json], key: str, check: Callable[[Json], Finding | None]) -> Iterator[Finding]:
    """The findings about single rows, with their places; the first few, and a count of the others."""
    found = (
        Finding((key, index, *finding.path), finding.message)
        for index, value in enumerate(values)
        if (finding := check(value)) is not None
    )
    yield from islice(found, ROW_PROBLEMS_MAX)
    others = sum(1 for _ in found)
    if others:
        yield Finding((key,), f"{others:,} more entries have such problems")


def _not_a_row(row: Json) -> Finding | None:
    return (
        None if isinstance(row, dict) else Finding((), f"must be a map of column to value, {not_this(row)}")
    )


def _not_a_dataset_item(row: Json) -> Finding | None:
    if not isinstance(row, dict):
        return _not_a_row(row)
    item = row.get("dataset_item_id")
    if item is None:
        return Finding((), "'dataset_item_id' is missing: rows beside 'dataset_id' name items of the dataset")
    if not isinstance(item, str):
        return Finding(("dataset_item_id",), f"must be the id of a dataset item, {not_this(item)}")
    return None if item else Finding(("dataset_item_id",), "must not be empty")


def _not_files(files: Json) -> Finding | None:
    if not isinstance(files, dict):
        return Finding((), f"must be a map of name to file id, {not_this(files)}")
    for name, file_id in files.items():
        if not isinstance(file_id, str):
            return Finding((name,), f"must be a file id, {not_this(file_id)}")
    return None
