"""The same client against the sandbox: what the two rooms believe about the API is the same thing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest

from sgpctl.api.evaluations import Evaluations
from sgpctl.api.reading import read_state
from sgpctl.api.settings import Connection
from sgpctl.errors import BadAnswer, Rejected, Unclear
from sgpctl.model import marks
from sgpctl.model.alias import result_columns
from sgpctl.model.canonical import data_digest, declared_row_digests, row_digest, spec_digest
from sgpctl.model.compare import tasks_hold
from sgpctl.model.evaluation import DesiredEvaluation, RemoteEvaluation, RemoteState
from sgpctl.model.located import Json
from sgpctl.model.marks import Owner
from sgpctl.sandbox.app import create_app
from sgpctl.sandbox.faults import (
    Effect,
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
from sgpctl.sandbox.knobs import Knobs
from sgpctl.sandbox.store import open_store
from sgpctl.sandbox.transport import sandbox_transport
from tests.api.servers import CONNECTION, client_of, run

Value = TypeVar("Value")
HERE = Connection("http://sandbox.localhost", "acct_1", CONNECTION.api_key)
OWNER = Owner("support", "prod")
CREATES = "/v5/evaluations"


def declared(name: str = "a", **fields: Json) -> DesiredEvaluation:
    body: dict[str, Json] = {
        "name": name,
        "data": [{"q": "a", "weight": 1.0}, {"q": "b", "nested": {"x": [1, None]}}],
        "tasks": [
            {
                "task_type": "chat_completion",
                "alias": "answer",
                "configuration": {
                    "model": "openai/gpt-4o-mini",
                    "messages": [{"role": "user", "content": "{{item.q}}"}],
                },
            },
            {
                "task_type": "metric",
                "configuration": {"type": "f1", "candidate": "item.answer", "reference": "item.q"},
            },
        ],
        **fields,
    }
    rows = data_digest(body)
    return DesiredEvaluation(name, body, spec_digest(body, rows), rows, ("a.yaml", 1, 1))


class Sandbox:
    """One sandbox in memory, and the client's view of it."""

    def __init__(self, knobs: Knobs = Knobs(run_seconds=0)) -> None:  # noqa: B008 - a frozen value
        self.store = open_store(None)
        self.faults = FaultPlan()
        self._transport = sandbox_transport(create_app(self.store, knobs, faults=self.faults))

    def do(self, work: Callable[[Evaluations], Awaitable[Value]], connection: Connection = HERE) -> Value:
        client = client_of(self._transport, connection=connection)
        return run(client, lambda client: work(Evaluations(client)))

    def create(self, one: DesiredEvaluation, owner: Owner | None = OWNER) -> RemoteEvaluation:
        body: dict[str, Json] = {**one.body}
        if owner is not None:
            metadata: dict[str, Json] = {**marks.identity_marks(one)}
            body |= {"tags": [owner.tag], "metadata": metadata}
        return self.do(lambda api: api.create(body))

    def state(self, *desired: DesiredEvaluation, owner: Owner = OWNER) -> RemoteState:
        return self.do(lambda api: read_state(api, desired, owner))

    def strike(self, effect: Effect, method: str, path: str = CREATES) -> None:
        self.faults.add(Fault(effect, method, path))


def test_what_was_created_is_read_back_as_declared() -> None:
    sandbox, one = Sandbox(), declared(description="d")
    created = sandbox.create(one)
    read = sandbox.do(lambda api: api.get(created.id))
    assert read is not None
    assert (read.name, read.description, read.tags) == ("a", "d", (OWNER.tag,))
    assert read.tasks is not None
    assert tasks_hold(one.tasks, read.tasks)
    assert marks.read_marks(read).digest == one.digest


def test_rows_are_read_back_without_the_results_of_the_run() -> None:
    sandbox, one = Sandbox(), declared()
    created = sandbox.create(one)
    contents = sandbox.do(lambda api: api.contents(created.id, result_columns(list(one.tasks)), rows_max=10))
    assert contents.rows is not None
    assert Counter(row_digest(row.data, row.files) for row in contents.rows) == declared_row_digests(one.body)
    assert contents.taxonomy is None


def test_a_taxonomy_is_read_back() -> None:
    sandbox = Sandbox()
    created = sandbox.create(declared(taxonomy_params={"topics": ["a"]}))
    assert sandbox.do(lambda api: api.taxonomy(created.id)) == {"topics": ["a"]}


def test_patching_archiving_and_restoring() -> None:
    sandbox = Sandbox()
    created = sandbox.create(declared())
    patched = sandbox.do(
        lambda api: api.patch(created.id, {"description": "new", "metadata": {marks.DIGEST: None}})
    )
    assert patched.description == "new"
    assert marks.DIGEST not in patched.metadata
    assert marks.NAME in patched.metadata
    archived = sandbox.do(lambda api: api.archive(created.id))
    assert archived is not None
    assert archived.is_archived
    found = sandbox.do(lambda api: api.get(created.id))
    assert found is not None
    assert found.is_archived
    with pytest.raises(Rejected):
        sandbox.do(lambda api: api.patch(created.id, {"description": "x"}))
    assert not sandbox.do(lambda api: api.restore(created.id)).is_archived


