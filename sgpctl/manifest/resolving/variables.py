"""The variables of one environment: who wins, what they refer to, and their values with everything in them resolved.

variables of the project
variables of the environment     each one replaces the one of the same name above it, whole
--var-file, in their order
--var
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from itertools import islice

from sgpctl.limits import DOCUMENT_DEPTH_MAX
from sgpctl.manifest.problem import Problem, error_at, quoted, warning_at
from sgpctl.manifest.project import Environment, Project
from sgpctl.manifest.resolving.references import references_in
from sgpctl.manifest.resolving.scope import Meaning, NoCell, Scope, Spent, Variable
from sgpctl.manifest.resolving.substitution import Substitution
from sgpctl.model.located import Json, LocatedMap, Mark
from sgpctl.model.names import Answers

_PREFIX = "var."
_CYCLES_TOLD_MAX = 20
_CYCLE_NAMES_SHOWN_MAX = 12


@dataclass(frozen=True, slots=True)
class Definition:
    """A variable as it is written: its value, where that stands, and where its name does."""

    value: Json
    mark: Mark
    key_at: Mark


def definitions(
    project: Project, environment: Environment | None, given: LocatedMap | None
) -> dict[str, Definition]:
    """Every variable of `environment`, in the version that wins; `given` are those of the command line."""
    layers = (project.variables, environment.variables if environment is not None else None, given)
    found: dict[str, Definition] = {}
    for layer in layers:
        for name, value in (layer or {}).items():
            if isinstance(layer, LocatedMap):
                found[name] = Definition(value, layer.values_at[name], layer.keys_at[name])
    return found


def defined_elsewhere(project: Project, environment: Environment | None) -> dict[str, list[str]]:
    """The variables that only other environments than this one define, each with their names."""
    own = environment.variables if environment is not None else None
    known = {*(project.variables or ()), *(own or ())}
    found: dict[str, list[str]] = {}
    for other in project.environments.values():
        for name in other.variables or ():
            if name not in known:
                found.setdefault(name, []).append(other.name)
    return found


def scope_of(
    project: Project, environment: Environment | None, given: LocatedMap | None, answers: Answers | None
) -> tuple[Scope, tuple[Problem, ...]]:
    """All that can be referred to in `environment`, and what is wrong with its variables."""
    defined = definitions(project, environment, given)
    variables = {
        name: Variable(Meaning(None, definition.mark), is_sound=False) for name, definition in defined.items()
    }
    scope = Scope(
        variables,
        defined_elsewhere(project, environment),
        environment.name if environment is not None else None,
        answers,
    )
    needs = {name: _needs(definition.value, defined) for name, definition in defined.items()}
    order = _in_order(needs)
    problems: list[Problem] = []
    spent = Spent()
    heights: dict[int, int] = {}
    for name in order:
        variables[name], more = _variable(name, defined[name], scope, spent, heights)
        problems += more
    resolved = set(order)
    circling = {name: needed for name, needed in needs.items() if name not in resolved}
    for cycle in islice(_cycles(circling), _CYCLES_TOLD_MAX):
        message = f"variables refer to each other in a circle: {_cycle_text(cycle)}"
        problems.append(error_at(defined[cycle[0]].mark, message, ("variables", cycle[0])))
    return scope, tuple(problems)


def _variable(
    name: str, definition: Definition, scope: Scope, spent: Spent, heights: dict[int, int]
) -> tuple[Variable, Iterable[Problem]]:
    """One variable, once all that it refers to is in `scope`."""
    substitution = Substitution(scope, spent)
    path = ("variables", name)
    value, _ = substitution.resolved(definition.value, definition.mark, NoCell.IN_VARIABLE, path)
    problems = list(substitution.problems)
    is_sound = substitution.is_sound
    if _height(value, heights) > DOCUMENT_DEPTH_MAX:
        is_sound = False
        message = f"with what it refers to, it is nested more than {DOCUMENT_DEPTH_MAX} levels deep"
        problems.append(error_at(definition.mark, message, path))
    meaning = Meaning(value, definition.mark, frozenset(substitution.named))
    return Variable(meaning, is_sound), problems


def _cycle_text(cycle: list[str]) -> str:
    left_out = len(cycle) - _CYCLE_NAMES_SHOWN_MAX
    if left_out > 1:
        cycle = [*cycle[: _CYCLE_NAMES_SHOWN_MAX - 1], f"({left_out:,} more)", cycle[-1]]
    return " -> ".join(cycle)


def _needs(value: Json, defined: Mapping[str, object]) -> set[str]:
    names = {
        reference.name.removeprefix(_PREFIX)
        for reference in references_in(value)
        if reference.name.startswith(_PREFIX)
    }
    return names & defined.keys()


def _cycles(needs: Mapping[str, set[str]]) -> Iterator[list[str]]:
    """One circle after the other, each from its first name to itself; the names of one that was told are left out."""
    remaining = {name: set(needed) for name, needed in needs.items()}
    while True:
        try:
            TopologicalSorter(remaining).prepare()
        except CycleError as error:
            cycle: list[str] = error.args[1][:0:-1]
        else:
            return
        start = cycle.index(min(cycle))
        yield [*cycle[start:], *cycle[:start], cycle[start]]
        gone = set(cycle)
        remaining = {name: needed - gone for name, needed in remaining.items() if name not in gone}


def _in_order(needs: Mapping[str, set[str]]) -> list[str]:
    """The names, each after those that it refers to; without those that go in a circle, or lead to one."""
    sorter = TopologicalSorter(needs)
    with suppress(CycleError):
        sorter.prepare()
    order: list[str] = []
    while ready := sorter.get_ready():
        order += ready
        sorter.done(*ready)
    return order


def _height(value: Json, heights: dict[int, int]) -> int:
    """The levels of nesting of a value whose parts out of other variables are in `heights` already."""
    if not isinstance(value, dict | list):
        return 0
    known = heights.get(id(value))
    if known is None:
        parts = value.values() if isinstance(value, dict) else value
        known = 1 + max((_height(part, heights) for part in parts), default=0)
        heights[id(value)] = known
    return known


def unused_problems(
    project: Project,
    environment: Environment | None,
    given: LocatedMap | None,
    mentions: frozenset[str],
) -> Iterator[Problem]:
    """A warning for each variable of the project file that neither it nor any file (`mentions`) refers to."""
    mentioned = {*project.mentions, *mentions, *_mentioned(given)}
    told: set[str] = set()
    for layer in (project.variables, environment.variables if environment is not None else None):
        for name in layer or ():
            if name not in mentioned and name not in told and layer is not None:
                told.add(name)
                yield warning_at(
                    layer.keys_at[name], f"nothing uses the variable {quoted(name)}", ("variables", name)
                )


def _mentioned(given: LocatedMap | None) -> Iterator[str]:
    return (
        reference.name.removeprefix(_PREFIX)
        for reference in references_in(given)
        if reference.name.startswith(_PREFIX)
    )
