"""Large matrices as tables of signs."""

from __future__ import annotations

from collections.abc import Sequence

from sgpctl.limits import GRID_COLUMNS_MAX
from sgpctl.plan.action import Action
from sgpctl.plan.grid import Grid
from sgpctl.plan.plan import Plan
from sgpctl.render.counting import counted
from sgpctl.render.glyphs import UNICODE
from sgpctl.render.markdown.budget import Importance, Part
from sgpctl.render.markdown.text import code, folded, row, table_head
from sgpctl.render.wording import place_text


def grids_part(plan: Plan, remedy: str) -> Part | None:
    if not plan.grids:
        return None
    return Part(
        Importance.GRIDS,
        *folded(counted(len(plan.grids), "matrix", "matrices")),
        items=[_item(grid) for grid in plan.grids],
        joint="\n\n",
        things="matrices",
        remedy=remedy,
    )


def _item(grid: Grid) -> str:
    changed = sum(action is not None for _, action in grid.cells)
    axes = " x ".join(map(code, grid.axes))
    title = f"{code(place_text(grid.place))} {axes}: {changed:,} of {counted(len(grid.cells), 'cell')} change"
    return f"{title}\n\n{_table(grid)}"


def _table(grid: Grid) -> str:
    """The last axis goes across, unless it is too long to be read there."""
    actions = dict(grid.cells)
    across = list(dict.fromkeys(labels[-1:] for labels in actions))
    down = list(dict.fromkeys(labels[:-1] for labels in actions))
    corner = grid.axes[:-1]
    if len(across) > GRID_COLUMNS_MAX:
        across, down, corner = [()], list(actions), grid.axes
    lines = [row(_joined(labels), *(_sign(actions, (*labels, *last)) for last in across)) for labels in down]
    return table_head(_joined(corner), *map(_joined, across)) + "\n".join(lines)


def _joined(labels: Sequence[str]) -> str:
    return " / ".join(map(code, labels))


def _sign(actions: dict[tuple[str, ...], Action | None], cell: tuple[str, ...]) -> str:
    """Empty where the matrix has no such cell."""
    if cell not in actions:
        return ""
    action = actions[cell]
    return code(UNICODE.unchanged if action is None else action.symbol)
