from __future__ import annotations

from sgpctl.sandbox.app import create_app
from sgpctl.sandbox.faults import Fault, FaultPlan, lost_answer, too_many_requests
from sgpctl.sandbox.store import Store
from tests.conformance.task_bodies import TASKS
from tests.sandbox.caller import INSTANT, Caller, metric


def test_a_create_with_tasks_is_a_line_in_the_ledger(store: Store, caller: Caller) -> None:
    tasks = [metric(), TASKS["contributor_evaluation.question"]]
    evaluation = caller.create(
        "paid", data=[{"q": "a"}, {"q": "b"}], tasks=tasks, metadata={"sgpctl_nonce": "n-1"}
    )
    (entry,) = store.ledger()
    assert (entry.evaluation_id, entry.account, entry.name) == (evaluation["id"], "acct", "paid")
    assert (entry.created_at, entry.nonce) == (evaluation["created_at"], "n-1")
    assert (entry.rows, entry.executable_tasks, entry.human_tasks) == (2, 1, 1)


def test_what_costs_nothing_is_not_in_the_ledger(store: Store, caller: Caller) -> None:
    evaluation = caller.create("free")
    path = f"/v5/evaluations/{evaluation['id']}"
    caller.patch(path, {"name": "renamed"})
    caller.delete(path)
    caller.patch(path, {"restore": True})
    caller.send("POST", "/v5/evaluations", json={"name": "refused", "tasks": [metric()]})
    assert store.ledger() == ()


def test_a_create_whose_answer_was_lost_is_paid_and_one_that_was_turned_away_is_not(store: Store) -> None:
    faults = FaultPlan(Fault(too_many_requests()), Fault(lost_answer(), nth=2))
    caller = Caller(create_app(store, INSTANT, faults=faults))
    for _ in range(3):
        caller.send(
            "POST", "/v5/evaluations", json={"name": "run", "data": [{"q": "a"}], "tasks": [metric()]}
        )
    assert [entry.nonce for entry in store.ledger()] == [None, None]


def test_the_ledger_cannot_be_read_through_the_api(caller: Caller) -> None:
    assert caller.send("GET", "/v5/ledger").status_code == 404
