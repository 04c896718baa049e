from __future__ import annotations

from typing import Any, cast

import pytest
from scale_gp_beta import BadRequestError, SGPClient, UnprocessableEntityError
from scale_gp_beta.types import Question

from tests.conformance.conftest import Sandbox
from tests.conformance.task_bodies import create

_CONFIGURATIONS: dict[str, dict[str, object] | None] = {
    "categorical": {"choices": ["yes", "no"], "multi": False},
    "rating": {"min_label": "bad", "max_label": "good", "steps": 5},
    "number": {"min": 0, "max": 10.5},
    "free_text": {"max_length": 200},
    "form": {"form_schema": {"type": "object", "properties": {}}},
    "timestamp": None,
}


def _create(client: SGPClient, question_type: str = "categorical", **fields: object) -> Question:
    body: dict[str, object] = {
        "question_type": question_type,
        "name": question_type,
        "prompt": "Is it right?",
    }
    if (configuration := _CONFIGURATIONS[question_type]) is not None:
        body["configuration"] = configuration
    return client.questions.create(question=cast("Any", body | fields))


@pytest.mark.parametrize("question_type", _CONFIGURATIONS)
def test_every_question_type_is_read_back(client: SGPClient, question_type: str) -> None:
    made = _create(client, question_type, conditions=[{"alias": "other"}])
    question = client.questions.retrieve(made.id)
    assert (question.question_type, question.prompt) == (question_type, "Is it right?")
    assert question.conditions == [{"alias": "other"}]
    assert type(question) is type(made)


def test_a_configuration_is_needed_where_the_type_needs_one(client: SGPClient) -> None:
    missing: dict[str, object] = {"choices": []}
    for configuration in (None, missing):
        with pytest.raises(UnprocessableEntityError):
            _create(client, configuration=configuration)


def test_questions_are_listed_by_id(client: SGPClient) -> None:
    made = [_create(client, name=f"q{number}") for number in range(4)]
    assert [question.name for question in client.questions.list(limit=3)] == ["q0", "q1", "q2", "q3"]
    chosen = client.questions.list(ids=[made[2].id, made[0].id]).items
    assert [question.name for question in chosen] == ["q0", "q2"]


def test_only_the_name_changes(client: SGPClient) -> None:
    question = _create(client)
    assert client.questions.update(question.id, name="renamed").name == "renamed"


def test_an_archived_question_is_found_by_id_and_comes_back(client: SGPClient) -> None:
    question = _create(client)
    assert client.questions.archive(question.id).archived_at is not None
    assert client.questions.retrieve(question.id).archived_at is not None
    assert client.questions.list().items == []
    assert len(client.questions.list(include_archived=True).items) == 1
    with pytest.raises(BadRequestError):
        client.questions.update(question.id, name="no")
    assert client.questions.restore(question.id).archived_at is None


def test_a_judge_answers_with_a_choice_of_its_question(client: SGPClient, sandbox: Sandbox) -> None:
    question = _create(client)
    configuration = {"model": "openai/gpt-4o", "prompt": "{{item.question}}", "question_id": question.id}
    evaluation = create(
        client,
        tasks=[{"task_type": "auto_evaluation.question", "alias": "verdict", "configuration": configuration}],
    )
    sandbox.finish_runs()
    items = client.evaluation_items.list(evaluation_id=evaluation.id).items
    assert {item.data["verdict"] for item in items} <= {"yes", "no"}
