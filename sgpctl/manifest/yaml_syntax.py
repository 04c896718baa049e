"""The parser's complaints in words that say what to do. The parser is libyaml; its messages are the keys here."""

from __future__ import annotations

import re

from yaml.error import MarkedYAMLError, YAMLError

from sgpctl.limits import DOCUMENT_DEPTH_MAX
from sgpctl.manifest.problem import Problem, error_at, quoted

TOO_DEEP = f"maps and lists are nested more than {DOCUMENT_DEPTH_MAX} levels deep"

_MEANINGS = {
    "exceeded maximum nesting depth": TOO_DEEP,  # newer parsers refuse before their events tell the depth
    "mapping values are not allowed in this context": (
        'a ": " stands where no key can be; put the text in quotes if it holds a colon, or check the indentation'
    ),
    "could not find expected ':'": (
        "this reads like a key without its colon; write `key: value`, or indent the line if it goes on with a text"
    ),
    "did not find expected key": (
        "this line does not fit the map around it; check its indentation, and quotes around special characters"
    ),
    "did not find expected '-' indicator": (
        "this line does not fit the list around it; it should start with `- ` at the list's indentation"
    ),
    "block sequence entries are not allowed in this context": (
        "a list item cannot start here; put the `- ` on a line of its own, below the key"
    ),
    "did not find expected ',' or ']'": "this list in [ ] lacks a comma or its closing ]",
    "did not find expected ',' or '}'": "this map in { } lacks a comma or its closing }",
    "did not find expected node content": "a value is missing here",
    "found unknown escape character": (
        "this escape is not known in double quotes; write \\\\ for a backslash, or use single quotes"
    ),
    "found unexpected end of stream": "the quotes are opened here and never closed",
    "found unexpected document indicator": "the quotes are opened here and not closed before --- or ...",
    "did not find expected <document start>": (
        "the document has ended before this line; check the indentation, or start another document with ---"
    ),
    "found incompatible YAML document": "this file asks for a YAML version other than 1.1 or 1.2",
    "found undefined tag handle": "this tag is not known; put the text in quotes if it starts with an exclamation mark",
    "found a tab character where an indentation space is expected": "a tab indents this line; use spaces",
    "found a tab character that violates indentation": "a tab indents this line; use spaces",
    "found invalid Unicode character escape code": "this escape does not name a character",
}
_AT_ITS_START = frozenset(
    {"found unexpected end of stream", "found unexpected document indicator", "could not find expected ':'"}
)
_NO_START = "found character that cannot start any token"
# after the * of an alias and the & of an anchor
_NO_NAME = "did not find expected alphabetic or numeric character"
_UNPRINTABLE = re.compile("[\x0c\x7f-\x9f\u2028\u2029\ufffe\uffff]")


def unreadable_character(text: str) -> re.Match[str] | None:
    """The first character that YAML does not allow as it is, or that libyaml takes for a line break and 1.2 does not."""
    return None if text.isascii() and "\x0c" not in text and "\x7f" not in text else _UNPRINTABLE.search(text)


def about_character(char: str) -> str:
    return (
        f"the character U+{ord(char):04X} is not allowed in YAML; remove it, write it as an escape in double quotes, "
        "or move the text into a file and use $file"
    )


def explain(error: YAMLError, text: str, file: str) -> Problem:
    """The problem that a syntax error stands for, placed where a person should look."""
    if not isinstance(error, MarkedYAMLError) or error.problem_mark is None:
        return error_at((file, 1, 1), "this is not YAML")
    mark = error.problem_mark
    if error.problem in _AT_ITS_START and error.context_mark is not None:
        mark = error.context_mark
    lines = re.split("\r\n|\n|\r", text)
    line = lines[mark.line] if mark.line < len(lines) else ""
    place = (file, mark.line + 1, mark.column + 1)
    complaint = error.problem or "this is not YAML"
    if complaint == _NO_START:
        return error_at(place, _about_start(line, mark.column))
    if complaint == _NO_NAME and error.context_mark is not None:
        return error_at(place, _cannot_start(line, error.context_mark.column))
    return error_at(place, _MEANINGS.get(complaint, complaint) + _opened(error, mark.line) + _hint(line))


def _about_start(line: str, column: int) -> str:
    if "\t" in line[: column + 1]:
        return "a tab indents this line; use spaces"
    return _cannot_start(line, column)


def _cannot_start(line: str, column: int) -> str:
    return f"a value cannot start with {quoted(line[column : column + 1])}; put it in quotes"


def _opened(error: MarkedYAMLError, line: int) -> str:
    """Where the thing began that is not complete, unless that is the line already named."""
    began = error.context_mark
    if began is None or began.line == line or not (error.context or "").startswith("while parsing a flow"):
        return ""
    return f" (opened in line {began.line + 1})"


def _hint(line: str) -> str:
    for opening, whole in (("{{", "{{...}}"), ("${", "${...}")):
        if opening in line:
            return f"; a value with {whole} is safest in double quotes"
    return ""
