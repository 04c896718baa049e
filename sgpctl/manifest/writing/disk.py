"""The files of one manifest on disk: all of them or none, and never over a file that is there."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sgpctl.errors import LocalStateError


@dataclass(frozen=True, slots=True)
class Written:
    """What one manifest brought to disk; `companions` is the folder beside it, if it has one."""

    files: tuple[Path, ...]
    companions: Path | None

    def remove(self) -> None:
        """Undo the writing. A folder that holds something else by now stays."""
        for file in self.files:
            file.unlink(missing_ok=True)
        if self.companions is not None:
            remove_empty([self.companions])


def absent_folders(folder: Path) -> tuple[Path, ...]:
    """`folder` and those above it that are not there yet, innermost first."""
    return tuple(path for path in (folder, *folder.parents) if not path.exists())


def remove_empty(folders: Iterable[Path]) -> None:
    """Remove `folders`, innermost first, up to the first that holds something or is not there."""
    for folder in folders:
        try:
            folder.rmdir()
        except OSError:
            return


def is_taken(folder: Path, stem: str) -> bool:
    """True when the manifest `stem`, or its folder, is there already; a link that leads nowhere counts, too."""
    return os.path.lexists(folder / f"{stem}.yaml") or os.path.lexists(folder / stem)


def write_all(folder: Path, stem: str, files: Mapping[str, str]) -> Written:
    """Write `<stem>.yaml` and the files in `<stem>/`, each whole and the manifest last. Raises LocalStateError.

    Nothing reads the manifest before everything it uses is in its place.
    """
    manifest, companions = folder / f"{stem}.yaml", folder / stem
    has_companions = False
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".sgpctl-", dir=folder) as temporary:
            _write_there(Path(temporary), files)
            if is_taken(folder, stem):
                raise FileExistsError("it is there already")
            if (Path(temporary) / stem).exists():
                (Path(temporary) / stem).rename(companions)
                has_companions = True
            _claim(Path(temporary) / f"{stem}.yaml", manifest)
    except OSError as error:
        if has_companions:
            shutil.rmtree(companions, ignore_errors=True)
        raise LocalStateError(
            f"{manifest}: the manifest was not written: {error.strerror or error}",
            hint="Free the disk, or choose another folder with --into.",
        ) from error
    return Written(tuple(folder / name for name in files), companions if has_companions else None)


def _write_there(temporary: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        path = temporary / name
        path.parent.mkdir(exist_ok=True)
        with path.open("xb") as file:
            file.write(text.encode("utf-8"))
            file.flush()
            os.fsync(file.fileno())


def _claim(source: Path, target: Path) -> None:
    """Give `source` the name `target` unless something has it. A link does that in one step, where links exist."""
    try:
        os.link(source, target)
    except FileExistsError:
        raise
    except OSError:
        with target.open("xb") as file:
            file.write(source.read_bytes())
