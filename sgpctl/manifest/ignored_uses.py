"""Every `$file` that names a file which Git ignores is an error, unless the project allows it.

Nobody else would have the file, and what is kept out of a repository is often kept secret.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sgpctl.manifest.files import Use
from sgpctl.manifest.glob import pattern_of
from sgpctl.manifest.inside import shown
from sgpctl.manifest.problem import Problem, error_at
from sgpctl.manifest.project import Project

_ALLOWED = "allow_ignored"


@dataclass(frozen=True, slots=True)
class Withheld:
    """The files whose contents may not show up anywhere, and the errors that say why."""

    files: frozenset[Path] = frozenset()
    problems: tuple[Problem, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.files or self.problems)


class IgnoredUses:
    """Judges the files that are used; Git is asked about each once, and not at all where all are allowed."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._allowed = [pattern_of(entry) for entry in project.allow_ignored]
        self._judged: dict[Path, bool] = {}

    def withheld(self, uses: Mapping[Path, Mapping[Use, None]]) -> Withheld:
        """What must not be used of all that `uses` names, with the places where it is named."""
        if not uses:
            return Withheld()
        from sgpctl.manifest.git_ignored import NotTold, ignored_by_git

        unknown = [path for path in uses if path not in self._judged]
        asked = [path for path in unknown if not self._is_allowed(path)]
        try:
            ignored = ignored_by_git(asked, self._project.root / self._project.file)
        except NotTold as error:
            return Withheld(frozenset(asked), (self._about_silence(error, asked),))
        self._judged.update((path, path in ignored) for path in unknown)
        files = frozenset(path for path in uses if self._judged[path])
        return Withheld(files, tuple(self._about_uses({path: uses[path] for path in files})))

    def _is_allowed(self, path: Path) -> bool:
        name = shown(path, self._project.root)
        return any(pattern.fullmatch(name) for pattern in self._allowed)

    def _about_uses(self, uses: Mapping[Path, Mapping[Use, None]]) -> Iterator[Problem]:
        for path, places in uses.items():
            name = shown(path, self._project.root)
            for place in places:
                message = (
                    f"{name} is ignored by Git, so nobody else would have it; add it to Git, or allow it in "
                    f'{self._project.file} with `{_ALLOWED}: ["{name}"]`'
                )
                yield error_at(place.mark, message, place.path)

    def _about_silence(self, error: Exception, asked: list[Path]) -> Problem:
        files = "the file" if len(asked) == 1 else f"the {len(asked):,} files"
        message = (
            f"whether Git ignores {files} that manifests include cannot be told: {error}; mend that, or name what "
            f"may be used all the same under `{_ALLOWED}`"
        )
        return error_at((self._project.file, 1, 1), message)
