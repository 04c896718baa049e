"""From one document of a file to the evaluations that it declares, before these are checked.

    1  defaults        merged with the document                                     defaults, merging
    2  matrix          its references resolved; one cell for each combination       matrix
    3  references      `${...}`, once for every cell                                substitution
    4  files           `$file`, once for every cell                                 include
    5  tags, dataset   joined tags laid open; a pinned dataset in the API's form    merging, dataset_pin

What does not depend on the cell is done once. A document that none of these concerns goes through untouched.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from sgpctl.manifest.document import Document
from sgpctl.manifest.files import Source
from sgpctl.manifest.include import Includes, Inclusion, size_problems
from sgpctl.manifest.problem import Problem, error_at, in_order, places_of_errors, quoted
from sgpctl.manifest.resolving.copies import copy_of_map
from sgpctl.manifest.resolving.dataset_pin import DATASET_ID, pinned
from sgpctl.manifest.resolving.defaults import Defaults
from sgpctl.manifest.resolving.matrix import MATRIX, cells_of
from sgpctl.manifest.resolving.merging import TAGS, JoinedTags, flat_tags
from sgpctl.manifest.resolving.references import Unresolved
from sgpctl.manifest.resolving.scope import KEY_SUFFIX, Cell, NamedAt, NoCell, Place
from sgpctl.manifest.resolving.substitution import Substitution
from sgpctl.model.located import Failed, Json, LocatedMap, Mark

_NAME = "name"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One evaluation as a document declares it. One that is not whole is checked, but not planned; one that is not sound
    is not even checked.

    At the places in `blamed` stands something else than was meant, of which an error is told. `pin` is the map that
    stood for its `dataset_id`.
    """

    root: Json
    mark: Mark
    cell: tuple[tuple[str, str], ...] = ()
    pin: LocatedMap | None = None
    expect_version: int | None = None
    is_sound: bool = True
    is_whole: bool = True
    blamed: frozenset[Mark] = frozenset()


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a document comes to, and what it brought along: problems, files that it uses, references by name."""

    candidates: tuple[Candidate, ...]
    problems: tuple[Problem, ...] = ()
    uses: frozenset[Path] = frozenset()
    named: frozenset[NamedAt] = frozenset()


class Preparation:
    """Prepares the documents of one file after the other, all in one scope."""

    def __init__(self, includes: Includes, defaults: Defaults) -> None:
        self._includes = includes
        self._defaults = defaults

    def prepared(self, document: Document, source: Source, path: Path) -> Prepared:
        """What `document`, which stands in the file `source` at `path`, comes to."""
        ground = self._defaults.ground_of(path.parent)
        root = self._defaults.applied(document.root, ground)
        is_sound = document.is_sound and ground.is_sound
        blamed = places_of_errors(source.problems)
        if root is document.root and not source.refers and not _is_ours(root):
            return Prepared((Candidate(root, document.mark, is_sound=is_sound, blamed=blamed),))
        is_literal = root is document.root and not source.substitutes
        work = _Work(self._includes, is_literal=is_literal)
        self._includes.opened.append(path)
        try:
            candidates = tuple(work.candidates(root, document.mark, blamed, is_sound=is_sound))
        finally:
            self._includes.opened.pop()
        return Prepared(
            candidates,
            in_order(work.problems()),
            frozenset(work.inclusion.uses),
            frozenset(work.named),
        )


@dataclass(frozen=True, slots=True)
class _Multiplied:
    """A document without its `matrix`, and the places where it is to be resolved."""

    root: Json
    places: tuple[Place, ...]


class _Work:
    """The way of one document. One that `is_literal` has nothing to substitute."""

    def __init__(self, includes: Includes, *, is_literal: bool) -> None:
        self._is_literal = is_literal
        self.substitution = Substitution(includes.scope)
        self.inclusion = Inclusion(includes)
        self.named: set[NamedAt] = set()
        self._includes = includes
        self._more: list[Problem] = []
        self._failed_at: set[Mark] = set()

    def problems(self) -> Iterable[Problem]:
        return (*self.substitution.problems, *self.inclusion.problems, *self._more)

    def candidates(
        self, root: Json, mark: Mark, known: frozenset[Mark], *, is_sound: bool
    ) -> list[Candidate]:
        multiplied = self._multiplied(root)
        tags = root.get(TAGS) if isinstance(root, LocatedMap) else None
        joined = tags.whole if isinstance(tags, JoinedTags) else None
        found = [self._candidate(multiplied.root, mark, place, joined) for place in multiplied.places]
        self.named |= self.substitution.named | self.inclusion.named
        self._more += _about_names(found)
        failed_at = self.substitution.failed_at | self.inclusion.failed_at | self._failed_at
        blamed = known | failed_at | places_of_errors(self._more)
        return [
            replace(each, is_sound=is_sound and each.is_sound, is_whole=not failed_at, blamed=blamed)
            for each in found
        ]

    def _multiplied(self, root: Json) -> _Multiplied:
        if not isinstance(root, LocatedMap) or MATRIX not in root:
            return _Multiplied(root, (NoCell.NO_MATRIX,))
        rest = copy_of_map(root)
        del rest[MATRIX]
        place = root.values_at[MATRIX]
        matrix, mark = self.substitution.resolved(root[MATRIX], place, NoCell.IN_MATRIX, (MATRIX,))
        matrix, mark, _ = self.inclusion.included(matrix, mark, NoCell.IN_MATRIX, (MATRIX,))
        if not self.substitution.is_sound or not self.inclusion.is_sound:
            return _Multiplied(rest, (NoCell.BROKEN,))
        cells, problems = cells_of(matrix, mark, self._includes.scope.hints)
        self._more += problems
        return _Multiplied(rest, cells or (NoCell.BROKEN,))

    def _candidate(self, root: Json, mark: Mark, place: Place, joined: frozenset[int] | None) -> Candidate:
        if not self._is_literal:
            root, mark = self.substitution.resolved(root, mark, place)
        root, mark, extent = self.inclusion.included(root, mark, place)
        too_large = size_problems(extent, mark)
        self._more += too_large
        if joined is not None and isinstance(root, LocatedMap):
            root = self._with_flat_tags(root, joined)
        pin = pinned(root, self._includes.scope)
        self.named |= pin.named
        self._more += pin.problems
        if pin.problems and isinstance(pin.root, LocatedMap):
            self._failed_at.add(pin.root.values_at[DATASET_ID])
        cell = place.coordinates if isinstance(place, Cell) else ()
        return Candidate(pin.root, mark, cell, pin.pin, pin.expect_version, is_sound=not too_large)

    def _with_flat_tags(self, root: LocatedMap, joined: frozenset[int]) -> LocatedMap:
        copy = copy_of_map(root)
        copy[TAGS], problems = flat_tags(root[TAGS], joined)
        self._more += problems
        return copy


def _is_ours(root: Json) -> bool:
    """True when a document has something that the API knows nothing of, even without any reference."""
    return isinstance(root, dict) and (MATRIX in root or isinstance(root.get(DATASET_ID), dict))


def _about_names(candidates: Iterable[Candidate]) -> Iterator[Problem]:
    """Cells of one matrix that bear the same name, and a name that only the platform could complete."""
    cells: dict[str, list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        root = candidate.root
        if not isinstance(root, LocatedMap) or not isinstance(name := root.get(_NAME), str):
            continue
        if isinstance(name, Unresolved):
            message = (
                "a name cannot hold a reference to the platform: sgpctl knows an evaluation by its name alone"
            )
            yield error_at(root.values_at[_NAME], message, (_NAME,))
            return
        if not isinstance(name, Failed):
            cells[name].append(candidate)
    for name, alike in cells.items():
        if len(alike) > 1 and isinstance(root := alike[0].root, LocatedMap):
            yield error_at(root.values_at[_NAME], _about_collision(name, alike), (_NAME,))
            return


def _about_collision(name: str, alike: list[Candidate]) -> str:
    first, second = alike[0].cell, alike[1].cell
    axes = [axis for (axis, label), (_, other) in zip(first, second, strict=True) if label != other]
    advice = " and ".join(f"${{{MATRIX}.{axis}{KEY_SUFFIX}}}" for axis in axes)
    return (
        f"{len(alike)} cells of the matrix are called {quoted(name)}, such as {cell_text(first)} and "
        f"{cell_text(second)}; put {advice} into the name"
    )


def cell_text(cell: tuple[tuple[str, str], ...]) -> str:
    """A cell as messages name it: `model=fast, prompt=v3`."""
    return "(" + ", ".join(f"{axis}={label}" for axis, label in cell) + ")"
