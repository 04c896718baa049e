"""Desired evaluations written out as manifests that need nothing else: no defaults, variables, matrix or files.

What is printed as YAML is read back as the very same evaluations; a reference by name stays one, because only the
platform can resolve it. With origins, each value says in which file and line it was written, and where a `${...}`
brought it in, that place too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sgpctl.errors import UsageError
from sgpctl.manifest.include import FILE_KEY
from sgpctl.manifest.loader import Loaded
from sgpctl.manifest.problem import printable
from sgpctl.manifest.resolving.borrowed_mark import origin_of
from sgpctl.manifest.resolving.references import Unresolved, escaped
from sgpctl.manifest.writing.yaml_text import scalar_text, yaml_text
from sgpctl.model.evaluation import DesiredEvaluation
from sgpctl.model.located import Json, LocatedList, LocatedMap, Mark, Path, path_text

_ORDER = (
    "name",
    "description",
    "tags",
    "metadata",
    "dataset_id",
    "data",
    "files",
    "dataset",
    "skip_prefilled_rows",
    "taxonomy_params",
    "tasks",
    "lifecycle",
)
_STEP = "  "


@dataclass(frozen=True, slots=True)
class Resolved:
    """One evaluation as a manifest, and by the path of each value where it was written."""

    name: str
    document: dict[str, Json]
    origins: Mapping[Path, str]


def resolved_documents(desired: Sequence[DesiredEvaluation], loaded: Loaded) -> list[Resolved]:
    """Those of `loaded` that are given, in their order."""
    return [_resolved(one, loaded.own.get(one.name)) for one in desired]


def resolved_yaml(documents: Sequence[Resolved], *, with_origins: bool) -> str:
    """The documents of one YAML file. Raises UsageError for what no manifest can say itself."""
    for each in documents:
        if _has_file_key(each.document):
            raise UsageError(
                f"{each.name!r} cannot be printed as a manifest: a map in its rows or values has the key {FILE_KEY}, "
                "which would be read as the file to put there",
                hint="Print it with --format json, or another evaluation by a pattern.",
            )
    texts = [
        "".join(f"{line}\n" for line in _map_lines(each.document, each.origins, (), ""))
        if with_origins
        else yaml_text(_written(each.document))
        for each in documents
    ]
    return "---\n".join(texts)


def resolved_json(documents: Sequence[Resolved], *, with_origins: bool) -> list[Json]:
    """The documents as JSON; with origins, each beside a map from the paths of its values to file and line."""
    if not with_origins:
        return [each.document for each in documents]
    return [
        {
            "evaluation": each.document,
            "origins": {path_text(path): origin for path, origin in each.origins.items()},
        }
        for each in documents
    ]


def _has_file_key(value: Json) -> bool:
    match value:
        case dict():
            return FILE_KEY in value or any(map(_has_file_key, value.values()))
        case list():
            return any(map(_has_file_key, value))
        case _:
            return False


def _resolved(one: DesiredEvaluation, own: LocatedMap | None) -> Resolved:
    body = one.body
    whole = LocatedMap(one.place)
    for key in _ORDER:
        for holder in (own, body):
            if isinstance(holder, LocatedMap) and key in holder and key not in whole:
                whole.put(key, holder[key], holder.keys_at[key], holder.values_at[key])
    return Resolved(one.name, whole, dict(_origins(whole, one.place, ())))


def _origins(value: Json, mark: Mark, path: Path) -> Iterator[tuple[Path, str]]:
    """The origins of all scalars, and of maps and lists that hold nothing."""
    if isinstance(value, dict) and value:
        for key, part in value.items():
            inner = value.values_at.get(key, mark) if isinstance(value, LocatedMap) else mark
            yield from _origins(part, inner, (*path, key))
    elif isinstance(value, list) and value:
        for index, part in enumerate(value):
            inner = value.values_at[index] if isinstance(value, LocatedList) else mark
            yield from _origins(part, inner, (*path, index))
    else:
        yield path, _place_text(mark)


def _place_text(mark: Mark) -> str:
    file, line, _ = origin_of(mark)
    origin = f"{printable(file)}:{line}"
    if origin_of(mark) is mark:
        return origin
    return f"{origin}, by {printable(mark[0])}:{mark[1]}"


def _written(value: dict[str, Json]) -> dict[str, Json]:
    """A map with the escapes that keep `${` a text."""
    return {escaped(key): _escaped(part) for key, part in value.items()}


def _escaped(value: Json) -> Json:
    match value:
        case Unresolved():
            return value
        case str():
            return escaped(value)
        case dict():
            return _written(value)
        case list():
            return [_escaped(part) for part in value]
        case _:
            return value


def _map_lines(
    value: Mapping[str, Json], origins: Mapping[Path, str], path: Path, indent: str
) -> Iterator[str]:
    for key, part in value.items():
        lead = f"{indent}{scalar_text(escaped(key), in_flow=True)}:"
        if isinstance(part, dict | list) and part:
            yield lead
        yield from _value_lines(lead, part, origins, (*path, key), indent + _STEP)


def _value_lines(
    lead: str, value: Json, origins: Mapping[Path, str], path: Path, indent: str
) -> Iterator[str]:
    """What stands below a key or dash; a scalar behind `lead`, with its origin."""
    match value:
        case dict() if value:
            yield from _map_lines(value, origins, path, indent)
        case list() if value:
            for index, part in enumerate(value):
                inner = indent + _STEP
                first, *others = _value_lines(inner, part, origins, (*path, index), inner)
                yield f"{indent}- {first[len(inner) :].lstrip()}"
                yield from others
        case _:
            yield f"{lead} {_scalar(_escaped(value))}  # {origins[path]}"


def _scalar(value: Json) -> str:
    match value:
        case dict():
            return "{}"
        case list():
            return "[]"
        case _:
            return scalar_text(value)
