from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sgpctl import limits
from sgpctl.api.paging import Listing, Page, page_of, read_list
from sgpctl.api.wire import MisshapenJson, Object
from sgpctl.model.located import Json


class Pages:
    """A list that answers with its pages in order, the last one for ever."""

    def __init__(self, *pages: Page) -> None:
        self._pages = pages
        self.cursors: list[str | None] = []

    async def __call__(self, cursor: str | None) -> Page:
        self.cursors.append(cursor)
        return self._pages[min(len(self.cursors), len(self._pages)) - 1]


def a_page(ids: Sequence[str], *, has_more: bool | None, total: int | None) -> Page:
    return Page(tuple({"id": one} for one in ids), has_more, total)


def read(pages: Pages, *, items_max: int | None = None) -> Listing[Object]:
    return asyncio.run(read_list(pages, items_max=items_max))


def ids_of(listing: Listing[Object]) -> list[Json]:
    return [item["id"] for item in listing.items]


def test_pages_follow_the_id_of_the_last_item() -> None:
    pages = Pages(
        a_page(["a", "b"], has_more=True, total=3),
        a_page(["c"], has_more=False, total=3),
    )
    listing = read(pages)
    assert ids_of(listing) == ["a", "b", "c"]
    assert pages.cursors == [None, "b"]
    assert (listing.total, listing.gap) == (3, None)


def test_an_empty_list_is_one_request() -> None:
    pages = Pages(a_page([], has_more=False, total=0))
    assert read(pages) == Listing((), 0, None)
    assert pages.cursors == [None]


def test_an_empty_page_ends_the_list_even_when_it_promises_more() -> None:
    pages = Pages(a_page(["a"], has_more=True, total=1), a_page([], has_more=True, total=1))
    assert ids_of(read(pages)) == ["a"]
    assert len(pages.cursors) == 2


def test_without_has_more_the_count_ends_the_list() -> None:
    pages = Pages(a_page(["a", "b"], has_more=None, total=2))
    assert ids_of(read(pages)) == ["a", "b"]
    assert len(pages.cursors) == 1


@pytest.mark.parametrize("rest", [[], ["b"]])
def test_without_has_more_and_count_one_page_more_is_asked_for(rest: list[str]) -> None:
    pages = Pages(a_page(["a", "b"], has_more=None, total=None), a_page(rest, has_more=None, total=None))
    listing = read(pages)
    assert ids_of(listing) == ["a", "b"]
    assert len(pages.cursors) == 2
    assert listing.gap is None


def test_an_item_that_comes_twice_counts_once_in_its_last_version() -> None:
    first = Page(({"id": "a", "v": 1}, {"id": "b", "v": 1}), has_more=True, total=3)
    second = Page(({"id": "b", "v": 2}, {"id": "c", "v": 1}), has_more=False, total=3)
    assert read(Pages(first, second)).items == ({"id": "a", "v": 1}, {"id": "b", "v": 2}, {"id": "c", "v": 1})


def test_fewer_items_than_the_last_page_counts_leave_a_gap() -> None:
    pages = Pages(
        a_page(["a", "b"], has_more=True, total=2),
        a_page(["c"], has_more=False, total=5),
    )
    listing = read(pages)
    assert listing.gap == "the platform counts 5 in a list of which only 3 came"


def test_more_items_than_counted_are_no_gap() -> None:
    assert read(Pages(a_page(["a", "b"], has_more=False, total=1))).gap is None


def test_a_list_that_repeats_itself_is_an_error() -> None:
    pages = Pages(a_page(["a", "b"], has_more=True, total=9))
    with pytest.raises(MisshapenJson, match="goes round in a circle; page 2"):
        read(pages)
    assert len(pages.cursors) == 2


def test_a_cursor_that_comes_back_is_an_error() -> None:
    pages = Pages(
        a_page(["a"], has_more=True, total=9),
        a_page(["b", "a"], has_more=True, total=9),
    )
    with pytest.raises(MisshapenJson, match="goes round"):
        read(pages)
    assert pages.cursors == [None, "a"]


