"""A project folder, loaded: its problems, or its evaluations as they are written out and read again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sgpctl.errors import SgpctlError, UsageError
from sgpctl.manifest.loader import Loaded, load
from sgpctl.manifest.project import Project, environment_to_check, find_project
from sgpctl.manifest.resolving.given import Given, given_variables
from sgpctl.manifest.writing.resolved_text import resolved_documents, resolved_yaml
from tests.fuzz.archive import put_into
from tests.fuzz.targets.projects import projects
from tests.fuzz.targets.target import is_printable, promise

_GIVEN = ("given.yaml", "given.json")


class Loading:
    name = "loader"
    outputs = ()

    def seeds(self) -> Iterator[bytes]:
        return projects()

    def prepare(self, data: bytes, folder: Path) -> None:
        put_into(folder, data)

    def run(self, folder: Path) -> str:
        try:
            project = find_project(folder)
            promise(project.root == folder.resolve(), "another project was found")
            return _loaded(project, folder)
        except SgpctlError as error:
            promise(bool(error.message), "an error without words")
            promise(is_printable(f"{error.message}{error.hint or ''}"), "an error that steers the terminal")
            return f"{type(error).__name__}: {error.message}"


def _loaded(project: Project, folder: Path) -> str:
    environment = environment_to_check(project, None)
    files = tuple(str(folder / name) for name in _GIVEN if (folder / name).is_file())
    loaded = load(project, environment, given_variables(Given((), files), project, environment))
    for problem in loaded.problems:
        promise(is_printable(str(problem)), "a problem that steers the terminal")
        promise(
            bool(problem.file) and problem.line > 0 and problem.column > 0,
            f"a problem without a place: {problem}",
        )
        promise(len(str(problem)) < 5000, "a problem that is longer than anybody reads")
    if loaded.errors:
        return "\n".join(str(problem) for problem in loaded.errors[:3])
    return f"{len(loaded.desired)} evaluations, {len(loaded.warnings)} warnings{_written_out(loaded)}"


def _written_out(loaded: Loaded) -> str:
    try:
        text = resolved_yaml(resolved_documents(loaded.desired, loaded), with_origins=False)
    except UsageError as error:
        return f"; {error.message}"
    promise("\x1b" not in text and "\u202e" not in text, "what is written out steers the terminal")
    return "; written out"
