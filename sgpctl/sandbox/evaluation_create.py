"""`POST /v5/evaluations`: everything that a create decides, in one transaction (API 2.3)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sgpctl.sandbox.bodies import check_metadata_size, check_row_count, checked, checked_tags
from sgpctl.sandbox.calls import Call, Endpoint, Reply
from sgpctl.sandbox.evaluation_models import EvaluationCreate
from sgpctl.sandbox.evaluation_rows import index_for_search, shown
from sgpctl.sandbox.evaluation_sources import Source, source_of
from sgpctl.sandbox.execution import RowOutcome, executed
from sgpctl.sandbox.ledger import NONCE_KEY, BillableCreate, record
from sgpctl.sandbox.moments import moment_text, next_created_at
from sgpctl.sandbox.people import people_text
from sgpctl.sandbox.tasks import PreparedTask, prepared
from sgpctl.sandbox.wire import json_array, json_text

_FAILED_ITEMS_SHOWN_MAX = 10

_INSERT_EVALUATION = (
    "INSERT INTO evaluation (id, account, name, name_folded, description, tags, metadata, tasks, people, taxonomy,"
    " dataset, row_count, created_at, listed_from, finishes_at, final_status, final_reason, final_progress,"
    " error_count) VALUES (:id, :account, :name, :name_folded, :description, :tags, :metadata, :tasks, :people,"
    " :taxonomy, :dataset, :row_count, :created_at, :listed_from, :finishes_at, :final_status, :final_reason,"
    " :final_progress, :error_count)"
)
_INSERT_ITEM = (
    "INSERT INTO evaluation_item (id, account, evaluation, created_at, data, files, dataset_item_id,"
    " dataset_item_version_num, results, failed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


@dataclass(frozen=True, slots=True)
class _Ending:
    """How the run ends, settled before it seems to begin."""

    status: str
    reason: str | None
    progress: str | None
    error_count: int


def _create(call: Call) -> Reply:
    body = checked(EvaluationCreate, call)
    tasks = prepared(body.tasks or [])
    tags = checked_tags(call, body.tags)
    metadata = None if body.metadata is None else json_text(body.metadata)
    check_metadata_size(call, metadata)
    check_row_count(call, len(body.data or []))
    source = source_of(call, body)
    outcomes = _outcomes(call, tasks, source)
    item_ids = [call.new_id() for _ in source.rows]
    created_at = next_created_at(call.db, call.now)
    evaluation_id = call.new_id()
    columns = {
        "id": evaluation_id,
        "account": call.account,
        "name": body.name,
        "name_folded": body.name.casefold(),
        "description": body.description,
        "tags": json_text(tags),
        "metadata": metadata,
        "tasks": json_array(json_text(task.document) for task in tasks),
        "people": people_text(task.document for task in tasks),
        "taxonomy": None if body.taxonomy_params is None else json_text(body.taxonomy_params),
        "dataset": source.dataset,
        "row_count": len(source.rows),
        "created_at": created_at,
        **_timing(call, tasks),
        **_ending_columns(_ending(tasks, item_ids, outcomes)),
    }
    evaluation = int(call.db.execute(_INSERT_EVALUATION, columns).lastrowid or 0)
    index_for_search(call.db, evaluation, tags, body.metadata or {})
    _insert_items(
        call, evaluation, created_at=created_at, item_ids=item_ids, source=source, outcomes=outcomes
    )
    _record_cost(
        call,
        body,
        evaluation_id=evaluation_id,
        created_at=created_at,
        tasks=tasks,
        rows=len(source.rows),
    )
    return shown(call, evaluation)


def _outcomes(call: Call, tasks: Sequence[PreparedTask], source: Source) -> list[RowOutcome]:
    def question_of(question_id: str) -> Mapping[str, object]:
        found = call.db.execute(
            "SELECT question_type, configuration FROM question WHERE id = ? AND account = ?",
            (question_id, call.account),
        ).fetchone()
        if found is None:
            return {}
        return {
            "question_type": found["question_type"],
            "configuration": json.loads(found["configuration"] or "null"),
        }

    return executed(tasks, [row.data for row in source.rows], question_of, call.knobs.failing_share)


def _timing(call: Call, tasks: Sequence[PreparedTask]) -> dict[str, object]:
    settle = timedelta(seconds=call.knobs.settle_seconds)
    finishes_at = call.now + timedelta(seconds=call.knobs.run_seconds)
    return {
        "listed_from": moment_text(call.now + settle) if settle else None,
        "finishes_at": moment_text(finishes_at) if any(task.executes for task in tasks) else None,
    }


def _ending(
    tasks: Sequence[PreparedTask], item_ids: Sequence[str], outcomes: Sequence[RowOutcome]
) -> _Ending:
    if not any(task.executes for task in tasks):
        return _Ending("completed", None, None, 0)
    failed = [
        (item_id, outcome) for item_id, outcome in zip(item_ids, outcomes, strict=True) if outcome.errors
    ]
    all_failed = bool(failed) and len(failed) == len(outcomes)
    failed_items = [
        {"item_id": item_id, "error": error["message"], "error_type": error["type"]}
        for item_id, outcome in failed[:_FAILED_ITEMS_SHOWN_MAX]
        for error in list(outcome.errors.values())[:1]
    ]
    progress = {
        "items": {
            "total": len(outcomes),
            "successful": len(outcomes) - len(failed),
            "failed": len(failed),
            "pending": 0,
            "failed_items": failed_items or None,
        },
        "workflows": {"total": 1, "completed": int(not all_failed), "failed": int(all_failed), "pending": 0},
    }
    return _Ending(
        "failed" if all_failed else "completed",
        "Every item has a task error." if all_failed else None,
        json_text(progress),
        sum(len(outcome.errors) for outcome in outcomes),
    )


def _ending_columns(ending: _Ending) -> dict[str, object]:
    return {
        "final_status": ending.status,
        "final_reason": ending.reason,
        "final_progress": ending.progress,
        "error_count": ending.error_count,
    }


def _insert_items(
    call: Call,
    evaluation: int,
    *,
    created_at: str,
    item_ids: Sequence[str],
    source: Source,
    outcomes: Sequence[RowOutcome],
) -> None:
    call.db.executemany(
        _INSERT_ITEM,
        (
            (
                item_id,
                call.account,
                evaluation,
                created_at,
                json_text(row.data),
                None if row.files is None else json_text(row.files),
                row.dataset_item_id,
                row.dataset_version,
                json_text(outcome.document) if outcome.statuses else None,
                int(bool(outcome.errors)),
            )
            for item_id, row, outcome in zip(item_ids, source.rows, outcomes, strict=True)
        ),
    )


def _record_cost(
    call: Call,
    body: EvaluationCreate,
    *,
    evaluation_id: str,
    created_at: str,
    tasks: Sequence[PreparedTask],
    rows: int,
) -> None:
    if not tasks:
        return
    nonce = (body.metadata or {}).get(NONCE_KEY)
    executable = sum(task.executes for task in tasks)
    record(
        call.db,
        BillableCreate(
            evaluation_id=evaluation_id,
            account=call.account,
            created_at=created_at,
            name=body.name,
            nonce=nonce if isinstance(nonce, str) else None,
            rows=rows,
            executable_tasks=executable,
            human_tasks=len(tasks) - executable,
        ),
    )


ENDPOINTS = (Endpoint("POST", "/v5/evaluations", _create, writes=True),)
