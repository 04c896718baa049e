from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import TypeVar

import httpx
import pytest

from sgpctl import limits
from sgpctl.api.evaluations import Evaluations
from sgpctl.errors import ApiError, BadAnswer, Rejected, TooLarge, Unclear
from sgpctl.model.evaluation import RemoteContents, RemoteRow
from sgpctl.model.located import Json
from tests.api.platform import Platform
from tests.api.servers import Chunks, Script, answer, client_of, page, run

Value = TypeVar("Value")
TAG = "sgpctl:support:prod"
ARCHIVED = "2026-10-22T00:00:00Z"
LATER = "2026-10-23T00:00:00Z"


def with_(transport: httpx.AsyncBaseTransport, work: Callable[[Evaluations], Awaitable[Value]]) -> Value:
    return run(client_of(transport), lambda client: work(Evaluations(client)))


def one(evaluation_id: str, name: str = "a", **fields: Json) -> dict[str, Json]:
    return {"id": evaluation_id, "name": name, "status": "completed", **fields}


def test_listing_by_tag_sends_one_tag_and_asks_for_tasks() -> None:
    platform = Platform(one("e1", tags=[TAG]), one("e2", tags=["other"]))
    listing = with_(platform, lambda api: api.list_tagged(TAG, include_archived=False))
    assert [found.id for found in listing.items] == ["e1"]
    assert platform.asked == [f"GET /v5/evaluations?tags={TAG}&include_archived=false&views=tasks&limit=1000"]


def test_a_server_that_ignores_the_tag_is_not_believed() -> None:
    items = [one("e1", tags=[TAG.upper()]), one("e2", tags=[f"{TAG}2"]), one("e3", tags=None)]
    listing = with_(Script(answer(page(items))), lambda api: api.list_tagged(TAG, include_archived=False))
    assert [found.id for found in listing.items] == ["e1"]


def test_a_tag_with_capitals_is_also_looked_for_in_lower_case() -> None:
    platform = Platform(one("e1", tags=["sgpctl:support:prod"]), one("e2", tags=["sgpctl:Support:prod"]))
    listing = with_(platform, lambda api: api.list_tagged("sgpctl:Support:prod", include_archived=True))
    assert {found.id for found in listing.items} == {"e1", "e2"}
    assert with_(platform, lambda api: api.count_tagged("sgpctl:Support:prod")) == 2


def test_the_newest_of_a_tag_come_in_one_page_with_the_archived_ones() -> None:
    new, old = one("e2", tags=[TAG], created_at=LATER), one("e1", tags=[TAG], created_at=ARCHIVED)
    items = [new, {**old, "archived_at": LATER}, one("e0", created_at=ARCHIVED)]
    platform = Script(answer(page(items)))
    newest = with_(platform, lambda api: api.newest_tagged(TAG, items_max=3))
    assert ([found.id for found in newest.items], newest.gap) == (["e2", "e1"], None)
    (asked,) = platform.requests
    assert dict(asked.url.params) == {
        "tags": TAG,
        "include_archived": "true",
        "limit": "3",
        "sort_by": "created_at",
        "sort_order": "desc",
    }


@pytest.mark.parametrize(("has_more", "ids"), [(False, ["e1", "e2"]), (True, [])])
def test_what_comes_in_another_order_is_believed_only_when_it_is_all(has_more: bool, ids: list[str]) -> None:
    items = [one("e1", tags=[TAG], created_at=ARCHIVED), one("e2", tags=[TAG], created_at=LATER)]
    platform = Script(answer(page(items, has_more=has_more)))
    newest = with_(platform, lambda api: api.newest_tagged(TAG, items_max=3))
    assert ([found.id for found in newest.items], newest.gap is not None) == (ids, has_more)


