"""What Git is asked about the project's folder, in real repositories."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from sgpctl.cli.repository import Repository, git_user, normalised, read_repository
from tests.cli.git import commit, git, repository_in


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project in a folder of a repository that holds other things too."""
    folder = tmp_path / "evals"
    folder.mkdir()
    (folder / "sgpctl.yaml").write_text("version: 1\n")
    (tmp_path / "other.txt").write_text("one\n")
    (tmp_path / ".gitignore").write_text("ignored.txt\n")
    repository_in(tmp_path)
    return folder


def test_a_clean_checkout_is_told_by_address_commit_and_branch(project: Path) -> None:
    assert read_repository(project) == Repository(
        "github.com/acme/evals", git(project, "rev-parse", "HEAD"), "main", is_dirty=False
    )


@pytest.mark.parametrize("is_staged", [False, True])
def test_a_changed_file_makes_it_dirty(project: Path, is_staged: bool) -> None:
    (project / "sgpctl.yaml").write_text("version: 2\n")
    if is_staged:
        git(project, "add", "--all")
    assert read_repository(project).is_dirty


def test_a_file_that_is_gone_makes_it_dirty(project: Path) -> None:
    (project / "sgpctl.yaml").unlink()
    assert read_repository(project).is_dirty


def test_files_that_git_does_not_track_do_not(project: Path) -> None:
    (project / "plan.json").write_text("{}")
    (project / "ignored.txt").write_text("x")
    assert not read_repository(project).is_dirty


def test_a_change_beside_the_project_does_not(project: Path) -> None:
    (project.parent / "other.txt").write_text("two\n")
    assert not read_repository(project).is_dirty


def test_a_touched_file_with_the_same_content_does_not(project: Path) -> None:
    os.utime(project / "sgpctl.yaml", (1_000, 1_000))
    assert not read_repository(project).is_dirty


def test_looking_changes_nothing_in_the_repository(project: Path) -> None:
    os.utime(project / "sgpctl.yaml", (1_000, 1_000))
    index = project.parent / ".git/index"
    before = index.read_bytes()
    read_repository(project)
    assert index.read_bytes() == before


def test_a_detached_head_has_a_commit_and_no_branch(project: Path) -> None:
    first = git(project, "rev-parse", "HEAD")
    commit(project.parent)
    git(project, "checkout", "--quiet", first)
    seen = read_repository(project)
    assert (seen.commit, seen.branch) == (first, None)


def test_a_repository_without_a_commit_has_a_branch_only(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "--initial-branch", "main")
    assert read_repository(tmp_path) == Repository(branch="main")


def test_outside_a_repository_nothing_is_known(tmp_path: Path) -> None:
    assert read_repository(tmp_path) == Repository()


def test_without_git_nothing_is_known(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert read_repository(project) == Repository()
    assert git_user(project) is None


def test_the_user_is_the_one_whom_git_would_name(project: Path) -> None:
    assert git_user(project) == "Ann"


def test_a_repository_hidden_in_the_folder_is_not_asked_and_runs_nothing(tmp_path: Path) -> None:
    """A bare repository can be committed as plain files, and its configuration can name programs to run."""
    outer, told = tmp_path / "outer", tmp_path / "ran"
    outer.mkdir()
    trap = outer / "evals"
    subprocess.run(["git", "init", "--quiet", "--bare", str(trap)], check=True)
    with (trap / "config").open("a") as config:
        config.write(f'[core]\n\tbare = false\n\tworktree = .\n\tfsmonitor = "touch {told}"\n')
    repository_in(outer)
    assert read_repository(trap).commit in {None, git(outer, "rev-parse", "HEAD")}
    assert not told.exists()


@pytest.mark.parametrize(
    ("address", "text"),
    [
        ("git@github.com:Acme/Evals.git", "github.com/Acme/Evals"),
        ("https://token@GitHub.com/Acme/Evals", "github.com/Acme/Evals"),
        ("ssh://git@github.com:22/Acme/Evals.git/", "github.com/Acme/Evals"),
        ("/srv/git/evals.git", "srv/git/evals"),
        ("https://user:secret@[half/evals", "[half/evals"),
    ],
)
def test_all_ways_to_write_an_address_are_one_and_hold_no_credentials(address: str, text: str) -> None:
    assert normalised(address) == text
