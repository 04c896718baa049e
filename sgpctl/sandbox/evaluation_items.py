"""`/v5/evaluation-items`: the rows of evaluations, with the results merged into them (API 6)."""

from __future__ import annotations

import sqlite3
from typing import Literal

from pydantic import BaseModel

from sgpctl.sandbox.bodies import checked
from sgpctl.sandbox.calls import Call, Endpoint, Reply
from sgpctl.sandbox.evaluation_rows import find_evaluation
from sgpctl.sandbox.export import as_csv, as_json, as_jsonl
from sgpctl.sandbox.item_results import ITEM_COLUMNS, ITEM_SOURCE, item_document
from sgpctl.sandbox.paging import Listing, page_reply, read_page
from sgpctl.sandbox.problems import NotAnswered, NotFound
from sgpctl.sandbox.task_models import Text
from sgpctl.sandbox.wire import json_object, json_text

_KIND = "Evaluation item"
# Until its run has finished, a row has no errors to show.
_HAS_FAILED = "i.failed = 1 AND e.finishes_at <= :now"
_COMPLETION = {"all": "TRUE", "failed": _HAS_FAILED, "passed": f"NOT ({_HAS_FAILED})"}


class ExportRequest(BaseModel):
    evaluation_id: Text
    export_format: Literal["json", "jsonl", "csv"] = "json"
    export_method: Literal["direct", "signed_url"] = "direct"
    include_archived: bool = False


def _list(call: Call) -> Reply:
    completion = call.query.choice("completion_status", tuple(_COMPLETION), "all")
    where = [_COMPLETION[completion]]
    params: dict[str, object] = {"account": call.account, "now": call.now_text}
    if not call.query.flag("include_archived"):
        where.append("e.archived_at IS NULL")
    if evaluation_id := call.query.text("evaluation_id"):
        where.append("i.evaluation = :evaluation")
        params["evaluation"] = find_evaluation(call, evaluation_id, archived=True)["rowid"]
    listing = Listing(
        source=ITEM_SOURCE,
        columns=ITEM_COLUMNS,
        scope="i.account = :account",
        where=tuple(where),
        params=params,
        identity="i.id",
        tiebreak="i.rowid",
        sort_keys={"created_at": "i.created_at", "id": "i.id"},
    )
    page = read_page(call, listing)
    return page_reply(page, (json_text(item_document(row, call.now_text)) for row in page.rows))


def _retrieve(call: Call) -> Reply:
    item_id = call.path["item_id"]
    row: sqlite3.Row | None = call.db.execute(
        f"SELECT {ITEM_COLUMNS} FROM {ITEM_SOURCE} WHERE i.id = ? AND i.account = ?",  # noqa: S608 - constants
        (item_id, call.account),
    ).fetchone()
    if row is None or (row["archived_at"] is not None and not call.query.flag("include_archived")):
        raise NotFound(_KIND, item_id)
    return Reply(json_text(item_document(row, call.now_text)))


def _export(call: Call) -> Reply:
    body = checked(ExportRequest, call)
    if body.export_method == "signed_url":
        raise NotAnswered(501, "The sandbox has no object storage. Use the export method `direct`.")
    evaluation = find_evaluation(call, body.evaluation_id, archived=body.include_archived)
    rows = call.db.execute(
        f"SELECT {ITEM_COLUMNS} FROM {ITEM_SOURCE} WHERE i.evaluation = ? ORDER BY i.rowid",  # noqa: S608 - constants
        (evaluation["rowid"],),
    )
    items = [item_document(row, call.now_text) for row in rows]
    match body.export_format:
        case "json":
            content = as_json(items)
        case "jsonl":
            content = as_jsonl(items)
        case "csv":
            content = as_csv(items)
    filename = json_text(f"{evaluation['id']}.{body.export_format}")
    return Reply(json_object(filename=filename, content=json_text(content), signed_url="null"))


ENDPOINTS = (
    Endpoint("GET", "/v5/evaluation-items", _list),
    Endpoint("POST", "/v5/evaluation-items/export", _export),
    Endpoint("GET", "/v5/evaluation-items/{item_id}", _retrieve),
)
