"""Keys of a document in the light of the models that read it: the unknown, and those that are not given."""

from __future__ import annotations

from collections.abc import Iterator

from sgpctl.limits import PROBLEMS_PER_FILE_MAX
from sgpctl.model.finding import Finding, Severity
from sgpctl.model.located import Json, LocatedList, LocatedMap, Path
from sgpctl.model.nearest import did_you_mean
from sgpctl.model.reading import Part, Reading


def unknown_keys(value: Json, reading: Reading, path: Path = ()) -> Iterator[Finding]:
    """The keys at and below `value` that the models do not know: errors in closed maps, warnings in open ones.

    The nearest known key is named for the first of them only: looking it up is what takes time.
    """
    for number, (place, model) in enumerate(_strangers(value, reading, path)):
        key = str(place[-1])
        hint = did_you_mean(key, model.model_fields) if number < PROBLEMS_PER_FILE_MAX else ""
        message = f"unknown key '{key}'{hint}"
        if model.model_config.get("extra") == "forbid":
            yield Finding(place, message, on_key=True)
        else:
            told = message if hint else f"{message}: it is passed on as it is"
            yield Finding(place, told, Severity.WARNING, on_key=True)


def _strangers(value: Json, reading: Reading, path: Path) -> Iterator[tuple[Path, type[Part]]]:
    """The paths of the unknown keys, each with the model of the map around it."""
    if isinstance(value, list):
        for index, part in enumerate(value):
            if isinstance(part, dict | list):
                yield from _strangers(part, reading, (*path, index))
    elif isinstance(value, dict):
        model = reading.model_of(value)
        fields = value if model is None else model.model_fields
        for key, part in value.items():
            if model is not None and key not in fields:
                yield (*path, key), model
            elif isinstance(part, dict | list):
                yield from _strangers(part, reading, (*path, key))


def without_unset(value: Json, reading: Reading) -> Json:
    """`value` without the nulls of optional keys. What holds none of them is shared, not copied; marks are kept.

    A null that is a value of its own (a constant of a condition, anything in a free-form map) stays.
    """
    if isinstance(value, list):
        return _list_like(value, [without_unset(part, reading) for part in value])
    if not isinstance(value, dict):
        return value
    model = reading.model_of(value)
    return map_like(
        value,
        {
            key: without_unset(part, reading) if isinstance(part, dict | list) else part
            for key, part in value.items()
            if part is not None or not _is_optional(model, key)
        },
    )


def without_nulls(value: Json) -> Json:
    """`value` without the nulls in its maps, at any depth; what holds none is shared, not copied."""
    if not isinstance(value, dict):
        return value
    return map_like(value, {key: without_nulls(part) for key, part in value.items() if part is not None})


def map_like(original: dict[str, Json], parts: dict[str, Json]) -> dict[str, Json]:
    """A map of `parts`, which stand under keys of `original`, with the marks it has there.

    The original itself when it holds the very same parts.
    """
    if len(parts) == len(original) and all(original[key] is part for key, part in parts.items()):
        return original
    if not isinstance(original, LocatedMap):
        return parts
    copy = LocatedMap(original.mark)
    for key, part in parts.items():
        copy.put(
            key, part, original.keys_at.get(key, original.mark), original.values_at.get(key, original.mark)
        )
    return copy


def _list_like(original: list[Json], parts: list[Json]) -> list[Json]:
    if all(mine is theirs for mine, theirs in zip(original, parts, strict=True)):
        return original
    if not isinstance(original, LocatedList):
        return parts
    copy = LocatedList(original.mark)
    for part, mark in zip(parts, original.values_at, strict=True):
        copy.put(part, mark)
    return copy


def _is_optional(model: type[Part] | None, key: str) -> bool:
    field = model.model_fields.get(key) if model is not None else None
    return field is not None and not field.is_required()
