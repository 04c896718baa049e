from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sgpctl.sandbox.knobs import Knobs
from sgpctl.sandbox.store import Store, open_store
from tests.sandbox.caller import Caller, caller_of
from tests.sandbox.clock import Clock


def _many(caller: Caller, count: int = 5) -> list[str]:
    return [caller.create(f"run-{number}")["id"] for number in range(count)]


def test_the_envelope_has_all_five_fields(caller: Caller) -> None:
    _many(caller, 3)
    page = caller.get("/v5/evaluations", limit=2)
    assert page.keys() == {"items", "total", "has_more", "limit", "object"}
    assert (page["total"], page["has_more"], page["limit"], page["object"]) == (3, True, 2, "list")


def test_an_empty_listing_is_a_page_too(caller: Caller) -> None:
    page = caller.get("/v5/evaluations")
    assert page == {"items": [], "total": 0, "has_more": False, "limit": 100, "object": "list"}


def test_a_backward_page_stands_before_the_cursor_in_the_normal_order(caller: Caller) -> None:
    ids = _many(caller)
    page = caller.get("/v5/evaluations", limit=2, ending_before=ids[4])
    assert [item["id"] for item in page["items"]] == ids[2:4]
    assert page["has_more"]
    first = caller.get("/v5/evaluations", limit=2, ending_before=ids[2])
    assert ([item["id"] for item in first["items"]], first["has_more"]) == (ids[:2], False)


def test_a_cursor_survives_the_archiving_of_its_evaluation(caller: Caller) -> None:
    ids = _many(caller)
    caller.delete(f"/v5/evaluations/{ids[1]}")
    page = caller.get("/v5/evaluations", starting_after=ids[1])
    assert [item["id"] for item in page["items"]] == ids[2:]


@pytest.mark.parametrize(
    "query",
    [{"starting_after": "nobody"}, {"ending_before": "nobody"}, {"starting_after": "", "ending_before": "x"}],
)
def test_a_cursor_that_names_nothing_is_refused(caller: Caller, query: dict[str, str]) -> None:
    assert caller.send("GET", "/v5/evaluations", params=query).status_code == 400


def test_two_cursors_are_refused(caller: Caller) -> None:
    ids = _many(caller, 2)
    query = {"starting_after": ids[0], "ending_before": ids[1]}
    assert caller.send("GET", "/v5/evaluations", params=query).status_code == 400


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("limit", "0"),
        ("limit", "10001"),
        ("limit", "many"),
        ("limit", "1e3"),
        ("sort_by", "progress"),
        ("sort_order", "up"),
        ("include_archived", "perhaps"),
        ("views", "tasks,everything"),
    ],
)
def test_a_malformed_parameter_is_named_in_the_422(caller: Caller, name: str, value: str) -> None:
    response = caller.send("GET", "/v5/evaluations", params={name: value})
    assert response.status_code == 422
    (error,) = response.json()["detail"]
    assert error.keys() == {"loc", "msg", "type"}
    assert error["loc"] == ["query", name]


def test_unknown_parameters_and_headers_are_ignored(caller: Caller) -> None:
    response = caller.send("GET", "/v5/evaluations", params={"colour": "red"}, headers={"x-colour": "red"})
    assert response.status_code == 200


@pytest.mark.parametrize(
    "query", ["tags=a,b", "tags=a%2Cb", "tags=a&tags=b", "tags[]=a&tags[]=b", "tags=,a,&tags=b&tags="]
)
def test_arrays_are_read_however_they_are_written(caller: Caller, query: str) -> None:
    caller.create("both", tags=["a", "b"])
    caller.create("one", tags=["a"])
    response = caller.send("GET", f"/v5/evaluations?{query}")
    assert [item["name"] for item in response.json()["items"]] == ["both"]


def test_an_empty_array_is_an_absent_one(caller: Caller) -> None:
    caller.create("untagged")
    response = caller.send("GET", "/v5/evaluations?tags=&views=&name=&limit=")
    assert [item["name"] for item in response.json()["items"]] == ["untagged"]


def test_filter_takes_its_cursor_from_the_query(caller: Caller) -> None:
    ids = _many(caller, 3)
    body = {"filters": [{"key": "status", "operator": "==", "value": "completed"}]}
    response = caller.send("POST", "/v5/evaluations/filter", json=body, params={"starting_after": ids[0]})
    assert [item["id"] for item in response.json()["items"]] == ids[1:]
    assert response.json()["total"] == 3


def test_the_page_limit_is_a_knob(store: Store) -> None:
    caller = caller_of(store, Knobs(page_limit_max=50))
    assert caller.send("GET", "/v5/evaluations", params={"limit": 51}).status_code == 422
    assert caller.get("/v5/evaluations")["limit"] == 50


def test_evaluations_made_in_one_moment_are_in_the_order_of_their_making(caller: Caller) -> None:
    _many(caller)
    moments = [item["created_at"] for item in caller.get("/v5/evaluations")["items"]]
    assert moments == sorted(set(moments))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    names=st.lists(st.sampled_from("abc"), min_size=1, max_size=8),
    limit=st.integers(1, 4),
    sort_by=st.sampled_from(["created_at", "name", "id", "archived_at", "description"]),
    sort_order=st.sampled_from(["asc", "desc"]),
)
def test_every_walk_sees_everything_once_in_order(
    names: list[str], limit: int, sort_by: str, sort_order: str
) -> None:
    store = open_store(None, now=Clock())
    try:
        caller = caller_of(store)
        for name in names:
            caller.create(name)
        whole = caller.get("/v5/evaluations", sort_by=sort_by, sort_order=sort_order)["items"]
        pages = list(caller.pages("/v5/evaluations", sort_by=sort_by, sort_order=sort_order, limit=limit))
        assert [item for page in pages for item in page] == whole
        assert all(len(page) == limit for page in pages[:-1])
        back = _walked_back(caller, whole[-1]["id"], sort_by=sort_by, sort_order=sort_order, limit=limit)
        assert back == whole[:-1]
        keys = [item[sort_by] or "" for item in whole]
        assert keys == sorted(keys, reverse=sort_order == "desc")
    finally:
        store.close()


def _walked_back(caller: Caller, cursor: str, **query: object) -> list[object]:
    found: list[object] = []
    has_more = True
    while has_more:
        page = caller.get("/v5/evaluations", **query, ending_before=cursor)
        found = page["items"] + found
        has_more = page["has_more"]
        cursor = page["items"][0]["id"] if page["items"] else cursor
    return found
