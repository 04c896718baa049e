"""The grammar of `${...}`: what stands in a text, before anyone says what it stands for.

${kind.name}    a reference; what it names goes up to the }
$${             a literal ${
${ without }    a reference that is never closed
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from sgpctl.manifest.problem import quoted
from sgpctl.model.located import Json

_TOKEN = re.compile(r"\$\$\{|\$\{([^}]*)(\}?)")
_MENTION = re.compile(r"\$\{var\.([^}$]*)\}")
ESCAPE_ADVICE = "write $${ for a literal ${"


@dataclass(frozen=True, slots=True)
class Reference:
    """One `${...}`: the text between its braces, and where it begins within the text around it."""

    name: str
    offset: int
    is_closed: bool = True

    @property
    def text(self) -> str:
        return f"${{{self.name}}}" if self.is_closed else f"${{{self.name}"

    @property
    def shown(self) -> str:
        return quoted(self.text)


Part: TypeAlias = "str | Reference"
Scalar: TypeAlias = "bool | int | float | str | None"


class Unresolved(str):
    """A text in which references to names of the platform are still to be resolved, with `$${` still escaped."""

    __slots__ = ()


def parts_of(text: str) -> list[Part]:
    """`text` as literal pieces, escapes resolved, and references."""
    parts: list[Part] = []
    at = 0
    literal = ""
    for found in _TOKEN.finditer(text):
        literal += text[at : found.start()]
        at = found.end()
        if found.group(1) is None:
            literal += "${"
            continue
        if literal:
            parts.append(literal)
            literal = ""
        parts.append(Reference(found.group(1), found.start(), is_closed=bool(found.group(2))))
    literal += text[at:]
    return [*parts, literal] if literal or not parts else parts


def references_in(value: Json) -> Iterator[Reference]:
    """Every reference in the texts at and below `value`."""
    if isinstance(value, str):
        if "${" in value:
            yield from (part for part in parts_of(value) if isinstance(part, Reference))
    elif isinstance(value, list | dict):
        for part in value.values() if isinstance(value, dict) else value:
            yield from references_in(part)


def escaped(text: str) -> str:
    """`text` written so that it is read back as it is."""
    return text.replace("${", "$${")


def inline_text(value: Scalar) -> str:
    """A scalar as it stands inside longer text, or as a label: as YAML writes it. Only a label may be null."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case _:
            return str(value)


def mentioned_variables(source: str) -> frozenset[str]:
    """The variables that the text of a file mentions, comments and all: what is mentioned is not unused."""
    return frozenset(_MENTION.findall(source)) if "${" in source else frozenset()