def test_the_newest_of_a_list_that_goes_on_have_a_gap() -> None:
    platform = Script(answer(page([one("e1", tags=[TAG])], has_more=True)))
    newest = with_(platform, lambda api: api.newest_tagged(TAG, items_max=1))
    assert ([found.id for found in newest.items], newest.gap) == (["e1"], "the list goes on")


def test_listing_by_name_compares_exactly_and_leaves_archived_ones_out() -> None:
    items = [
        one("e1", "Refund"),
        one("e2", "refund"),
        one("e3", "refund window"),
        one("e4", "refund", archived_at=ARCHIVED),
    ]
    listing = with_(Script(answer(page(items))), lambda api: api.list_named("refund"))
    assert [found.id for found in listing.items] == ["e2"]


def test_a_list_of_several_pages_is_read_whole() -> None:
    platform = Platform(*(one(f"e{number}") for number in range(2500)))
    listing = with_(platform, lambda api: api.list_all())
    assert len(listing.items) == 2500
    assert [line.partition("limit=1000")[2] for line in platform.asked] == [
        "",
        "&starting_after=e999",
        "&starting_after=e1999",
    ]


def test_counting_asks_for_one_item_only() -> None:
    platform = Platform(*(one(f"e{number}") for number in range(7)), one("gone", archived_at=ARCHIVED))
    assert with_(platform, lambda api: api.count()) == 7
    assert platform.asked == ["GET /v5/evaluations?limit=1"]


def test_where_the_platform_does_not_count_the_list_is_counted() -> None:
    uncounted: dict[str, Json] = {"items": [one("e1"), one("e2")], "has_more": False}
    assert with_(Script(answer(uncounted)), lambda api: api.count()) == 2
    assert with_(Script(answer(uncounted)), lambda api: api.count_tagged(TAG)) is None


def test_finding_asks_the_filter_and_checks_what_comes_back() -> None:
    found = one("e1", metadata={"sgpctl_nonce": "n1"}, tags=[TAG], archived_at=ARCHIVED)
    wrong = one("e2", metadata={"sgpctl_nonce": "n11"}, tags=[TAG])
    bare = one("e3", metadata=None)
    transport = Script(answer(page([found, wrong, bare])))
    hits = with_(transport, lambda api: api.find("sgpctl_nonce", "n1", tag=None))
    assert [hit.id for hit in hits] == ["e1"]
    assert transport.asked == ["POST /v5/evaluations/filter?views=tasks&include_archived=true&limit=1000"]
    assert json.loads(transport.requests[0].content) == {
        "filters": [{"key": "sgpctl_nonce", "operator": "==", "value": "n1"}]
    }


def test_finding_with_a_tag_keeps_only_what_carries_it() -> None:
    mine = one("e1", metadata={"sgpctl_digest": "d"}, tags=[TAG])
    theirs = one("e2", metadata={"sgpctl_digest": "d"}, tags=["sgpctl:other:prod"])
    hits = with_(Platform(mine, theirs), lambda api: api.find("sgpctl_digest", "d", tag=TAG))
    assert [hit.id for hit in hits] == ["e1"]


def test_the_pages_of_the_filter_repeat_the_body() -> None:
    first = page([one("e1", metadata={"k": "v"})], has_more=True, total=2)
    transport = Script(answer(first), answer(page([one("e2", metadata={"k": "v"})], total=2)))
    assert len(with_(transport, lambda api: api.find("k", "v", tag=None))) == 2
    assert transport.requests[0].content == transport.requests[1].content
    assert transport.asked[1].endswith("&starting_after=e1")


def test_one_that_does_not_exist_is_none_and_an_archived_one_is_found() -> None:
    platform = Platform(one("e1", archived_at=ARCHIVED))
    found = with_(platform, lambda api: api.get("e1"))
    assert found is not None
    assert found.is_archived
    assert with_(platform, lambda api: api.get("e9")) is None
    assert platform.asked[0] == "GET /v5/evaluations/e1?views=tasks&include_archived=true"


