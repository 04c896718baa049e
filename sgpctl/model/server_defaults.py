"""Tasks as a person would write them: without what a typed server fills in by itself (API 3.3, 8.5).

alias                      where it is the task type's default
null                       where it stands for an optional key that was not given
completion_mode            first_message
input_mode                 text
queue_id, required         default, false
label of a component       the name of its column
arg_mapping                every parameter that needs a value, from the column of its name
alias of an output         its path with dots as underscores

Defaults that are not documented (a layout's `direction`, time limits) stay: they may be another one tomorrow.
"""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import ValidationError

from sgpctl.model.alias import effective_alias
from sgpctl.model.compare import tasks_hold
from sgpctl.model.custom_function import read_function
from sgpctl.model.located import Json
from sgpctl.model.locators import PREFIX
from sgpctl.model.reading import Reading
from sgpctl.model.tasks import model_for

_ENVELOPE = (
    "alias",
    "task_type",
    "configuration",
)  # whatever else an answer has around a task is the server's own
_PLAIN_DEFAULTS: Mapping[str, Mapping[str, Json]] = {
    "agentex_output": {"completion_mode": "first_message", "input_mode": "text"},
    "contributor_evaluation.question": {"queue_id": "default", "required": False},
}


def without_server_defaults(task: Mapping[str, Json]) -> dict[str, Json]:
    """`task` without what it would get again from the server; it still holds remotely, and runs the same."""
    whole: dict[str, Json] = {key: task[key] for key in _ENVELOPE if task.get(key) is not None}
    slim = _without_unset(whole)
    configuration = slim.get("configuration")
    if isinstance(configuration, dict):
        slim["configuration"] = _slim_configuration(str(slim.get("task_type")), configuration)
    slim = _without_default_alias(slim)
    return slim if tasks_hold([slim], [task]) else whole


def _without_unset(task: dict[str, Json]) -> dict[str, Json]:
    reading = Reading()
    try:
        model_for(task).model_validate(task, context=reading)
    except ValidationError:
        return task  # the check of the manifest says what is wrong with it

    def pruned(value: Json) -> Json:
        if isinstance(value, list):
            return [pruned(part) for part in value]
        if not isinstance(value, dict):
            return value
        model = reading.model_of(value)
        required = (
            {name for name, field in model.model_fields.items() if field.is_required()}
            if model
            else set(value)
        )
        return {key: pruned(part) for key, part in value.items() if part is not None or key in required}

    return {key: pruned(part) for key, part in task.items()}


def _slim_configuration(task_type: str, configuration: dict[str, Json]) -> dict[str, Json]:
    defaults = _PLAIN_DEFAULTS.get(task_type, {})
    slim = {
        key: value for key, value in configuration.items() if key not in defaults or value != defaults[key]
    }
    match task_type:
        case "contributor_evaluation.question":
            if "layout" in slim:
                slim["layout"] = _without_labels(slim["layout"])
        case "custom_function":
            slim = _slim_function(slim)
        case _:
            pass
    return slim


def _without_labels(layout: Json) -> Json:
    if isinstance(layout, list):
        return [_without_labels(part) for part in layout]
    if not isinstance(layout, dict):
        return layout
    data = layout.get("data")
    default = data.removeprefix(PREFIX) if isinstance(data, str) else None
    return {
        key: _without_labels(part)
        for key, part in layout.items()
        if key != "label" or default is None or part != default
    }


def _slim_function(configuration: dict[str, Json]) -> dict[str, Json]:
    slim = dict(configuration)
    if _is_derived(slim.get("arg_mapping"), slim):
        del slim["arg_mapping"]
    outputs = slim.get("outputs")
    if isinstance(outputs, list):
        slim["outputs"] = [_without_output_alias(output) for output in outputs]
    return slim


def _is_derived(mapping: Json, configuration: Mapping[str, Json]) -> bool:
    source, constants = configuration.get("function_source"), configuration.get("config_args")
    if not isinstance(mapping, dict) or not isinstance(source, str):
        return False
    signature, _ = read_function(source)
    if signature is None:
        return False
    given = constants if isinstance(constants, dict) else {}
    return mapping == {name: f"{PREFIX}{name}" for name in signature.required if name not in given}


def _without_output_alias(output: Json) -> Json:
    if not isinstance(output, dict) or not isinstance(output.get("path"), str):
        return output
    default = str(output["path"]).replace(".", "_")
    return {key: value for key, value in output.items() if key != "alias" or value != default}


def _without_default_alias(task: dict[str, Json]) -> dict[str, Json]:
    bare = {key: value for key, value in task.items() if key != "alias"}
    if effective_alias(bare) != task.get("alias"):
        return task
    configuration = task.get("configuration")
    source = configuration.get("function_source") if isinstance(configuration, dict) else None
    if task.get("task_type") == "custom_function" and isinstance(source, str):
        signature, _ = read_function(source)
        return bare if signature is not None and signature.name == task.get("alias") else task
    return bare
