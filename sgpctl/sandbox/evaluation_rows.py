"""Evaluations as they are kept, found and shown (API 4)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping

from sgpctl.sandbox.calls import Call, Reply
from sgpctl.sandbox.datasets import dataset_text
from sgpctl.sandbox.filters import STATUS_SQL, searchable
from sgpctl.sandbox.problems import NotFound
from sgpctl.sandbox.wire import CREATED_BY, json_object, json_text, stored

VIEWS = ("tasks",)

_KIND = "Evaluation"
_COLUMNS = (
    "e.rowid, e.id, e.name, e.description, e.tags, e.metadata, e.dataset, e.row_count, e.created_at, e.archived_at,"
    f" e.finishes_at, e.final_reason, e.final_progress, e.error_count, {STATUS_SQL} AS status"
)


def columns(views: Iterable[str]) -> str:
    """What to select of `e` for these views. Tasks are large and are not read unless they are shown."""
    return f"{_COLUMNS}, {'e.tasks' if 'tasks' in views else 'NULL AS tasks'}"


def find_evaluation(call: Call, evaluation_id: str, *, archived: bool) -> sqlite3.Row:
    """The evaluation of that id with all its columns; an archived one only if `archived`. NotFound otherwise."""
    row: sqlite3.Row | None = call.db.execute(
        f"SELECT e.*, {STATUS_SQL} AS status FROM evaluation e"  # noqa: S608 - constants
        " WHERE e.id = :id AND e.account = :account",
        {"id": evaluation_id, "account": call.account, "now": call.now_text},
    ).fetchone()
    if row is None or (row["archived_at"] is not None and not archived):
        raise NotFound(_KIND, evaluation_id)
    return row


def evaluation_texts(call: Call, rows: Iterable[sqlite3.Row]) -> Iterator[str]:
    """Rows with the columns of `columns`, as the API shows them."""
    datasets: dict[int, str] = {}
    for row in rows:
        dataset = row["dataset"]
        if dataset is not None and dataset not in datasets:
            found = call.db.execute("SELECT * FROM dataset WHERE rowid = ?", (dataset,)).fetchone()
            datasets[dataset] = dataset_text(found)
        yield _text(row, "[]" if dataset is None else f"[{datasets[dataset]}]")


def shown(call: Call, evaluation: int, views: Iterable[str] = ()) -> Reply:
    """The evaluation in that row, as the answer to a read or a write."""
    row = call.db.execute(
        f"SELECT {columns(views)} FROM evaluation e WHERE e.rowid = :rowid",  # noqa: S608 - constants
        {"rowid": evaluation, "now": call.now_text},
    ).fetchone()
    return Reply(next(evaluation_texts(call, [row])))


def index_for_search(
    db: sqlite3.Connection, evaluation: int, tags: Iterable[str], metadata: Mapping[str, object]
) -> None:
    """Puts tags and metadata into the tables that lists and filters search."""
    db.execute("DELETE FROM evaluation_tag WHERE evaluation = ?", (evaluation,))
    db.execute("DELETE FROM evaluation_metadata WHERE evaluation = ?", (evaluation,))
    db.executemany("INSERT OR IGNORE INTO evaluation_tag VALUES (?, ?)", ((evaluation, tag) for tag in tags))
    db.executemany(
        "INSERT INTO evaluation_metadata VALUES (?, ?, ?, ?)",
        ((evaluation, key, *searchable(value)) for key, value in metadata.items()),
    )


def _text(row: sqlite3.Row, datasets: str) -> str:
    running = row["status"] == "running"
    return json_object(
        id=json_text(row["id"]),
        name=json_text(row["name"]),
        description=json_text(row["description"]),
        status=json_text(row["status"]),
        status_reason="null" if running else json_text(row["final_reason"]),
        created_at=json_text(row["created_at"]),
        created_by=CREATED_BY,
        archived_at=json_text(row["archived_at"]),
        tags=row["tags"],
        datasets=datasets,
        metadata=stored(row["metadata"]),
        tasks=stored(row["tasks"]),
        progress=_running_progress(row["row_count"]) if running else stored(row["final_progress"]),
        error_count=json_text(0 if running else row["error_count"]),
        object='"evaluation"',
    )


def _running_progress(rows: int) -> str:
    return json_text(
        {
            "items": {"total": rows, "successful": 0, "failed": 0, "pending": rows, "failed_items": None},
            "workflows": {"total": 1, "completed": 0, "failed": 0, "pending": 1},
        }
    )
