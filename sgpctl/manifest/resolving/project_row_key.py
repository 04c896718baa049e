"""The row key of the project, which counts for every manifest that names none of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from sgpctl.manifest.problem import Problem, quoted, warning_at
from sgpctl.manifest.project import Review
from sgpctl.model.evaluation import DesiredEvaluation
from sgpctl.model.located import Json
from sgpctl.model.nearest import Hints
from sgpctl.model.row_key import meant_by, value_at


def row_key_problems(review: Review, desired: Iterable[DesiredEvaluation]) -> Iterator[Problem]:
    """A warning when no evaluation has such a column: most likely its name was mistyped."""
    name, mark = review.row_key, review.row_key_at
    if name is None or mark is None:
        return
    having = (one for one in desired if one.row_key == name)
    # The same rows count once, also where they are not the same list.
    lists = {one.data_digest: _maps_in(rows) for one in having if (rows := one.rows)}
    if lists and not any(value_at(row, name) is not None for rows in lists.values() for row in rows):
        hint = meant_by(name, (row for rows in lists.values() for row in rows), Hints())
        yield warning_at(mark, f"no evaluation has a column {quoted(name)}{hint}", ("review", "row_key"))


def _maps_in(rows: Sequence[Json]) -> list[dict[str, Json]]:
    return [row for row in rows if isinstance(row, dict)]
