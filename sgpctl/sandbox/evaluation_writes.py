"""Changing an evaluation: patch, restore, archive, and its tasks (API 2.7, 2.8, 2.11, 2.12)."""

from __future__ import annotations

import json
import sqlite3

from pydantic import TypeAdapter, ValidationError

from sgpctl.sandbox.bodies import (
    check_metadata_size,
    checked,
    checked_tags,
    invalid_from,
    is_restore,
)
from sgpctl.sandbox.calls import Call, Endpoint, Reply
from sgpctl.sandbox.evaluation_models import EvaluationPatch, TaskAdd, TaskUpdate
from sgpctl.sandbox.evaluation_rows import find_evaluation, index_for_search, shown
from sgpctl.sandbox.merge_patch import merged
from sgpctl.sandbox.people import CONTRIBUTOR_TASK, people_text
from sgpctl.sandbox.problems import NotFound, Refused
from sgpctl.sandbox.task_models import TASK, Task
from sgpctl.sandbox.tasks import PreparedTask, prepared
from sgpctl.sandbox.wire import decoded_object, json_array, json_text

_TASKS: TypeAdapter[list[Task]] = TypeAdapter(list[Task])


def _update(call: Call) -> Reply:
    row = find_evaluation(call, call.path["evaluation_id"], archived=True)
    if is_restore(call.body):
        call.db.execute("UPDATE evaluation SET archived_at = NULL WHERE rowid = ?", (row["rowid"],))
        return shown(call, row["rowid"])
    _refuse_archived(row)
    body = checked(EvaluationPatch, call)
    sent = body.model_fields_set
    name = body.name if "name" in sent else row["name"]
    tags = checked_tags(call, body.tags) if "tags" in sent else json.loads(row["tags"])
    metadata = _patched_metadata(row["metadata"], body.metadata) if "metadata" in sent else row["metadata"]
    check_metadata_size(call, metadata)
    call.db.execute(
        "UPDATE evaluation SET name = ?, name_folded = ?, description = ?, tags = ?, metadata = ? WHERE rowid = ?",
        (
            name,
            name.casefold(),
            body.description if "description" in sent else row["description"],
            json_text(tags),
            metadata,
            row["rowid"],
        ),
    )
    index_for_search(call.db, row["rowid"], tags, decoded_object(metadata))
    return shown(call, row["rowid"])


def _patched_metadata(before: str | None, patch: dict[str, object]) -> str:
    return json_text(merged(decoded_object(before), patch))


def _archive(call: Call) -> Reply:
    row = find_evaluation(call, call.path["evaluation_id"], archived=True)
    if row["archived_at"] is not None:
        if not call.knobs.archive_twice_ok:
            raise Refused("The evaluation is archived already.")
        return shown(call, row["rowid"])
    call.db.execute("UPDATE evaluation SET archived_at = ? WHERE rowid = ?", (call.now_text, row["rowid"]))
    call.db.execute(
        "UPDATE group_member SET deleted_at = ? WHERE evaluation = ? AND deleted_at IS NULL",
        (call.now_text, row["rowid"]),
    )
    return shown(call, row["rowid"])


def _add_task(call: Call) -> Reply:
    row = find_evaluation(call, call.path["evaluation_id"], archived=True)
    _refuse_archived(row)
    task = checked(TaskAdd, call).task
    if task.task_type != CONTRIBUTOR_TASK:
        raise Refused(
            f"Only {CONTRIBUTOR_TASK} can be added; give other tasks when the evaluation is created."
        )
    before = _stored_tasks(row)
    (added,) = prepared([task])
    if any(added.alias in existing.columns for existing in before):
        raise Refused(f"The evaluation has a task with the alias {added.alias!r} already.")
    _store_tasks(call, row, (*before, added))
    return shown(call, row["rowid"])


def _update_task(call: Call) -> Reply:
    row = find_evaluation(call, call.path["evaluation_id"], archived=True)
    _refuse_archived(row)
    alias = call.path["alias"]
    documents = json.loads(row["tasks"])
    place = next((index for index, task in enumerate(documents) if task["alias"] == alias), None)
    if place is None:
        raise NotFound("Task", alias)
    documents[place] |= {"configuration": checked(TaskUpdate, call).configuration}
    try:
        TASK.validate_python(documents[place])
    except ValidationError as error:
        raise invalid_from(error, ("body",)) from error
    _store_tasks(call, row, prepared(_TASKS.validate_python(documents)))
    return shown(call, row["rowid"])


def _stored_tasks(row: sqlite3.Row) -> tuple[PreparedTask, ...]:
    return prepared(_TASKS.validate_json(row["tasks"]))


def _store_tasks(call: Call, row: sqlite3.Row, tasks: tuple[PreparedTask, ...]) -> None:
    """Keeps the tasks; results that are there already stay as they are, and nothing runs again (API 7)."""
    documents = [task.document for task in tasks]
    call.db.execute(
        "UPDATE evaluation SET tasks = ?, people = ? WHERE rowid = ?",
        (json_array(json_text(document) for document in documents), people_text(documents), row["rowid"]),
    )


def _refuse_archived(row: sqlite3.Row) -> None:
    if row["archived_at"] is not None:
        raise Refused("The evaluation is archived. Restore it first.")


ENDPOINTS = (
    Endpoint("PATCH", "/v5/evaluations/{evaluation_id}", _update, writes=True),
    Endpoint("DELETE", "/v5/evaluations/{evaluation_id}", _archive, writes=True),
    Endpoint("POST", "/v5/evaluations/{evaluation_id}/tasks", _add_task, writes=True),
    Endpoint("PATCH", "/v5/evaluations/{evaluation_id}/tasks/{alias:path}", _update_task, writes=True),
)
