"""What a structured file is read into: located documents, how large each is when written out, its problems."""

from __future__ import annotations

import math
from dataclasses import dataclass

from sgpctl.limits import INTEGER_DIGITS_MAX
from sgpctl.manifest.problem import Problem
from sgpctl.model.located import Json, LocatedMap, Mark

_OWN_KEYS = frozenset(
    {"format_version", "sgpctl_version"}
)  # of plans and outcomes; no manifest may have them
_REPORT_KEYS = frozenset({"create", "update", "delete"})  # of the report for GitLab


@dataclass(frozen=True, slots=True)
class Extent:
    """How large a value is once everything it refers to is written out, however much of it is shared.

    `nodes` counts scalars, lists and maps; `chars` the characters of all texts; `height` the levels of nesting,
    0 for a scalar.
    """

    nodes: int
    chars: int
    height: int


@dataclass(frozen=True, slots=True)
class Document:
    """One document of a file. `is_sound` is False when a part of it could not be read and stands empty."""

    root: Json
    mark: Mark
    extent: Extent
    is_sound: bool = True


@dataclass(frozen=True, slots=True)
class Parsed:
    """All documents of one file up to the first place where its syntax breaks, and all problems found."""

    documents: tuple[Document, ...]
    problems: tuple[Problem, ...]


def integer(text: str, base: int = 10) -> int:
    """The integer that `text` spells. Raises ValueError, with the message for a person, when it is too long."""
    if len(text) > INTEGER_DIGITS_MAX:
        raise ValueError(f"the number has {len(text)} digits; at most {INTEGER_DIGITS_MAX} are read")
    return int(text, base)


def finite(text: str) -> float:
    """The number that `text` spells. Raises ValueError, with the message for a person, when it is too large."""
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"the number {text[:40]} is too large")
    return value


def is_own_output(root: Json) -> bool:
    """True for what `--output` or `snapshot` wrote: saved into a manifest folder, it is no manifest."""
    return isinstance(root, LocatedMap) and (root.keys() >= _OWN_KEYS or root.keys() == _REPORT_KEYS)
