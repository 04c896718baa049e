"""Pages of a listing: cursors both ways, a total, and an envelope with all five fields (API 1.10).

Pages are cut by the value of a row, not by its number, so they stay right while rows come and go. A cursor that
names nothing is refused with 400. Order: the sort key, then the order of creation.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sgpctl.sandbox.calls import Call, Reply
from sgpctl.sandbox.problems import Invalid, NotAnswered
from sgpctl.sandbox.wire import json_array, json_object, json_text

_LIMIT_DEFAULT = 100


@dataclass(frozen=True, slots=True)
class Listing:
    """What is listed, in SQL. All parts are constants of ours; values travel in `params`.

    `sort_keys` maps the API's `sort_by` to an expression; an empty one sorts as an empty text.
    """

    source: str
    columns: str
    scope: str
    where: tuple[str, ...]
    params: Mapping[str, object]
    identity: str
    tiebreak: str
    sort_keys: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Page:
    rows: list[sqlite3.Row]
    total: int
    has_more: bool
    limit: int


@dataclass(frozen=True, slots=True)
class _Order:
    key: str
    descending: bool
    backwards: bool

    @property
    def words(self) -> tuple[str, str]:
        """The direction to read in, and the comparison that finds what follows the cursor in it."""
        return ("DESC", "<") if self.descending != self.backwards else ("ASC", ">")


def read_page(call: Call, listing: Listing) -> Page:
    """The page that the query parameters ask for. Backward pages come in the normal order."""
    limit = call.query.whole("limit", least=1, most=call.knobs.page_limit_max) or min(
        _LIMIT_DEFAULT, call.knobs.page_limit_max
    )
    after, before = call.query.text("starting_after"), call.query.text("ending_before")
    if after is not None and before is not None:
        raise NotAnswered(400, "Give starting_after or ending_before, not both.")
    order = _order(call, listing, backwards=before is not None)
    cursor = after if after is not None else before
    params = dict(listing.params)
    where = (listing.scope, *listing.where)
    total = _count(call.db, listing, where, params)
    direction, comparison = order.words
    if cursor is not None:
        key, tiebreak = _cursor_place(call, listing, order, cursor)
        params |= {"cursor_key": key, "cursor_tiebreak": tiebreak}
        where += (f"({order.key}, {listing.tiebreak}) {comparison} (:cursor_key, :cursor_tiebreak)",)
    rows = call.db.execute(
        f"SELECT {listing.columns} FROM {listing.source} WHERE {' AND '.join(where)}"  # noqa: S608 - constants
        f" ORDER BY {order.key} {direction}, {listing.tiebreak} {direction} LIMIT :page_rows",
        params | {"page_rows": limit + 1},
    ).fetchall()
    has_more = len(rows) > limit
    rows = rows[:limit]
    if order.backwards:
        rows.reverse()
    return Page(rows, total, has_more, limit)


def page_reply(page: Page, items: Iterable[str]) -> Reply:
    """The envelope around `items`, which are JSON texts."""
    return Reply(
        json_object(
            items=json_array(items),
            total=json_text(page.total),
            has_more=json_text(page.has_more),
            limit=json_text(page.limit),
            object='"list"',
        )
    )


def _order(call: Call, listing: Listing, *, backwards: bool) -> _Order:
    sort_by = call.query.text("sort_by") or "created_at"
    if sort_by not in listing.sort_keys:
        raise Invalid.at(("query", "sort_by"), f"Input should be one of {sorted(listing.sort_keys)}", "enum")
    descending = call.query.choice("sort_order", ("asc", "desc"), "asc") == "desc"
    return _Order(listing.sort_keys[sort_by], descending, backwards)


def _count(
    db: sqlite3.Connection, listing: Listing, where: tuple[str, ...], params: Mapping[str, object]
) -> int:
    statement = f"SELECT COUNT(*) FROM {listing.source} WHERE {' AND '.join(where)}"  # noqa: S608 - constants
    return int(db.execute(statement, params).fetchone()[0])


def _cursor_place(call: Call, listing: Listing, order: _Order, cursor: str) -> tuple[object, object]:
    found = call.db.execute(
        f"SELECT {order.key}, {listing.tiebreak} FROM {listing.source}"  # noqa: S608 - constants
        f" WHERE {listing.scope} AND {listing.identity} = :cursor",
        dict(listing.params) | {"cursor": cursor},
    ).fetchone()
    if found is None:
        raise NotAnswered(400, f"The cursor {cursor!r} does not name an item.")
    return found[0], found[1]
