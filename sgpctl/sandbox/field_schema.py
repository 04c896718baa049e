"""Which fields the rows of an evaluation have, inputs and results told apart (API 2.9)."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator

from sgpctl.sandbox.calls import Call
from sgpctl.sandbox.item_results import ITEM_COLUMNS, ITEM_SOURCE, input_of, results_of
from sgpctl.sandbox.wire import json_text

_SAMPLED_ROWS_MAX = 10_000

_DATA = "data"
_RESULT = "task_result_cache"


def schema_text(evaluation: sqlite3.Row, call: Call) -> str:
    """The schema of `evaluation`, as JSON. More rows than the sample limit are not looked at."""
    rows = call.db.execute(
        f"SELECT {ITEM_COLUMNS} FROM {ITEM_SOURCE} WHERE i.evaluation = ? ORDER BY i.rowid LIMIT ?",  # noqa: S608 - constants
        (evaluation["rowid"], _SAMPLED_ROWS_MAX),
    )
    counts: Counter[tuple[str, str]] = Counter()
    types: dict[tuple[str, str], str] = {}
    for row in rows:
        data = input_of(row)
        results = results_of(row, data, call.now_text).values
        seen = [(_DATA, *leaf) for leaf in _leaves(data)] + [(_RESULT, *leaf) for leaf in _leaves(results)]
        for source, name, kind in seen:
            field = (name, source)
            counts[field] += 1
            if types.get(field, "null") == "null":
                types[field] = kind
    is_sampled = evaluation["row_count"] > _SAMPLED_ROWS_MAX
    return json_text(
        {
            "evaluation_id": evaluation["id"],
            "total_items": evaluation["row_count"],
            "fields": [
                {
                    "field_name": name,
                    "data_type": types[name, source],
                    "item_count": counts[name, source],
                    "source": source,
                    "object": "field_schema",
                }
                for name, source in sorted(counts)
            ],
            "is_sampled": is_sampled,
            "sample_size": _SAMPLED_ROWS_MAX if is_sampled else None,
            "object": "evaluation_schema",
        }
    )


def _leaves(value: dict[str, object], above: str = "") -> Iterator[tuple[str, str]]:
    for key, member in value.items():
        name = f"{above}{key}"
        if isinstance(member, dict) and member:
            yield from _leaves(member, f"{name}.")
        else:
            yield name, _type_name(member)


def _type_name(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int() | float():
            return "number"
        case str():
            return "string"
        case list():
            return "array"
        case _:
            return "object"
