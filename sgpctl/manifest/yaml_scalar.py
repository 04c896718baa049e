"""What an unquoted or tagged YAML scalar means by the core schema of YAML 1.2, and where YAML 1.1 disagrees."""

from __future__ import annotations

import re

from sgpctl.manifest.document import finite, integer
from sgpctl.manifest.problem import quoted
from sgpctl.model.located import Json

TAG_PREFIX = "tag:yaml.org,2002:"

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_BOOLS_OF_1_1 = frozenset(
    ["y", "Y", "yes", "Yes", "YES", "n", "N", "no", "No", "NO", "on", "On", "ON", "off", "Off", "OFF"]
)
_JSON_LIKE_NUMBERS = frozenset({"NaN", "Infinity", "-Infinity"})
_MARKS_OF_1_1 = {"=": "a default value", "<<": "a merge"}
_SPECIAL = _NULLS | _BOOLS.keys() | _BOOLS_OF_1_1 | _JSON_LIKE_NUMBERS | _MARKS_OF_1_1.keys()
_NUMBER_STARTS = frozenset("+-.0123456789")

_DECIMAL = re.compile(r"[-+]?[0-9]+")
_OCTAL = re.compile(r"0o[0-7]+")
_HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")

_LEADING_ZERO = re.compile(r"[-+]?0[0-9_]+")
# PyYAML takes no sign before a point.
_FLOAT_OF_1_1 = re.compile(r"(?:[-+]?[0-9][0-9_]*\.[0-9_]*|\.[0-9][0-9_]*)(?:[eE][-+][0-9]+)?")
_NUMBER_OF_1_1 = re.compile(r"[-+]?(?:0b[01_]+|0x[0-9a-fA-F_]+|[0-9][0-9_]*)")
_SEXAGESIMAL = re.compile(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}.*)?")


def is_text(text: str) -> bool:
    """True for an unquoted scalar that is a text, to every tool."""
    return text not in _SPECIAL and text[0] not in _NUMBER_STARTS


def plain(text: str) -> tuple[Json, str | None]:
    """The value of an unquoted scalar, and the warning when YAML 1.1 tools would read another one.

    Raises ValueError, with the message for a person, for what is no JSON value: infinity, NaN, endless digits.
    """
    if text in _SPECIAL:
        return _special(text)
    if text[0] not in _NUMBER_STARTS:
        return text, None
    return _number_like(text)


def plain_key(text: str) -> Json:
    """The value of an unquoted key. `NaN` and its like are refused as values only, where a number may be meant."""
    return text if text in _JSON_LIKE_NUMBERS else plain(text)[0]


def tagged(tag: str, text: str) -> Json:
    """The value of a scalar with an explicit tag. Raises ValueError, with the message for a person."""
    name = tag.removeprefix(TAG_PREFIX)
    if tag == name or name not in {"str", "int", "float", "bool", "null"}:
        raise ValueError(unknown_tag(tag))
    if name == "str":
        return text
    value = plain(text)[0]
    match name, value:
        case ("null", None) | ("bool", bool()) | ("float", float()):
            return value
        case ("int", int()) if not isinstance(value, bool):
            return value
        case ("float", int()) if not isinstance(value, bool):
            return finite(str(value))
    raise ValueError(f"{quoted(text)} is not what its tag !!{name} says")


def unknown_tag(tag: str) -> str:
    """The message for a tag that has no JSON value."""
    short = f"!!{tag.removeprefix(TAG_PREFIX)}" if tag.startswith(TAG_PREFIX) else tag
    return f"the tag {quoted(short)} is not allowed here; known are !!str, !!int, !!float, !!bool, !!null, !!map, !!seq"


def _special(text: str) -> tuple[Json, str | None]:
    if text in _NULLS:
        return None, None
    if text in _BOOLS:
        return _BOOLS[text], None
    if text in _JSON_LIKE_NUMBERS:
        raise ValueError(_about_not_finite(text))
    return text, _doubt(text, "text", _MARKS_OF_1_1.get(text, "true or false"))


def _number_like(text: str) -> tuple[Json, str | None]:
    if _DECIMAL.fullmatch(text):
        other = "an octal number" if _LEADING_ZERO.fullmatch(text) else None
        return _with_doubt(text, integer(text), other)
    if _OCTAL.fullmatch(text):
        return _with_doubt(text, integer(text[2:], 8), "text")
    if _HEXADECIMAL.fullmatch(text):
        return integer(text[2:], 16), None
    if _FLOAT.fullmatch(text):
        return _with_doubt(text, finite(text), None if _FLOAT_OF_1_1.fullmatch(text) else "text")
    if _NOT_FINITE.fullmatch(text) or text in _JSON_LIKE_NUMBERS:
        raise ValueError(_about_not_finite(text))
    return _with_doubt(text, text, _other_reading(text))


def _other_reading(text: str) -> str | None:
    """What YAML 1.1 tools make of a scalar that is text here; None when it is text for them, too."""
    if _DATE.fullmatch(text):
        return "a date"
    if _SEXAGESIMAL.fullmatch(text):
        return "a number to the base of 60"
    if _NUMBER_OF_1_1.fullmatch(text) or _FLOAT_OF_1_1.fullmatch(text):
        return "a number"
    return None


def _with_doubt(text: str, value: Json, other: str | None) -> tuple[Json, str | None]:
    if other is None:
        return value, None
    return value, _doubt(text, "text" if isinstance(value, str) else f"the number {value}", other)


def _doubt(text: str, here: str, elsewhere: str) -> str:
    advice = "put it in quotes" if here == "text" else "put it in quotes, or write the number in another way"
    return (
        f"{quoted(text)} without quotes is {here} here, but YAML 1.1 tools read it as {elsewhere}; {advice}"
    )


def _about_not_finite(text: str) -> str:
    return f"{text} is not a number that JSON can carry; if it is text, put it in quotes"
