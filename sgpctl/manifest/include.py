"""`{$file: path}`: documents with the files that they name put in their places, each file read once.

.yaml .yml .json    the one document in it, whose own `$file` are relative to it
.jsonl .csv         rows
anything else       its text, verbatim
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sgpctl.limits import (
    DOCUMENT_CHARS_MAX,
    DOCUMENT_DEPTH_MAX,
    DOCUMENT_NODES_MAX,
    INCLUDE_DEPTH_MAX,
    INCLUDED_FILE_BYTES_MAX,
)
from sgpctl.manifest.document import Document, Extent, Parsed
from sgpctl.manifest.inside import NotUsable, inside, shown
from sgpctl.manifest.json_document import read_json
from sgpctl.manifest.problem import Broken, Problem, error_at, quoted
from sgpctl.manifest.references import without_references
from sgpctl.manifest.rows import read_csv, read_jsonl
from sgpctl.manifest.text import Text, read_text
from sgpctl.manifest.yaml_document import read_yaml
from sgpctl.model.located import Json, LocatedList, LocatedMap, Mark
from sgpctl.model.located import Path as DocumentPath

FILE_KEY = "$file"
_STRUCTURED = frozenset({".yaml", ".yml", ".json"})


@dataclass(frozen=True, slots=True)
class Structure:
    """One structured file with all that it includes.

    `problems` are its own and those of the files in `uses`, which are all files that it includes, directly or through
    others. `levels` is how deep these stand in one another.
    """

    documents: tuple[Document, ...]
    problems: tuple[Problem, ...]
    uses: frozenset[Path] = frozenset()
    levels: int = 0


@dataclass(frozen=True, slots=True)
class _Content:
    """What one file stands for; `is_sound` is False when a part of it could not be read."""

    value: Json
    extent: Extent
    problems: tuple[Problem, ...]
    uses: frozenset[Path] = frozenset()
    levels: int = 0
    is_sound: bool = True


class Files:
    """The files of one project during one load; what has been read is kept. `root` must be free of links."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._structures: dict[Path, Structure] = {}
        self._contents: dict[Path, _Content] = {}
        self.opened: list[Path] = []

    def structure(self, path: Path, bytes_max: int) -> Structure:
        """The documents of the YAML or JSON file at `path`, or the problems that it has."""
        known = self._structures.get(path)
        if known is not None:
            return known
        self.opened.append(path)
        try:
            structure = self._read_structure(path, bytes_max)
        except (
            Broken
        ) as broken:  # not kept: a file may be too large for a manifest, and not too large for a `$file`
            return Structure((), (broken.problem,))
        finally:
            self.opened.pop()
        self._structures[path] = structure
        return structure

    def content(self, path: Path) -> _Content:
        """What a `$file` that names `path` stands for. Raises `Broken` when the file cannot be read."""
        known = self._contents.get(path)
        if known is None:
            known = self._read_content(path)
            self._contents[path] = known
        return known

    def _read_structure(self, path: Path, bytes_max: int) -> Structure:
        name = shown(path, self.root)
        source = read_text(path, name, bytes_max)
        parsed = _parsed(source, path, name)
        # Without either character no text in it can hold `$`, not even through an escape.
        if "$" not in source.text and "\\" not in source.text:
            return Structure(parsed.documents, (*source.problems, *parsed.problems))
        problems = [*source.problems, *parsed.problems]
        documents = []
        uses: set[Path] = set()
        levels = 0
        for document in parsed.documents:
            resolution = _Resolution(self, path)
            documents.append(resolution.resolve(document))
            problems += resolution.problems
            uses |= resolution.uses
            levels = max(levels, resolution.levels)
        return Structure(tuple(documents), tuple(problems), frozenset(uses), levels)

    def _read_content(self, path: Path) -> _Content:
        ending = path.suffix.lower()
        if ending in _STRUCTURED:
            return _one_document(self.structure(path, INCLUDED_FILE_BYTES_MAX), shown(path, self.root))
        name = shown(path, self.root)
        source = read_text(path, name, INCLUDED_FILE_BYTES_MAX)
        if ending in (".jsonl", ".csv"):
            read = read_jsonl if ending == ".jsonl" else read_csv
            rows = read(source.text, name)
            is_sound = not rows.problems
            return _Content(rows.rows, rows.extent, (*source.problems, *rows.problems), is_sound=is_sound)
        return _Content(source.text, Extent(1, len(source.text), 0), source.problems)


