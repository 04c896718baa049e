"""Which files of a project are taken for manifests. One rule for all commands.

Every `*.yaml`, `*.yml` and `*.json` below the manifest folders, unless it is `sgpctl.yaml`, is in a hidden folder or
in the folder of another project, or matches `exclude`. (That it is not used by a `$file` is known only after reading.)
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from sgpctl.errors import ProjectError
from sgpctl.limits import MANIFEST_FILES_MAX
from sgpctl.manifest.glob import folder_of, pattern_of
from sgpctl.manifest.inside import NotUsable, inside
from sgpctl.manifest.problem import Problem, error_at, quoted, warning_at
from sgpctl.manifest.project import PROJECT_FILE, Project
from sgpctl.manifest.text import reason

_ENDINGS = (".yaml", ".yml", ".json")


@dataclass(frozen=True, slots=True)
class Found:
    """The candidates, sorted, links followed, each once; and what stands in the way of a complete reading."""

    files: tuple[Path, ...]
    problems: tuple[Problem, ...]


def discover(project: Project) -> Found:
    """Looks through the manifest folders of `project`, and nowhere else."""
    walk = _Walk(project.root)
    problems: list[Problem] = []
    wanted: dict[str, Path] = {}
    for index, entry in enumerate(project.manifests):
        fault = walk.look_through(folder_of(entry))
        matching = _matching(entry, walk.found)
        wanted |= matching
        if fault is not None or not matching:
            place = project.place_of("manifests", index)
            problems.append(error_at(place, fault or _about_nothing(entry), ("manifests", index)))
    if not project.manifests:
        walk.look_through(".")
        wanted = walk.found
    excluded: set[str] = set()
    for index, entry in enumerate(project.exclude):
        matching = _matching(entry, walk.found)
        excluded |= matching.keys()
        if not matching:
            message = f"{quoted(entry)} matches no manifest; **/ before it looks in all folders"
            problems.append(warning_at(project.place_of("exclude", index), message, ("exclude", index)))
    files = {path for name, path in wanted.items() if name not in excluded}
    return Found(tuple(sorted(files)), (*walk.problems, *problems))


def _matching(entry: str, found: dict[str, Path]) -> dict[str, Path]:
    pattern = pattern_of(entry)
    return {name: path for name, path in found.items() if pattern.fullmatch(name)}


def _about_nothing(entry: str) -> str:
    return (
        f"{quoted(entry)} matches no manifest (*.yaml, *.yml or *.json; hidden folders and folders with their own "
        f"{PROJECT_FILE} are not read); correct or remove it"
    )


def _is_candidate(name: str) -> bool:
    base = name.rpartition("/")[2]
    return base.lower().endswith(_ENDINGS) and base != PROJECT_FILE


class _Walk:
    """Collects candidates by their names in the project; a folder is entered once, by whatever way."""

    def __init__(self, root: Path) -> None:
        self.found: dict[str, Path] = {}
        self.problems: list[Problem] = []
        self._root = root
        self._entered: set[Path] = set()

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
        folders = [(start, prefix)]
        links: list[tuple[Path, str]] = []  # entered last, so that a file is named by where it really is
        while folders or links:
            folder, prefix = folders.pop() if folders else links.pop(0)
            if folder in self._entered:
                continue
            self._entered.add(folder)
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
        except NotUsable as error:
            problem = error_at if _is_candidate(name) else warning_at
            self.problems.append(problem((name, 1, 1), f"{error}; it is not read"))
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
