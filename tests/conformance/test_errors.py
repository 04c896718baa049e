from __future__ import annotations

from typing import Any, cast

import pytest
from scale_gp_beta import (
    APIStatusError,
    AuthenticationError,
    BadRequestError,
    ConflictError,
    InternalServerError,
    NotFoundError,
    RateLimitError,
    SGPClient,
    UnprocessableEntityError,
)

from sgpctl.sandbox.faults import Answer, Fault, html_page, too_many_requests
from tests.conformance.conftest import Sandbox
from tests.conformance.task_bodies import create

_RESOURCES = {
    "evaluations": {
        "create",
        "retrieve",
        "update",
        "list",
        "archive",
        "filter",
        "retrieve_schema",
        "retrieve_taxonomy",
        "tasks",
    },
    "evaluation_items": {"retrieve", "list", "export"},
    "datasets": {"create", "retrieve", "update", "list", "archive"},
    "dataset_items": {"retrieve", "update", "list", "archive", "batch_create"},
    "evaluation_groups": {"create", "retrieve", "update", "list", "archive", "replace", "retrieve_schema"},
    "questions": {"create", "retrieve", "update", "list", "archive", "restore"},
}


@pytest.mark.parametrize("resource", _RESOURCES)
def test_these_tests_know_every_method_of_the_sdk(client: SGPClient, resource: str) -> None:
    public = {name for name in dir(getattr(client, resource)) if not name.startswith(("_", "with_"))}
    assert public == _RESOURCES[resource]


def test_the_tasks_resource_has_two_methods(client: SGPClient) -> None:
    public = {name for name in dir(client.evaluations.tasks) if not name.startswith(("_", "with_"))}
    assert public == {"add", "update"}


def test_a_wrong_key_is_an_authentication_error(sandbox: Sandbox) -> None:
    with sandbox.client("any", api_key="wrong") as stranger, pytest.raises(AuthenticationError):
        stranger.evaluations.list()


def test_another_account_finds_nothing(client: SGPClient, sandbox: Sandbox) -> None:
    evaluation = create(client)
    with sandbox.client("someone-else") as stranger:
        assert stranger.evaluations.list().items == []
        with pytest.raises(NotFoundError):
            stranger.evaluations.retrieve(evaluation.id)
        with pytest.raises(NotFoundError):
            stranger.evaluations.archive(evaluation.id)


def test_the_wrapping_mistake_is_unprocessable(client: SGPClient) -> None:
    body = {"evaluation": {"name": "run", "data": []}}
    with pytest.raises(UnprocessableEntityError) as caught:
        client.evaluations.create(evaluation=cast("Any", body))
    assert caught.value.body == {
        "detail": [{"loc": ["body", "name"], "msg": "Field required", "type": "missing"}]
    }


def test_archiving_twice_is_a_bad_request(client: SGPClient) -> None:
    evaluation = create(client)
    client.evaluations.archive(evaluation.id)
    with pytest.raises(BadRequestError) as caught:
        client.evaluations.archive(evaluation.id)
    assert caught.value.body == {"detail": "The evaluation is archived already."}


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (too_many_requests(), RateLimitError),
        (Answer(409), ConflictError),
        (Answer(503), InternalServerError),
        (html_page(), InternalServerError),
    ],
)
def test_planted_faults_become_the_sdk_errors(
    client: SGPClient, sandbox: Sandbox, answer: Answer, error: type[APIStatusError]
) -> None:
    sandbox.faults.add(Fault(answer, "GET", "/v5/questions"))
    with pytest.raises(error):
        client.questions.list()
    assert client.questions.list().items == []


def test_the_sdk_outlasts_a_rate_limit(client: SGPClient, sandbox: Sandbox) -> None:
    sandbox.faults.add(Fault(Answer(429, headers={"retry-after-ms": "1"}), "GET", "/v5/questions", times=2))
    assert client.with_options(max_retries=2).questions.list().items == []
