"""Ids by name: what the platform has under the exact names that manifests refer to (API 5).

    1  the live ones     one list for each dataset name (the filter finds substrings), or one of all datasets where that
                         takes fewer requests; questions cannot be filtered by name, so one list of all
    2  for names that no live one bears: the archived ones in the same way, and a page of all names for a hint

A list that did not come whole proves neither that something is missing nor that there is only one: BadAnswer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from sgpctl import limits
from sgpctl.api import request as requests
from sgpctl.api import wire
from sgpctl.api.client import Client
from sgpctl.api.paging import Page, page_of, read_list
from sgpctl.api.request import QueryValue, Request
from sgpctl.api.together import together
from sgpctl.api.wire import MisshapenJson
from sgpctl.model.names import Answers, Bearer, Kind, LookedUp, Named

_RESOURCES = {Kind.DATASET: "datasets", Kind.QUESTION: "questions"}
_LOOKUPS_WITHOUT_COUNTING_MAX = 2  # counting first costs a request itself


class Lookup:
    """Reads raise NotReached, Rejected or BadAnswer."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def look_up(self, wanted: Iterable[Named]) -> Answers:
        """What the platform has of each."""
        names: dict[Kind, list[str]] = defaultdict(list)
        for named in sorted(set(wanted)):
            names[named.kind].append(named.name)
        async with together() as tasks:
            kinds = {kind: tasks.create_task(self._of_kind(kind, these)) for kind, these in names.items()}
        return {
            Named(kind, name): looked_up
            for kind, task in kinds.items()
            for name, looked_up in task.result().items()
        }

    async def _of_kind(self, kind: Kind, names: Sequence[str]) -> dict[str, LookedUp]:
        seen = await self._bearers(kind, names, archived_too=False)
        live = _by_name(one for one in seen if not one.is_archived)
        missing = [name for name in names if name not in live]
        archived: dict[str, tuple[Bearer, ...]] = {}
        others: tuple[str, ...] = ()
        if missing:
            archived = _by_name(await self._bearers(kind, missing, archived_too=True))
            others = tuple(dict.fromkeys(one.name for one in (*seen, *await self._first(kind)) if one.name))
        return {name: LookedUp(live.get(name, ()), archived.get(name, ()), others) for name in names}

    async def _bearers(self, kind: Kind, names: Sequence[str], *, archived_too: bool) -> list[Bearer]:
        """All that bear one of `names`, among others; the archived ones are not sure to be marked as such."""
        if kind is Kind.QUESTION or await self._is_one_list_cheaper(kind, names):
            return await self._list(kind, {"include_archived": archived_too})
        async with together() as tasks:
            lists = [
                tasks.create_task(self._list(kind, {"name": name, "include_archived": archived_too}))
                for name in names
            ]
        return [one for each in lists for one in each.result()]

    async def _is_one_list_cheaper(self, kind: Kind, names: Sequence[str]) -> bool:
        if len(names) <= _LOOKUPS_WITHOUT_COUNTING_MAX:
            return False
        total = (await self._page(requests.get(_RESOURCES[kind], query={"limit": 1}))).total
        return total is not None and -(-total // limits.PAGE_ITEMS) < len(names)

    async def _first(self, kind: Kind) -> list[Bearer]:
        """One page of the live ones, whatever their names."""
        page = await self._page(requests.get(_RESOURCES[kind], query={"limit": limits.PAGE_ITEMS}))
        return [wire.bearer(item) for item in page.items]

    async def _list(self, kind: Kind, query: dict[str, QueryValue]) -> list[Bearer]:
        def ask(cursor: str | None) -> Request:
            paging: dict[str, QueryValue] = {"limit": limits.PAGE_ITEMS, "starting_after": cursor}
            return requests.get(_RESOURCES[kind], query={**query, **paging})

        async def fetch(cursor: str | None) -> Page:
            return await self._page(ask(cursor))

        try:
            listing = await read_list(fetch)
        except MisshapenJson as problem:
            raise self._client.misshapen(ask(None), str(problem)) from None
        if listing.gap is not None:
            raise self._client.misshapen(ask(None), listing.gap)
        return [wire.bearer(item) for item in listing.items]

    async def _page(self, request: Request) -> Page:
        try:
            return page_of(await self._client.send(request))
        except MisshapenJson as problem:
            raise self._client.misshapen(request, str(problem)) from None


def _by_name(bearers: Iterable[Bearer]) -> dict[str, tuple[Bearer, ...]]:
    """Each bearer once, the oldest first."""
    found: dict[str, dict[str, Bearer]] = defaultdict(dict)
    for one in bearers:
        found[one.name][one.id] = one
    return {
        name: tuple(sorted(ones.values(), key=lambda one: (one.created_at, one.id)))
        for name, ones in found.items()
    }
