"""Which files `sgpctl fmt` formats, and what each of them becomes.

In a folder: the project file, the defaults and the manifests below it; not what a `$file` uses, and not what sgpctl itself wrote.
A file that is named is formatted whatever uses it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sgpctl.limits import INCLUDED_FILE_BYTES_MAX, MANIFEST_BYTES_MAX
from sgpctl.manifest.discovery import discover
from sgpctl.manifest.document import is_own_output
from sgpctl.manifest.files import Files, is_structured
from sgpctl.manifest.formatting.order import Kind
from sgpctl.manifest.formatting.text import format_text
from sgpctl.manifest.include import FILE_KEY
from sgpctl.manifest.inside import NotUsable, inside, shown
from sgpctl.manifest.problem import Broken, Problem, quoted
from sgpctl.manifest.project import PROJECT_FILE, Project, find_project
from sgpctl.manifest.text import read_text
from sgpctl.model.located import Json, LocatedList, LocatedMap

_BYTE_ORDER_MARK = "\ufeff"


@dataclass(frozen=True, slots=True)
class Formattable:
    """One file, free of links. `name` is how messages call it."""

    path: Path
    name: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Chosen:
    """The files to format, sorted, and what stands in the way of finding all of them."""

    files: tuple[Formattable, ...]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class FormattedFile:
    """What a file holds and what it should hold; these are the same where it cannot be formatted."""

    before: str
    after: str
    problems: tuple[Problem, ...] = ()

    @property
    def is_changed(self) -> bool:
        return self.after != self.before


def choose(path: Path) -> Chosen:
    """The files that `path`, an existing file or folder, stands for. Raises `ProjectError` and `NotUsable`."""
    return _in_folder(path) if path.is_dir() else Chosen((_named(path),))


def format_file(file: Formattable) -> FormattedFile:
    """Reads a file and formats it; nothing is written. A byte order mark counts as a difference."""
    try:
        source = read_text(file.path, file.name, INCLUDED_FILE_BYTES_MAX)
    except Broken as broken:
        return FormattedFile("", "", (broken.problem,))
    formatted = format_text(source.text, file.name, file.kind)
    before = _BYTE_ORDER_MARK + source.text if source.problems else source.text
    return FormattedFile(before, before if formatted.text is None else formatted.text, formatted.problems)


def _in_folder(folder: Path) -> Chosen:
    project = find_project(folder)
    here = folder.resolve()
    found = discover(project)
    files = Files(project.root)
    candidates = (project.root / PROJECT_FILE, *found.defaults, *found.files)
    roots = {
        path: [document.root for document in files.source(path, MANIFEST_BYTES_MAX).documents]
        for path in candidates
    }
    used = {used for path in candidates for root in roots[path] for used in _used(root, path, project)}
    chosen = [
        _formattable(path, project)
        for path in candidates
        if path.is_relative_to(here) and path not in used and not any(map(is_own_output, roots[path]))
    ]
    problems = tuple(problem for problem in found.problems if problem.is_error)
    return Chosen(tuple(sorted(chosen, key=lambda file: file.name)), problems)


def _named(path: Path) -> Formattable:
    project = find_project(path.parent)
    real = inside(path.name, path.parent.resolve(), project.root)
    if not is_structured(real):
        raise NotUsable(f"{quoted(path.name)} is neither YAML nor JSON by its name")
    return _formattable(real, project)


def _formattable(path: Path, project: Project) -> Formattable:
    name = shown(path, project.root)
    return Formattable(path, name, Kind.PROJECT if name == PROJECT_FILE else Kind.MANIFEST)


def _used(root: Json, path: Path, project: Project) -> Iterator[Path]:
    """The files that the `$file` in a document name, as far as their paths are written out."""
    parts: list[Json] = [root]
    seen: set[int] = set()
    while parts:
        part = parts.pop()
        if not isinstance(part, LocatedMap | LocatedList) or id(part) in seen:
            continue
        seen.add(id(part))  # aliases share maps and lists
        parts += part.values() if isinstance(part, LocatedMap) else part
        wanted = part.get(FILE_KEY) if isinstance(part, LocatedMap) else None
        if isinstance(wanted, str):
            try:
                yield inside(wanted, path.parent, project.root)
            except NotUsable:
                continue
