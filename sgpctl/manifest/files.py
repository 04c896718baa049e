"""The files of one project during one load: each is read once, and kept as it is written.

.yaml .yml .json    documents, with their `$file` and `${...}` still in them
.jsonl .csv         rows, verbatim
anything else       text, verbatim
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from sgpctl.errors import ManifestError
from sgpctl.limits import INCLUDED_FILE_BYTES_MAX
from sgpctl.manifest.document import Document, Extent, Parsed
from sgpctl.manifest.inside import NotUsable, inside, shown
from sgpctl.manifest.opening import Opener
from sgpctl.manifest.problem import Broken, Problem, quoted
from sgpctl.manifest.project import PROJECT_FILE
from sgpctl.manifest.resolving.references import mentioned_variables
from sgpctl.manifest.text import digest_of, read_bytes, read_text
from sgpctl.manifest.yaml_document import read_yaml
from sgpctl.model.located import Json, Mark
from sgpctl.model.located import Path as DocumentPath

_STRUCTURED = frozenset({".yaml", ".yml", ".json"})
_ROWS = frozenset({".jsonl", ".csv"})


@dataclass(frozen=True, slots=True)
class Source:
    """A structured file as it is written, and the digest of its bytes.

    One that does not refer holds neither `$file` nor `${...}` nor `$${`; one that does not substitute, neither of the
    last two.
    """

    documents: tuple[Document, ...]
    problems: tuple[Problem, ...]
    refers: bool = False
    substitutes: bool = False
    mentions: frozenset[str] = frozenset()
    digest: str = ""


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
    digest: str = ""


def _goes_back(wanted: str) -> bool:
    """True for `a/../b`: where that leads depends on what `a` is."""
    parts = PurePosixPath(wanted).parts
    return any(after == ".." != before for before, after in pairwise(parts))


def is_structured(path: Path) -> bool:
    return path.suffix.lower() in _STRUCTURED


def is_text(path: Path) -> bool:
    """True for a file whose content is one text."""
    return path.suffix.lower() not in _STRUCTURED | _ROWS


class Files:
    """`root` must be free of links. `uses` has every file that a `$file` names, with the places where it does.

    `linked` are those of them to which a link led, or may lead another time.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.uses: dict[Path, dict[Use, None]] = {}
        self.linked: set[Path] = set()
        self._sources: dict[Path, Source] = {}
        self._verbatim: dict[Path, Verbatim] = {}
        self._paths: dict[str, Path] = {PROJECT_FILE: root / PROJECT_FILE}
        self._targets: dict[tuple[str, Path], Path] = {}
        self._digests: dict[Path, str] = {}
        self._opener = Opener(root)

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

    def target(self, wanted: str, folder: Path) -> Path:
        """The file that a path in a file in `folder` names; it is looked for once. Raises `NotUsable`."""
        known = self._targets.get((wanted, folder))
        if known is None:
            known = inside(wanted, folder, self.root)
            if known.is_dir():
                raise NotUsable(f"{quoted(wanted)} is a folder, not a file")
            self._targets[wanted, folder] = known
            if os.path.normpath(folder / wanted) != str(known) or _goes_back(wanted):
                self.linked.add(known)
        return known

    def raw(self, path: Path, bytes_max: int) -> bytes:
        """The bytes at `path`, whose digest counts from now on as that of the file. Raises `Broken`."""
        content = read_bytes(path, self._named(path), bytes_max, self._opener)
        self._digests[path] = digest_of(content)
        return content

    def digest(self, path: Path) -> str | None:
        """The digest of the file at `path` as it was read; None for one that nobody has read."""
        read = self._sources.get(path) or self._verbatim.get(path)
        return read.digest if read is not None else self._digests.get(path)

    def rows_as(self, path: Path, digest: str) -> Json:
        """The rows in the file at `path`, which must be what it was when it had `digest`. Raises ManifestError."""
        try:
            read = self.verbatim(path)
        except Broken as broken:
            raise ManifestError(str(broken.problem)) from broken
        if read.digest != digest:
            raise ManifestError(
                f"{shown(path, self.root)} was changed while it was read", hint="Run the command again."
            )
        return read.value

    def mentions_in(self, path: Path) -> frozenset[str]:
        """The variables that the structured file at `path` mentions; none where it is of another kind, or not read."""
        source = self._sources.get(path)
        return source.mentions if source is not None else frozenset()

    def rows_of(self, path: Path) -> Json:
        """The rows of the file at `path`, if it was read and is one of rows."""
        read = self._verbatim.get(path)
        return read.value if read is not None and path.suffix.lower() in _ROWS else None

    def forget(self, path: Path) -> None:
        """Let go of the structured file at `path`, unless another one uses it: all must see the same of it."""
        if path not in self.uses:
            self._sources.pop(path, None)

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
        source = read_text(path, name, bytes_max, opener=self._opener)
        parsed = _read_structured(path, source.text, name)
        return Source(
            parsed.documents,
            (*source.problems, *parsed.problems),
            # Without either character no text in it can hold `$`, not even through an escape.
            refers="$" in source.text or "\\" in source.text,
            substitutes="${" in source.text or "\\" in source.text,
            mentions=mentioned_variables(source.text),
            digest=source.digest,
        )

    def _read_verbatim(self, path: Path) -> Verbatim:
        name = self._named(path)
        source = read_text(path, name, INCLUDED_FILE_BYTES_MAX, opener=self._opener)
        if path.suffix.lower() not in _ROWS:
            extent = Extent(1, len(source.text), 0)
            return Verbatim(source.text, extent, source.problems, digest=source.digest)
        from sgpctl.manifest.rows import read_csv, read_jsonl

        rows = (read_jsonl if path.suffix.lower() == ".jsonl" else read_csv)(source.text, name)
        return Verbatim(
            rows.rows,
            rows.extent,
            (*source.problems, *rows.problems),
            is_sound=not rows.problems,
            digest=source.digest,
        )

    def _named(self, path: Path) -> str:
        name = shown(path, self.root)
        self._paths[name] = path
        return name


def _read_structured(path: Path, text: str, name: str) -> Parsed:
    if path.suffix.lower() != ".json":
        return read_yaml(text, name)
    from sgpctl.manifest.json_document import read_json

    return read_json(text, name)
