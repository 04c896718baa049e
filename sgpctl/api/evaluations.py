"""The platform's evaluations, as the rest of sgpctl asks for them and writes them.

Every question is answered by a local check of what came back: filters narrow what travels, they are not trusted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import TypeAlias, TypeVar

from sgpctl import limits
from sgpctl.api import request as requests
from sgpctl.api import wire
from sgpctl.api.client import Client
from sgpctl.api.paging import Listing, Page, page_of, read_list
from sgpctl.api.request import QueryValue, Request
from sgpctl.api.wire import MisshapenJson, Object
from sgpctl.errors import Rejected, TooLarge
from sgpctl.model.evaluation import RemoteContents, RemoteEvaluation, RemoteRow
from sgpctl.model.located import Json
from sgpctl.model.readback import DatasetItem, ItemRead, SchemaField

Value = TypeVar("Value")

Query: TypeAlias = "Mapping[str, QueryValue]"

_WITH_TASKS: Query = {"views": ["tasks"]}


class Evaluations:
    """Reads raise NotReached, Rejected or BadAnswer; writes NotReached, Rejected or Unclear."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def list_tagged(self, tag: str, *, include_archived: bool) -> Listing[RemoteEvaluation]:
        """All that carry `tag`, compared without case, because some deployments lower-case tags (API 7)."""
        listings = [
            await self._list({"tags": [spelling], "include_archived": include_archived})
            for spelling in _spellings(tag)
        ]
        found = {one.id: one for listing in listings for one in listing.items if _has_tag(one, tag)}
        total = max((listing.total for listing in listings if listing.total is not None), default=None)
        gap = next((listing.gap for listing in listings if listing.gap is not None), None)
        return Listing(tuple(found.values()), total, gap)

    async def newest_tagged(self, tag: str, *, items_max: int) -> Listing[RemoteEvaluation]:
        """At most so many that carry `tag`, archived ones too, of the latest; a gap says that there are others.

        What `sort_by` takes is not documented (API 7): what comes in another order is, if not whole, nothing at all.
        """
        pages = [await self._newest(spelling, items_max) for spelling in _spellings(tag)]
        found = {one.id: one for page in pages for one in page.items if _has_tag(one, tag)}
        return Listing(tuple(found.values()), gap=next((page.gap for page in pages if page.gap), None))

    async def _newest(self, tag: str, items_max: int) -> Listing[RemoteEvaluation]:
        query: dict[str, QueryValue] = {"tags": [tag], "include_archived": True, "limit": items_max}
        sorting: Query = {"sort_by": "created_at", "sort_order": "desc"}
        request = requests.get("evaluations", query={**query, **sorting})
        page = self._shaped(request, await self._client.send(request), page_of)
        items = tuple(self._shaped(request, item, self._evaluation) for item in page.items)
        if page.has_more is False or (page.has_more is None and page.total == len(items)):
            return Listing(items)
        is_sorted = all(later.created_at >= sooner.created_at for later, sooner in pairwise(items))
        return Listing(items if is_sorted else (), gap="the list goes on")

    async def list_named(self, name: str) -> Listing[RemoteEvaluation]:
        """The live ones of exactly this name; the server's own filter is a substring without case (API 2.5)."""
        listing = await self._list({"name": name})
        exact = tuple(one for one in listing.items if one.name == name and not one.is_archived)
        return Listing(exact, listing.total, listing.gap)

    async def list_all(self, *, include_archived: bool = False) -> Listing[RemoteEvaluation]:
        return await self._list({"include_archived": include_archived})

    async def count(self) -> int:
        """The live evaluations of the account."""
        counted = await self._count({})
        return counted if counted is not None else len((await self.list_all()).items)

    async def count_tagged(self, tag: str) -> int | None:
        """How many carry `tag`, archived ones included; never too few. None when the platform does not count."""
        counts = [
            await self._count({"tags": [spelling], "include_archived": True}) for spelling in _spellings(tag)
        ]
        return sum(count for count in counts if count is not None) if None not in counts else None

    async def find(self, key: str, value: str, *, tag: str | None) -> tuple[RemoteEvaluation, ...]:
        """Those, archived ones too, whose metadata says `value` under `key`, and that carry `tag` if one is given.

        Only the key is sent; how the filter's own `tag` key compares is not documented (API 2.6, 7). Raises BadAnswer
        when the list did not come whole: "not found" may be the reason to pay once more.
        """
        body: Json = {"filters": [{"key": key, "operator": "==", "value": value}]}

        def ask(paging: Query) -> Request:
            query = {**_WITH_TASKS, "include_archived": True, **paging}
            return requests.read_by_post("evaluations", "filter", query=query, body=body)

        listing = await self._read(ask, self._evaluation)
        if listing.gap is not None:
            raise self._client.misshapen(ask({}), listing.gap)
        return tuple(
            one
            for one in listing.items
            if one.metadata.get(key) == value and (tag is None or _has_tag(one, tag))
        )

    async def get(self, evaluation_id: str) -> RemoteEvaluation | None:
        """One with its tasks, archived or not; None when there is none."""
        request = requests.get("evaluations", evaluation_id, query={**_WITH_TASKS, "include_archived": True})
        try:
            answer = await self._client.send(request)
        except Rejected as refusal:
            if refusal.status == 404:
                return None
            raise
        return self._shaped(request, answer, self._evaluation)

    async def create(
        self, body: Mapping[str, Json], *, unless: Callable[[], str | None] | None = None
    ) -> RemoteEvaluation:
        """Start a run: the one call that costs money. It is sent again only when it provably never arrived.

        It may wait for its turn for minutes; what `unless` then says keeps it from being sent, as NotReached.
        """
        read_seconds = limits.CREATE_READ_SECONDS_MAX
        request = requests.write(
            "POST", "evaluations", body=dict(body), read_seconds=read_seconds, unless=unless
        )
        return await self._written(request)

    async def patch(self, evaluation_id: str, body: Mapping[str, Json]) -> RemoteEvaluation:
        """Change mutable fields; `metadata` is a merge patch, `tags` are replaced whole (API 2.7)."""
        return await self._written(requests.write("PATCH", "evaluations", evaluation_id, body=dict(body)))

    async def restore(self, evaluation_id: str) -> RemoteEvaluation:
        return await self.patch(evaluation_id, {"restore": True})

    async def archive(self, evaluation_id: str) -> RemoteEvaluation | None:
        """Soft-delete; None from deployments that answer with a stub or with nothing (API 2.2)."""
        request = requests.write("DELETE", "evaluations", evaluation_id)
        answer = await self._client.send(request)
        if answer is None or (isinstance(answer, dict) and "name" not in answer):
            return None
        return self._shaped(request, answer, self._evaluation)

    async def contents(
        self, evaluation_id: str, result_columns: frozenset[str], *, rows_max: int
    ) -> RemoteContents:
        """The rows without their results, if there are at most `rows_max`, and the taxonomy (API 8.3).

        A list that ended early leaves `rows` None: what was not read proves nothing.
        """

        def ask(paging: Query) -> Request:
            query: dict[str, QueryValue] = {"evaluation_id": evaluation_id, "include_archived": True}
            return requests.get("evaluation-items", query={**query, **paging})

        def own_row(item: Object) -> RemoteRow:
            if item.get("evaluation_id") not in (None, evaluation_id):
                raise MisshapenJson("an item belongs to another evaluation than was asked for")
            return wire.row(item, result_columns)

        listing = await self._read(ask, own_row, items_max=rows_max)
        taxonomy = await self.taxonomy(evaluation_id)
        count = max(len(listing.items), listing.total or 0)
        is_complete = count <= rows_max and listing.gap is None
        return RemoteContents(count, listing.items if is_complete else None, taxonomy)

    async def taxonomy(self, evaluation_id: str) -> Json:
        """The stored taxonomy; None when there is none (API 2.10)."""
        return await self._answer_or_none(requests.get("evaluations", evaluation_id, "taxonomy"))

    async def items(self, evaluation_id: str, *, items_max: int) -> Listing[ItemRead]:
        """All items as they are shown, results and all; at most about `items_max` of them are read."""

        def ask(paging: Query) -> Request:
            query: dict[str, QueryValue] = {"evaluation_id": evaluation_id, "include_archived": True}
            return requests.get("evaluation-items", query={**query, **paging})

        return await self._read(ask, wire.item, items_max=items_max)

    async def schema(self, evaluation_id: str) -> tuple[SchemaField, ...]:
        """What the platform says of each field of the rows; nothing where it does not tell (API 2.9)."""
        request = requests.get("evaluations", evaluation_id, "schema", query={"include_archived": True})
        try:
            answer = await self._client.send(request)
        except Rejected:
            return ()
        return self._shaped(request, answer, wire.schema)

    async def dataset_items(
        self, dataset_id: str, *, version: int | None, items_max: int
    ) -> Listing[tuple[str, DatasetItem]]:
        """The items of a dataset with their ids, as they are now or were in a version of it."""

        def ask(paging: Query) -> Request:
            query: dict[str, QueryValue] = {
                "dataset_id": dataset_id,
                "version": version,
                "include_archived": True,
            }
            return requests.get("dataset-items", query={**query, **paging})

        return await self._read(ask, wire.dataset_item, items_max=items_max)

    async def dataset_row_count(self, dataset_id: str) -> int | None:
        """How many rows a dataset has now; None when it cannot be told.

        A dataset has at least one row (API 5), so none at all is what an archived one shows, and is not believed.
        """
        request = requests.get("dataset-items", query={"dataset_id": dataset_id, "limit": 1})
        try:
            answer = await self._client.send(request)
        except Rejected:
            return None
        return self._shaped(request, answer, page_of).total or None

    async def dataset_version(self, dataset_id: str) -> int | None:
        """The version that a dataset has now; None when it cannot be told."""
        request = requests.get("datasets", dataset_id, query={"include_archived": True})
        try:
            answer = await self._client.send(request)
        except Rejected:
            return None
        return self._shaped(request, answer, wire.dataset_version)

    async def _list(self, query: Mapping[str, QueryValue]) -> Listing[RemoteEvaluation]:
        def ask(paging: Query) -> Request:
            return requests.get("evaluations", query={**query, **_WITH_TASKS, **paging})

        return await self._read(ask, self._evaluation)

    async def _count(self, query: Mapping[str, QueryValue]) -> int | None:
        request = requests.get("evaluations", query={**query, "limit": 1})
        return self._shaped(request, await self._client.send(request), page_of).total

    async def _read(
        self,
        ask: Callable[[Query], Request],
        read_item: Callable[[Object], Value],
        *,
        items_max: int | None = None,
    ) -> Listing[Value]:
        """The whole list; read again in smaller pages where a page turns out too large."""
        one_too_many = limits.PAGE_ITEMS if items_max is None else items_max + 1
        page_items = min(limits.PAGE_ITEMS, one_too_many)
        while True:
            try:
                return await self._read_pages(ask, read_item, page_items, items_max)
            except TooLarge:
                if page_items == 1:
                    raise
                page_items = max(1, page_items // limits.PAGE_ITEMS_DIVISOR)

    async def _read_pages(
        self,
        ask: Callable[[Query], Request],
        read_item: Callable[[Object], Value],
        page_items: int,
        items_max: int | None,
    ) -> Listing[Value]:
        async def fetch(cursor: str | None) -> Page:
            request = ask({"limit": page_items, "starting_after": cursor})
            return self._shaped(request, await self._client.send(request), page_of)

        try:
            listing = await read_list(fetch, items_max=items_max)
            items = tuple(read_item(item) for item in listing.items)
        except MisshapenJson as problem:
            raise self._client.misshapen(ask({}), str(problem)) from None
        return Listing(items, listing.total, listing.gap)

    async def _written(self, request: Request) -> RemoteEvaluation:
        return self._shaped(request, await self._client.send(request), self._evaluation)

    def _evaluation(self, value: Json) -> RemoteEvaluation:
        """One evaluation. By its id, name and tags it is known wherever it is written down, so these cannot be the key."""
        found = wire.evaluation(value)
        known_by = " ".join((found.id, found.name, *found.tags))
        if self._client.connection.api_key.taken_out_of(known_by) != known_by:
            raise MisshapenJson(
                "an evaluation has the API key in its id, its name or its tags, where everybody can read it; have a "
                "new key made"
            )
        return found

    async def _answer_or_none(self, request: Request) -> Json:
        try:
            return await self._client.send(request)
        except Rejected as refusal:
            if refusal.status == 404:
                return None
            raise

    def _shaped(self, request: Request, answer: Json, shape: Callable[[Json], Value]) -> Value:
        try:
            return shape(answer)
        except MisshapenJson as problem:
            raise self._client.misshapen(request, str(problem)) from None


def _spellings(tag: str) -> tuple[str, ...]:
    """The ways in which a deployment may keep `tag` (API 7)."""
    return tuple(dict.fromkeys((tag, tag.lower())))


def _has_tag(one: RemoteEvaluation, tag: str) -> bool:
    return tag.lower() in {held.lower() for held in one.tags}