class Endless:
    """A list that always has a new item and always has more."""

    def __init__(self, total: int | None) -> None:
        self._total = total
        self.pages = 0

    async def __call__(self, cursor: str | None) -> Page:
        self.pages += 1
        return a_page([f"{cursor}+"[-9:] + str(self.pages)], has_more=True, total=self._total)


@pytest.mark.parametrize(("total", "pages"), [(0, 10), (3, 16), (None, limits.UNCOUNTED_PAGES_MAX)])
def test_a_list_that_never_ends_is_left_soon(total: int | None, pages: int) -> None:
    endless = Endless(total)
    with pytest.raises(MisshapenJson, match="has no end"):
        asyncio.run(read_list(endless))
    assert endless.pages == pages


def test_a_list_that_is_too_long_is_left_with_what_was_read_and_no_gap() -> None:
    pages = Pages(a_page(["a", "b"], has_more=True, total=9))
    listing = read(pages, items_max=8)
    assert ids_of(listing) == ["a", "b"]
    assert (listing.total, listing.gap) == (9, None)
    assert len(pages.cursors) == 1


def test_a_list_of_just_the_allowed_length_is_read() -> None:
    pages = Pages(a_page(["a"], has_more=True, total=2), a_page(["b"], has_more=False, total=2))
    assert ids_of(read(pages, items_max=2)) == ["a", "b"]


PAGE = st.builds(
    a_page,
    st.lists(st.sampled_from("abcdefgh"), max_size=5),
    has_more=st.sampled_from([True, False, None]),
    total=st.none() | st.integers(0, 12),
)


@given(st.lists(PAGE, min_size=1, max_size=12))
def test_whatever_the_pages_reading_ends_with_each_item_once_and_no_silent_gap(pages: list[Page]) -> None:
    source = Pages(*pages)
    listing = None
    with contextlib.suppress(MisshapenJson):
        listing = read(source)
    assert len(source.cursors) <= limits.UNCOUNTED_PAGES_MAX
    if listing is not None:
        ids = ids_of(listing)
        assert len(ids) == len(set(map(str, ids)))
        asked = [pages[min(number, len(pages) - 1)] for number in range(len(source.cursors))]
        totals = [page.total for page in asked if page.total is not None]
        assert (listing.gap is not None) == (bool(totals) and len(ids) < totals[-1])


@given(st.lists(st.integers(0, 40), unique=True), st.integers(1, 7), st.booleans(), st.booleans())
def test_an_honest_list_is_read_whole_whatever_its_page_size(
    numbers: list[int], size: int, says_more: bool, counts: bool
) -> None:
    keys = [str(number) for number in numbers]

    async def fetch(cursor: str | None) -> Page:
        start = 0 if cursor is None else keys.index(cursor) + 1
        part = keys[start : start + size]
        more = start + size < len(keys)
        return a_page(part, has_more=more if says_more else None, total=len(keys) if counts else None)

    listing = asyncio.run(read_list(fetch))
    assert ids_of(listing) == keys
    assert listing.gap is None


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ([], "the answer is a list, not an object"),
        (None, "the answer is null"),
        ({}, "the answer has no `items`"),
        ({"items": {}}, "`items` is an object, not a list"),
        ({"items": [1]}, r"`items`\[0\] is a number"),
        ({"items": [{"name": "a"}]}, "has no `id`"),
        ({"items": [{"id": 5}]}, "has no `id`"),
        ({"items": [{"id": ""}]}, "has no `id`"),
    ],
)
def test_an_answer_that_is_no_page_is_refused(answer: Json, problem: str) -> None:
    with pytest.raises(MisshapenJson, match=problem):
        page_of(answer)


def test_a_page_is_read_leniently() -> None:
    assert page_of({"items": None, "has_more": "yes", "total": 0}) == Page((), None, 0)
    assert page_of({"items": [{"id": "a"}], "has_more": True, "total": 4}) == Page(({"id": "a"},), True, 4)


def test_null_items_that_are_not_counted_do_not_pass_for_an_empty_list() -> None:
    with pytest.raises(MisshapenJson, match="null"):
        page_of({"items": None, "has_more": False, "total": None})
