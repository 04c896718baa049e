from __future__ import annotations

import pytest

from sgpctl.sandbox.knobs import Knobs
from sgpctl.sandbox.store import Store
from tests.sandbox.caller import Caller, caller_of, metric
from tests.sandbox.clock import Clock


def _status(caller: Caller, **body: object) -> int:
    whole = {"name": "run", "data": [{"q": "a"}]} | body
    return caller.send("POST", "/v5/evaluations", json=whole).status_code


def test_tags_are_kept_as_sent_or_lower_cased(store: Store) -> None:
    assert caller_of(store).create(tags=["Gate", "Gate"])["tags"] == ["Gate", "Gate"]
    lower = caller_of(store, Knobs(lowercase_tags=True))
    assert lower.create("lower", tags=["Gate"])["tags"] == ["gate"]
    assert lower.names(tags="GATE") == ["lower"]
    assert lower.found(("tag", "==", "GATE")) == ["lower"]


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"colour": 1}, ["body", "colour"]),
        ({"tasks": [metric() | {"colour": 1}]}, ["body", "tasks", 0, "colour"]),
        ({"dataset": {"name": "d", "colour": 1}}, ["body", "dataset", "colour"]),
    ],
)
def test_unknown_fields_can_be_refused(store: Store, body: dict[str, object], where: list[object]) -> None:
    caller = caller_of(store, Knobs(strict_unknown_fields=True))
    response = caller.send("POST", "/v5/evaluations", json={"name": "run", "data": [{"q": "a"}]} | body)
    assert response.json() == {
        "detail": [{"loc": where, "msg": "Extra inputs are not permitted", "type": "extra_forbidden"}]
    }


def test_a_strict_sandbox_still_takes_the_extra_keys_of_a_chat(store: Store) -> None:
    chat = {
        "task_type": "chat_completion",
        "configuration": {"model": "m/n", "messages": [], "provider_hint": "eu"},
    }
    assert _status(caller_of(store, Knobs(strict_unknown_fields=True)), tasks=[chat]) == 200


def test_archiving_twice_can_be_fine(store: Store) -> None:
    caller = caller_of(store, Knobs(archive_twice_ok=True))
    path = f"/v5/evaluations/{caller.create()['id']}"
    assert caller.delete(path) == caller.delete(path)


def test_refusals_can_have_another_status(store: Store) -> None:
    caller = caller_of(store, Knobs(refusal_status=409))
    path = f"/v5/evaluations/{caller.create()['id']}"
    caller.delete(path)
    assert caller.send("DELETE", path).status_code == 409
    assert caller.send("GET", path).status_code == 404


def test_lists_can_lag_behind_creates(store: Store, clock: Clock) -> None:
    caller = caller_of(store, Knobs(settle_seconds=5))
    evaluation = caller.create("late", metadata={"k": "v"})
    assert caller.get(f"/v5/evaluations/{evaluation['id']}")["name"] == "late"
    assert caller.get("/v5/evaluations")["total"] == 0
    assert caller.found(("k", "==", "v")) == []
    clock.advance(5)
    assert caller.names() == caller.found(("k", "==", "v")) == ["late"]


def test_sizes_can_be_limited(store: Store) -> None:
    caller = caller_of(store, Knobs(rows_max=2, tags_max=1, metadata_bytes_max=20, body_bytes_max=500))
    assert _status(caller, data=[{}, {}], tags=["a"], metadata={"k": "v"}) == 200
    assert _status(caller, data=[{}, {}, {}]) == 422
    assert _status(caller, tags=["a", "b"]) == 422
    assert _status(caller, metadata={"k": "v" * 20}) == 422
    assert _status(caller, data=[{"q": "x" * 500}]) == 413


def test_a_metadata_limit_holds_for_the_merged_metadata(store: Store) -> None:
    caller = caller_of(store, Knobs(metadata_bytes_max=20))
    path = f"/v5/evaluations/{caller.create(metadata={'a': 'xxxxx'})['id']}"
    assert caller.send("PATCH", path, json={"metadata": {"b": "xxxxx"}}).status_code == 422
    assert caller.patch(path, {"metadata": {"b": "xxxxx", "a": None}})["metadata"] == {"b": "xxxxx"}


def test_latency_delays_the_answer_but_not_its_content(store: Store) -> None:
    assert caller_of(store, Knobs(latency_ms=1)).create("slow")["name"] == "slow"


def test_accepted_keys_do_not_show_in_the_knobs() -> None:
    assert "secret" not in repr(Knobs(api_keys=frozenset({"secret"})))
