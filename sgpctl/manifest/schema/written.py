"""From what a value is to how it may be written: as itself, as `{$file: path}`, or with `${...}` in it."""

from __future__ import annotations

from sgpctl.manifest.include import FILE_KEY
from sgpctl.manifest.schema.parts import Parts, Schema, any_of, arms_of, mapped, ref, resolved

_ANNOTATIONS = frozenset({"description", "title"})
_BOUNDLESS = _ANNOTATIONS | {"type", "minLength"}  # what a text may have and still be any text with `${...}`
_REFERENCE_IN_A_KEY = r"(?:^|[^$])\$\{"

REFERENCE = ref("reference")
FILE = ref("file")
_TEXT = ref("text")

WAYS: Parts = {
    "reference": {
        "title": "reference",
        "description": "A reference and nothing else, which keeps the type of what it refers to.",
        "type": "string",
        "pattern": r"^\$\{[^}]*\}$",
    },
    "text": {
        "title": "text with references",
        "description": "A text with references in it; $${ writes a literal ${.",
        "type": "string",
        "pattern": r"\$\{",
    },
    "file": {
        "title": FILE_KEY,
        "description": "The contents of a file: text, a structure (.yaml, .json) or rows (.jsonl, .csv).",
        "type": "object",
        "properties": {
            FILE_KEY: {
                "description": "The path of the file, relative to this one and inside the project.",
                "type": "string",
                "minLength": 1,
            },
            "with": {
                "description": "Values for the text of the file, where it says ${<name>}; "
                "without this key the text is taken as it is.",
                "anyOf": [
                    {
                        "type": "object",
                        "additionalProperties": {"type": ["string", "number", "boolean"]},
                        "patternProperties": {_REFERENCE_IN_A_KEY: False},
                    },
                    REFERENCE,
                ],
            },
        },
        "required": [FILE_KEY],
        "additionalProperties": False,
    },
}
"""The parts that a schema of written values refers to."""


def written(schema: Schema, parts: Parts) -> Schema:
    """The schema of a place where a value of `schema` is expected."""
    if not schema.keys() - _ANNOTATIONS:
        return schema
    arms = arms_of(within(schema, parts))
    texts = [arm for arm in (resolved(arm, parts) for arm in arms) if _is_text(arm)]
    ways = list(arms)
    if not texts:
        ways.append(REFERENCE)
    elif all(arm.keys() - _BOUNDLESS for arm in texts):
        ways.append(_TEXT)
    return any_of([*ways, FILE], schema.get("description"))


def within(schema: Schema, parts: Parts) -> Schema:
    """The same value, and everything in it as it may be written."""
    inner = mapped(schema, lambda part: written(part, parts))
    if "anyOf" in inner:
        inner["anyOf"] = [within(arm, parts) for arm in inner["anyOf"]]
    if inner.get("type") == "object" and inner.get("additionalProperties") is not False:
        inner["properties"] = {**inner.get("properties", {}), FILE_KEY: False}
        inner["patternProperties"] = {_REFERENCE_IN_A_KEY: False}
    return inner


def _is_text(schema: Schema) -> bool:
    values = [schema["const"]] if "const" in schema else schema.get("enum", [])
    return schema.get("type") == "string" or any(isinstance(value, str) for value in values)
