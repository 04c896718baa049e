"""Whatever a body says, the answer is the API's: never a 500."""

from __future__ import annotations

import contextlib
import copy
import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sgpctl.sandbox.store import open_store
from tests.conformance.task_bodies import ROWS, TASKS
from tests.sandbox.caller import caller_of
from tests.sandbox.clock import Clock

_BODY: dict[str, object] = {
    "name": "run",
    "description": "d",
    "tags": ["a"],
    "metadata": {"k": {"deep": [1]}},
    "data": ROWS,
    "dataset": {"name": "d", "keys": ["question"]},
    "tasks": list(TASKS.values()),
    "taxonomy_params": {},
}
_ODD_VALUES: st.SearchStrategy[object] = st.sampled_from(
    [
        None,
        True,
        0,
        -1,
        10**30,
        1.5,
        "",
        "x",
        "item.",
        "item.question",
        "{{item.x}}",
        "item.answer",
        [],
        [[]],
        {},
        {"op": "not", "operands": [{"op": "const", "value": 1}]},
        ["x"],
        [{}],
        {"": {"": None}},
        "\x00",
        "é" * 200,
    ]
)


def _places(value: object, above: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    found = [above] if above else []
    members: list[tuple[str | int, object]] = []
    if isinstance(value, dict):
        members = list(value.items())
    elif isinstance(value, list):
        members = list(enumerate(value))
    return found + [place for key, member in members for place in _places(member, (*above, key))]


_PLACES = _places(_BODY)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(changes=st.lists(st.tuples(st.sampled_from(_PLACES), _ODD_VALUES), min_size=1, max_size=3))
def test_a_create_with_odd_values_is_accepted_or_refused(
    changes: list[tuple[tuple[str | int, ...], object]],
) -> None:
    body = copy.deepcopy(_BODY)
    for place, value in changes:
        _replace(body, place, copy.deepcopy(value))
    store = open_store(None, now=Clock())
    try:
        caller = caller_of(store)
        response = caller.send("POST", "/v5/evaluations", content=json.dumps(body).encode())
        assert response.status_code in {200, 400, 422}, response.text
        assert caller.get("/v5/evaluations", views="tasks")["total"] == (response.status_code == 200)
        if response.status_code == 200:
            assert caller.items(response.json())[:1] == caller.get("/v5/evaluation-items", limit=1)["items"]
            caller.get(f"/v5/evaluations/{response.json()['id']}/schema")
    finally:
        store.close()


def _replace(body: Any, place: tuple[str | int, ...], value: object) -> None:
    """Puts `value` at `place`, unless an earlier change has taken the way there."""
    *above, last = place
    with contextlib.suppress(LookupError, TypeError):
        for step in above:
            body = body[step]
        body[last] = value
