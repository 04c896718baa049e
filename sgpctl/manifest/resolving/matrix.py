"""`matrix`: one evaluation for every combination of the values of its axes, less `exclude` and with `include`.

matrix:
  model: {fast: openai/gpt-4o-mini, best: anthropic/claude-sonnet-4}    labels and what they stand for
  prompt: [v3, v4]                                                      single values are their own labels
  exclude: [{model: best, prompt: v3}]                                  all cells that have these labels
  include: [{model: {tiny: openai/gpt-5-nano}, prompt: v4}]             one cell more, here with a label of its own
  max: 100                                                              more cells than this are an error
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import product
from math import prod
from typing import TypeAlias

from sgpctl.limits import MATRIX_CELLS_MAX, MATRIX_COMBINATIONS_MAX
from sgpctl.manifest.problem import Problem, error_at, quoted
from sgpctl.manifest.resolving.matrix_parts import INCLUDE, Axes, Parts, read_parts
from sgpctl.manifest.resolving.scope import Cell, Meaning
from sgpctl.model.located import Json, LocatedMap, Mark
from sgpctl.model.nearest import Hints

MATRIX = "matrix"

_Labels: TypeAlias = "tuple[str, ...]"


def cells_of(matrix: Json, mark: Mark, hints: Hints) -> tuple[tuple[Cell, ...], tuple[Problem, ...]]:
    """The cells of a `matrix` that stands at `mark`, everything in it resolved, in the order of its axes; or what is wrong."""
    if not isinstance(matrix, LocatedMap):
        return (), (error_at(mark, "must be a map of axes", (MATRIX,)),)
    parts, problems = read_parts(matrix, (MATRIX,), hints)
    if problems:
        return (), problems
    combinations = prod(map(len, parts.axes.values()))
    if not parts.axes:
        return (), (error_at(mark, "names no axis, so it has no cells", (MATRIX,)),)
    if combinations > MATRIX_COMBINATIONS_MAX:
        message = f"has {combinations:,} combinations; at most {MATRIX_COMBINATIONS_MAX:,} are looked at"
        return (), (error_at(mark, message, (MATRIX,)),)
    cells = {labels: _cell(labels, parts.axes, {}) for labels in _kept(parts)}
    problems = tuple(_include(cells, parts)) or tuple(_about_number(len(cells), parts, mark))
    return (tuple(cells.values()) if not problems else ()), problems


def _kept(parts: Parts) -> Iterator[_Labels]:
    """The combinations that no entry of `exclude` matches."""
    excluded: dict[tuple[int, ...], set[_Labels]] = defaultdict(set)
    for entry in parts.exclude:
        given = [(at, entry.labels[axis]) for at, axis in enumerate(parts.axes) if axis in entry.labels]
        excluded[tuple(at for at, _ in given)].add(tuple(label for _, label in given))
    for labels in product(*parts.axes.values()):
        if not any(tuple(labels[at] for at in where) in which for where, which in excluded.items()):
            yield labels


def _include(cells: dict[_Labels, Cell], parts: Parts) -> Iterator[Problem]:
    """Adds the cells of `include`; what is returned is wrong with them."""
    for index, entry in enumerate(parts.include):
        path = (MATRIX, INCLUDE, index)
        missing = [axis for axis in parts.axes if axis not in entry.labels]
        labels = tuple(entry.labels.get(axis, "") for axis in parts.axes)
        if missing:
            message = f"a cell has a label on every axis, and {quoted(missing[0])} is missing here"
            yield error_at(entry.mark, message, path)
        elif labels in cells:
            yield error_at(entry.mark, "the matrix has this cell already", path)
        else:
            cells[labels] = _cell(labels, parts.axes, entry.own)


def _cell(labels: _Labels, axes: Axes, own: Mapping[str, Meaning]) -> Cell:
    coordinates = tuple(zip(axes, labels, strict=True))
    return Cell(
        coordinates, {axis: own[axis] if axis in own else axes[axis][label] for axis, label in coordinates}
    )


def _about_number(number: int, parts: Parts, mark: Mark) -> Iterator[Problem]:
    cells_max = parts.cells_max
    if not number:
        yield error_at(mark, "has no cells: its `exclude` leaves none", (MATRIX,))
    elif cells_max is None and number > MATRIX_CELLS_MAX:
        message = (
            f"has {number:,} cells; more than {MATRIX_CELLS_MAX:,} must be asked for, with `max: {number}`"
        )
        yield error_at(mark, message, (MATRIX,))
    elif cells_max is not None and number > cells_max:
        message = f"has {number:,} cells, and its `max` is {cells_max:,}"
        yield error_at(mark, message, (MATRIX,))