def test_a_404_page_of_a_proxy_does_not_mean_that_an_evaluation_is_gone() -> None:
    html = httpx.Response(404, headers={"content-type": "text/html"}, content=b"<html>lost</html>")
    with pytest.raises(BadAnswer):
        with_(Script(html), lambda api: api.get("e1"))


def test_creating_posts_the_body_as_it_is_and_waits_long_for_the_answer() -> None:
    transport = Script(answer(one("e1")))
    created = with_(transport, lambda api: api.create({"name": "a", "data": [{"q": "ü"}]}))
    assert created.id == "e1"
    assert transport.asked == ["POST /v5/evaluations"]
    assert transport.requests[0].content == '{"name":"a","data":[{"q":"ü"}]}'.encode()
    assert transport.requests[0].extensions["timeout"]["read"] == limits.CREATE_READ_SECONDS_MAX


def test_patching_restoring_and_archiving() -> None:
    transport = Script(answer(one("e1")))
    with_(transport, lambda api: api.patch("e1", {"metadata": {"gone": None}}))
    with_(transport, lambda api: api.restore("e1"))
    archived = with_(transport, lambda api: api.archive("e1"))
    assert archived is not None
    assert transport.asked == [
        "PATCH /v5/evaluations/e1",
        "PATCH /v5/evaluations/e1",
        "DELETE /v5/evaluations/e1",
    ]
    assert [request.content for request in transport.requests] == [
        b'{"metadata":{"gone":null}}',
        b'{"restore":true}',
        b"",
    ]


@pytest.mark.parametrize("stub", [answer({"id": "e1", "deleted": True}), httpx.Response(204), answer(None)])
def test_an_old_deployment_answers_an_archive_with_a_stub(stub: httpx.Response) -> None:
    assert with_(Script(stub), lambda api: api.archive("e1")) is None


@pytest.mark.parametrize(
    "misfit",
    [answer([]), answer({}), answer({"id": "e1"}), answer("e1"), httpx.Response(204), answer(None)],
)
def test_a_write_whose_answer_has_the_wrong_shape_is_unclear(misfit: httpx.Response) -> None:
    for write in (
        lambda api: api.create({"name": "a"}),
        lambda api: api.patch("e1", {"name": "a"}),
        lambda api: api.restore("e1"),
    ):
        transport = Script(misfit)
        with pytest.raises(Unclear):
            with_(transport, write)
        assert len(transport.requests) == 1


@pytest.mark.parametrize(
    "read",
    [
        lambda api: api.list_all(),
        lambda api: api.count(),
        lambda api: api.find("k", "v", tag=None),
        lambda api: api.get("e1"),
        lambda api: api.contents("e1", frozenset(), rows_max=5),
        lambda api: api.dataset_row_count("d1"),
    ],
)
@pytest.mark.parametrize("misfit", [answer([]), answer("x"), answer({"id": 1, "items": 3})])
def test_a_read_whose_answer_has_the_wrong_shape_is_a_bad_answer(
    read: Callable[[Evaluations], Awaitable[object]], misfit: httpx.Response
) -> None:
    with pytest.raises(BadAnswer, match="something else than expected"):
        with_(Script(misfit), read)


