"""What Git ignores is asked of Git itself, and of the right repository."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sgpctl.manifest.git_ignored import NotTold, ignored_by_git
from tests.manifest.projects import make_files
from tests.manifest.repositories import NEEDS_GIT, fake_git, git, make_repository

pytestmark = NEEDS_GIT


@pytest.fixture(autouse=True)
def no_settings_of_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")


def ignored(root: Path, *names: str) -> list[str]:
    """Those of the files called `names` in the project at `root` that are ignored."""
    found = ignored_by_git([root / name for name in names], root / "sgpctl.yaml")
    return sorted(path.relative_to(root).as_posix() for path in found)


def test_a_file_that_a_rule_fits_is_ignored_and_others_are_not(tmp_path: Path) -> None:
    root = make_repository(tmp_path, {".gitignore": "*.key\nbuild/\n", "a.key": "", "build/x": "", "b": ""})
    assert ignored(root, "a.key", "build/x", "b") == ["a.key", "build/x"]


def test_a_tracked_file_is_not_ignored_whatever_the_rules_say(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {".gitignore": "data/\n", "data/kept.csv": "", "data/other.csv": ""}
    root = make_repository(tmp_path, files, tracked=("data/kept.csv",))
    assert ignored(root, "data/kept.csv", "data/other.csv") == ["data/other.csv"]


def test_every_place_where_git_keeps_rules_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_files(tmp_path, {"home/.gitconfig": f"[core]\n\texcludesFile = {tmp_path}/mine\n", "mine": "c\n"})
    files: dict[str, str | bytes] = {"deep/.gitignore": "a\n", "deep/a": "", "b": "", "c": "", "d": ""}
    root = make_repository(tmp_path / "project", files)
    (root / ".git" / "info" / "exclude").write_text("b\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "home" / ".gitconfig"))
    assert ignored(root, "deep/a", "b", "c", "d") == ["b", "c", "deep/a"]


def test_a_project_may_be_a_folder_of_a_repository(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {".gitignore": "*.key\n", "evals/sgpctl.yaml": "", "evals/a.key": ""}
    root = make_repository(tmp_path, files)
    assert ignored(root / "evals", "a.key") == ["a.key"]


def test_names_that_git_would_read_as_patterns_are_names(tmp_path: Path) -> None:
    names = [":(top)a", ":!b", "-c", "*.md", "[x]", "line\nbreak", "ü", 'quo"te', "\\", " "]
    root = make_repository(tmp_path, {".gitignore": "*\n", **dict.fromkeys(names, "")}, tracked=("-c",))
    make_files(root, {"sgpctl.yaml": ""})
    git(root, "add", "--force", "--", "sgpctl.yaml")
    assert ignored(root, *names) == sorted({*names} - {"-c"})


def test_a_name_that_is_no_text_is_asked_about(tmp_path: Path) -> None:
    root = make_repository(tmp_path, {".gitignore": "*.key\n"})
    odd = root / os.fsdecode(b"\xff.key")
    odd.touch()
    assert ignored_by_git([odd], root / "sgpctl.yaml") == {odd}


def test_outside_a_repository_nothing_is_ignored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_files(tmp_path, {".gitignore": "*\n", "a": ""})
    monkeypatch.setenv("PATH", "")  # and nobody is asked
    assert ignored(tmp_path, "a") == []


def test_an_empty_folder_is_no_repository(tmp_path: Path) -> None:
    root = make_repository(tmp_path, {".gitignore": "*.key\n", "demo/a.key": "", "demo/sgpctl.yaml": ""})
    (root / "demo" / ".git").mkdir()
    assert ignored(root / "demo", "a.key") == ["a.key"]


def test_a_project_that_is_ignored_as_a_whole_is_kept_in_another_way(tmp_path: Path) -> None:
    root = make_repository(tmp_path, {".gitignore": "*\n", "demo/sgpctl.yaml": "", "demo/a": ""})
    assert ignored(root / "demo", "a") == []


def test_a_repository_within_the_project_is_asked_about_its_own_files(tmp_path: Path) -> None:
    root = make_repository(tmp_path, {".gitignore": "*.key\n", "sgpctl.yaml": ""})
    make_repository(root / "data", {".gitignore": "*.csv\n", "a.csv": "", "b.key": "", "c": ""})
    assert ignored(root, "data/a.csv", "data/b.key", "data/c") == ["data/a.csv"]


def test_a_submodule_is_asked_about_its_own_files(tmp_path: Path) -> None:
    source = make_repository(tmp_path / "source", {"c": ""}, tracked=("c",))
    root = make_repository(tmp_path / "project", {".gitignore": "*.key\n", "sgpctl.yaml": ""})
    git(root, "submodule", "--quiet", "add", str(source), "data")
    make_files(root, {"data/.gitignore": "*.csv\n", "data/a.csv": ""})
    assert ignored(root, "data/a.csv", "data/c") == ["data/a.csv"]


def test_a_repository_that_the_project_ignores_is_ignored_with_all_that_is_in_it(tmp_path: Path) -> None:
    root = make_repository(tmp_path, {".gitignore": "vendor/\n", "sgpctl.yaml": ""})
    make_repository(root / "vendor" / "data", {"c": ""}, tracked=("c",))
    assert ignored(root, "vendor/data/c") == ["vendor/data/c"]


def test_a_second_work_tree_is_a_work_tree(tmp_path: Path) -> None:
    main = make_repository(tmp_path / "main", {".gitignore": "*.key\n"}, tracked=(".gitignore",))
    git(main, "worktree", "add", "--quiet", str(tmp_path / "second"))
    root = (tmp_path / "second").resolve()
    make_files(root, {"a.key": "", "b": ""})
    assert ignored(root, "a.key", "b") == ["a.key"]


@pytest.mark.parametrize(
    ("name", "value"), [("GIT_DIR", "other/.git"), ("GIT_WORK_TREE", "other"), ("GIT_INDEX_FILE", "no/index")]
)
def test_what_a_hook_leaves_in_the_environment_does_not_mislead(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    make_repository(tmp_path / "other", {})
    files: dict[str, str | bytes] = {".gitignore": "*.key\n", "a.key": "", "kept.key": ""}
    root = make_repository(tmp_path / "project", files, tracked=("kept.key",))
    monkeypatch.setenv(name, str(tmp_path / value))
    assert ignored(root, "a.key", "kept.key") == ["a.key"]


def test_the_settings_of_a_repository_cannot_make_the_question_run_a_program(tmp_path: Path) -> None:
    root = make_repository(tmp_path, {".gitignore": "*.key\n", "a.key": "", "t": ""}, tracked=("t",))
    monitor = root / "monitor"
    monitor.write_text(f"#!/bin/sh\ntouch {root}/ran\n")
    monitor.chmod(0o755)
    git(root, "config", "core.fsmonitor", str(monitor))
    git(root, "status")
    assert (root / "ran").exists()
    (root / "ran").unlink()
    assert ignored(root, "a.key") == ["a.key"]
    assert not (root / "ran").exists()


def test_the_question_never_reaches_the_network(tmp_path: Path) -> None:
    source = make_repository(tmp_path / "source", {"d/.gitignore": "*.key\n", "t": ""}, tracked=("d", "t"))
    git(source, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "--quiet", "--no-checkout", "--filter=blob:none", source.as_uri(), "partial")
    root = (tmp_path / "partial").resolve()
    git(root, "sparse-checkout", "set", "--cone")
    git(root, "checkout", "--quiet")
    make_files(root, {"d/a.key": ""})  # the rules for it were never fetched
    with pytest.raises(NotTold, match="transport 'file' not allowed"):
        ignored(root, "d/a.key")


def refusal(root: Path, seconds_max: float = 5) -> str:
    with pytest.raises(NotTold) as caught:
        ignored_by_git([root / "a"], root / "sgpctl.yaml", seconds_max=seconds_max)
    return str(caught.value)


def test_without_git_nobody_can_tell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = make_repository(tmp_path, {"a": ""})
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    assert refusal(root) == "git is not installed"


def test_a_git_that_cannot_be_run_cannot_tell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = make_repository(tmp_path / "project", {"a": ""})
    monkeypatch.setenv("PATH", fake_git(tmp_path / "bin", ""))
    (tmp_path / "bin" / "git").write_bytes(b"\x7fnot a program")
    assert refusal(root) == "git cannot be run: exec format error"


def test_a_git_that_does_not_answer_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make_repository(tmp_path / "project", {"a": ""})
    monkeypatch.setenv("PATH", fake_git(tmp_path / "bin", "exec /bin/sleep 60"))
    assert refusal(root, seconds_max=0.2) == "git did not answer within 0.2 s"


def test_a_repository_that_git_cannot_read_cannot_be_told_of(tmp_path: Path) -> None:
    make_files(tmp_path, {".git": f"gitdir: {tmp_path}/left/behind\n", "a": ""})
    assert refusal(tmp_path.resolve()).startswith("git says: fatal: not a git repository:")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_repository_of_somebody_else_is_told_of_with_what_git_advises(tmp_path: Path) -> None:
    root = make_repository(tmp_path / "project", {"a": ""})
    for path in (root, root / ".git"):
        os.chown(path, 65534, 65534)
    said = refusal(root)
    assert said.startswith(f"git says: fatal: detected dubious ownership in repository at '{root}'")
    assert said.endswith(f"git config --global --add safe.directory {root}")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_an_environment_may_say_that_a_repository_is_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make_repository(tmp_path / "project", {".gitignore": "*.key\n", "a.key": ""})
    os.chown(root, 65534, 65534)
    trust = {"COUNT": "1", "KEY_0": "safe.directory", "VALUE_0": "*"}
    for name, value in trust.items():
        monkeypatch.setenv(f"GIT_CONFIG_{name}", value)
    assert ignored(root, "a.key") == ["a.key"]


def test_a_git_that_fails_without_a_word_is_an_error_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make_repository(tmp_path / "project", {"a": ""})
    monkeypatch.setenv("PATH", fake_git(tmp_path / "bin", "exit 3"))
    assert refusal(root) == "git failed without a word"
