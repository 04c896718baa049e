"""JSON as text. Stored documents travel from the database to the answer without being decoded."""

from __future__ import annotations

import json
from collections.abc import Iterable

_COMPACT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)
_CANONICAL = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def json_text(value: object) -> str:
    """`value` as compact JSON."""
    return _COMPACT.encode(value)


def canonical_text(value: object) -> str:
    """`value` as JSON that is the same whatever the order of its keys."""
    return _CANONICAL.encode(value)


def json_object(**texts: str) -> str:
    """An object of members whose values are JSON texts already."""
    return "{" + ",".join(f'"{name}":{text}' for name, text in texts.items()) + "}"


def json_array(texts: Iterable[str]) -> str:
    """An array of elements that are JSON texts already."""
    return "[" + ",".join(texts) + "]"


def stored(text: str | None) -> str:
    """A JSON column as it goes into an answer; an empty column is null."""
    return "null" if text is None else text


def decoded_object(text: str | None) -> dict[str, object]:
    """A JSON column that holds an object or nothing."""
    value = json.loads(text) if text is not None else {}
    return value if isinstance(value, dict) else {}


CREATED_BY = json_object(id='"sandbox"', type='"user"', object='"identity"')
