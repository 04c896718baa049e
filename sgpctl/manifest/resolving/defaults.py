"""Which defaults a manifest stands on: those of the project, of every folder above it, and of the environment.

    defaults in sgpctl.yaml
    _defaults.yaml in the project's folder, and in every folder from there to the manifest
    the manifest itself
    defaults of the environment

Each stands above the next, and `merging` says what that means.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sgpctl.limits import MANIFEST_BYTES_MAX
from sgpctl.manifest.files import Files
from sgpctl.manifest.inside import NotUsable, inside, shown
from sgpctl.manifest.problem import Problem, error_at, warning_at
from sgpctl.manifest.project import DEFAULTS_FILE, Environment, Project
from sgpctl.manifest.resolving.copies import copy_of_map
from sgpctl.manifest.resolving.default_keys import default_problems
from sgpctl.manifest.resolving.merging import merge
from sgpctl.model.located import Json, LocatedMap


@dataclass(frozen=True, slots=True)
class Ground:
    """What the manifests of one folder stand on; not sound when a file of defaults above them cannot be used.

    `files` are the files of defaults from the project's folder down to theirs.
    """

    document: LocatedMap | None
    is_sound: bool = True
    files: tuple[Path, ...] = ()


class Defaults:
    """The defaults of a project in one environment. `problems` grows as folders are looked at."""

    def __init__(self, project: Project, environment: Environment | None, files: Files) -> None:
        self.problems: list[Problem] = []
        self.used: set[Path] = set()
        self._root = project.root
        self._project = project.defaults
        self._environment = environment.defaults if environment is not None else None
        self._files = files
        self._grounds: dict[Path, Ground] = {}

    def ground_of(self, folder: Path) -> Ground:
        """What a manifest in `folder`, which lies in the project, stands on."""
        known = self._grounds.get(folder)
        if known is None:
            is_top = folder == self._root
            above = Ground(self._project) if is_top else self.ground_of(folder.parent)
            known = self._grounds[folder] = self._with_file(folder, above)
        return known

    def applied(self, root: Json, ground: Ground) -> Json:
        """The manifest `root` with all defaults; the very same where there are none."""
        if not isinstance(root, LocatedMap):
            return root
        document = root if ground.document is None else merge(ground.document, root)
        if not self._environment:
            return document
        document = copy_of_map(merge(document, self._environment))
        document.mark = root.mark  # a key that is missing is missing in the manifest
        return document

    def about_unused(self, found: Iterable[Path]) -> Iterator[Problem]:
        """A warning for each file of defaults in `found` that no manifest stands on."""
        for path in found:
            if path not in self.used:
                mark = (shown(path, self._root), 1, 1)
                yield warning_at(
                    mark, "no manifest lies in this folder or below it, so these defaults are not used"
                )

    def _with_file(self, folder: Path, above: Ground) -> Ground:
        place = folder / DEFAULTS_FILE
        if not place.is_symlink() and not place.exists():
            return above
        try:
            path = inside(DEFAULTS_FILE, folder, self._root)
        except NotUsable as error:
            self.problems.append(error_at((shown(place, self._root), 1, 1), str(error)))
            return Ground(above.document, is_sound=False, files=above.files)
        self.used.add(path)
        own, is_sound = self._read(path)
        document = merge(above.document, own) if above.document and own else above.document or own
        return Ground(document, above.is_sound and is_sound, (*above.files, path))

    def _read(self, path: Path) -> tuple[LocatedMap | None, bool]:
        source = self._files.source(path, MANIFEST_BYTES_MAX)
        name = shown(path, self._root)
        problems = list(source.problems)
        if len(source.documents) > 1:
            problems.append(error_at(source.documents[1].mark, "a file of defaults holds one document"))
        elif not source.documents and not problems:
            problems.append(warning_at((name, 1, 1), "the file declares nothing"))
        for document in source.documents[:1]:
            problems += default_problems(document.root, document.mark)
        self.problems += problems
        root = source.documents[0].root if source.documents else None
        is_sound = not any(problem.is_error for problem in problems)
        return (root if isinstance(root, LocatedMap) and is_sound else None), is_sound
