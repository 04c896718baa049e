"""Items as a file: a JSON array, a JSON object per line, or a CSV with flattened columns (API 6)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence

from sgpctl.sandbox.wire import json_text

_LEADING_COLUMNS = ("id", "evaluation_id", "dataset_item_id", "created_at")


def as_json(items: Sequence[Mapping[str, object]]) -> str:
    return json_text(items)


def as_jsonl(items: Sequence[Mapping[str, object]]) -> str:
    return "".join(f"{json_text(item)}\n" for item in items)


def as_csv(items: Sequence[Mapping[str, object]]) -> str:
    """One line per item. Columns are those of any item; objects become dotted columns, lists stay JSON."""
    records = [
        {name: _cell(item.get(name)) for name in _LEADING_COLUMNS}
        | dict(_flattened(item.get("data"), ""))
        | dict(_flattened(item.get("files"), "files."))
        for item in items
    ]
    columns = dict.fromkeys(_LEADING_COLUMNS) | dict.fromkeys(name for record in records for name in record)
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(columns), restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(records)
    return text.getvalue()


def _flattened(value: object, above: str) -> Iterator[tuple[str, str]]:
    for key, member in value.items() if isinstance(value, dict) else ():
        if isinstance(member, dict) and member:
            yield from _flattened(member, f"{above}{key}.")
        else:
            yield f"{above}{key}", _cell(member)


def _cell(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json_text(value)
