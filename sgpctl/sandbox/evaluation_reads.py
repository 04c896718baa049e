"""Reading evaluations: retrieve, list, filter, schema and taxonomy (API 2.4 to 2.6, 2.9, 2.10)."""

from __future__ import annotations

from sgpctl.sandbox.bodies import checked
from sgpctl.sandbox.calls import Call, Endpoint, Reply
from sgpctl.sandbox.evaluation_rows import VIEWS, columns, evaluation_texts, find_evaluation, shown
from sgpctl.sandbox.field_schema import schema_text
from sgpctl.sandbox.filters import STATUS_SQL, FilterRequest, condition
from sgpctl.sandbox.paging import Listing, page_reply, read_page
from sgpctl.sandbox.problems import NotFound
from sgpctl.sandbox.wire import json_text

_SORT_KEYS = {
    "created_at": "e.created_at",
    "name": "e.name",
    "id": "e.id",
    "status": STATUS_SQL,
    "description": "COALESCE(e.description, '')",
    "archived_at": "COALESCE(e.archived_at, '')",
}
# A list walks an account in the order of time. A filter is led by its conditions: the plus keeps SQLite from using
# the account's index for it.
_LISTED = "e.account = :account"
_FILTERED = "+e.account = :account"
# Asked of one evaluation after the other, so that a page costs what it holds: a set of all that have the tags would be
# made anew for each page.
_HAS_TAGS = (
    "(SELECT COUNT(*) FROM evaluation_tag t WHERE t.evaluation = e.rowid"
    " AND t.tag IN (SELECT value FROM json_each(:tags))) = :tag_count"
)


def _retrieve(call: Call) -> Reply:
    views = call.query.choices("views", VIEWS)
    row = find_evaluation(call, call.path["evaluation_id"], archived=call.query.flag("include_archived"))
    return shown(call, row["rowid"], views)


def _list(call: Call) -> Reply:
    where: list[str] = []
    params: dict[str, object] = {}
    if name := call.query.text("name"):
        where.append("instr(e.name_folded, :name) > 0")
        params["name"] = name.casefold()
    if tags := frozenset(call.query.texts("tags")):
        kept = sorted({tag.lower() for tag in tags} if call.knobs.lowercase_tags else tags)
        where.append(_HAS_TAGS)
        params |= {"tags": json_text(kept), "tag_count": len(kept)}
    return _page(call, _LISTED, where, params)


def _filter(call: Call) -> Reply:
    where: list[str] = []
    params: dict[str, object] = {}
    for index, requested in enumerate(checked(FilterRequest, call).filters):
        found = condition(requested, index, lowercase_tags=call.knobs.lowercase_tags)
        where.append(found.sql)
        params |= found.params
    return _page(call, _FILTERED, where, params)


def _page(call: Call, scope: str, where: list[str], params: dict[str, object]) -> Reply:
    views = call.query.choices("views", VIEWS)
    if not call.query.flag("include_archived"):
        where.append("e.archived_at IS NULL")
    listing = Listing(
        source="evaluation e",
        columns=columns(views),
        scope=scope,
        where=("(e.listed_from IS NULL OR e.listed_from <= :now)", *where),
        params=params | {"account": call.account, "now": call.now_text},
        identity="e.id",
        tiebreak="e.rowid",
        sort_keys=_SORT_KEYS,
    )
    page = read_page(call, listing)
    return page_reply(page, evaluation_texts(call, page.rows))


def _schema(call: Call) -> Reply:
    archived = call.query.flag("include_archived")
    return Reply(schema_text(find_evaluation(call, call.path["evaluation_id"], archived=archived), call))


def _taxonomy(call: Call) -> Reply:
    row = find_evaluation(call, call.path["evaluation_id"], archived=False)
    if row["taxonomy"] is None:
        raise NotFound("Taxonomy of evaluation", row["id"])
    return Reply(row["taxonomy"])


ENDPOINTS = (
    Endpoint("GET", "/v5/evaluations", _list),
    Endpoint("POST", "/v5/evaluations/filter", _filter),
    Endpoint("GET", "/v5/evaluations/{evaluation_id}", _retrieve),
    Endpoint("GET", "/v5/evaluations/{evaluation_id}/schema", _schema),
    Endpoint("GET", "/v5/evaluations/{evaluation_id}/taxonomy", _taxonomy),
)
