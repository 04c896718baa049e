"""`/v5/evaluation-groups` (API 5): PATCH changes what is sent, PUT replaces everything."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from typing import Annotated

from pydantic import BaseModel, Field

from sgpctl.sandbox.bodies import Name, checked, checked_tags
from sgpctl.sandbox.calls import Call, Endpoint, Reply
from sgpctl.sandbox.evaluation_rows import find_evaluation
from sgpctl.sandbox.field_schema import schema_text
from sgpctl.sandbox.group_members import members_text, set_members
from sgpctl.sandbox.moments import next_created_at
from sgpctl.sandbox.paging import Listing, page_reply, read_page
from sgpctl.sandbox.problems import NotFound, Refused
from sgpctl.sandbox.tag_search import has_all_tags
from sgpctl.sandbox.wire import decoded_object, json_array, json_object, json_text, stored

_KIND = "Evaluation group"
_VIEWS = ("members", "row_identifiers")
_HAS_MEMBER = (
    "EXISTS (SELECT 1 FROM group_member m JOIN evaluation e ON e.rowid = m.evaluation"
    " WHERE m.evaluation_group = g.rowid AND m.deleted_at IS NULL AND e.id = :evaluation_id)"
)


class GroupPatch(BaseModel):
    """Which fields were sent matters, so none has a meaningful default."""

    name: Name = ""
    description: str | None = None
    metadata: dict[str, object] = {}
    row_identifiers: dict[str, str] = {}
    tags: list[str] = []


class GroupCreate(GroupPatch):
    name: Name
    evaluation_ids: Annotated[list[str], Field(min_length=1)]


class GroupReplace(GroupPatch):
    evaluation_ids: Annotated[list[str], Field(min_length=1)] | None = None


def _create(call: Call) -> Reply:
    body = checked(GroupCreate, call)
    inserted = call.db.execute(
        "INSERT INTO evaluation_group (id, account, name, name_folded, tags, row_identifiers, created_at)"
        " VALUES (?, ?, '', '', '[]', '{}', ?)",
        (call.new_id(), call.account, next_created_at(call.db, call.now)),
    )
    group = int(inserted.lastrowid or 0)
    set_members(call, group, body.evaluation_ids)
    members_only = {key: name for key, name in body.row_identifiers.items() if key in body.evaluation_ids}
    _write(call, group, body, name=body.name, row_identifiers=members_only)
    return _shown(call, group)


def _list(call: Call) -> Reply:
    views = call.query.choices("views", _VIEWS)
    where: list[str] = []
    params: dict[str, object] = {"account": call.account}
    if not call.query.flag("include_deleted"):
        where.append("g.deleted_at IS NULL")
    if name := call.query.text("name"):
        where.append("instr(g.name_folded, :name) > 0")
        params["name"] = name.casefold()
    if evaluation_id := call.query.text("evaluation_id"):
        where.append(_HAS_MEMBER)
        params["evaluation_id"] = evaluation_id
    if tags := call.query.texts("tags"):
        where.append(has_all_tags("g.tags"))
        params["tags"] = json_text(tags)
    listing = Listing(
        source="evaluation_group g",
        columns="g.*",
        scope="g.account = :account",
        where=tuple(where),
        params=params,
        identity="g.id",
        tiebreak="g.rowid",
        sort_keys={"created_at": "g.created_at", "name": "g.name", "id": "g.id"},
    )
    page = read_page(call, listing)
    return page_reply(page, (_text(call, row, views) for row in page.rows))


def _retrieve(call: Call) -> Reply:
    views = call.query.choices("views", _VIEWS) | {"members"}
    row = _find(call, deleted=call.query.flag("include_deleted"))
    return Reply(_text(call, row, views))


def _update(call: Call) -> Reply:
    row = _find(call, deleted=False)
    body = checked(GroupPatch, call)
    sent = body.model_fields_set
    if not sent:
        raise Refused("A PATCH of a group needs at least one field.")
    kept = GroupPatch.model_construct(
        description=body.description if "description" in sent else row["description"],
        metadata=decoded_object(row["metadata"]) | body.metadata,
        tags=body.tags if "tags" in sent else json.loads(row["tags"]),
    )
    _write(
        call,
        row["rowid"],
        kept,
        name=body.name if "name" in sent else row["name"],
        row_identifiers=body.row_identifiers
        if "row_identifiers" in sent
        else json.loads(row["row_identifiers"]),
    )
    return _shown(call, row["rowid"])


def _replace(call: Call) -> Reply:
    row = _find(call, deleted=False)
    body = checked(GroupReplace, call)
    if body.evaluation_ids is not None:
        set_members(call, row["rowid"], body.evaluation_ids)
    name = body.name if "name" in body.model_fields_set else row["name"]
    _write(call, row["rowid"], body, name=name, row_identifiers=body.row_identifiers)
    return _shown(call, row["rowid"])


def _delete(call: Call) -> Reply:
    row = _find(call, deleted=False)
    call.db.execute(
        "UPDATE evaluation_group SET deleted_at = ? WHERE rowid = ?", (call.now_text, row["rowid"])
    )
    call.db.execute(
        "UPDATE group_member SET deleted_at = ? WHERE evaluation_group = ? AND deleted_at IS NULL",
        (call.now_text, row["rowid"]),
    )
    return _shown(call, row["rowid"])


def _schema(call: Call) -> Reply:
    row = _find(call, deleted=False)
    members = call.db.execute(
        "SELECT e.id FROM group_member m JOIN evaluation e ON e.rowid = m.evaluation"
        " WHERE m.evaluation_group = ? AND m.deleted_at IS NULL ORDER BY m.rowid",
        (row["rowid"],),
    ).fetchall()
    return Reply(
        json_object(
            evaluation_group_id=json_text(row["id"]),
            evaluation_schemas=json_array(
                schema_text(find_evaluation(call, member["id"], archived=False), call) for member in members
            ),
            object='"evaluation_group_schema"',
        )
    )


def _write(call: Call, group: int, body: GroupPatch, *, name: str, row_identifiers: dict[str, str]) -> None:
    call.db.execute(
        "UPDATE evaluation_group SET name = ?, name_folded = ?, description = ?, tags = ?, metadata = ?,"
        " row_identifiers = ? WHERE rowid = ?",
        (
            name,
            name.casefold(),
            body.description,
            json_text(checked_tags(call, body.tags)),
            json_text(body.metadata),
            json_text(row_identifiers),
            group,
        ),
    )


def _find(call: Call, *, deleted: bool) -> sqlite3.Row:
    group_id = call.path["group_id"]
    row: sqlite3.Row | None = call.db.execute(
        "SELECT * FROM evaluation_group WHERE id = ? AND account = ?", (group_id, call.account)
    ).fetchone()
    if row is None or (row["deleted_at"] is not None and not deleted):
        raise NotFound(_KIND, group_id)
    return row


def _shown(call: Call, group: int) -> Reply:
    row = call.db.execute("SELECT * FROM evaluation_group WHERE rowid = ?", (group,)).fetchone()
    return Reply(_text(call, row, ("members",)))


def _text(call: Call, row: sqlite3.Row, views: Iterable[str]) -> str:
    shown = frozenset(views)
    return json_object(
        id=json_text(row["id"]),
        account_id=json_text(row["account"]),
        name=json_text(row["name"]),
        description=json_text(row["description"]),
        tags=row["tags"],
        metadata=stored(row["metadata"]),
        members=members_text(call, row) if "members" in shown else "null",
        row_identifiers=_row_identifiers_text(row) if "row_identifiers" in shown else "null",
        created_at=json_text(row["created_at"]),
        deleted_at=json_text(row["deleted_at"]),
        object='"evaluation_group"',
    )


def _row_identifiers_text(row: sqlite3.Row) -> str:
    return json_text(
        [
            {"evaluation_id": key, "column_name": name, "object": "evaluation_group.row_identifier"}
            for key, name in json.loads(row["row_identifiers"]).items()
        ]
    )


ENDPOINTS = (
    Endpoint("POST", "/v5/evaluation-groups", _create, writes=True),
    Endpoint("GET", "/v5/evaluation-groups", _list),
    Endpoint("GET", "/v5/evaluation-groups/{group_id}", _retrieve),
    Endpoint("GET", "/v5/evaluation-groups/{group_id}/schema", _schema),
    Endpoint("PATCH", "/v5/evaluation-groups/{group_id}", _update, writes=True),
    Endpoint("PUT", "/v5/evaluation-groups/{group_id}", _replace, writes=True),
    Endpoint("DELETE", "/v5/evaluation-groups/{group_id}", _delete, writes=True),
)
