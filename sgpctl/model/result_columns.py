"""Which columns of an evaluation's rows are results: by its tasks, and by what the platform's schema says of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sgpctl.model.alias import result_columns
from sgpctl.model.located import Json
from sgpctl.model.readback import SchemaField


@dataclass(frozen=True, slots=True)
class ResultColumns:
    """`names` are to be taken off the rows; `hidden` are those of them under which an input was lost (API 6)."""

    names: frozenset[str]
    hidden: frozenset[str]

    def taken_off(self, data: Mapping[str, Json]) -> dict[str, Json]:
        return {column: value for column, value in data.items() if column not in self.names}


def told_apart(
    tasks: Sequence[Mapping[str, Json]], columns: Collection[str], fields: Iterable[SchemaField]
) -> ResultColumns:
    """The results among `columns`, which are all that the rows have.

    The schema adds what no alias tells. What it calls an input although a task writes there is an input that nobody
    can read any more.
    """
    named = result_columns(list(tasks))
    inputs: set[str] = set()
    results: set[str] = set()
    for field in fields:
        column = _column_of(field.path, columns)
        if column is not None:
            (results if field.is_result else inputs).add(column)
    return ResultColumns(named | (results - inputs), frozenset((named | results) & inputs))


def _column_of(path: str, columns: Collection[str]) -> str | None:
    """The column that a flattened path lies in; None where dots in names leave two readings."""
    steps = path.split(".")
    prefixes = (".".join(steps[: length + 1]) for length in range(len(steps)))
    candidates = [prefix for prefix in prefixes if prefix in columns]
    return candidates[0] if len(candidates) == 1 else None
