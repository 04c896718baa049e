"""Simulated execution: what every task makes of every row.

Nothing runs in the background. The outcome is settled when the evaluation is created, because it follows from the
rows and the tasks alone, and the clock only decides from when on it is shown.

    run condition false                         skipped, an empty cell
    a locator or template finds no such column  errored
    otherwise                                   completed (or errored, for the share that a knob asks for)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from sgpctl.sandbox.conditions import holds
from sgpctl.sandbox.locators import MISSING, look_up, references
from sgpctl.sandbox.simulated_values import Draw, simulated_value
from sgpctl.sandbox.tasks import PreparedTask, in_order
from sgpctl.sandbox.wire import canonical_text

# The parts of a configuration that are read without an error when a row lacks what they name.
_FORGIVING = frozenset({"function_source", "run_condition"})


@dataclass(frozen=True, slots=True)
class RowOutcome:
    """What the tasks made of one row: values by column, a status and perhaps an error by alias."""

    values: dict[str, object] = field(default_factory=dict)
    statuses: dict[str, str] = field(default_factory=dict)
    errors: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def document(self) -> dict[str, object]:
        return {"values": self.values, "statuses": self.statuses, "errors": self.errors}


@dataclass(frozen=True, slots=True)
class _Step:
    task: PreparedTask
    paths: tuple[str, ...]
    question: Mapping[str, object]


def executed(
    tasks: Sequence[PreparedTask],
    rows: Sequence[Mapping[str, object]],
    question_of: Callable[[str], Mapping[str, object]],
    failing_share: float,
) -> list[RowOutcome]:
    """The outcome of every row, in the order of `rows`; contributor tasks have none."""
    steps = [
        _Step(
            task,
            tuple(references(task.configuration, skipping=_FORGIVING)),
            question_of(str(task.configuration.get("question_id", ""))),
        )
        for task in in_order(tasks)
        if task.executes
    ]
    return [_row_outcome(steps, row, failing_share) for row in rows]


def _row_outcome(steps: Sequence[_Step], row: Mapping[str, object], failing_share: float) -> RowOutcome:
    outcome = RowOutcome()
    here = dict(row)
    row_key = canonical_text(row) if steps else ""
    for step in steps:
        alias = step.task.alias
        condition = step.task.configuration.get("run_condition")
        if condition is not None and not holds(condition, here):
            outcome.statuses[alias] = "skipped"
            outcome.values[alias] = here[alias] = None
            continue
        draw = Draw.of(row_key, alias)
        error = _error(step, here, draw, failing_share)
        if error is not None:
            outcome.statuses[alias] = "errored"
            outcome.errors[alias] = error
            here.pop(alias, None)
            continue
        outcome.statuses[alias] = "completed"
        columns = _columns(step, draw)
        outcome.values.update(columns)
        here.update(columns)
    return outcome


def _error(step: _Step, row: Mapping[str, object], draw: Draw, failing_share: float) -> dict[str, str] | None:
    for path in step.paths:
        if look_up(row, path) is MISSING:
            return {"message": f"item.{path} is not in this row", "type": "ItemLocatorError"}
    if failing_share > 0 and draw.child("failure").share < failing_share:
        return {"message": "[simulated] The task failed.", "type": "SimulatedError"}
    return None


def _columns(step: _Step, draw: Draw) -> dict[str, object]:
    task = step.task
    value = simulated_value(task.task_type, task.alias, task.configuration, step.question, draw)
    columns: dict[str, object] = {task.alias: value}
    outputs = task.configuration.get("outputs")
    if isinstance(outputs, list) and isinstance(value, dict):
        for output in outputs:
            found = look_up(value, output["path"])
            columns[output["alias"]] = None if found is MISSING else found
    return columns
