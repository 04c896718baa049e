"""Which files Git ignores: those that only one machine has, and often for a reason.

Git is asked once per work tree. A file that is tracked is not ignored, whatever the rules say. The settings of a
repository cannot make the question run a program or reach the network.
"""

from __future__ import annotations

import os
import subprocess
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import TypeAlias

from sgpctl.limits import GIT_SECONDS_MAX, SERVER_WORDS_CHARS_MAX
from sgpctl.manifest.problem import printable
from sgpctl.manifest.text import reason

_HARMLESS = ("-c", "core.fsmonitor=false", "-c", "protocol.allow=never")
_KEPT_VARIABLES = (
    "GIT_CONFIG_"  # where a container may say that it trusts the folder; all others tell of another one
)
_NOTHING_IGNORED = 1

_Question: TypeAlias = tuple[Path, Path]
"""A work tree, and a path in it."""


class NotTold(Exception):
    """Git could not be asked, or did not answer; the message is for a person."""


def ignored_by_git(
    paths: Collection[Path], project_file: Path, *, seconds_max: float = GIT_SECONDS_MAX
) -> frozenset[Path]:
    """Those of `paths`, files below the folder of `project_file`, that Git ignores. All must be free of links.

    None are where the project is in no repository, or is ignored as a whole: it is kept in another way then.
    Raises NotTold.
    """
    root = project_file.parent
    home = next((folder for folder in (root, *root.parents) if _is_work_tree(folder)), None)
    if home is None or not paths:
        return frozenset()
    asked = {path: tuple(_questions(path, home)) for path in paths}
    about_project = (home, project_file)
    by_tree: dict[Path, set[Path]] = defaultdict(set)
    for tree, target in {about_project, *(each for questions in asked.values() for each in questions)}:
        by_tree[tree].add(target)
    ignored = {
        (tree, target) for tree, targets in by_tree.items() for target in _answer(tree, targets, seconds_max)
    }
    if about_project in ignored:
        return frozenset()
    return frozenset(path for path, questions in asked.items() if not ignored.isdisjoint(questions))


def _is_work_tree(folder: Path) -> bool:
    """A `.git` that is a file leads to a repository elsewhere; one that is an empty folder is none to Git either."""
    try:
        return any((folder / ".git").iterdir())
    except FileNotFoundError:
        return False
    except OSError:
        return True


def _questions(path: Path, home: Path) -> Iterator[_Question]:
    """The repository that holds `path` is asked about it; each one around that, about the one within it."""
    target = path
    for folder in path.parents:
        if folder == home or _is_work_tree(folder):
            yield folder, target
            target = folder
        if folder == home:
            return


def _answer(tree: Path, targets: Collection[Path], seconds_max: float) -> Iterator[Path]:
    """Those of `targets` that the repository of `tree` ignores."""
    # Without the dot, a name that begins with a colon would be read as a pattern.
    named = {os.fsencode(f"./{target.relative_to(tree).as_posix()}"): target for target in sorted(targets)}
    for name in _git(tree, b"".join(name + b"\0" for name in named), seconds_max).split(b"\0"):
        if name in named:
            yield named[name]


def _git(tree: Path, names: bytes, seconds_max: float) -> bytes:
    try:
        done = subprocess.run(  # noqa: S603 - fixed arguments; the folder is passed as one
            ["git", *_HARMLESS, "-C", str(tree), "check-ignore", "-z", "--stdin"],  # noqa: S607 - the user's own git
            input=names,
            capture_output=True,
            timeout=seconds_max,
            check=False,
            env=_environment(os.environ),
        )
    except FileNotFoundError:
        raise NotTold("git is not installed") from None
    except OSError as error:
        raise NotTold(f"git cannot be run: {reason(error)}") from error
    except subprocess.TimeoutExpired:
        raise NotTold(f"git did not answer within {seconds_max:g} s") from None
    if done.returncode > _NOTHING_IGNORED or done.returncode < 0:
        said = printable(" ".join(done.stderr.decode("utf-8", "replace").split()))
        raise NotTold(f"git says: {said[:SERVER_WORDS_CHARS_MAX]}" if said else "git failed without a word")
    return done.stdout


def _environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Without what a hook or an alias of Git leaves there, which would make it look at another repository."""
    kept = {
        name: value
        for name, value in environ.items()
        if not name.startswith("GIT_") or name.startswith(_KEPT_VARIABLES)
    }
    return {**kept, "LC_ALL": "C"}