class _Resolution:
    """Resolves one document of the file at `path`, in place, and collects what that brings along."""

    def __init__(self, files: Files, path: Path) -> None:
        self.problems: list[Problem] = []
        self.uses: set[Path] = set()
        self.levels = 0
        self._files = files
        self._path = path
        self._is_sound = True
        self._seen: dict[int, Extent] = {}  # aliases share maps and lists

    def resolve(self, document: Document) -> Document:
        root, problems = without_references(document.root, document.mark)
        self.problems += problems
        root, mark, extent = self._resolved(root, document.mark, ())
        if _is_too_large(extent):
            self._is_sound = False
            self.problems.append(error_at(document.mark, _about_size(extent)))
        return Document(root, mark, extent, self._is_sound)

    def _resolved(self, value: Json, mark: Mark, path: DocumentPath) -> tuple[Json, Mark, Extent]:
        if isinstance(value, str):
            return value, mark, Extent(1, len(value), 0)
        if not isinstance(value, LocatedMap | LocatedList):
            return value, mark, Extent(1, 0, 0)
        if isinstance(value, LocatedMap) and FILE_KEY in value:
            return self._included(value, path)
        extent = self._seen.get(id(value))
        if extent is None:
            extent = self._map(value, path) if isinstance(value, LocatedMap) else self._list(value, path)
            self._seen[id(value)] = extent
        return value, mark, extent

    def _map(self, holder: LocatedMap, path: DocumentPath) -> Extent:
        parts = []
        for key, value in holder.items():
            part, mark, extent = self._resolved(value, holder.values_at[key], (*path, key))
            holder[key] = part
            holder.values_at[key] = mark
            parts.append(extent)
        return _around(parts)

    def _list(self, holder: LocatedList, path: DocumentPath) -> Extent:
        parts = []
        for index, value in enumerate(holder):
            part, mark, extent = self._resolved(value, holder.values_at[index], (*path, index))
            holder[index] = part
            holder.values_at[index] = mark
            parts.append(extent)
        return _around(parts)

    def _included(self, holder: LocatedMap, path: DocumentPath) -> tuple[Json, Mark, Extent]:
        mark = holder.values_at[FILE_KEY]
        try:
            target = self._target(holder, path)
            self.uses.add(target)
            self._bound_levels(0)
            content = self._files.content(target)
            self.uses |= content.uses
            self._bound_levels(content.levels)
        except NotUsable as error:
            return self._missing(error_at(mark, str(error), (*path, FILE_KEY)))
        except Broken as broken:
            return self._missing(broken.problem)
        self.levels = max(self.levels, content.levels + 1)
        self.problems += content.problems
        self._is_sound = self._is_sound and content.is_sound
        return content.value, (shown(target, self._files.root), 1, 1), content.extent

    def _target(self, holder: LocatedMap, path: DocumentPath) -> Path:
        """The file that a `$file` names. Raises `NotUsable`."""
        for key in holder:
            if key != FILE_KEY:
                message = f"unknown key {quoted(key)}; no other key can stand beside {FILE_KEY}"
                self.problems.append(error_at(holder.keys_at[key], message, (*path, key)))
        wanted = holder[FILE_KEY]
        if not isinstance(wanted, str):
            raise NotUsable(f"{FILE_KEY} takes the path of a file, as text")
        target = inside(wanted, self._path.parent, self._files.root)
        if target in self._files.opened:
            chain = " -> ".join(shown(step, self._files.root) for step in [*self._files.opened, target])
            raise NotUsable(f"the files include one another in a circle: {chain}")
        return target

    def _bound_levels(self, below: int) -> None:
        if len(self._files.opened) + below > INCLUDE_DEPTH_MAX:
            raise NotUsable(f"files include one another more than {INCLUDE_DEPTH_MAX} levels deep")

    def _missing(self, problem: Problem) -> tuple[Json, Mark, Extent]:
        self._is_sound = False
        self.problems.append(problem)
        return None, (problem.file, problem.line, problem.column), Extent(1, 0, 0)


def _parsed(source: Text, path: Path, name: str) -> Parsed:
    read = read_json if path.suffix.lower() == ".json" else read_yaml
    return read(source.text, name)


def _one_document(structure: Structure, name: str) -> _Content:
    """The content of a structured file, which must hold one document for that."""
    start: Mark = (name, 1, 1)
    problems = structure.problems
    if not any(problem.is_error for problem in problems) and len(structure.documents) != 1:
        count = len(structure.documents) or "no"
        problems = (*problems, error_at(start, f"{FILE_KEY} takes one document, and this file holds {count}"))
    value, extent, is_sound = None, Extent(1, 0, 0), False
    if structure.documents:
        first = structure.documents[0]
        value, extent = first.root, first.extent
        is_sound = not any(problem.is_error for problem in problems)
    return _Content(value, extent, problems, structure.uses, structure.levels, is_sound)


def _around(parts: list[Extent]) -> Extent:
    return Extent(
        1 + sum(part.nodes for part in parts),
        sum(part.chars for part in parts),
        1 + max((part.height for part in parts), default=0),
    )


def _is_too_large(extent: Extent) -> bool:
    return (
        extent.nodes > DOCUMENT_NODES_MAX
        or extent.chars > DOCUMENT_CHARS_MAX
        or extent.height > DOCUMENT_DEPTH_MAX
    )


def _about_size(extent: Extent) -> str:
    with_files = f"with the files that it includes through {FILE_KEY}, this document"
    if extent.height > DOCUMENT_DEPTH_MAX:
        return f"{with_files} is nested more than {DOCUMENT_DEPTH_MAX} levels deep"
    if extent.nodes > DOCUMENT_NODES_MAX:
        return f"{with_files} has more than {DOCUMENT_NODES_MAX:,} values"
    return f"{with_files} has more than {DOCUMENT_CHARS_MAX:,} characters"
