"""What a model has to say about a document, in words that a person can act on."""

from __future__ import annotations

import json
from collections.abc import Iterator

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from sgpctl.model.conditions import CONDITION_ERROR, OPERATORS
from sgpctl.model.finding import Finding
from sgpctl.model.kinds import KIND_ERROR, kind_of
from sgpctl.model.located import Path
from sgpctl.model.locators import VALUE_ARM, as_locator, is_template
from sgpctl.model.nearest import did_you_mean, listed, nearest
from sgpctl.model.reading import Reading, has_tag, without_tags
from sgpctl.model.task_judge import AGENT_ERROR, AGENTS

_SHOWN_CHARS_MAX = 60
_LOOSE_TRUTH = {"yes": "true", "on": "true", "no": "false", "off": "false"}
_WANTED = {
    "string_type": "a string",
    "int_type": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "list_type": "a list",
    "dict_type": "a map",
    "model_type": "a map",
}
_TELLING_KEYS = {CONDITION_ERROR: "op", AGENT_ERROR: "agent_name"}
_BOUNDS = {
    "string_too_short": "must not be empty",
    "string_too_long": "must be at most {max_length} characters long, is {length}",
    "too_short": "must not be empty",
    "too_long": "must hold at most {max_length} entries, holds {actual_length}",
    "greater_than_equal": "must be at least {ge:g}, is {value}",
    "less_than_equal": "must be at most {le:g}, is {value}",
    "finite_number": "must be a finite number",
    "string_unicode": "holds half of a surrogate pair, which is no character",
}


def findings_of(error: ValidationError, reading: Reading, path: Path = ()) -> Iterator[Finding]:
    """One finding for each thing that a model refused below `path`; unknown keys are the business of `keys`."""
    for detail in error.errors(include_url=False):
        if detail["type"] != "extra_forbidden":
            yield Finding((*path, *_path_of(detail)), _message(detail, reading))


def shown(value: object) -> str:
    """A scalar as JSON, cut when it is long; nothing for a list or a map."""
    if isinstance(value, list | dict):
        return ""
    text = str(value) if isinstance(value, float) else json.dumps(value, ensure_ascii=False, default=str)
    if len(text) <= _SHOWN_CHARS_MAX:
        return text
    return f"{text[:_SHOWN_CHARS_MAX]}..." + ('"' if isinstance(value, str) else "")


def printable(text: str) -> str:
    """`text` with everything escaped that a terminal would act on or could not encode; documents may hold any of it."""
    if text.isprintable():
        return text
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode("ascii")
        for character in text
    )


def not_this(value: object) -> str:
    """What a value is instead of what it should be: `not a string ("0.2")`, `not a list`, `not null`."""
    kind = kind_of(value)
    if kind in ("null", "boolean"):
        return f"not {shown(value)}"
    return f"not a {kind}" + (f" ({shown(value)})" if kind in ("string", "number") else "")


def _path_of(detail: ErrorDetails) -> Path:
    location = without_tags(detail["loc"])
    if detail["type"] == "missing" or location[-1:] == ("[key]",):
        return location[:-1]
    key = _TELLING_KEYS.get(detail["type"])
    is_wrong_key = key is not None and isinstance(detail["input"], dict) and key in detail["input"]
    return (*location, key) if key is not None and is_wrong_key else location


def _message(detail: ErrorDetails, reading: Reading) -> str:
    value, context = detail["input"], detail.get("ctx", {})
    match detail["type"]:
        case kind if kind in _WANTED:
            return _wrong_kind(_WANTED[kind], value, or_locator=has_tag(detail["loc"], VALUE_ARM))
        case "missing":
            return _missing(str(detail["loc"][-1]), value, reading)
        case "literal_error":
            return _not_among(value, str(context["expected"]))
        case kind if kind in _BOUNDS:
            return _BOUNDS[kind].format(**context, value=shown(value), length=_length(value))
        case kind if kind == KIND_ERROR:
            return f"{detail['msg']}, {not_this(value)}"
        case kind if kind == CONDITION_ERROR:
            return _not_a_condition(value)
        case kind if kind == AGENT_ERROR:
            return _not_an_agent(value)
        case _:
            return detail["msg"]


def _length(value: object) -> int:
    return len(value) if isinstance(value, str | list | dict) else 0


def _wrong_kind(wanted: str, value: object, *, or_locator: bool) -> str:
    if or_locator and isinstance(value, str) and is_template(value):
        return f"must be {wanted}, or an item locator without braces: write {as_locator(value)}"
    remedy = _remedy(wanted, value)
    if wanted in ("a number", "a whole number") and isinstance(value, int) and not isinstance(value, bool):
        return "is too large a number"
    alternative = " or an item locator (item.<column>)" if or_locator and not remedy else ""
    return f"must be {wanted}{alternative}, {not_this(value)}{remedy}"


def _remedy(wanted: str, value: object) -> str:
    match wanted, value:
        case ("a number" | "a whole number", str()) if _is_number(value):
            return ": remove the quotes"
        case ("true or false", "true" | "false"):
            return ": remove the quotes"
        case ("true or false", str()) if value.lower() in _LOOSE_TRUTH:
            return f": write {_LOOSE_TRUTH[value.lower()]}"
        case ("a whole number", float()) if value.is_integer():
            return f": write {int(value)}"
        case ("a string", bool() | int() | float()):
            return ": put it in quotes"
        case _:
            return ""


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _missing(key: str, given: object, reading: Reading) -> str:
    model = reading.model_of(given)
    known = model.model_fields if model is not None else {}
    strangers = [name for name in given if name not in known] if isinstance(given, dict) else []
    slip = nearest(key, strangers)
    return f"'{key}' is missing" + (f"; is '{slip}' a slip of it?" if slip is not None else "")


def _not_among(value: object, expected: str) -> str:
    """`expected` lists the quoted names."""
    if not isinstance(value, str):
        return f"must be {expected}, {not_this(value)}"
    hint = did_you_mean(value, expected.split("'")[1::2])
    return f"must be {expected}, not {shown(value)}{hint}"


def _not_a_condition(value: object) -> str:
    if not isinstance(value, dict):
        constant = f": a plain value is written {{op: const, value: {shown(value)}}}" if shown(value) else ""
        return f"must be a condition (a map with 'op'), {not_this(value)}{constant}"
    if "op" not in value:
        return f"'op' is missing; it is one of {listed(OPERATORS)}"
    op = value["op"]
    hint = did_you_mean(op, OPERATORS) if isinstance(op, str) else ""
    return f"unknown op {shown(op)}{hint or f'; it is one of {listed(OPERATORS)}'}"


def _not_an_agent(value: object) -> str:
    if not isinstance(value, dict):
        return f"must be a map, {not_this(value)}"
    return _not_among(value.get("agent_name"), listed(AGENTS))
