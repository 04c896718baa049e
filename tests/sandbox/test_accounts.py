from __future__ import annotations

import pytest

from sgpctl.sandbox.app import create_app
from sgpctl.sandbox.knobs import Knobs
from sgpctl.sandbox.store import Store
from tests.sandbox.caller import INSTANT, Caller, metric


@pytest.mark.parametrize("key", [None, "", "wrong"])
def test_a_request_without_an_accepted_key_is_unauthorised(store: Store, key: str | None) -> None:
    app = create_app(store, Knobs(api_keys=frozenset({"right"})))
    response = Caller(app, key=key).send("POST", "/v5/evaluations", json={"name": "run", "data": []})
    assert response.status_code == 401
    assert "wrong" not in response.text
    assert Caller(app, key="right").names() == []


def test_no_account_is_an_account_of_its_own(store: Store) -> None:
    app = create_app(store, INSTANT)
    Caller(app, account=None).create("mine")
    assert Caller(app, account=None).names() == ["mine"]
    assert Caller(app, account="other").names() == []


def test_nothing_of_another_account_can_be_reached(store: Store) -> None:
    app = create_app(store, INSTANT)
    owner, stranger = Caller(app, account="a"), Caller(app, account="b")
    dataset = owner.post("/v5/datasets", {"name": "d", "data": [{"q": "a"}]})
    evaluation = owner.create(tasks=[metric()], metadata={"k": "v"}, tags=["t"])
    group = owner.post("/v5/evaluation-groups", {"name": "g", "evaluation_ids": [evaluation["id"]]})
    question = owner.post("/v5/questions", {"question_type": "free_text", "name": "n", "prompt": "p"})
    item = owner.items(evaluation)[0]
    dataset_item = owner.get("/v5/dataset-items")["items"][0]
    for path in (
        f"/v5/evaluations/{evaluation['id']}",
        f"/v5/evaluations/{evaluation['id']}/schema",
        f"/v5/evaluation-items/{item['id']}",
        f"/v5/datasets/{dataset['id']}",
        f"/v5/dataset-items/{dataset_item['id']}",
        f"/v5/evaluation-groups/{group['id']}",
        f"/v5/questions/{question['id']}",
    ):
        assert owner.send("GET", path).status_code == 200
        assert stranger.send("GET", path).status_code == 404
    for path in (
        "evaluations",
        "evaluation-items",
        "datasets",
        "dataset-items",
        "evaluation-groups",
        "questions",
    ):
        assert owner.get(f"/v5/{path}")["total"] == 1
        assert stranger.get(f"/v5/{path}")["total"] == 0
    assert stranger.found(("k", "==", "v"), ("tag", "==", "t")) == []
    cursor = {"starting_after": evaluation["id"]}
    assert stranger.send("GET", "/v5/evaluations", params=cursor).status_code == 400
    body = {"name": "g", "evaluation_ids": [evaluation["id"]]}
    assert stranger.send("POST", "/v5/evaluation-groups", json=body).status_code == 400
    body = {"name": "run", "dataset_id": dataset["id"]}
    assert stranger.send("POST", "/v5/evaluations", json=body).status_code == 404


@pytest.mark.parametrize("prefix", ["", "/public", "/deep/er/prefix"])
def test_any_prefix_leads_to_the_api(caller: Caller, prefix: str) -> None:
    assert caller.get(f"{prefix}/v5/evaluations")["total"] == 0


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/v5/nothing", 404), ("GET", "/", 404), ("PUT", "/v5/evaluations", 405), ("GET", "/v5", 404)],
)
def test_what_is_not_there_is_answered_in_json(caller: Caller, method: str, path: str, status: int) -> None:
    response = caller.send(method, path)
    assert (response.status_code, response.headers["content-type"]) == (status, "application/json")
    assert list(response.json()) == ["detail"]
