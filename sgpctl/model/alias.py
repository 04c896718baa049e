"""The name under which a task's results land in the rows (API 3.1)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from sgpctl.model.located import Failed, Json

_FUNCTION_NAME = re.compile(r"^def[ \t]+([^\W\d]\w*)[ \t]*\(", re.MULTILINE)


def effective_alias(task: Mapping[str, Json]) -> str | None:
    """The declared alias, or the API's default for this task; None when the default cannot be told."""
    alias = task.get("alias")
    if isinstance(alias, str) and alias:
        return alias
    task_type = task.get("task_type")
    configuration = task.get("configuration")
    settings = configuration if isinstance(configuration, dict) else {}
    match task_type:
        case "metric":
            metric = settings.get("type")
            return metric if isinstance(metric, str) else None
        case "custom_function":
            source = settings.get("function_source")
            found = _FUNCTION_NAME.search(source) if isinstance(source, str) else None
            return found.group(1) if found else None
        case str():
            return task_type.replace(".", "_")
        case _:
            return None


def result_columns(tasks: tuple[Mapping[str, Json], ...] | list[Mapping[str, Json]]) -> frozenset[str]:
    """Every column that the tasks add to a row: their aliases, and the outputs of custom functions (API 3.3)."""
    columns: set[str] = set()
    for task in tasks:
        alias = effective_alias(task)
        if alias is not None:
            columns.add(alias)
        columns.update(output_columns(task))
    return frozenset(columns)


def fills_known_columns(task: Mapping[str, Json]) -> bool:
    """False when something that names the columns which the task adds could not be had."""
    configuration = task.get("configuration")
    settings = configuration if isinstance(configuration, dict) else {}
    outputs = settings.get("outputs")
    naming = [configuration, outputs, settings.get("type"), settings.get("function_source")]
    naming += (task.get("task_type"), task.get("alias"))
    for output in outputs if isinstance(outputs, list) else ():
        naming += (output, *output.values()) if isinstance(output, dict) else (output,)
    return not any(isinstance(part, Failed) for part in naming)


def output_columns(task: Mapping[str, Json]) -> tuple[str, ...]:
    """The columns named by the `outputs` of a custom function; an output without alias has its path, dots as `_`."""
    configuration = task.get("configuration")
    outputs = configuration.get("outputs") if isinstance(configuration, dict) else None
    columns: list[str] = []
    for output in outputs if isinstance(outputs, list) else []:
        if isinstance(output, dict):
            alias, path = output.get("alias"), output.get("path")
            if isinstance(alias, str) and alias:
                columns.append(alias)
            elif isinstance(path, str):
                columns.append(path.replace(".", "_"))
    return tuple(columns)
