"""How the rows of replaced evaluations differ."""

from __future__ import annotations

from collections.abc import Sequence

from sgpctl.plan.plan import Plan, RowsChange
from sgpctl.render.markdown.budget import Importance, Part
from sgpctl.render.markdown.text import folded, of_evaluations, row, table_head
from sgpctl.render.wording import counted


def rows_part(plan: Plan, remedy: str) -> Part | None:
    groups: dict[RowsChange, list[str]] = {}
    for change in plan.changes:
        if change.rows is not None:
            groups.setdefault(change.rows, []).append(change.name)
    if not groups:
        return None
    opening, closing = folded(f"Rows differ in {counted(sum(map(len, groups.values())), 'evaluation')}")
    return Part(
        Importance.ROWS,
        opening + table_head("evaluation", "rows before", "rows after", "added", "removed", "unchanged"),
        closing,
        items=[_row(rows, names) for rows, names in groups.items()],
        things="differences of rows",
        remedy=remedy,
    )


def _row(rows: RowsChange, names: Sequence[str]) -> str:
    counts = (rows.before, rows.after, rows.added, rows.removed, rows.unchanged)
    return row(of_evaluations(names), *("not read" if count is None else f"{count:,}" for count in counts))
