"""What pydantic says about the models, as the named parts of one JSON Schema and without its noise.

Alternatives are `anyOf` throughout: the arms of a union are told apart by more than JSON Schema can say, so that a
value may well fit two of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, TypeAlias

from pydantic import TypeAdapter

Schema: TypeAlias = Mapping[str, Any]
"""A JSON Schema as Python holds it; never changed in place."""

Parts: TypeAlias = Mapping[str, Schema]
"""Schemas by the name under which others refer to them."""

_REF = "#/$defs/"
_NOISE = frozenset({"title", "default", "discriminator"})  # titles of fields repeat their names
_KEYWORDS_OF_ONE = frozenset({"items", "additionalProperties"})
_KEYWORDS_OF_NAMED = frozenset({"properties", "patternProperties"})
_WORD = re.compile(r"[A-Z][a-z]*")


@cache
def parts_of(described: Any) -> tuple[Schema, Parts]:
    """The schema of a model or of a union of models, and the schemas by name that it refers to."""
    schema = TypeAdapter[object](described).json_schema()
    parts: dict[str, Schema] = schema.pop("$defs", {})
    return _tidy(schema), {name: _named(name, part) for name, part in parts.items()}


def ref(name: str) -> Schema:
    return {"$ref": f"{_REF}{name}"}


def name_of(reference: Schema) -> str:
    """The name of the part that `reference` refers to."""
    return str(reference["$ref"]).removeprefix(_REF)


def resolved(schema: Schema, parts: Parts) -> Schema:
    """The part that `schema` refers to, or `schema` itself."""
    return parts[name_of(schema)] if "$ref" in schema else schema


def needed(schema: Schema, parts: Parts) -> Parts:
    """The `parts` that `schema` refers to, directly or through others, in their order."""
    found: set[str] = set()
    ahead = [schema]
    while ahead:
        new = {name for name in _referred(ahead.pop()) if name not in found}
        found |= new
        ahead += [parts[name] for name in new]
    return {name: part for name, part in parts.items() if name in found}


def _referred(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if "$ref" in value:
            yield name_of(value)
        value = [*value.values()]
    for part in value if isinstance(value, list) else ():
        yield from _referred(part)


def arms_of(schema: Schema) -> list[Schema]:
    """The alternatives of a schema; itself without its description when there is only one."""
    arms: list[Schema] | None = schema.get("anyOf")
    return arms if arms is not None else [{key: schema[key] for key in schema if key != "description"}]


def any_of(arms: list[Schema], description: str | None) -> Schema:
    """The schema of a value that fits one of `arms`; an arm that is there twice is taken once."""
    different = [arm for index, arm in enumerate(arms) if arm not in arms[:index]]
    merged = {"anyOf": different} if len(different) > 1 else different[0]
    return {"description": description, **merged} if description is not None else merged


def mapped(schema: Schema, change: Callable[[Schema], Schema]) -> dict[str, Any]:
    """`schema` with the schemas of everything within its values changed; alternatives stay as they are."""
    changed: dict[str, Any] = {}
    for key, value in schema.items():
        if key in _KEYWORDS_OF_NAMED:
            changed[key] = {name: change(part) for name, part in value.items()}
        elif key in _KEYWORDS_OF_ONE and isinstance(value, dict):
            changed[key] = change(value)
        else:
            changed[key] = value
    return changed


def _named(name: str, part: Schema) -> Schema:
    """The part with a title, by which editors name the type of a value.

    Its description gives way to those of the fields, which editors would not show beside it.
    """
    described = {key: value for key, value in _tidy(part).items() if key != "description"}
    return {"title": " ".join(_WORD.findall(name)).lower(), **described}


def _tidy(schema: Schema) -> Schema:
    kept = {key: _as_written(value) for key, value in schema.items() if key not in _NOISE}
    tidy = mapped(kept, _tidy)
    arms = tidy.pop("oneOf", None) or tidy.get("anyOf")
    if arms is not None:
        tidy["anyOf"] = [inner for arm in arms for inner in _flat(_tidy(arm))]
    if tidy.get("additionalProperties") is True:
        del tidy["additionalProperties"]
    elif "patternProperties" in tidy:
        tidy["additionalProperties"] = False
    return tidy


def _flat(arm: Schema) -> list[Schema]:
    return arm["anyOf"] if arm.keys() == {"anyOf"} else [arm]


def _as_written(value: object) -> object:
    """2 for 2.0: which of them a bound is depends on the version of pydantic."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
