"""A large matrix as a grid of signs: one row for each value of the axes before the last, one column for the last."""

from __future__ import annotations

from collections.abc import Sequence

from sgpctl.limits import GRID_CELLS_SHOWN_MAX
from sgpctl.plan.action import Action
from sgpctl.plan.grid import Grid
from sgpctl.render.counting import counted
from sgpctl.render.glyphs import Glyphs
from sgpctl.render.layout import BLANK, INDENT, Line, Span, Style, columns
from sgpctl.render.wording import ACTION_STYLES, place_text


def grid_lines(grids: Sequence[Grid], glyphs: Glyphs, width: int) -> list[Line]:
    """Each grid under a line that names its manifest and its axes; a cell that does not exist stays empty."""
    lines: list[Line] = []
    for grid in grids:
        changed = sum(action is not None for _, action in grid.cells)
        title = f"matrix {place_text(grid.place)}  {' x '.join(grid.axes)}: {changed:,} of {counted(len(grid.cells), 'cell')} change"
        lines.append((Span(title, Style.STRONG),))
        if _size(grid) > GRID_CELLS_SHOWN_MAX:
            lines += [
                (
                    Span(
                        f"{INDENT}more than {GRID_CELLS_SHOWN_MAX:,} places, which no table holds",
                        Style.FAINT,
                    ),
                ),
                BLANK,
            ]
            continue
        for row in columns(_rows(grid, glyphs), width=width, fold_at=1):
            lines += [(Span(INDENT), *line) for line in row]
        lines.append(BLANK)
    return lines


def _size(grid: Grid) -> int:
    """The places of the table, most of which may be empty: cells need not fill their rows and columns."""
    return len({labels[-1] for labels, _ in grid.cells}) * len({labels[:-1] for labels, _ in grid.cells})


def _rows(grid: Grid, glyphs: Glyphs) -> list[list[Span]]:
    across = list(dict.fromkeys(labels[-1] for labels, _ in grid.cells))
    down = list(dict.fromkeys(labels[:-1] for labels, _ in grid.cells))
    actions = dict(grid.cells)
    rows = [[Span(" / ".join(grid.axes[:-1]), Style.FAINT), *(Span(label, Style.FAINT) for label in across)]]
    for labels in down:
        cells = [(*labels, last) for last in across]
        signs = [_sign(actions[cell], glyphs) if cell in actions else Span(" ") for cell in cells]
        rows.append([Span(" / ".join(labels) or grid.axes[-1]), *signs])
    return rows


def _sign(action: Action | None, glyphs: Glyphs) -> Span:
    if action is None:
        return Span(glyphs.unchanged, Style.FAINT)
    return Span(glyphs.symbols[action], ACTION_STYLES[action])
