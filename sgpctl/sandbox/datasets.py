"""`/v5/datasets` (API 5): a named set of items whose every change makes a new version."""

from __future__ import annotations

import sqlite3
from typing import Annotated

from pydantic import BaseModel, Field

from sgpctl.sandbox.bodies import (
    Description,
    Files,
    Name,
    Rows,
    check_row_count,
    checked,
    checked_tags,
    is_restore,
    paired_files,
)
from sgpctl.sandbox.calls import Call, Endpoint, Reply
from sgpctl.sandbox.dataset_versions import add_items
from sgpctl.sandbox.moments import next_created_at
from sgpctl.sandbox.paging import Listing, page_reply, read_page
from sgpctl.sandbox.problems import NotFound, Refused
from sgpctl.sandbox.tag_search import has_all_tags
from sgpctl.sandbox.wire import CREATED_BY, json_object, json_text

_KIND = "Dataset"


class DatasetCreate(BaseModel):
    name: Name
    data: Annotated[Rows, Field(min_length=1)]
    description: str | None = None
    files: list[Files] | None = None
    tags: list[str] | None = None


class DatasetPatch(BaseModel):
    name: Name = ""
    description: Description | None = None
    tags: list[str] = []


def insert_dataset(call: Call, *, name: str, description: str | None, tags: list[str]) -> int:
    """A new, empty dataset at version 1; the answer is its row."""
    inserted = call.db.execute(
        "INSERT INTO dataset (id, account, name, name_folded, description, tags, version, created_at)"
        " VALUES (?, ?, ?, ?, ?, ?, 1, ?)",
        (
            call.new_id(),
            call.account,
            name,
            name.casefold(),
            description,
            json_text(tags),
            next_created_at(call.db, call.now),
        ),
    )
    return int(inserted.lastrowid or 0)


def find_dataset(call: Call, dataset_id: str, *, archived: bool) -> sqlite3.Row:
    """The dataset of that id; an archived one only if `archived`. NotFound otherwise."""
    row: sqlite3.Row | None = call.db.execute(
        "SELECT * FROM dataset WHERE id = ? AND account = ?", (dataset_id, call.account)
    ).fetchone()
    if row is None or (row["archived_at"] is not None and not archived):
        raise NotFound(_KIND, dataset_id)
    return row


def dataset_text(row: sqlite3.Row) -> str:
    return json_object(
        id=json_text(row["id"]),
        name=json_text(row["name"]),
        description=json_text(row["description"]),
        tags=row["tags"],
        current_version_num=json_text(row["version"]),
        created_at=json_text(row["created_at"]),
        created_by=CREATED_BY,
        archived_at=json_text(row["archived_at"]),
        object='"dataset"',
    )


def _create(call: Call) -> Reply:
    body = checked(DatasetCreate, call)
    check_row_count(call, len(body.data))
    files = paired_files(body.data, body.files)
    dataset = insert_dataset(
        call, name=body.name, description=body.description, tags=checked_tags(call, body.tags)
    )
    add_items(call, dataset, version=1, rows=body.data, files=files)
    return _shown(call, dataset)


def _list(call: Call) -> Reply:
    where = ["instr(d.name_folded, :name) > 0"] if call.query.text("name") else []
    params: dict[str, object] = {"account": call.account, "name": (call.query.text("name") or "").casefold()}
    if not call.query.flag("include_archived"):
        where.append("d.archived_at IS NULL")
    if tags := call.query.texts("tags"):
        where.append(has_all_tags("d.tags"))
        params["tags"] = json_text(tags)
    listing = Listing(
        source="dataset d",
        columns="d.*",
        scope="d.account = :account",
        where=tuple(where),
        params=params,
        identity="d.id",
        tiebreak="d.rowid",
        sort_keys={
            "created_at": "d.created_at",
            "name": "d.name",
            "id": "d.id",
            "archived_at": "COALESCE(d.archived_at, '')",
        },
    )
    page = read_page(call, listing)
    return page_reply(page, (dataset_text(row) for row in page.rows))


def _retrieve(call: Call) -> Reply:
    archived = call.query.flag("include_archived")
    return Reply(dataset_text(find_dataset(call, call.path["dataset_id"], archived=archived)))


def _update(call: Call) -> Reply:
    row = find_dataset(call, call.path["dataset_id"], archived=True)
    if is_restore(call.body):
        call.db.execute("UPDATE dataset SET archived_at = NULL WHERE rowid = ?", (row["rowid"],))
        return _shown(call, row["rowid"])
    if row["archived_at"] is not None:
        raise Refused("The dataset is archived. Restore it first.")
    body = checked(DatasetPatch, call)
    sent = body.model_fields_set
    name = body.name if "name" in sent else row["name"]
    call.db.execute(
        "UPDATE dataset SET name = ?, name_folded = ?, description = ?, tags = ? WHERE rowid = ?",
        (
            name,
            name.casefold(),
            body.description if "description" in sent else row["description"],
            json_text(checked_tags(call, body.tags)) if "tags" in sent else row["tags"],
            row["rowid"],
        ),
    )
    return _shown(call, row["rowid"])


def _archive(call: Call) -> Reply:
    row = find_dataset(call, call.path["dataset_id"], archived=True)
    if row["archived_at"] is not None:
        raise Refused("The dataset is archived already.")
    call.db.execute("UPDATE dataset SET archived_at = ? WHERE rowid = ?", (call.now_text, row["rowid"]))
    return Reply(json_object(id=json_text(row["id"]), deleted="true", object='"dataset"'))


def _shown(call: Call, dataset: int) -> Reply:
    row = call.db.execute("SELECT * FROM dataset WHERE rowid = ?", (dataset,)).fetchone()
    return Reply(dataset_text(row))


ENDPOINTS = (
    Endpoint("POST", "/v5/datasets", _create, writes=True),
    Endpoint("GET", "/v5/datasets", _list),
    Endpoint("GET", "/v5/datasets/{dataset_id}", _retrieve),
    Endpoint("PATCH", "/v5/datasets/{dataset_id}", _update, writes=True),
    Endpoint("DELETE", "/v5/datasets/{dataset_id}", _archive, writes=True),
)
