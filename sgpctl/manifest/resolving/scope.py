"""What a reference stands for: a variable, an axis of the manifest's matrix, or an id that the platform knows by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from itertools import chain
from typing import TypeAlias

from sgpctl.limits import DOCUMENT_CHARS_MAX, WRITTEN_OUT_CHARS_MAX
from sgpctl.manifest.problem import quoted
from sgpctl.manifest.resolving.platform_names import id_of
from sgpctl.manifest.resolving.references import ESCAPE_ADVICE, Reference, Unresolved
from sgpctl.model.located import Json, Mark
from sgpctl.model.names import Answers, Kind, Named
from sgpctl.model.nearest import Hints

NamedAt: TypeAlias = "tuple[Named, Mark]"
"""A reference by name, and where it is written."""

KEY_SUFFIX = ".key"


class Unknown(Exception):
    """A reference that stands for nothing; the message is for a person."""


class Unsound(Exception):
    """A reference to something of which an error has been told where it is written."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """The value behind a reference, where it was written, and the references by name that are in it."""

    value: Json
    origin: Mark
    named: frozenset[NamedAt] = frozenset()


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable with everything in it resolved; one that is not sound has an error of its own."""

    meaning: Meaning
    is_sound: bool = True


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a matrix: the label of each axis, in their order, and the value behind it."""

    coordinates: tuple[tuple[str, str], ...]
    values: Mapping[str, Meaning]


class NoCell(Enum):
    """Why there is no cell to look into. Of a broken matrix an error has been told already."""

    NO_MATRIX = "this manifest has no `matrix`"
    IN_VARIABLE = "a variable stands outside all manifests and has no matrix"
    IN_MATRIX = "a matrix cannot refer to itself"
    BROKEN = ""


Place: TypeAlias = Cell | NoCell


@dataclass(slots=True)
class Spent:
    """How many characters were written out for the references in texts: of a document, of all variables, or of a load."""

    chars: int = 0


@dataclass(slots=True)
class Scope:
    """All that can be referred to in one environment. `elsewhere` names the environments that alone define a variable.

    Without `answers`, references by name stay as they are written. `spent` and `hints` are those of the whole load.
    """

    variables: Mapping[str, Variable] = field(default_factory=dict)
    elsewhere: Mapping[str, Sequence[str]] = field(default_factory=dict)
    environment: str | None = None
    answers: Answers | None = None
    spent: Spent = field(default_factory=Spent)
    hints: Hints = field(default_factory=Hints)

    def write_out(self, chars: int, account: Spent) -> str | None:
        """Count a text that is about to be made, in `account` and in that of the load; what is said when it is too much."""
        account.chars += chars
        self.spent.chars += chars
        if account.chars > DOCUMENT_CHARS_MAX:
            return f"with its references written out, this is more than {DOCUMENT_CHARS_MAX:,} characters"
        if self.spent.chars > WRITTEN_OUT_CHARS_MAX:
            return f"with all references written out, the project is more than {WRITTEN_OUT_CHARS_MAX:,} characters"
        return None

    def meaning(self, reference: Reference, mark: Mark, place: Place) -> Meaning:
        """What `reference`, written at `mark`, stands for. Raises Unknown and Unsound."""
        if not reference.is_closed:
            raise Unknown(f"{reference.shown} is never closed with a }}; {ESCAPE_ADVICE}")
        kind, _, name = reference.name.partition(".")
        match kind:
            case "var":
                return self._variable(name)
            case "matrix":
                return self._axis(name, mark, place)
            case "dataset" | "question":
                return self.named(Named(Kind(kind), name), mark)
            case _:
                raise Unknown(self._about_unknown_kind(reference, place))

    def named(self, named: Named, mark: Mark) -> Meaning:
        """The id of what is referred to by name at `mark`. Raises Unknown."""
        if not named.name:
            raise Unknown(f"the name of the {named.kind} is missing: write ${{{named.kind}.NAME}}")
        within = frozenset({(named, mark)})
        looked_up = self.answers.get(named) if self.answers is not None else None
        if looked_up is None:
            return Meaning(Unresolved(f"${{{named.kind}.{named.name}}}"), mark, within)
        try:
            return Meaning(id_of(named, looked_up, self.hints), mark, within)
        except LookupError as error:
            raise Unknown(str(error.args[0])) from error

    def _about_unknown_kind(self, reference: Reference, place: Place) -> str:
        known = chain(_matrix_names(place), (f"var.{variable}" for variable in self.variables))
        near = self.hints.nearest(reference.name, known)
        if near is not None:
            return f"unknown reference {reference.shown}; did you mean {quoted(f'${{{near}}}')}?"
        return (
            f"unknown reference {reference.shown}; there are ${{var.x}}, ${{matrix.x}}, ${{dataset.x}} and "
            f"${{question.x}}; {ESCAPE_ADVICE}"
        )

    def _variable(self, name: str) -> Meaning:
        variable = self.variables.get(name)
        if variable is None:
            raise Unknown(self._about_unknown_variable(name))
        if not variable.is_sound:
            raise Unsound
        return variable.meaning

    def _about_unknown_variable(self, name: str) -> str:
        others = self.elsewhere.get(name, ())
        if not others:
            return f"there is no variable {quoted(name)}{self.hints.did_you_mean(name, self.variables)}"
        where = ", ".join(quoted(other) for other in others)
        if self.environment is None:
            return (
                f"the variable {quoted(name)} is defined only for {where}; choose an environment with --env"
            )
        return (
            f"there is no variable {quoted(name)} in environment {quoted(self.environment)}, only in {where}; "
            "give it a value under `variables` for all"
        )

    def _axis(self, name: str, mark: Mark, place: Place) -> Meaning:
        if place is NoCell.BROKEN:
            raise Unsound
        if isinstance(place, NoCell):
            raise Unknown(f"{quoted(f'${{matrix.{name}}}')} stands for nothing: {place.value}")
        if name in place.values:
            return place.values[name]
        labels = dict(place.coordinates)
        if name.removesuffix(KEY_SUFFIX) in labels and name.endswith(KEY_SUFFIX):
            return Meaning(labels[name.removesuffix(KEY_SUFFIX)], mark)
        known = tuple(text.removeprefix("matrix.") for text in _matrix_names(place))
        raise Unknown(f"the matrix has no axis {quoted(name)}{self.hints.did_you_mean(name, known)}")


def _matrix_names(place: Place) -> tuple[str, ...]:
    if isinstance(place, NoCell):
        return ()
    return tuple(f"matrix.{axis}{end}" for axis, _ in place.coordinates for end in ("", KEY_SUFFIX))
