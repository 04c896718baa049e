"""Who belongs to an evaluation group: members come and go, and past ones are kept with the time they left."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from sgpctl.sandbox.calls import Call
from sgpctl.sandbox.moments import next_created_at
from sgpctl.sandbox.problems import Refused
from sgpctl.sandbox.wire import json_array, json_object, json_text

_KNOWN = (
    "SELECT e.id, e.rowid FROM json_each(?) AS wanted JOIN evaluation e ON e.id = wanted.value"
    " WHERE e.account = ? AND e.archived_at IS NULL"
)


def set_members(call: Call, group: int, evaluation_ids: Sequence[str]) -> None:
    """Makes exactly these evaluations the members of `group`. Refused for an unknown or repeated one."""
    if len(set(evaluation_ids)) != len(evaluation_ids):
        raise Refused("evaluation_ids names an evaluation twice.")
    found = {
        row["id"]: row["rowid"] for row in call.db.execute(_KNOWN, (json_text(evaluation_ids), call.account))
    }
    for evaluation_id in evaluation_ids:
        if evaluation_id not in found:
            raise Refused(f"Evaluation {evaluation_id!r} was not found.")
    present = {
        row["evaluation"]
        for row in call.db.execute(
            "SELECT evaluation FROM group_member WHERE evaluation_group = ? AND deleted_at IS NULL", (group,)
        )
    }
    wanted = [found[evaluation_id] for evaluation_id in evaluation_ids]
    call.db.executemany(
        "UPDATE group_member SET deleted_at = ? WHERE evaluation_group = ? AND evaluation = ? AND deleted_at IS NULL",
        ((call.now_text, group, evaluation) for evaluation in present - set(wanted)),
    )
    created_at = next_created_at(call.db, call.now)
    call.db.executemany(
        "INSERT INTO group_member (id, evaluation_group, evaluation, created_at) VALUES (?, ?, ?, ?)",
        (
            (call.new_id(), group, evaluation, created_at)
            for evaluation in wanted
            if evaluation not in present
        ),
    )


def members_text(call: Call, group: sqlite3.Row) -> str:
    """The members of `group` as JSON; of a deleted group, those that it was deleted with."""
    rows = call.db.execute(
        "SELECT m.*, e.id AS evaluation_id, e.name AS evaluation_name, e.tags AS evaluation_tags,"
        " e.created_at AS evaluation_created_at"
        " FROM group_member m JOIN evaluation e ON e.rowid = m.evaluation"
        " WHERE m.evaluation_group = ? AND m.deleted_at IS ? ORDER BY m.rowid",
        (group["rowid"], group["deleted_at"]),
    )
    return json_array(_member_text(row, group["id"]) for row in rows)


def _member_text(row: sqlite3.Row, group_id: str) -> str:
    return json_object(
        id=json_text(row["id"]),
        evaluation_group_id=json_text(group_id),
        evaluation_id=json_text(row["evaluation_id"]),
        evaluation_name=json_text(row["evaluation_name"]),
        evaluation_tags=row["evaluation_tags"],
        evaluation_created_at=json_text(row["evaluation_created_at"]),
        created_at=json_text(row["created_at"]),
        deleted_at=json_text(row["deleted_at"]),
        object='"evaluation_group.member"',
    )
