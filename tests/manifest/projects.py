"""Projects on disk for the tests of this room."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sgpctl.manifest.loader import Loaded, load
from sgpctl.manifest.project import Project, find_project

SETTINGS = "version: 1\nproject: demo\n"
ROWS = '{"question": "q", "answer": "a"}\n'


def make_files(root: Path, files: Mapping[str, str | bytes]) -> None:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))


def make_project(root: Path, files: Mapping[str, str | bytes], settings: str = "") -> Project:
    """A project of the given files; `settings` are further lines of its sgpctl.yaml."""
    make_files(root, {"sgpctl.yaml": SETTINGS + settings, **files})
    return find_project(root)


def load_files(root: Path, files: Mapping[str, str | bytes], settings: str = "") -> Loaded:
    return load(make_project(root, files, settings))


def manifest(name: str = "one", data: str = "[{question: q}]") -> str:
    return f"name: {name}\ndata: {data}\n"


def lines(loaded: Loaded) -> list[str]:
    return [str(problem) for problem in loaded.problems]


def errors(loaded: Loaded) -> list[str]:
    return [str(problem) for problem in loaded.errors]


def names(loaded: Loaded) -> list[str]:
    return [evaluation.name for evaluation in loaded.desired]
