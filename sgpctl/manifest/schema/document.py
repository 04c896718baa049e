"""JSON Schema (2020-12) of the files that people write, for their editors; generated from the models.

The schema of a manifest takes whatever the loader takes. It cannot see what only the whole project shows: columns,
files, variables, and what defaults bring along, so that of all keys only `name` is required.
"""

from __future__ import annotations

import json
from enum import StrEnum

from sgpctl.manifest.project_file import EnvironmentSection, ProjectSection
from sgpctl.manifest.schema.authored_keys import ManifestKeys
from sgpctl.manifest.schema.parts import (
    Parts,
    Schema,
    any_of,
    arms_of,
    name_of,
    needed,
    parts_of,
    ref,
    resolved,
)
from sgpctl.manifest.schema.written import FILE, REFERENCE, WAYS, within
from sgpctl.model.shapes import FromDatasetRequest, Manifest

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_VERSION = 1
_OF_ONE_MANIFEST = frozenset({"name", "matrix"})  # `default_keys` says why
_NULL: Schema = {"type": "null"}
_RULES: Parts = {"given": {"not": {"anyOf": [_NULL, REFERENCE, FILE]}}}  # these may turn out to be null


class Kind(StrEnum):
    """The files that a schema describes."""

    MANIFEST = "manifest"
    DEFAULTS = "defaults"
    PROJECT = "project"


def schema_id(kind: Kind) -> str:
    """The name of the schema; it has no host, because nothing is to be fetched from anywhere."""
    return f"urn:sgpctl:schema:{kind}:{_VERSION}"


def schema_text(kind: Kind) -> str:
    """The schema as JSON, in the order of the models; the same bytes every time."""
    return json.dumps(schema_of(kind), ensure_ascii=False, indent=1) + "\n"


def schema_of(kind: Kind) -> Schema:
    """The schema of one kind of file."""
    keys, parts = _evaluation()
    match kind:
        case Kind.MANIFEST:
            return _document(kind, "An evaluation, or a matrix of them.", _whole(keys), parts)
        case Kind.DEFAULTS:
            shared = "What all manifests in this folder and below it share."
            return _document(kind, shared, _defaults(keys), parts)
        case Kind.PROJECT:
            root, sections = _project()
            more = {"defaults": _defaults(keys), **sections, **parts}
            return _document(kind, "A project of evaluations and its environments.", root, more)


def _document(kind: Kind, description: str, root: Schema, parts: Parts) -> Schema:
    return {
        "$schema": _DIALECT,
        "$id": schema_id(kind),
        "title": f"sgpctl {kind}",
        "description": description,
        **{key: value for key, value in root.items() if key not in ("title", "description")},
        "$defs": needed(root, {**parts, **WAYS, **_RULES}),
    }


def _evaluation() -> tuple[Schema, Parts]:
    """All keys of an evaluation as they may be written, in one map that requires none of them."""
    shapes, parts = _shapes()
    own, more = parts_of(ManifestKeys)
    properties = {key: value for shape in reversed(shapes) for key, value in shape["properties"].items()}
    for key, value in own["properties"].items():
        arms = arms_of(properties[key]) if key in properties else []
        properties[key] = any_of([*arms_of(value), *arms], value["description"])
    values = {**more, **{name: part for name, part in parts.items() if part not in shapes}}
    for arm in [arm for value in properties.values() for arm in arms_of(value)]:
        if "$ref" in arm:
            values[name_of(arm)] = _completed_by_defaults(resolved(arm, values))
    nullable = _completed_by_defaults({"properties": properties})["properties"]
    root = {
        "type": "object",
        "properties": {**nullable, "name": properties["name"]},
        "additionalProperties": False,
    }
    return within(root, values), {name: within(part, values) for name, part in values.items()}


def _shapes() -> tuple[list[Schema], Parts]:
    union, parts = parts_of(Manifest)
    return [resolved(arm, parts) for arm in arms_of(union)], parts


def _completed_by_defaults(part: Schema) -> Schema:
    """A map that is merged with those of the defaults: keys may be missing, or null to delete the default's."""
    nullable = {
        key: any_of([*arms_of(value), _NULL], value["description"])
        for key, value in part["properties"].items()
    }
    return {**{key: value for key, value in part.items() if key != "required"}, "properties": nullable}


def _shape_rules() -> list[Schema]:
    """What `dataset_id`, which tells the shapes apart, says about the other keys."""
    shapes, parts = _shapes()
    of_dataset = parts[FromDatasetRequest.__name__]["properties"]
    others = dict.fromkeys(key for shape in shapes for key in shape["properties"] if key not in of_dataset)
    refusal = {**_NULL, "errorMessage": "cannot stand beside 'dataset_id'"}
    apart = [{"if": _given("dataset_id", key), "then": {"properties": {key: refusal}}} for key in others]
    rows = within({"properties": {"data": of_dataset["data"]}}, parts)
    return [*apart, {"if": _given("dataset_id"), "then": rows}]


def _given(*keys: str) -> Schema:
    return {"required": [*keys], "properties": dict.fromkeys(keys, ref("given"))}


def _whole(keys: Schema) -> Schema:
    """A manifest: a map of `keys`, or as a whole the contents of another file."""
    properties = {**keys["properties"], **WAYS["file"]["properties"]}
    file = {"if": {"required": WAYS["file"]["required"]}, "then": FILE, "else": {"required": ["name"]}}
    return {**keys, "properties": properties, "allOf": [file, *_shape_rules()]}


def _defaults(keys: Schema) -> Schema:
    """Defaults, whose keys may be in any company: a manifest may delete what does not fit to it."""
    shared = {key: value for key, value in keys["properties"].items() if key not in _OF_ONE_MANIFEST}
    return {**keys, "properties": shared}


def _project() -> tuple[Schema, Parts]:
    """The project file, which takes neither references nor files but in variables and defaults."""
    root, sections = parts_of(ProjectSection)
    environment = EnvironmentSection.__name__
    return _with_defaults(root), {**sections, environment: _with_defaults(sections[environment])}


def _with_defaults(section: Schema) -> Schema:
    properties = section["properties"]
    defaults = any_of([ref("defaults"), _NULL], properties["defaults"]["description"])
    return {**section, "properties": {**properties, "defaults": defaults}}