def test_a_server_that_pages_for_ever_is_left() -> None:
    asked: list[str] = []

    def server(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return answer(page([one(f"e{len(asked)}")], has_more=True, total=2))

    with pytest.raises(BadAnswer, match="the list has no end"):
        with_(httpx.MockTransport(server), lambda api: api.list_all())
    assert len(asked) < 20


def platform_with_rows(count: int) -> Platform:
    platform = Platform(one("e1"))
    platform.items["e1"] = [
        {"id": f"i{number}", "evaluation_id": "e1", "data": {"q": number, "f1": 0.5}}
        for number in range(count)
    ]
    return platform


def test_contents_are_the_rows_without_results_and_the_taxonomy() -> None:
    platform = platform_with_rows(2)
    platform.taxonomies["e1"] = {"a": 1}
    contents = with_(platform, lambda api: api.contents("e1", frozenset({"f1"}), rows_max=10))
    assert contents == RemoteContents(2, (RemoteRow({"q": 0}), RemoteRow({"q": 1})), {"a": 1})
    assert platform.asked[0] == "GET /v5/evaluation-items?evaluation_id=e1&include_archived=true&limit=11"


def test_more_rows_than_may_be_read_are_only_counted() -> None:
    platform = platform_with_rows(1500)
    assert with_(platform, lambda api: api.contents("e1", frozenset(), rows_max=1000)) == RemoteContents(
        1500, None
    )
    assert len(platform.asked_for("evaluation-items")) == 1


def test_rows_that_came_incomplete_are_not_used() -> None:
    transport = Script(answer(page([{"id": "i1", "data": {}}], total=3)), answer({}, status=404))
    assert with_(transport, lambda api: api.contents("e1", frozenset(), rows_max=10)) == RemoteContents(
        3, None
    )


def test_rows_of_another_evaluation_are_an_error() -> None:
    foreign = answer(page([{"id": "i1", "evaluation_id": "e2", "data": {}}]))
    with pytest.raises(BadAnswer, match="another evaluation"):
        with_(Script(foreign), lambda api: api.contents("e1", frozenset(), rows_max=10))


def test_a_taxonomy_that_may_not_be_read_is_no_missing_taxonomy() -> None:
    with pytest.raises(Rejected):
        with_(Script(answer({"detail": "no"}, status=403)), lambda api: api.taxonomy("e1"))


def test_the_size_of_a_dataset() -> None:
    platform = Platform()
    platform.datasets["d 1"] = 180
    assert with_(platform, lambda api: api.dataset_row_count("d 1")) == 180
    assert with_(platform, lambda api: api.dataset_row_count("d2")) is None
    assert platform.asked[0] == "GET /v5/dataset-items?dataset_id=d 1&limit=1"


def test_an_answer_over_the_limit_is_an_error_that_names_the_limit() -> None:
    block = b" " * limits.MIB
    endless = httpx.MockTransport(lambda _: httpx.Response(200, stream=Chunks(*[block] * 300)))
    with pytest.raises(ApiError, match="larger than 16 MiB"):
        with_(endless, lambda api: api.list_all())


class LargeItems(Platform):
    """Counts a page of more than `fitting` items as too large to be read."""

    def __init__(self, fitting: int, *evaluations: dict[str, Json]) -> None:
        super().__init__(*evaluations)
        self._fitting = fitting

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await super().handle_async_request(request)
        if len(json.loads(response.content)["items"]) <= self._fitting:
            return response
        return httpx.Response(
            200, stream=Chunks(*[b" " * limits.MIB] * (limits.ANSWER_BYTES_MAX // limits.MIB + 1))
        )


def test_pages_that_are_too_large_are_asked_for_with_fewer_items() -> None:
    platform = LargeItems(10, *(one(f"e{number:03}") for number in range(25)))
    listing = with_(platform, lambda api: api.list_all())
    assert [found.id for found in listing.items] == [f"e{number:03}" for number in range(25)]
    sizes = [line.partition("limit=")[2].partition("&")[0] for line in platform.asked]
    assert sizes == ["1000", "100", "10", "10", "10"]


def test_one_item_that_is_too_large_ends_the_reading() -> None:
    with pytest.raises(TooLarge, match="larger than 16 MiB"):
        with_(LargeItems(0, one("e1")), lambda api: api.list_all())


def test_an_answer_of_very_many_values_is_not_read_into_memory() -> None:
    body = b'{"items": [' + b"[]," * limits.ANSWER_VALUES_MAX + b"0]}"
    with pytest.raises(TooLarge, match="has more than 1,000,000 values"):
        with_(Script(httpx.Response(200, content=body)), lambda api: api.get("e1"))
