"""Which files of a project are taken for manifests. One rule for all commands.

Every `*.yaml`, `*.yml` and `*.json` below the manifest folders, unless it is `sgpctl.yaml` or `_defaults.yaml`, is in a
hidden folder or in the folder of another project, or matches `exclude`. (That it is not used by a `$file` is known only
after reading.)
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sgpctl.errors import ProjectError
from sgpctl.limits import MANIFEST_FILES_MAX
from sgpctl.manifest.glob import folder_of, pattern_of
from sgpctl.manifest.inside import NotReachable, NotUsable, inside
from sgpctl.manifest.problem import Problem, error_at, quoted, warning_at
from sgpctl.manifest.project import DEFAULTS_FILE, PROJECT_FILE, Project
from sgpctl.manifest.text import reason

_ENDINGS = (".yaml", ".yml", ".json")
_DEFAULTS_STEM = DEFAULTS_FILE.rpartition(".")[0]


@dataclass(frozen=True, slots=True)
class Found:
    """The candidates, sorted, links followed, each once; and what stands in the way of a complete reading.

    `defaults` are the files of defaults among them, which are no manifests.
    """

    files: tuple[Path, ...]
    problems: tuple[Problem, ...]
    defaults: tuple[Path, ...] = ()


def discover(project: Project) -> Found:
    """Looks through the manifest folders of `project`, and nowhere else."""
    walk = _Walk(project.root)
    problems: list[Problem] = []
    wanted: set[str] = set()
    for index, entry in enumerate(project.manifests):
        fault = walk.look_through(folder_of(entry))
        matching = _matching(entry, walk.found)
        wanted |= matching
        if fault is not None or not matching:
            place = project.place_of("manifests", index)
            problems.append(error_at(place, fault or _about_nothing(entry), ("manifests", index)))
    if not project.manifests:
        walk.look_through(".")
        wanted |= walk.found.keys()
    seen = [*walk.found, *(problem.file for problem in walk.problems)]
    excluded: set[str] = set()
    for index, entry in enumerate(project.exclude):
        matching = _matching(entry, seen)
        excluded |= matching
        if not matching:
            message = f"{quoted(entry)} matches no manifest; **/ before it looks in all folders"
            problems.append(warning_at(project.place_of("exclude", index), message, ("exclude", index)))
    problems += (problem for problem in walk.problems if problem.file not in excluded)
    taken = {name: path for name, path in walk.found.items() if name in wanted and name not in excluded}
    like_defaults = {path for name, path in taken.items() if _stem_of(name) == _DEFAULTS_STEM}
    problems += _about_misnamed(taken)
    defaults = (path for path in like_defaults if path.name == DEFAULTS_FILE)
    return Found(
        tuple(sorted({*taken.values()} - like_defaults, key=lambda path: path.parts)),
        tuple(problems),
        tuple(sorted(defaults)),
    )


def _about_misnamed(taken: Iterable[str]) -> Iterator[Problem]:
    """A file that is nearly called like the defaults would be no manifest, and would not be used either."""
    for name in taken:
        if _stem_of(name) == _DEFAULTS_STEM and name.rpartition("/")[2] != DEFAULTS_FILE:
            yield error_at((name, 1, 1), f"defaults are read from {DEFAULTS_FILE} only; rename this file")


def _stem_of(name: str) -> str:
    return name.rpartition("/")[2].rpartition(".")[0]


def _matching(entry: str, names: Iterable[str]) -> set[str]:
    pattern = pattern_of(entry)
    return {name for name in names if pattern.fullmatch(name)}


def _about_nothing(entry: str) -> str:
    return (
        f"{quoted(entry)} matches no manifest (*.yaml, *.yml or *.json; hidden folders and folders with their own "
        f"{PROJECT_FILE} are not read); correct or remove it"
    )


def _is_candidate(name: str) -> bool:
    base = name.rpartition("/")[2]
    return base.lower().endswith(_ENDINGS) and base != PROJECT_FILE


class _Walk:
    """Collects candidates by their names in the project; a file may have several, through links."""

    def __init__(self, root: Path) -> None:
        self.found: dict[str, Path] = {}
        self.problems: list[Problem] = []
        self._root = root

    def look_through(self, name: str) -> str | None:
        """Takes all candidates in the folder called `name`, or `name` itself when that is a file.

        What is returned says why there is none such.
        """
        try:
            start = inside(name, self._root, self._root)
        except NotUsable as error:
            return str(error)
        is_hidden = any(part.startswith(".") for part in name.split("/") if part != ".")
        if start.is_dir() and not is_hidden:
            self._descend(start, "" if name == "." else f"{name}/")
        elif _is_candidate(name) and not is_hidden:
            self._take(name, start)
        return None

    def _descend(self, start: Path, prefix: str) -> None:
        entered: set[Path] = set()
        folders = [(start, prefix)]
        links: list[tuple[Path, str]] = []  # entered last, so that a file is named by where it really is
        while folders or links:
            folder, prefix = folders.pop() if folders else links.pop(0)
            if folder in entered:
                continue
            entered.add(folder)
            entries = self._entries(folder, prefix)
            if folder != self._root and any(entry.name == PROJECT_FILE for entry in entries):
                continue  # another project
            for entry in entries:
                if entry.name.startswith("."):
                    continue
                if entry.is_symlink():
                    self._follow(prefix + entry.name, links)
                elif entry.is_dir():
                    folders.append((folder / entry.name, f"{prefix}{entry.name}/"))
                elif _is_candidate(entry.name):
                    self._take(prefix + entry.name, folder / entry.name)

    def _follow(self, name: str, links: list[tuple[Path, str]]) -> None:
        try:
            real = inside(name, self._root, self._root)
        except NotReachable as error:
            self.problems.append(error_at((name, 1, 1), str(error)))
            return
        except NotUsable as error:
            if _is_candidate(name):
                self.problems.append(error_at((name, 1, 1), f"{error}; it is not read"))
            elif (self._root / name).is_dir():
                self.problems.append(warning_at((name, 1, 1), f"{error}; it is not read"))
            return
        if real.is_dir():
            links.append((real, f"{name}/"))
        elif _is_candidate(name):
            self._take(name, real)

    def _take(self, name: str, path: Path) -> None:
        self.found[name] = path
        if len(self.found) > MANIFEST_FILES_MAX:
            raise ProjectError(
                f"{self._root}: more than {MANIFEST_FILES_MAX:,} files look like manifests",
                hint="name the folders that hold manifests under `manifests` in sgpctl.yaml",
            )

    def _entries(self, folder: Path, prefix: str) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(folder) as entries:
                return sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            message = f"the folder cannot be read: {reason(error)}"
            self.problems.append(error_at((prefix.rstrip("/") or ".", 1, 1), message))
            return []
