from __future__ import annotations

import json

import pytest

from sgpctl.sandbox.app import SeenRequest, create_app
from sgpctl.sandbox.faults import (
    Answer,
    Endless,
    Fault,
    FaultPlan,
    TotalOff,
    Truncated,
    html_page,
    lost_answer,
    not_json,
    too_many_requests,
)
from sgpctl.sandbox.store import Store
from tests.sandbox.caller import INSTANT, Caller

_BODY = {"name": "run", "data": []}


class Watched:
    """A client, the faults that are planted for it, and the requests that were seen."""

    def __init__(self, store: Store) -> None:
        self.faults = FaultPlan()
        self.seen: list[SeenRequest] = []
        self.caller = Caller(create_app(store, INSTANT, faults=self.faults, on_request=self.seen.append))


@pytest.fixture
def watched(store: Store) -> Watched:
    return Watched(store)


def test_a_fault_before_the_effect_leaves_nothing_behind(watched: Watched) -> None:
    watched.faults.add(Fault(too_many_requests("7"), "POST", "/v5/evaluations"))
    response = watched.caller.send("POST", "/v5/evaluations", json=_BODY)
    assert (response.status_code, response.headers["retry-after"]) == (429, "7")
    assert watched.caller.names() == []


def test_a_lost_answer_has_its_effect(watched: Watched) -> None:
    watched.faults.add(Fault(lost_answer(), "POST", "/v5/evaluations"))
    assert watched.caller.send("POST", "/v5/evaluations", json=_BODY).status_code == 504
    assert watched.caller.names() == ["run"]


def test_the_nth_request_is_struck_and_the_ones_around_it_are_not(watched: Watched) -> None:
    watched.faults.add(Fault(Answer(500), "GET", "/v5/evaluations", nth=2, times=2))
    statuses = [watched.caller.send("GET", "/v5/evaluations").status_code for _ in range(5)]
    assert statuses == [200, 500, 500, 200, 200]


def test_a_fault_without_end_lasts_until_it_is_cleared(watched: Watched) -> None:
    watched.faults.add(Fault(Answer(500), times=None))
    assert {watched.caller.send("GET", path).status_code for path in ("/v5/datasets", "/v5/questions")} == {
        500
    }
    watched.faults.clear()
    assert watched.caller.get("/v5/datasets")["total"] == 0


def test_a_pattern_is_a_path_with_open_segments(watched: Watched) -> None:
    evaluation = watched.caller.create()
    watched.faults.add(Fault(Answer(500), "*", "/v5/evaluations/*", times=None))
    path = f"/v5/evaluations/{evaluation['id']}"
    assert watched.caller.send("GET", path).status_code == 500
    assert watched.caller.send("DELETE", path).status_code == 500
    assert watched.caller.send("GET", f"{path}/schema").status_code == 200
    assert watched.caller.send("GET", "/v5/evaluations").status_code == 200


def test_a_prefix_is_no_part_of_the_path_that_a_fault_sees(watched: Watched) -> None:
    watched.faults.add(Fault(Answer(500), "GET", "/v5/evaluations"))
    assert watched.caller.send("GET", "/deep/public/v5/evaluations").status_code == 500


def test_a_proxy_page_is_html_and_a_portal_is_a_success_that_is_not_json(watched: Watched) -> None:
    watched.faults.add(Fault(html_page()), Fault(not_json(), nth=2))
    proxy = watched.caller.send("GET", "/v5/evaluations")
    assert (proxy.status_code, proxy.headers["content-type"]) == (502, "text/html; charset=utf-8")
    portal = watched.caller.send("GET", "/v5/evaluations")
    assert (portal.status_code, portal.text) == (200, "Please sign in.")


def test_a_truncated_answer_is_broken_json(watched: Watched) -> None:
    watched.caller.create()
    watched.faults.add(Fault(Truncated(40)))
    response = watched.caller.send("GET", "/v5/evaluations")
    assert (response.status_code, len(response.text)) == (200, 40)
    with pytest.raises(json.JSONDecodeError):
        response.json()


@pytest.mark.parametrize("fresh_ids", [False, True])
def test_endless_pages_never_stop_promising_more(watched: Watched, fresh_ids: bool) -> None:
    watched.caller.create()
    watched.faults.add(Fault(Endless(fresh_ids=fresh_ids), "GET", "/v5/evaluations", times=None))
    ids = set()
    page = watched.caller.get("/v5/evaluations")
    for _ in range(3):
        assert page["has_more"] is True
        ids.add(page["items"][0]["id"])
        page = watched.caller.get("/v5/evaluations", starting_after=page["items"][0]["id"])
    assert len(ids) == (3 if fresh_ids else 1)


def test_a_total_can_be_wrong_in_both_directions(watched: Watched) -> None:
    watched.caller.create()
    watched.faults.add(Fault(TotalOff(2)), Fault(TotalOff(-1), nth=2))
    assert [watched.caller.get("/v5/evaluations")["total"] for _ in range(3)] == [3, 0, 1]


def test_every_answered_request_is_heard_of(watched: Watched) -> None:
    watched.faults.add(Fault(Answer(503), "POST", "/v5/evaluations"))
    watched.caller.send("POST", "/public/v5/evaluations", json=_BODY)
    watched.caller.send("POST", "/v5/evaluations", json=_BODY)
    watched.caller.get("/v5/evaluations", limit=5)
    assert [(seen.method, seen.path, seen.query, seen.status) for seen in watched.seen] == [
        ("POST", "/v5/evaluations", "", 503),
        ("POST", "/v5/evaluations", "", 200),
        ("GET", "/v5/evaluations", "limit=5", 200),
    ]
    assert json.loads(watched.seen[0].body) == _BODY
