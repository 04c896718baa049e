from __future__ import annotations

from typing import Any

import pytest

from tests.conformance.task_bodies import ROWS, TASKS
from tests.sandbox.caller import Caller


def _shown(caller: Caller, task: dict[str, object]) -> Any:
    evaluation = caller.create(data=ROWS, tasks=[task])
    (shown,) = caller.get(f"/v5/evaluations/{evaluation['id']}", views="tasks")["tasks"]
    return shown


@pytest.mark.parametrize(
    ("task_type", "alias"),
    [
        ("inference", "inference"),
        ("application_variant", "application_variant"),
        ("agentex_output", "agentex_output"),
        ("metric", "rougeL"),
        ("auto_evaluation.question", "auto_evaluation_question"),
        ("auto_evaluation.agent", "auto_evaluation_agent"),
        ("contributor_evaluation.question", "contributor_evaluation_question"),
        ("custom_function", "brevity"),
    ],
)
def test_a_task_without_an_alias_gets_the_default_of_its_type(
    caller: Caller, task_type: str, alias: str
) -> None:
    assert _shown(caller, TASKS[task_type])["alias"] == alias


def test_optional_fields_come_back_as_null(caller: Caller) -> None:
    configuration = _shown(caller, TASKS["chat_completion"])["configuration"]
    assert configuration["top_p"] is None
    assert configuration["provider_hint"] == "eu"


def test_documented_defaults_are_filled_in(caller: Caller) -> None:
    agentex = _shown(caller, TASKS["agentex_output"])["configuration"]
    assert (agentex["completion_mode"], agentex["input_mode"]) == ("first_message", "text")
    question = _shown(caller, TASKS["contributor_evaluation.question"])["configuration"]
    assert (question["queue_id"], question["required"]) == ("default", False)
    assert [child.get("direction") for child in question["layout"]["children"]] == [None, "column"]


def test_a_function_gets_its_arguments_from_columns_of_their_names(caller: Caller) -> None:
    configuration = _shown(caller, TASKS["custom_function"])["configuration"]
    assert configuration["arg_mapping"] == {"question": "item.question", "reference": "item.reference"}
    assert configuration["outputs"] == [
        {"path": "score", "alias": "score"},
        {"path": "detail.words", "alias": "detail_words"},
    ]
