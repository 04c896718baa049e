"""Where in a project new manifests may go: a folder whose files are read as its manifests."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from sgpctl.errors import UsageError
from sgpctl.manifest.glob import folder_of, pattern_of
from sgpctl.manifest.problem import printable
from sgpctl.manifest.project import PROJECT_FILE, Project

_DEFAULT_FOLDER = "evaluations"


def manifest_folder(project: Project, wanted: str | None) -> str:
    """The folder for new manifests, relative to the project: `wanted`, or the first that the project names.

    Raises UsageError for one that is outside, hidden, in another project, or not among the manifest folders.
    """
    first = folder_of(project.manifests[0]) if project.manifests else _DEFAULT_FOLDER
    folder = PurePosixPath(wanted if wanted is not None else first)
    shown = printable(str(folder))
    hint = "Name a folder below the project's with --into FOLDER."
    if folder.is_absolute() or ".." in folder.parts or "\0" in str(folder):
        raise UsageError(f"{shown} is not a folder below the project's", hint=hint)
    if any(part.startswith(".") for part in folder.parts):
        raise UsageError(f"{shown} is hidden, and manifests in hidden folders are not read", hint=hint)
    _refuse_strange(project, folder, hint)
    name = str(folder)
    if not is_read(project, f"{name}/a.yaml" if name != "." else "a.yaml"):
        raise UsageError(
            f"manifests in {shown} would not be read: see `manifests` and `exclude` in {project.file}",
            hint=hint,
        )
    return name


def is_read(project: Project, name: str) -> bool:
    """True when the file called `name` would be taken for a manifest, as far as the project file says."""
    included = not project.manifests or any(pattern_of(entry).fullmatch(name) for entry in project.manifests)
    return included and not any(pattern_of(entry).fullmatch(name) for entry in project.exclude)


def _refuse_strange(project: Project, folder: PurePosixPath, hint: str) -> None:
    """Refuse a way that leads out of the project through a link, into another project, or over a file."""
    here = project.root
    for part in folder.parts:
        here /= part
        shown = printable(str(here.relative_to(project.root)))
        if here.is_symlink() and not _stays_inside(here, project.root):
            raise UsageError(f"{shown} is a link that leads out of the project", hint=hint)
        if (here / PROJECT_FILE).exists():
            raise UsageError(f"{shown} is another project", hint=hint)
        if here.exists() and not here.is_dir():
            raise UsageError(f"{shown} is not a folder", hint=hint)


def _stays_inside(link: Path, root: Path) -> bool:
    try:
        return link.resolve(strict=True).is_relative_to(root)
    except (OSError, RuntimeError):
        return False
