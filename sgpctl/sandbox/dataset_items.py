"""`/v5/dataset-items` (API 5)."""

from __future__ import annotations

import json
import sqlite3
from typing import Annotated

from pydantic import BaseModel, Field

from sgpctl.sandbox.bodies import Files, Rows, check_row_count, checked, paired_files
from sgpctl.sandbox.calls import Call, Endpoint, Reply
from sgpctl.sandbox.dataset_versions import add_items, close_line, next_version, reopen_line
from sgpctl.sandbox.datasets import find_dataset
from sgpctl.sandbox.paging import Listing, page_reply, read_page
from sgpctl.sandbox.problems import Invalid, NotFound, Refused
from sgpctl.sandbox.task_models import Text
from sgpctl.sandbox.wire import CREATED_BY, json_array, json_object, json_text, stored

_KIND = "Dataset item"
_SOURCE = "dataset_item i JOIN dataset d ON d.rowid = i.dataset"
_COLUMNS = "i.*, d.id AS dataset_id, d.archived_at AS archived_at"
_LATEST = "i.until_version IS NULL"
_AT_VERSION = "i.from_version <= :version AND (i.until_version IS NULL OR i.until_version > :version)"


class ItemBatch(BaseModel):
    dataset_id: Text
    data: Annotated[Rows, Field(min_length=1)]
    files: list[Files] | None = None


class ItemPatch(BaseModel):
    data: dict[str, object]
    files: Files | None = None


def _item_text(row: sqlite3.Row) -> str:
    return json_object(
        id=json_text(row["id"]),
        dataset_id=json_text(row["dataset_id"]),
        data=row["data"],
        files=stored(row["files"]),
        content_hash=json_text(row["content_hash"]),
        created_at=json_text(row["created_at"]),
        updated_at=json_text(row["updated_at"]),
        created_by=CREATED_BY,
        archived_at=json_text(row["archived_at"]),
        object='"dataset.item"',
    )


def _batch(call: Call) -> Reply:
    body = checked(ItemBatch, call)
    check_row_count(call, len(body.data))
    dataset = find_dataset(call, body.dataset_id, archived=True)
    if dataset["archived_at"] is not None:
        raise Refused("The dataset is archived. Restore it first.")
    version = next_version(call.db, dataset["rowid"])
    ids = add_items(
        call, dataset["rowid"], version=version, rows=body.data, files=paired_files(body.data, body.files)
    )
    rows = call.db.execute(
        f"SELECT {_COLUMNS} FROM json_each(?) AS wanted JOIN dataset_item i ON i.id = wanted.value"  # noqa: S608 - constants
        " JOIN dataset d ON d.rowid = i.dataset ORDER BY wanted.key",
        (json_text(ids),),
    )
    return Reply(json_object(items=json_array(_item_text(row) for row in rows), object='"list"'))


def _list(call: Call) -> Reply:
    dataset_id, version = call.query.text("dataset_id"), call.query.whole("version", least=1)
    if version is not None and dataset_id is None:
        raise Invalid.at(("query", "version"), "A version needs a dataset_id")
    archived = call.query.flag("include_archived")
    where = [_LATEST if version is None else _AT_VERSION]
    params: dict[str, object] = {"account": call.account, "version": version}
    if not archived:
        where.append("d.archived_at IS NULL")
    if dataset_id is not None:
        dataset = find_dataset(call, dataset_id, archived=True)
        _refuse_future(dataset, version)
        where.append("i.dataset = :dataset")
        params["dataset"] = dataset["rowid"]
    listing = Listing(
        source=_SOURCE,
        columns=_COLUMNS,
        scope="i.account = :account",
        where=tuple(where),
        params=params,
        identity="i.id",
        tiebreak="i.position",
        sort_keys={"created_at": "i.created_at", "updated_at": "i.updated_at", "id": "i.id"},
    )
    page = read_page(call, listing)
    return page_reply(page, (_item_text(row) for row in page.rows))


def _retrieve(call: Call) -> Reply:
    return Reply(_item_text(_find(call, call.query.whole("version", least=1))))


def _update(call: Call) -> Reply:
    body = checked(ItemPatch, call)
    line = _find(call, None)
    version = next_version(call.db, line["dataset"])
    close_line(call.db, line, version)
    kept = json.loads(line["files"]) if line["files"] is not None else None
    reopen_line(call, line, version, body.data, kept if body.files is None else body.files)
    return Reply(_item_text(_find(call, None)))


def _archive(call: Call) -> Reply:
    line = _find(call, None)
    close_line(call.db, line, next_version(call.db, line["dataset"]))
    return Reply(json_object(id=json_text(line["id"]), deleted="true", object='"dataset.item"'))


def _find(call: Call, version: int | None) -> sqlite3.Row:
    """The item of the path as it is, or as it was at `version`, while its dataset is not archived."""
    item_id = call.path["dataset_item_id"]
    found: sqlite3.Row | None = call.db.execute(
        f"SELECT {_COLUMNS} FROM {_SOURCE} WHERE i.id = :id AND i.account = :account"  # noqa: S608 - constants
        f" AND d.archived_at IS NULL AND {_LATEST if version is None else _AT_VERSION}",
        {"id": item_id, "account": call.account, "version": version},
    ).fetchone()
    if found is None:
        raise NotFound(_KIND, item_id)
    return found


def _refuse_future(dataset: sqlite3.Row, version: int | None) -> None:
    if version is not None and version > dataset["version"]:
        raise NotFound("Dataset version", str(version))


ENDPOINTS = (
    Endpoint("POST", "/v5/dataset-items/batch", _batch, writes=True),
    Endpoint("GET", "/v5/dataset-items", _list),
    Endpoint("GET", "/v5/dataset-items/{dataset_item_id}", _retrieve),
    Endpoint("PATCH", "/v5/dataset-items/{dataset_item_id}", _update, writes=True),
    Endpoint("DELETE", "/v5/dataset-items/{dataset_item_id}", _archive, writes=True),
)
