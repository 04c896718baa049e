"""`{$file: path}`: documents with the files that they name put in their places.

.yaml .yml .json    the one document in it, resolved like the one that includes it; its own `$file` are relative to it
.jsonl .csv         rows, verbatim
anything else       its text: verbatim, or with the values of a `with` beside the `$file`

A path is relative to the file in which the `$file` stands, wherever defaults or a variable carry it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from sgpctl.limits import (
    DOCUMENT_CHARS_MAX,
    DOCUMENT_DEPTH_MAX,
    DOCUMENT_NODES_MAX,
    INCLUDE_DEPTH_MAX,
    INCLUDED_FILE_BYTES_MAX,
    PROBLEMS_PER_FILE_MAX,
)
from sgpctl.manifest.document import Extent
from sgpctl.manifest.files import Files, Source, Use, is_structured, is_text
from sgpctl.manifest.inside import NotUsable, shown
from sgpctl.manifest.problem import Broken, Problem, error_at, quoted
from sgpctl.manifest.resolving.copies import copy_of_list, copy_of_map
from sgpctl.manifest.resolving.filled_text import WITH, filled
from sgpctl.manifest.resolving.references import Unresolved
from sgpctl.manifest.resolving.scope import NamedAt, Place, Scope, Spent
from sgpctl.manifest.resolving.substitution import Substitution
from sgpctl.model.located import Failed, Json, LocatedList, LocatedMap, Mark, path_of_item
from sgpctl.model.located import Path as DocumentPath

FILE_KEY = "$file"
_ROWS_AT = ("data",)


class _TooDeep(NotUsable):
    """Depends on the document that the files are included into, as nothing else in them does."""


@dataclass(frozen=True, slots=True)
class Content:
    """What one file stands for; `is_sound` is False when a part of it could not be read.

    `uses` are all files that it includes, directly or through others, and `levels` how deep these stand in one
    another. At the places in `failed_at` something could not be put in. `is_of_cell` says that it is another one in
    another cell of the matrix.
    """

    value: Json
    extent: Extent
    problems: tuple[Problem, ...]
    uses: frozenset[Path] = frozenset()
    named: frozenset[NamedAt] = frozenset()
    levels: int = 0
    is_sound: bool = True
    failed_at: frozenset[Mark] = frozenset()
    is_of_cell: bool = False


class Includes:
    """What the files of a project stand for in one scope; what does not depend on a cell is worked out once."""

    def __init__(self, files: Files, scope: Scope) -> None:
        self.files = files
        self.scope = scope
        self.opened: list[Path] = []
        self._contents: dict[Path, Content] = {}
        self._of_cell: dict[Path, tuple[Place, Content]] = {}

    def content(self, path: Path, place: Place) -> Content:
        """What a `$file` that names `path` stands for. Raises `Broken` when the file cannot be read."""
        known = self._contents.get(path)
        if known is not None:
            return known
        there, content = self._of_cell.get(path, (None, None))
        if content is not None and there is place:
            return content
        content = self._structure(path, place) if is_structured(path) else self._verbatim(path)
        if content.is_of_cell:
            self._of_cell[path] = (place, content)
        else:
            self._contents[path] = content
        return content

    def _verbatim(self, path: Path) -> Content:
        read = self.files.verbatim(path)
        return Content(read.value, read.extent, read.problems, is_sound=read.is_sound)

    def _structure(self, path: Path, place: Place) -> Content:
        source = self.files.source(path, INCLUDED_FILE_BYTES_MAX)
        problems = [*source.problems, *_about_number(source, shown(path, self.files.root))]
        if not source.documents:
            return Content(None, Extent(1, 0, 0), tuple(problems), is_sound=False)
        document = source.documents[0]
        is_sound = not any(problem.is_error for problem in problems)
        if not source.refers:
            return Content(document.root, document.extent, tuple(problems), is_sound=is_sound)
        substitution = Substitution(self.scope)
        inclusion = Inclusion(self)
        self.opened.append(path)
        try:
            root, mark = substitution.resolved(document.root, document.mark, place)
            root, _, extent = inclusion.included(root, mark, place)
        finally:
            self.opened.pop()
        problems += [*substitution.problems, *inclusion.problems]
        return Content(
            root,
            extent,
            tuple(problems),
            frozenset(inclusion.uses),
            frozenset(substitution.named | inclusion.named),
            inclusion.levels,
            is_sound=is_sound,
            failed_at=frozenset(substitution.failed_at | inclusion.failed_at),
            is_of_cell=substitution.cell_uses + inclusion.cell_uses > 0,
        )


class _Kept(NamedTuple):
    """A map or list that has been gone through. The original is kept with it, so that its id stays its own."""

    original: LocatedMap | LocatedList
    result: Json
    extent: Extent


class Inclusion:
    """Resolves the `$file` of one document, once or for every cell of its matrix, and collects what that brings along.

    `problems` and `uses` are those of all cells, and `failed_at` the places of what could not be put in. `cell_uses`
    counts the files that depend on the cell.
    """

    def __init__(self, includes: Includes) -> None:
        self.problems: dict[Problem, None] = {}
        self.uses: set[Path] = set()
        self.named: set[NamedAt] = set()
        self.failed_at: set[Mark] = set()
        self.levels = 0
        self.cell_uses = 0
        self._filled_in = Spent()
        self._includes = includes
        self._place: Place
        self._settled: dict[int, _Kept] = {}  # the same in every cell; aliases share maps and lists, too
        self._of_cell: dict[int, _Kept] = {}

    def included(
        self, root: Json, mark: Mark, place: Place, path: DocumentPath = ()
    ) -> tuple[Json, Mark, Extent]:
        """`root`, which stands at `mark` and refers to nothing any more, at one place; how large it is then.

        What cannot be put in is `Failed`. `path` is where it stands in its document.
        """
        self._place = place
        self._of_cell = {}
        return self._resolved(root, mark, path)

    @property
    def is_sound(self) -> bool:
        return not self.failed_at and not any(problem.is_error for problem in self.problems)

    def _resolved(self, value: Json, mark: Mark, path: DocumentPath) -> tuple[Json, Mark, Extent]:
        if isinstance(value, str):
            return value, mark, Extent(1, len(value), 0)
        if not isinstance(value, LocatedMap | LocatedList):
            return value, mark, Extent(1, 0, 0)
        if isinstance(value, LocatedMap) and FILE_KEY in value:
            return self._file(value, path)
        kept = self._settled.get(id(value))
        if kept is None and (kept := self._of_cell.get(id(value))) is not None:
            self.cell_uses += 1
        if kept is None:
            before = self.cell_uses
            result, extent = (
                self._map(value, path) if isinstance(value, LocatedMap) else self._list(value, path)
            )
            kept = _Kept(value, result, extent)
            (self._settled if self.cell_uses == before else self._of_cell)[id(value)] = kept
        return kept.result, mark, kept.extent

    def _map(self, holder: LocatedMap, path: DocumentPath) -> tuple[LocatedMap, Extent]:
        copy: LocatedMap | None = None
        parts: list[Extent] = []
        scalars = chars = 0
        for key, part in holder.items():
            if not isinstance(part, dict | list):
                scalars += 1
                chars += len(part) if isinstance(part, str) else 0
                continue
            before = holder.values_at[key]
            value, mark, extent = self._resolved(part, before, (*path, key))
            parts.append(extent)
            if value is not part or mark is not before:
                copy = copy if copy is not None else copy_of_map(holder)
                copy[key] = value
                copy.values_at[key] = mark
        return copy if copy is not None else holder, _around(parts, scalars, chars)

    def _list(self, holder: LocatedList, path: DocumentPath) -> tuple[LocatedList, Extent]:
        copy: LocatedList | None = None
        parts: list[Extent] = []
        scalars = chars = 0
        for index, part in enumerate(holder):
            if not isinstance(part, dict | list):
                scalars += 1
                chars += len(part) if isinstance(part, str) else 0
                continue
            before = holder.values_at[index]
            value, mark, extent = self._resolved(part, before, path_of_item(holder, index, path))
            parts.append(extent)
            if value is not part or mark is not before:
                copy = copy if copy is not None else copy_of_list(holder)
                copy[index] = value
                copy.values_at[index] = mark
        return copy if copy is not None else holder, _around(parts, scalars, chars)

    def _file(self, holder: LocatedMap, path: DocumentPath) -> tuple[Json, Mark, Extent]:
        mark = holder.values_at[FILE_KEY]
        if isinstance(holder[FILE_KEY], Failed) or len(self.problems) >= PROBLEMS_PER_FILE_MAX:
            return self._failed(mark)  # enough has been said
        try:
            target = self._target(holder, path)
            self.uses.add(target)
            self._includes.files.note_use(target, Use(mark, (*path, FILE_KEY)))
            self._bound_levels(0)
            content = self._includes.content(target, self._place)
            self._bound_levels(content.levels)
            self.uses |= content.uses
        except NotUsable as error:
            if isinstance(error, _TooDeep) and len(self._includes.opened) > 1:
                raise  # told where the document itself names a file, whoever has read the others before
            return self._failed(mark, error_at(mark, str(error), (*path, FILE_KEY)))
        except Broken as broken:
            return self._failed(mark, broken.problem)
        self.named |= content.named
        self.levels = max(self.levels, content.levels + 1)
        self.cell_uses += content.is_of_cell
        if not content.is_sound:
            return self._failed(mark, *content.problems)
        self._note(*content.problems)
        self.failed_at |= content.failed_at
        start: Mark = (shown(target, self._includes.files.root), 1, 1)
        if WITH in holder:
            return self._filled(holder, target, content, path)
        return content.value, start, content.extent

    def _target(self, holder: LocatedMap, path: DocumentPath) -> Path:
        """The file that a `$file` names. Raises `NotUsable`."""
        for key in holder:
            if key not in (FILE_KEY, WITH):
                message = f"unknown key {quoted(key)}; beside {FILE_KEY} only `{WITH}` can stand"
                self._note(error_at(holder.keys_at[key], message, (*path, key)))
        wanted = holder[FILE_KEY]
        if not isinstance(wanted, str) or isinstance(wanted, Unresolved):
            raise NotUsable(f"{FILE_KEY} takes the path of a file, as text")
        files = self._includes.files
        folder = files.folder_of(holder.values_at[FILE_KEY][0])
        if folder is None:
            raise NotUsable(f"a {FILE_KEY} cannot come from outside the project's files")
        target = files.target(wanted, folder)
        if target in self._includes.opened:
            chain = " -> ".join(shown(step, files.root) for step in [*self._includes.opened, target])
            raise NotUsable(f"the files include one another in a circle: {chain}")
        if path == _ROWS_AT and len(self._includes.opened) == 1 and is_text(target):
            kinds = ".jsonl, .csv, .json or .yaml files"
            raise NotUsable(f"rows come from {kinds}, and {quoted(wanted)} is none of them")
        return target

    def _bound_levels(self, below: int) -> None:
        if len(self._includes.opened) + below > INCLUDE_DEPTH_MAX:
            raise _TooDeep(f"files include one another more than {INCLUDE_DEPTH_MAX} levels deep")

    def _filled(
        self, holder: LocatedMap, target: Path, content: Content, path: DocumentPath
    ) -> tuple[Json, Mark, Extent]:
        """The text of `target` with the values of `with` in their places."""
        name = shown(target, self._includes.files.root)
        values, mark = holder[WITH], holder.values_at[WITH]
        if not is_text(target) or not isinstance(content.value, str):
            message = f"`{WITH}` fills in texts, and {quoted(name)} is none"
            return self._failed(mark, error_at(holder.keys_at[WITH], message, (*path, WITH)))
        if not isinstance(values, LocatedMap):
            message = "must be a map from the names that the text uses to their values"
            return self._failed(mark, error_at(mark, message, (*path, WITH)))
        scope, account = self._includes.scope, self._filled_in
        result = filled(content.value, name, values, (*path, WITH), scope=scope, account=account)
        if any(problem.is_error for problem in result.problems):
            return self._failed(mark, *result.problems)
        self._note(*result.problems)
        return result.text, (name, 1, 1), Extent(1, len(result.text), 0)

    def _failed(self, mark: Mark, *problems: Problem) -> tuple[Json, Mark, Extent]:
        self._note(*problems)
        self.failed_at.add(mark)
        return Failed(), mark, Extent(1, 0, 0)

    def _note(self, *problems: Problem) -> None:
        self.problems |= dict.fromkeys(problems)


def size_problems(extent: Extent, mark: Mark) -> tuple[Problem, ...]:
    """The error that a document is too large once everything in it is in its place."""
    if extent.height > DOCUMENT_DEPTH_MAX:
        what = f"is nested more than {DOCUMENT_DEPTH_MAX} levels deep"
    elif extent.nodes > DOCUMENT_NODES_MAX:
        what = f"has more than {DOCUMENT_NODES_MAX:,} values"
    elif extent.chars > DOCUMENT_CHARS_MAX:
        what = f"has more than {DOCUMENT_CHARS_MAX:,} characters"
    else:
        return ()
    return (error_at(mark, f"with the files that it includes through {FILE_KEY}, this document {what}"),)


def _about_number(source: Source, name: str) -> tuple[Problem, ...]:
    """A structured file that is included holds one document."""
    if any(problem.is_error for problem in source.problems) or len(source.documents) == 1:
        return ()
    count = len(source.documents) or "no"
    return (error_at((name, 1, 1), f"{FILE_KEY} takes one document, and this file holds {count}"),)


def _around(parts: list[Extent], scalars: int, chars: int) -> Extent:
    """The extent of a map or list of `parts` and of so many scalars, whose texts have so many characters."""
    nodes, height = 1 + scalars, 0
    for part in parts:
        nodes += part.nodes
        chars += part.chars
        height = max(height, part.height)
    return Extent(nodes, chars, height + 1)
