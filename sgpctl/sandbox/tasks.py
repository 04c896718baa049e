"""Tasks on their way into the sandbox: effective aliases, columns without clashes, an order without cycles."""

from __future__ import annotations

import graphlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sgpctl.sandbox.function_source import signature_of
from sgpctl.sandbox.locators import is_below, references
from sgpctl.sandbox.problems import Invalid
from sgpctl.sandbox.task_models import (
    ContributorQuestionTask,
    CustomFunction,
    CustomFunctionTask,
    MetricTask,
    Task,
)

# Python source reads no item by itself: its arguments do.
_NOT_TEMPLATED = frozenset({"function_source"})


@dataclass(frozen=True, slots=True)
class PreparedTask:
    """A task with its alias and all defaults. `columns` are its alias and the columns of its outputs."""

    alias: str
    task_type: str
    configuration: dict[str, object]
    columns: tuple[str, ...]
    executes: bool

    @property
    def document(self) -> dict[str, object]:
        """The task as the API shows it with `views=tasks`."""
        return {"alias": self.alias, "task_type": self.task_type, "configuration": self.configuration}


def prepared(tasks: Sequence[Task]) -> tuple[PreparedTask, ...]:
    """`tasks` in the author's order. Invalid for two results in one column, and for tasks that need each other."""
    ready = tuple(_prepared(task) for task in tasks)
    _refuse_shared_columns(ready)
    in_order(ready)
    return ready


def in_order(tasks: Iterable[PreparedTask]) -> tuple[PreparedTask, ...]:
    """`tasks` so that each comes after those whose results it reads."""
    by_alias = {task.alias: task for task in tasks}
    needs = {alias: _needs(task, by_alias.values()) for alias, task in by_alias.items()}
    try:
        order = tuple(graphlib.TopologicalSorter(needs).static_order())
    except graphlib.CycleError as error:
        circle = " -> ".join(error.args[1])
        raise Invalid.at(("body", "tasks"), f"Tasks need each other's results: {circle}") from error
    return tuple(by_alias[alias] for alias in order)


def _prepared(task: Task) -> PreparedTask:
    alias = task.alias or _default_alias(task)
    try:
        configuration = task.configuration.model_dump(mode="json")
    except ValueError as error:  # pydantic serialises some 250 levels and no more
        raise Invalid.at(("body", "tasks"), "A configuration is nested too deeply") from error
    return PreparedTask(
        alias=alias,
        task_type=task.task_type,
        configuration=configuration,
        columns=(alias, *_output_columns(task)),
        executes=not isinstance(task, ContributorQuestionTask),
    )


def _default_alias(task: Task) -> str:
    match task:
        case MetricTask():
            return task.configuration.type
        case CustomFunctionTask():
            return signature_of(task.configuration.function_source).name
        case _:
            return task.task_type.replace(".", "_")


def _output_columns(task: Task) -> tuple[str, ...]:
    if not isinstance(task.configuration, CustomFunction):
        return ()
    return tuple(output.alias or output.path for output in task.configuration.outputs or ())


def _refuse_shared_columns(tasks: Iterable[PreparedTask]) -> None:
    taken: set[str] = set()
    for index, task in enumerate(tasks):
        for column in task.columns:
            if column in taken:
                raise Invalid.at(("body", "tasks", index, "alias"), f"Two results are called {column!r}")
            taken.add(column)


def _needs(task: PreparedTask, others: Iterable[PreparedTask]) -> list[str]:
    paths = set(references(task.configuration, skipping=_NOT_TEMPLATED))
    return [
        other.alias
        for other in others
        if any(is_below(path, column) for path in paths for column in other.columns)
    ]
