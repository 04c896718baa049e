"""Documents with every `${...}` replaced by what it stands for; what holds none is shared, not copied.

A scalar that is exactly one reference takes the value with its type; inside longer text only scalars can stand. The
place of what is put in stays where the reference is written (`BorrowedMark`).
"""

from __future__ import annotations

from typing import NamedTuple

from sgpctl.limits import PROBLEMS_PER_FILE_MAX
from sgpctl.manifest.problem import Problem, about_origin, error_at
from sgpctl.manifest.resolving.borrowed_mark import BorrowedMark
from sgpctl.manifest.resolving.copies import copy_of_list, copy_of_map
from sgpctl.manifest.resolving.references import (
    Part,
    Reference,
    Unresolved,
    escaped,
    inline_text,
    parts_of,
)
from sgpctl.manifest.resolving.scope import Meaning, NamedAt, Place, Scope, Spent, Unknown, Unsound
from sgpctl.model.located import Failed, Json, LocatedList, LocatedMap, Mark, Path, path_of_item

_IN_A_KEY = "a key cannot hold a reference, only values can; write $${ for a literal ${"


class _Kept(NamedTuple):
    """A map or list that has been gone through. The original is kept with it, so that its id stays its own."""

    original: LocatedMap | LocatedList
    result: Json


