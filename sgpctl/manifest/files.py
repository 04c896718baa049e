"""The files of one project during one load: each is read once, and kept as it is written.

.yaml .yml .json    documents, with their `$file` and `${...}` still in them
.jsonl .csv         rows, verbatim
anything else       text, verbatim
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from sgpctl.limits import INCLUDED_FILE_BYTES_MAX
from sgpctl.manifest.document import Document, Extent
from sgpctl.manifest.inside import shown
from sgpctl.manifest.json_document import read_json
from sgpctl.manifest.problem import Broken, Problem
from sgpctl.manifest.project import PROJECT_FILE
from sgpctl.manifest.resolving.references import mentioned_variables
from sgpctl.manifest.rows import read_csv, read_jsonl
from sgpctl.manifest.text import read_text
from sgpctl.manifest.yaml_document import read_yaml
from sgpctl.model.located import Json, Mark
from sgpctl.model.located import Path as DocumentPath

_STRUCTURED = frozenset({".yaml", ".yml", ".json"})
_ROWS = frozenset({".jsonl", ".csv"})


@dataclass(frozen=True, slots=True)
class Source:
    """A structured file as it is written. One that does not refer holds neither `$file` nor `${...}` nor `$${`."""

    documents: tuple[Document, ...]
    problems: tuple[Problem, ...]
    refers: bool = False
    mentions: frozenset[str] = frozenset()


class Use(NamedTuple):
    """The place of a `$file` that names a file, and its path in the document there."""

    mark: Mark
    path: DocumentPath


@dataclass(frozen=True, slots=True)
class Verbatim:
    """A file that is taken as it is: a text, or rows."""

    value: Json
    extent: Extent
    problems: tuple[Problem, ...]
    is_sound: bool = True


def is_structured(path: Path) -> bool:
    return path.suffix.lower() in _STRUCTURED


def is_text(path: Path) -> bool:
    """True for a file whose content is one text."""
    return path.suffix.lower() not in _STRUCTURED | _ROWS


class Files:
    """`root` must be free of links. `uses` has every file that a `$file` names, with the places where it does."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.uses: dict[Path, dict[Use, None]] = {}
        self._sources: dict[Path, Source] = {}
        self._verbatim: dict[Path, Verbatim] = {}
        self._paths: dict[str, Path] = {PROJECT_FILE: root / PROJECT_FILE}

    def source(self, path: Path, bytes_max: int) -> Source:
        """The documents of the YAML or JSON file at `path`, or the problems that it has."""
        known = self._sources.get(path)
        if known is None:
            try:
                known = self._read_source(path, bytes_max)
            except Broken as broken:  # not kept: too large for a manifest may not be too large for a `$file`
                return Source((), (broken.problem,))
            self._sources[path] = known
        return known

    def verbatim(self, path: Path) -> Verbatim:
        """The text or the rows of any other file. Raises `Broken` when it cannot be read."""
        known = self._verbatim.get(path)
        if known is None:
            known = self._verbatim[path] = self._read_verbatim(path)
        return known

    def note_use(self, path: Path, use: Use) -> None:
        self.uses.setdefault(path, {})[use] = None

    def folder_of(self, name: str) -> Path | None:
        """The folder of the structured file that marks call `name`; None when it is none of the project's."""
        path = self._paths.get(name)
        return path.parent if path is not None else None

    @property
    def mentions(self) -> frozenset[str]:
        """The variables that any of the files read so far mentions."""
        return frozenset[str]().union(*(source.mentions for source in self._sources.values()))

    def _read_source(self, path: Path, bytes_max: int) -> Source:
        name = self._named(path)
        source = read_text(path, name, bytes_max, below=self.root)
        parsed = (read_json if path.suffix.lower() == ".json" else read_yaml)(source.text, name)
        return Source(
            parsed.documents,
            (*source.problems, *parsed.problems),
            # Without either character no text in it can hold `$`, not even through an escape.
            refers="$" in source.text or "\\" in source.text,
            mentions=mentioned_variables(source.text),
        )

    def _read_verbatim(self, path: Path) -> Verbatim:
        name = self._named(path)
        source = read_text(path, name, INCLUDED_FILE_BYTES_MAX, below=self.root)
        if path.suffix.lower() not in _ROWS:
            return Verbatim(source.text, Extent(1, len(source.text), 0), source.problems)
        rows = (read_jsonl if path.suffix.lower() == ".jsonl" else read_csv)(source.text, name)
        return Verbatim(
            rows.rows, rows.extent, (*source.problems, *rows.problems), is_sound=not rows.problems
        )

    def _named(self, path: Path) -> str:
        name = shown(path, self.root)
        self._paths[name] = path
        return name
