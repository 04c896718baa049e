"""A matrix seen as a whole: which of its cells change, and how."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sgpctl.limits import GRID_CELLS_MIN
from sgpctl.model.evaluation import DesiredEvaluation
from sgpctl.model.located import Mark
from sgpctl.plan.action import Action


@dataclass(frozen=True, slots=True)
class Grid:
    """One matrix manifest: the names of its axes, and for each cell its labels and its action (None: unchanged)."""

    place: Mark
    axes: tuple[str, ...]
    cells: tuple[tuple[tuple[str, ...], Action | None], ...]


def grids_of(desired: Sequence[DesiredEvaluation], actions: Mapping[str, Action]) -> tuple[Grid, ...]:
    """The large matrices of which a cell changes, by place; `actions` are the changes by name."""
    by_place: dict[Mark, list[DesiredEvaluation]] = defaultdict(list)
    for one in desired:
        if one.cell:
            by_place[one.place].append(one)
    return tuple(
        Grid(place, _axes(ones), tuple((_labels(one), actions.get(one.name)) for one in ones))
        for place, ones in sorted(by_place.items())
        if len(ones) >= GRID_CELLS_MIN and any(one.name in actions for one in ones)
    )


def _axes(ones: Iterable[DesiredEvaluation]) -> tuple[str, ...]:
    return tuple(axis for axis, _ in next(iter(ones)).cell)


def _labels(one: DesiredEvaluation) -> tuple[str, ...]:
    return tuple(label for _, label in one.cell)
