"""A bare remote and clones of it, made with the real git, for a project that is applied to a served sandbox."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

EXAMPLE = Path(__file__).parents[2] / "examples" / "gitops"
_ENVIRON = {
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.com",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.com",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}


@dataclass(frozen=True)
class Clone:
    """One work tree of the remote."""

    folder: Path

    def git(self, *arguments: str) -> str:
        done = subprocess.run(
            ["git", "-C", str(self.folder), *arguments],
            env={"PATH": os.environ["PATH"], "HOME": str(self.folder), **_ENVIRON},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def commit(self, message: str) -> str:
        """Commit everything, and return the commit."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message)
        return self.git("rev-parse", "HEAD")

    def replace(self, file: str, old: str, new: str) -> None:
        path = self.folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")


@dataclass(frozen=True)
class Remote:
    """The bare repository that everybody pushes to."""

    folder: Path

    def clone(self, name: str) -> Clone:
        path = self.folder.parent / name
        subprocess.run(["git", "clone", "--quiet", str(self.folder), str(path)], check=True)
        return Clone(path)


def remote_of_example(folder: Path, base_url: str) -> Remote:
    """A remote whose main branch holds the example, with `prod` at `base_url`."""
    bare = folder / "evals.git"
    subprocess.run(["git", "init", "--quiet", "--bare", "--initial-branch=main", str(bare)], check=True)
    remote = Remote(bare)
    first = remote.clone("first")
    shutil.copytree(EXAMPLE, first.folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns(".sgpctl"))
    first.replace("sgpctl.yaml", "target: production", f"base_url: {base_url}")
    first.git("checkout", "--quiet", "-B", "main")
    first.commit("Begin")
    first.git("push", "--quiet", "--set-upstream", "origin", "main")
    return remote
