"""What would make a run fail although every part of its request is well formed. A doomed run still costs money.

aliases      each result needs a column of its own: no two alike, none that the rows have already (API 3.1)
references   item.x and {{item.x}} must name a column of the rows or the result of a task (API 3.2)
cycles       no task may wait for its own result
functions    a custom function follows the rules of its runner and gets its parameters (API 3.3)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from graphlib import CycleError, TopologicalSorter
from itertools import islice
from typing import TypeAlias

from sgpctl.model.alias import effective_alias, fills_known_columns, output_columns
from sgpctl.model.custom_function import function_findings
from sgpctl.model.finding import Finding, Severity
from sgpctl.model.located import Failed, Json, Path, path_text
from sgpctl.model.locators import PREFIX, named_column, prefixes, references
from sgpctl.model.nearest import Hints
from sgpctl.model.rows import Columns
from sgpctl.model.tasks import UnknownTask, model_for

_NEAR_MISS = 0.8  # where most columns are unknown, only a clear slip is worth a word
_COLUMNS_LISTED_MAX = 8
_CYCLES_TOLD_MAX = 20
_CYCLE_STEPS_SHOWN_MAX = 10
_BARE_COLUMNS = ("input_column", "prefill_from")  # keys whose plain text names a column without `item.`


@dataclass(frozen=True, slots=True)
class _Reference:
    """One mention of a column; a bare one lacks the `item.` that would prove it to be a mention."""

    path: Path
    name: str
    is_bare: bool = False


@dataclass(frozen=True, slots=True)
class _PlacedTask:
    path: Path
    task: Mapping[str, Json]
    references: tuple[_Reference, ...]

    @property
    def columns(self) -> frozenset[str]:
        return frozenset(column for column, _ in _result_columns(self.task))

    @property
    def label(self) -> str:
        return effective_alias(self.task) or path_text(self.path)


_Results: TypeAlias = Mapping[str, int]
"""Result columns, and the positions of the tasks that fill them."""


def run_findings(tasks: Sequence[Json], columns: Columns, hints: Hints) -> Iterator[Finding]:
    """Everything that dooms a run of `tasks` over rows with `columns`; tasks that are not maps are passed over.

    What a task fills that could not be had, or not as a whole, is not known, and nothing that depends on it is an error.
    """
    if not all(
        fills_known_columns(task) if isinstance(task, dict) else not isinstance(task, Failed)
        for task in tasks
    ):
        columns = replace(columns, is_complete=False)
    placed = [
        _PlacedTask(("tasks", index), task, tuple(_references_of(task, ("tasks", index))))
        for index, task in enumerate(tasks)
        if isinstance(task, dict)
    ]
    results = _results_of(placed)
    yield from _alias_findings(placed, results, columns)
    known = _Known(
        results, columns, hints, is_guess=any(model_for(each.task) is UnknownTask for each in placed)
    )
    for each in placed:
        yield from _reference_findings(each, known)
    yield from _cycle_findings(placed, results, columns)
    fillable = frozenset((*columns.counts, *results)) if columns.is_complete else None
    for each in placed:
        yield from function_findings(each.task, each.path, fillable, hints)


def _references_of(task: Mapping[str, Json], path: Path) -> Iterator[_Reference]:
    configuration = task.get("configuration")
    if not isinstance(configuration, dict):
        return
    for key, value in configuration.items():
        if key == "function_source":
            continue  # a program, in which braces mean something else
        if not isinstance(value, str | dict | list):
            continue
        place = (*path, "configuration", key)
        if key in _BARE_COLUMNS and isinstance(value, str) and value and PREFIX not in value:
            yield _Reference(place, value, is_bare=True)
        yield from (_Reference(at, name) for at, name in references(value, place))


def _result_columns(task: Mapping[str, Json]) -> Iterator[tuple[str, Path]]:
    """The columns that a task fills, each with the path within the task that names it."""
    alias = effective_alias(task)
    if alias is not None and not isinstance(task.get("alias"), Failed):
        yield alias, ("alias",) if task.get("alias") else ()
    for column in output_columns(task):
        yield column, ("configuration", "outputs")


def _results_of(placed: Sequence[_PlacedTask]) -> _Results:
    results: dict[str, int] = {}
    for position, each in enumerate(placed):
        for column, _ in _result_columns(each.task):
            results.setdefault(column, position)
    return results


def _alias_findings(placed: Sequence[_PlacedTask], results: _Results, columns: Columns) -> Iterator[Finding]:
    for position, each in enumerate(placed):
        own: set[str] = set()
        for column, place in _result_columns(each.task):
            path = (*each.path, *place)
            first = placed[results[column]]
            if column in own:
                yield Finding(
                    path, f"'{column}' is named twice by this task; each result needs its own column"
                )
            elif results[column] != position:
                yield Finding(
                    path,
                    f"'{column}' is a result of {path_text(first.path)} already; "
                    "give one of the two tasks another alias",
                )
            if column in columns.counts:
                yield Finding(path, f"'{column}' is a column of the rows already; choose another alias")
            if "." in column:
                yield Finding(
                    path,
                    f"the dot in '{column}' reads as nesting: no locator is sure to find it",
                    Severity.WARNING,
                )
            own.add(column)


class _Known:
    """Everything that a locator may name.

    `is_guess` says that a task of an unknown type may fill columns that nobody here has heard of.
    """

    def __init__(self, results: _Results, columns: Columns, hints: Hints, *, is_guess: bool) -> None:
        self.results = results
        self.columns = columns
        self.hints = hints
        self.is_guess = is_guess
        self.names: Mapping[str, int] = {**results, **columns.counts, **columns.files}

    def others_than(self, own: frozenset[str]) -> tuple[str, ...]:
        """The columns of the rows, and those of all tasks but one."""
        return (*self.columns.counts, *(column for column in self.results if column not in own))


def _reference_findings(each: _PlacedTask, known: _Known) -> Iterator[Finding]:
    columns = known.columns
    told: set[str] = set()
    for reference in each.references:
        column = _resolve(reference.name, known.names)
        name = column or named_column(reference.name)
        if name in told:
            continue
        told.add(name)
        if column is None:
            doubtful = known.is_guess or reference.is_bare
            severity = Severity.WARNING if doubtful else Severity.ERROR
            yield from _unresolved(reference, name, each, known, severity)
        elif column not in known.results and 0 < columns.counts.get(column, 0) < columns.rows:
            lacking = columns.rows - columns.counts[column]
            yield Finding(
                reference.path,
                f"{lacking:,} of {columns.rows:,} rows have no '{column}'",
                Severity.WARNING,
            )


def _unresolved(
    reference: _Reference, name: str, each: _PlacedTask, known: _Known, severity: Severity
) -> Iterator[Finding]:
    others = known.others_than(each.columns)
    if not known.columns.is_complete:
        meant = known.hints.nearest(name, others, _NEAR_MISS)
        if meant is not None:
            yield Finding(
                reference.path,
                f"'{name}' is no task's result; did you mean '{meant}'? (not all columns are known here)",
                Severity.WARNING,
            )
    elif known.columns.rows:
        hint = known.hints.did_you_mean(name, others) or _some_of(others)
        yield Finding(reference.path, f"no row and no task has a column '{name}'{hint}", severity)


def _some_of(known: Sequence[str]) -> str:
    if not known:
        return ""
    more = len(known) - _COLUMNS_LISTED_MAX
    names = ", ".join(f"'{name}'" for name in known[:_COLUMNS_LISTED_MAX])
    return f"; there are only {names}" + (f" and {more} more" if more > 0 else "")


def _resolve(name: str, known: Mapping[str, object]) -> str | None:
    return next((prefix for prefix in prefixes(name) if prefix in known), None)


def _cycle_findings(placed: Sequence[_PlacedTask], results: _Results, columns: Columns) -> Iterator[Finding]:
    needs: dict[int, dict[int, Path]] = {}
    known = {**results, **columns.counts}
    for position, each in enumerate(placed):
        needs[position] = {}
        for reference in each.references:
            column = _resolve(reference.name, known)
            if column is not None and column not in columns.counts:
                needs[position].setdefault(results[column], reference.path)
    for cycle in islice(_cycles(needs), _CYCLES_TOLD_MAX):
        path = needs[cycle[0]][cycle[1]]
        if len(cycle) == 2:
            yield Finding(path, f"'{placed[cycle[0]].label}' waits for its own result")
        else:
            way = [placed[position].label for position in cycle]
            if len(way) > _CYCLE_STEPS_SHOWN_MAX:
                way = [
                    *way[: _CYCLE_STEPS_SHOWN_MAX - 1],
                    f"{len(way) - _CYCLE_STEPS_SHOWN_MAX} more",
                    way[-1],
                ]
            yield Finding(path, f"tasks wait for each other's results: {' -> '.join(way)}")


def _cycles(needs: Mapping[int, Mapping[int, object]]) -> Iterator[list[int]]:
    """One cycle after the other, each from its first task on; tasks of a cycle that was told are left out then."""
    if all(other < node for node, needed in needs.items() for other in needed):
        return  # as most tasks are written: each waits for those above it
    remaining = {node: set(needed) for node, needed in needs.items()}
    while True:
        try:
            TopologicalSorter(remaining).prepare()
        except CycleError as error:
            cycle: list[int] = error.args[1][:0:-1]
        else:
            return
        start = cycle.index(min(cycle))
        yield [*cycle[start:], *cycle[:start], cycle[start]]
        remaining = {node: needed - {*cycle} for node, needed in remaining.items() if node not in cycle}