def test_an_id_that_nobody_has_is_none() -> None:
    assert Sandbox().do(lambda api: api.get("00000000-0000-0000-0000-000000000000")) is None


def test_the_state_of_a_project_that_is_in_place() -> None:
    sandbox, one = Sandbox(), declared()
    created = sandbox.create(one)
    sandbox.create(declared("b"), owner=Owner("other", "prod"))
    state = sandbox.state(one)
    assert [remote.id for remote in state.owned] == [created.id]
    assert (state.archived, state.namesakes, state.others, state.gap) == ((), (), 1, None)


def test_the_state_after_a_revert_has_the_archived_run() -> None:
    sandbox, one = Sandbox(), declared()
    created = sandbox.create(one)
    sandbox.do(lambda api: api.archive(created.id))
    assert [remote.id for remote in sandbox.state(one).archived] == [created.id]
    several = [one, declared("b", data=[{"q": 1}]), declared("c", data=[{"q": 2}])]
    assert [remote.id for remote in sandbox.state(*several).archived] == [created.id]


def test_the_state_has_what_it_takes_to_adopt() -> None:
    sandbox, one = Sandbox(), declared()
    created = sandbox.create(one, owner=None)
    state = sandbox.state(one)
    assert [remote.id for remote in state.namesakes] == [created.id]
    rows = state.contents[created.id].rows
    assert rows is not None
    assert Counter(row_digest(row.data, row.files) for row in rows) == declared_row_digests(one.body)


def test_a_deployment_that_lower_cases_tags_still_knows_ours() -> None:
    sandbox, owner = Sandbox(Knobs(run_seconds=0, lowercase_tags=True)), Owner("Support", "Prod")
    created = sandbox.create(declared(), owner=owner)
    assert [remote.id for remote in sandbox.state(declared(), owner=owner).owned] == [created.id]
    sandbox.do(lambda api: api.archive(created.id))
    assert [remote.id for remote in sandbox.state(declared(), owner=owner).archived] == [created.id]


def test_another_account_sees_nothing() -> None:
    sandbox, one = Sandbox(), declared()
    created = sandbox.create(one)
    elsewhere = Connection(HERE.base_url, "acct_2", CONNECTION.api_key)
    assert sandbox.do(lambda api: api.get(created.id), elsewhere) is None
    assert sandbox.do(lambda api: api.count(), elsewhere) == 0


def test_a_wrong_key_is_refused_with_where_it_came_from() -> None:
    sandbox = Sandbox(Knobs(api_keys=frozenset({"another"})))
    with pytest.raises(Rejected, match="401") as caught:
        sandbox.do(lambda api: api.count())
    assert "SGP_API_KEY" in (caught.value.hint or "")


def test_a_body_that_the_platform_refuses_is_worded_by_place() -> None:
    with pytest.raises(Rejected, match=r"\(422\): body\.name"):
        Sandbox().do(lambda api: api.create({"data": [{"q": 1}]}))


@pytest.mark.parametrize(
    "effect", [lost_answer(504), lost_answer(409), not_json(after_effect=True), Truncated(40), Truncated(0)]
)
def test_a_create_whose_answer_is_lost_is_unclear_and_was_sent_once(effect: Effect) -> None:
    sandbox = Sandbox()
    sandbox.strike(effect, "POST")
    body: dict[str, Json] = {**declared().body, "metadata": {marks.NONCE: "n1"}}
    with pytest.raises(Unclear):
        sandbox.do(lambda api: api.create(body))
    assert len(sandbox.store.ledger()) == 1
    found = sandbox.do(lambda api: api.find(marks.NONCE, "n1", tag=None))
    assert len(found) == 1


def test_a_create_that_was_put_off_is_sent_again_and_paid_once() -> None:
    sandbox = Sandbox()
    sandbox.strike(too_many_requests("3"), "POST")
    assert sandbox.create(declared()).name == "a"
    assert len(sandbox.store.ledger()) == 1


@pytest.mark.parametrize("effect", [html_page(502), too_many_requests(), lost_answer(500)])
def test_a_list_survives_a_passing_fault(effect: Effect) -> None:
    sandbox = Sandbox()
    sandbox.create(declared())
    sandbox.strike(effect, "GET")
    assert len(sandbox.state(declared()).owned) == 1


@pytest.mark.parametrize(
    "effect", [Endless(), Endless(fresh_ids=True), Truncated(60), html_page(200), not_json()]
)
def test_a_list_that_is_no_list_ends_in_a_bad_answer(effect: Effect) -> None:
    sandbox = Sandbox()
    sandbox.create(declared())
    sandbox.faults.add(Fault(effect, "GET", CREATES, times=None))
    with pytest.raises(BadAnswer):
        sandbox.do(lambda api: api.list_all())


def test_a_count_that_is_higher_than_what_came_is_a_gap() -> None:
    sandbox = Sandbox()
    sandbox.create(declared())
    sandbox.faults.add(Fault(TotalOff(2), "GET", CREATES, times=None))
    assert sandbox.state(declared()).gap is not None
