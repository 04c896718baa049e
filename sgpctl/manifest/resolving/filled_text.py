"""The text of a file with values put in: `{$file: prompt.md, with: {brand: Acme}}` and `${brand}` in prompt.md.

Without `with`, a text is taken verbatim. With it, every `${name}` must be one of its names, and `$${` is a literal `${`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sgpctl.limits import ROW_PROBLEMS_MAX
from sgpctl.manifest.problem import Problem, about_origin, error_at, quoted, warning_at
from sgpctl.manifest.resolving.references import (
    ESCAPE_ADVICE,
    Reference,
    Unresolved,
    escaped,
    inline_text,
    parts_of,
)
from sgpctl.manifest.resolving.scope import Scope, Spent
from sgpctl.manifest.text import mark_of
from sgpctl.model.located import LocatedMap, Path

WITH = "with"


@dataclass(frozen=True, slots=True)
class Filled:
    """The text, and what is wrong or doubtful about it and the values."""

    text: str
    problems: tuple[Problem, ...]


def filled(text: str, name: str, values: LocatedMap, path: Path, *, scope: Scope, account: Spent) -> Filled:
    """The text of the file called `name` with `values`, which stand at `path` of their document.

    `account` is what filling has cost that document so far.
    """
    parts = parts_of(text)
    texts = {
        key: value if isinstance(value, str) else inline_text(value)
        for key, value in values.items()
        if not isinstance(value, dict | list)
    }
    problems = (
        *_about_values(values, parts, name, path),
        *_about_unknown(text, name, parts, values, scope),
    )
    pieces = [part if isinstance(part, str) else texts.get(part.name, "") for part in parts]
    too_much = scope.write_out(sum(map(len, pieces)), account)
    if too_much is not None:
        return Filled("", (*problems, error_at(values.mark, too_much, path)))
    if any(isinstance(piece, Unresolved) for piece in pieces):
        return Filled(
            Unresolved(
                "".join(piece if isinstance(piece, Unresolved) else escaped(piece) for piece in pieces)
            ),
            problems,
        )
    return Filled("".join(pieces), problems)


def _about_values(
    values: LocatedMap, parts: list[str | Reference], name: str, path: Path
) -> Iterator[Problem]:
    used = {part.name for part in parts if isinstance(part, Reference)}
    for key, value in values.items():
        if isinstance(value, dict | list):
            message = "must be a single value: it becomes part of a text"
            yield error_at(values.values_at[key], message, (*path, key))
        elif key not in used:
            message = f"the file {quoted(name)} does not use {quoted(f'${{{key}}}')}"
            yield warning_at(values.keys_at[key], message, (*path, key))
        elif value is None:
            mark = values.values_at[key]
            message = 'must not be null: it becomes part of a text; write "" for an empty one'
            yield error_at(mark, message + about_origin(mark), (*path, key))


def _about_unknown(
    text: str, name: str, parts: list[str | Reference], values: LocatedMap, scope: Scope
) -> Iterator[Problem]:
    """An error for each name that `with` does not give, where the text uses it first."""
    told: set[str] = set()
    for part in parts:
        if isinstance(part, str) or (part.name in values and part.is_closed) or part.name in told:
            continue
        told.add(part.name)
        if len(told) > ROW_PROBLEMS_MAX:
            return
        mark = mark_of(text, part.offset, name)
        if part.is_closed:
            hint = scope.hints.did_you_mean(part.name, values)
            message = f"`with` gives no {quoted(part.name)}{hint}; {ESCAPE_ADVICE}"
        else:
            message = f"{part.shown} is never closed with a }}; {ESCAPE_ADVICE}"
        yield error_at(mark, message)
