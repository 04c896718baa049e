"""References in `sgpctl.yaml`: only its variables and defaults can hold any."""

from __future__ import annotations

from sgpctl.manifest.problem import Problem
from sgpctl.manifest.resolving.copies import copy_of_map
from sgpctl.manifest.resolving.references import ESCAPE_ADVICE, Reference
from sgpctl.manifest.resolving.scope import Meaning, NoCell, Place, Scope, Unknown
from sgpctl.manifest.resolving.substitution import Substitution
from sgpctl.model.located import Json, LocatedMap, Mark, Path

_FREE = ("variables", "defaults")
_ENVIRONMENTS = "environments"


class _Nothing(Scope):
    """The scope of settings, in which nothing can be referred to."""

    def meaning(self, reference: Reference, mark: Mark, place: Place) -> Meaning:
        raise Unknown(
            f"the reference {reference.shown} cannot stand here, only in `variables` and `defaults`; {ESCAPE_ADVICE}"
        )


def literal_settings(root: Json, mark: Mark) -> tuple[Json, tuple[Problem, ...]]:
    """The project file `root` with `$${` resolved everywhere but in variables and defaults, and all misplaced references."""
    substitution = Substitution(_Nothing())
    if isinstance(root, LocatedMap):
        literal: Json = _section(root, (), substitution)
    else:
        literal, _ = substitution.resolved(root, mark, NoCell.NO_MATRIX)
    return literal, tuple(substitution.problems)


def _section(section: LocatedMap, path: Path, substitution: Substitution) -> LocatedMap:
    copy = copy_of_map(section)
    for key, value in section.items():
        place = (*path, key)
        if key in _FREE:
            continue
        if place == (_ENVIRONMENTS,) and isinstance(value, LocatedMap):
            copy[key] = _environments(value, substitution)
        else:
            copy[key], _ = substitution.resolved(value, section.values_at[key], NoCell.NO_MATRIX, place)
    return copy


def _environments(environments: LocatedMap, substitution: Substitution) -> LocatedMap:
    copy = copy_of_map(environments)
    for name, value in environments.items():
        if isinstance(value, LocatedMap):
            copy[name] = _section(value, (_ENVIRONMENTS, name), substitution)
    return copy
