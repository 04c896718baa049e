"""The names that the manifests of a project declare, held against each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from sgpctl.manifest.problem import Problem, error_at, quoted, warning_at
from sgpctl.model.located import Mark

_OTHERS_NAMED_MAX = 3


def name_problems(names: Iterable[tuple[str, Mark]]) -> Iterator[Problem]:
    """Names that occur twice, which is an error, or that differ only in case, which is probably a slip."""
    places: dict[str, list[Mark]] = defaultdict(list)
    for name, mark in names:
        places[name].append(mark)
    spellings: dict[str, list[str]] = defaultdict(list)
    for name, marks in places.items():
        spellings[name.casefold()].append(name)
        for mark in marks if len(marks) > 1 else ():
            yield error_at(
                mark, f"the name {quoted(name)} is also declared {_others(marks, mark)}", ("name",)
            )
    for alike in spellings.values():
        firsts = [places[name][0] for name in alike]
        for name, mark in zip(alike, firsts, strict=True) if len(alike) > 1 else ():
            message = f"the name {quoted(name)} differs only in case from the one {_others(firsts, mark)}"
            yield warning_at(mark, message, ("name",))


def _others(marks: list[Mark], mark: Mark) -> str:
    others = [other for other in marks[: _OTHERS_NAMED_MAX + 1] if other != mark][:_OTHERS_NAMED_MAX]
    more = len(marks) - 1 - len(others)
    places = [f"at {file}:{line}:{column}" for file, line, column in others]
    return ", ".join([*places, f"in {more:,} more places"] if more else places)
