"""Lists that come in pages, read to their end and never beyond (API 1.10).

    the page                                       what follows
    is empty, or says `has_more: false`            the end
    `has_more` missing, everything counted is here  the end
    `has_more` missing, brings nothing new         the end
    `has_more: true`, brings nothing new           error: the list goes round
    ends in an item that was a cursor before       error: the list goes round
    more pages or items than the count allows      error: the list has no end
    otherwise                                      ask for the page after its last item

At the end, fewer different items than the last `total` that came leave a gap.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from sgpctl import limits
from sgpctl.api.wire import MisshapenJson, Object, as_object, as_objects, total_of
from sgpctl.model.located import Json

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Page:
    """One answer of a list; `has_more` and `total` are None where the answer does not say."""

    items: tuple[Object, ...]
    has_more: bool | None
    total: int | None


@dataclass(frozen=True, slots=True)
class Listing(Generic[Item]):
    """What a list held: each item once, in order of first appearance, in its last version.

    `total` is the platform's own count of the list. When fewer were read, `gap` says so in a sentence.
    """

    items: tuple[Item, ...]
    total: int | None = None
    gap: str | None = None


def page_of(answer: Json) -> Page:
    """Raises MisshapenJson for anything that is no page of items with ids."""
    envelope = as_object(answer, "the answer")
    if "items" not in envelope:
        raise MisshapenJson("the answer has no `items`")
    if envelope["items"] is None and total_of(envelope) != 0:
        raise MisshapenJson("the answer's `items` are null, and it does not say that there are none")
    items = as_objects(envelope["items"], "`items`") if envelope["items"] is not None else []
    if not all(isinstance(item.get("id"), str) and item["id"] for item in items):
        raise MisshapenJson("an item of the list has no `id`")
    has_more = envelope.get("has_more")
    return Page(tuple(items), has_more if isinstance(has_more, bool) else None, total_of(envelope))


async def read_list(
    fetch: Callable[[str | None], Awaitable[Page]], *, items_max: int | None = None
) -> Listing[Object]:
    """Everything that `fetch`, given the id to start after, brings page by page.

    With `items_max`, a list that is longer is left as soon as that is known, with the pages read so far and no gap.
    Raises MisshapenJson for a list without an end.
    """
    found: dict[str, Object] = {}
    total: int | None = None
    async for page in _pages(fetch, found):
        total = page.total if page.total is not None else total
        found.update((str(item["id"]), item) for item in page.items)
        if items_max is not None and max(len(found), total or 0) > items_max:
            return Listing(tuple(found.values()), total)
    return Listing(tuple(found.values()), total, _gap(len(found), total))


async def _pages(
    fetch: Callable[[str | None], Awaitable[Page]], found: dict[str, Object]
) -> AsyncIterator[Page]:
    """The pages in turn; whoever takes them adds their items to `found` before asking for the next."""
    cursors: set[str] = set()
    cursor: str | None = None
    pages_max = 1
    number = 0
    while True:
        page = await fetch(cursor)
        number += 1
        if number == 1:
            pages_max = _pages_max(page)
        brings_new = any(str(item["id"]) not in found for item in page.items)
        yield page
        if _is_last(page, len(found), brings_new=brings_new):
            return
        cursor = str(page.items[-1]["id"])
        if not brings_new or cursor in cursors:
            raise MisshapenJson(f"the list goes round in a circle; page {number} repeats what came before")
        cursors.add(cursor)
        if number >= pages_max or len(found) > limits.ITEMS_LISTED_MAX:
            raise MisshapenJson(f"the list has no end; {number} pages with {len(found)} items came")


def _is_last(page: Page, count: int, *, brings_new: bool) -> bool:
    if page.has_more is None:
        return not brings_new or (page.total is not None and count >= page.total)
    return not page.items or not page.has_more


def _pages_max(first: Page) -> int:
    """Twice what the first page's count calls for, because a list may grow while it is read."""
    if first.total is None:
        return limits.UNCOUNTED_PAGES_MAX
    if first.total > limits.ITEMS_LISTED_MAX:
        raise MisshapenJson(
            f"the list counts {first.total:,} items, and at most {limits.ITEMS_LISTED_MAX:,} are read"
        )
    if not first.items:
        return 1
    needed = -(-first.total // len(first.items))
    return min(2 * needed + 10, limits.PAGES_MAX)


def _gap(count: int, total: int | None) -> str | None:
    if total is None or count >= total:
        return None
    return f"the platform counts {total} in a list of which only {count} came"