class Substitution:
    """Resolves one document, once or for every cell of its matrix; what is the same in all cells is resolved once.

    `problems` are those of all cells, and `failed_at` the places where something could not be resolved, also where the
    error of it is told elsewhere. `cell_uses` counts how often a cell was looked into.
    """

    def __init__(self, scope: Scope, spent: Spent | None = None) -> None:
        self.problems: dict[Problem, None] = {}
        self.named: set[NamedAt] = set()
        self.failed_at: set[Mark] = set()
        self.cell_uses = 0
        self._scope = scope
        self._spent = spent or Spent()
        self._place: Place
        self._settled: dict[int, _Kept] = {}  # the same in every cell; aliases share maps and lists, too
        self._of_cell: dict[int, _Kept] = {}

    def resolved(self, root: Json, mark: Mark, place: Place, path: Path = ()) -> tuple[Json, Mark]:
        """`root`, which stands at `mark`, as it is at one place; what cannot be resolved is `Failed`.

        `path` is where it stands in its document, for the words of problems.
        """
        self._place = place
        self._of_cell = {}
        return self._value(root, mark, path)

    @property
    def is_sound(self) -> bool:
        return not self.failed_at

    def _value(self, value: Json, mark: Mark, path: Path) -> tuple[Json, Mark]:
        if isinstance(value, str):
            return self._text(value, mark, path) if "${" in value else (value, mark)
        if isinstance(value, LocatedMap | LocatedList):
            return self._holder(value, path), mark
        return value, mark

    def _holder(self, holder: LocatedMap | LocatedList, path: Path) -> Json:
        kept = self._settled.get(id(holder))
        if kept is not None:
            return kept.result
        kept = self._of_cell.get(id(holder))
        if kept is not None:
            self.cell_uses += 1
            return kept.result
        before = self.cell_uses
        result = self._map(holder, path) if isinstance(holder, LocatedMap) else self._list(holder, path)
        memory = self._settled if self.cell_uses == before else self._of_cell
        memory[id(holder)] = _Kept(holder, result)
        return result

    def _map(self, holder: LocatedMap, path: Path) -> LocatedMap:
        copy: LocatedMap | None = None
        for key, part in holder.items():
            if not isinstance(part, dict | list) and not (isinstance(part, str) and "${" in part):
                continue
            before = holder.values_at[key]
            value, mark = self._value(part, before, (*path, key))
            if value is not part or mark is not before:
                copy = copy if copy is not None else copy_of_map(holder)
                copy[key] = value
                copy.values_at[key] = mark
        result = copy if copy is not None else holder
        return self._with_literal_keys(result, path) if any("${" in key for key in holder) else result

    def _with_literal_keys(self, holder: LocatedMap, path: Path) -> LocatedMap:
        """Keys with their escapes resolved; a reference in one of them is an error."""
        copy = LocatedMap(holder.mark)
        for key, value in holder.items():
            parts = parts_of(key)
            if any(isinstance(part, Reference) for part in parts):
                self._refuse(holder.keys_at[key], _IN_A_KEY, (*path, key))
            copy.put("".join(map(str, parts)), value, holder.keys_at[key], holder.values_at[key])
        return copy

    def _list(self, holder: LocatedList, path: Path) -> LocatedList:
        copy: LocatedList | None = None
        for index, part in enumerate(holder):
            if not isinstance(part, dict | list) and not (isinstance(part, str) and "${" in part):
                continue
            before = holder.values_at[index]
            value, mark = self._value(part, before, path_of_item(holder, index, path))
            if value is not part or mark is not before:
                copy = copy if copy is not None else copy_of_list(holder)
                copy[index] = value
                copy.values_at[index] = mark
        return copy if copy is not None else holder

    def _text(self, text: str, mark: Mark, path: Path) -> tuple[Json, Mark]:
        parts = parts_of(text)
        if len(parts) == 1 and isinstance(parts[0], Reference):
            meaning = self._meaning(parts[0], mark, path)
            if meaning is None:
                return Failed(), mark
            return meaning.value, BorrowedMark.of(mark, meaning.origin)
        return self._joined(parts, mark, path), mark

    def _joined(self, parts: list[Part], mark: Mark, path: Path) -> str:
        """Longer text, with the scalars behind its references in their places."""
        pieces = [part if isinstance(part, str) else self._inline(part, mark, path) for part in parts]
        whole = [piece for piece in pieces if piece is not None]
        if len(whole) < len(pieces):
            return Failed()
        too_much = self._scope.write_out(sum(map(len, whole)), self._spent)
        if too_much is not None:
            self._refuse(mark, too_much, path)
            return Failed()
        if any(isinstance(piece, Unresolved) for piece in whole):
            return Unresolved(
                "".join(piece if isinstance(piece, Unresolved) else escaped(piece) for piece in whole)
            )
        return "".join(whole)

    def _inline(self, reference: Reference, mark: Mark, path: Path) -> str | None:
        meaning = self._meaning(reference, mark, path)
        if meaning is None:
            return None
        if isinstance(meaning.value, dict | list):
            kind = "map" if isinstance(meaning.value, dict) else "list"
            self._refuse(
                mark, f"{reference.shown} is a {kind}; inside longer text only a single value can stand", path
            )
            return None
        if meaning.value is None:
            self._refuse(mark, _about_null(reference, BorrowedMark.of(mark, meaning.origin)), path)
            return None
        return meaning.value if isinstance(meaning.value, str) else inline_text(meaning.value)

    def _meaning(self, reference: Reference, mark: Mark, path: Path) -> Meaning | None:
        if reference.name.startswith("matrix."):
            self.cell_uses += 1
        try:
            meaning = self._scope.meaning(reference, mark, self._place)
        except Unsound:
            self.failed_at.add(mark)
            return None
        except Unknown as error:
            self._refuse(mark, str(error), path)
            return None
        self.named |= meaning.named
        return meaning

    def _refuse(self, mark: Mark, message: str, path: Path) -> None:
        self.failed_at.add(mark)
        if len(self.problems) < PROBLEMS_PER_FILE_MAX:
            self.problems[error_at(mark, message, path)] = None


def _about_null(reference: Reference, mark: Mark) -> str:
    """A variable is null, too, when the command line gives it nothing: `--var who=`."""
    kind, _, name = reference.name.partition(".")
    given = f", on the command line --var '{name}=\"\"'" if kind == "var" else ""
    return (
        f"{reference.shown} is null{about_origin(mark)}; inside longer text a value must stand: "
        f'write "" for an empty one{given}'
    )
