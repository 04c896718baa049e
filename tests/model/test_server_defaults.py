"""Tasks lose what a typed server filled in, and nothing else."""

from __future__ import annotations

import json

import pytest
from pydantic import ValidationError

from sgpctl.model.compare import tasks_hold
from sgpctl.model.located import Json
from sgpctl.model.server_defaults import without_server_defaults
from sgpctl.sandbox.task_models import TASK
from sgpctl.sandbox.tasks import prepared
from tests.conformance.task_bodies import TASKS

SOURCE = "def grade(question, lang, limit=3):\n    return 1.0\n"


def filled_in(task: object) -> dict[str, Json]:
    """The task as the sandbox, a typed server, shows it."""
    (ready,) = prepared([TASK.validate_python(task)])
    document: dict[str, Json] = json.loads(json.dumps(ready.document))
    return document


@pytest.mark.parametrize("task_type", TASKS)
def test_what_a_server_fills_into_a_task_is_taken_off_again(task_type: str) -> None:
    written = json.loads(json.dumps(TASKS[task_type]))
    shown = filled_in(written)
    slim = without_server_defaults(shown)
    assert tasks_hold([slim], [shown])
    assert tasks_hold([written], [slim])
    direction = {"direction": "column"}  # the API does not say which one is the default, so it stays
    assert len(json.dumps(slim)) <= len(json.dumps(written)) + len(json.dumps(direction))


def function(**configuration: Json) -> dict[str, Json]:
    return {"task_type": "custom_function", "configuration": {"function_source": SOURCE, **configuration}}


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"alias": "chat_completion", "task_type": "chat_completion"}, {"task_type": "chat_completion"}),
        (
            {"alias": "other", "task_type": "chat_completion"},
            {"alias": "other", "task_type": "chat_completion"},
        ),
        ({"alias": "grade", **function()}, function()),
        ({"task_type": "inference", "id": "t-1", "status": "done"}, {"task_type": "inference"}),
        (
            function(arg_mapping={"question": "item.question", "lang": "item.lang"}),
            function(),
        ),
        (
            function(arg_mapping={"question": "item.question"}, config_args={"lang": "en"}),
            function(config_args={"lang": "en"}),
        ),
        (function(arg_mapping={"question": "item.q", "lang": "item.lang"}), None),
        (function(outputs=[{"path": "a.b", "alias": "a_b"}]), function(outputs=[{"path": "a.b"}])),
        (function(outputs=[{"path": "a.b", "alias": "b"}]), None),
    ],
)
def test_only_what_equals_the_default_is_left_out(
    given: dict[str, Json], kept: dict[str, Json] | None
) -> None:
    assert without_server_defaults(given) == (given if kept is None else kept)


def test_an_alias_stays_where_the_name_of_a_function_is_not_plain_to_see() -> None:
    source = '"""\ndef other():\n"""\ndef grade(a):\n    return 1\n'
    task: dict[str, Json] = {
        "alias": "other",
        "task_type": "custom_function",
        "configuration": {"function_source": source},
    }
    assert without_server_defaults(task)["alias"] == "other"


def test_a_null_that_is_a_value_stays() -> None:
    condition: Json = {
        "op": "eq",
        "left": {"op": "var", "path": "item.a"},
        "right": {"op": "const", "value": None},
    }
    task: dict[str, Json] = {
        "task_type": "auto_evaluation.guided_decoding",
        "configuration": {
            "model": "m/n",
            "prompt": "p",
            "system_prompt": None,
            "response_format": {"default": None},
            "run_condition": condition,
        },
    }
    configuration = without_server_defaults(task)["configuration"]
    assert isinstance(configuration, dict)
    assert configuration["run_condition"] == condition
    assert configuration["response_format"] == {"default": None}
    assert "system_prompt" not in configuration


def test_a_task_that_no_model_can_read_stays_as_it_is() -> None:
    task: dict[str, Json] = {
        "alias": "x",
        "task_type": "metric",
        "configuration": {"type": 1, "candidate": None},
    }
    with pytest.raises(ValidationError):
        TASK.validate_python(task)
    assert without_server_defaults(task) == task
