"""A `$file` that Git ignores is an error where it is written, unless the project allows it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sgpctl.manifest.loader import load
from sgpctl.manifest.project import find_project
from sgpctl.manifest.resolving.given import Given, given_variables
from tests.manifest.projects import ROWS, SETTINGS, errors, load_files, make_files, make_project, names
from tests.manifest.repositories import NEEDS_GIT, fake_git, make_repository

pytestmark = NEEDS_GIT

MANIFEST = "name: one\ndata: {$file: data/rows.jsonl}\nmetadata: {prompt: {$file: prompt.md}}\n"
FILES: dict[str, str | bytes] = {
    "sgpctl.yaml": SETTINGS,
    "one.yaml": MANIFEST,
    "data/rows.jsonl": ROWS,
    "prompt.md": "text",
}
ROWS_IGNORED = (
    "one.yaml:2:15: data.$file: data/rows.jsonl is ignored by Git, so nobody else would have it; add it to Git, or "
    'allow it in sgpctl.yaml with `allow_ignored: ["data/rows.jsonl"]`'
)


@pytest.fixture(autouse=True)
def no_settings_of_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")


def complaints(root: Path, more: dict[str, str | bytes], settings: str = "", **var: str) -> list[str]:
    """What is wrong with the project above, in a repository of its own, once it has these files too."""
    make_repository(root, {**FILES, **more})
    project = make_project(root, {}, settings)
    given = Given(tuple(f"{name}={value}" for name, value in var.items()))
    return errors(load(project, variables=given_variables(given, project, None)))


def test_an_ignored_file_is_an_error_at_its_line_and_all_others_are_used(tmp_path: Path) -> None:
    assert complaints(tmp_path, {".gitignore": "data/\n"}) == [ROWS_IGNORED]


def test_a_new_file_that_is_not_ignored_needs_no_commit(tmp_path: Path) -> None:
    assert complaints(tmp_path, {".gitignore": "*.key\n"}) == []


def test_a_file_that_is_tracked_against_the_rules_is_used(tmp_path: Path) -> None:
    make_repository(tmp_path, {**FILES, ".gitignore": "data/\n"}, tracked=("data/rows.jsonl",))
    assert errors(load(find_project(tmp_path))) == []


def test_every_place_that_names_an_ignored_file_is_told(tmp_path: Path) -> None:
    more: dict[str, str | bytes] = {
        ".gitignore": "/data/\n/prompt.md\n",
        "deep/two.yaml": "name: two\ndata: {$file: ../data/rows.jsonl}\n",
    }
    assert [line.partition(" is ")[0] for line in complaints(tmp_path, more)] == [
        "deep/two.yaml:2:15: data.$file: data/rows.jsonl",
        "one.yaml:2:15: data.$file: data/rows.jsonl",
        "one.yaml:3:28: metadata.prompt.$file: prompt.md",
    ]


@pytest.mark.parametrize(
    ("written", "place"),
    [
        ("{$file: outer.part.yaml}", "outer.part.yaml:1:16: inner.$file"),
        ("{$file: secret.md, with: {a: b}}", "two.yaml:4:15: metadata.it.$file"),
        ("{$file: '${var.path}'}", "two.yaml:4:15: metadata.it.$file"),
        ("${var.whole}", "sgpctl.yaml:3:45: metadata.it.$file"),
        ("{$file: link.md}", "two.yaml:4:15: metadata.it.$file"),
    ],
    ids=["in an included file", "with values", "by a variable", "carried by a variable", "behind a link"],
)
def test_it_is_told_where_it_is_written_however_it_gets_there(
    tmp_path: Path, written: str, place: str
) -> None:
    (tmp_path / "link.md").symlink_to("secret.md")
    more: dict[str, str | bytes] = {
        ".gitignore": "secret.md\n",
        "secret.md": "${a}",
        "two.yaml": f"name: two\ndata: [{{q: a}}]\nmetadata:\n  it: {written}\n",
    }
    if "outer" in written:
        more["outer.part.yaml"] = "inner: {$file: secret.md}\n"
    settings = "variables: {path: secret.md, whole: {$file: secret.md}}\n"
    (line,) = complaints(tmp_path, more, settings)
    assert line.startswith(f"{place}: secret.md is ignored by Git")


def test_a_file_that_a_folder_of_defaults_brings_is_told_there(tmp_path: Path) -> None:
    more: dict[str, str | bytes] = {
        ".gitignore": "secret.md\n",
        "secret.md": "text",
        "_defaults.yaml": "metadata:\n  it: {$file: secret.md}\n",
    }
    (line,) = complaints(tmp_path, more)
    assert line.startswith("_defaults.yaml:2:15: metadata.it.$file: secret.md is ignored by Git")


def test_a_cell_of_a_matrix_that_names_an_ignored_file_is_told_once(tmp_path: Path) -> None:
    more: dict[str, str | bytes] = {
        ".gitignore": "b.md\n",
        "a.md": "",
        "b.md": "",
        "two.yaml": "name: two-${matrix.p.key}\ndata: [{q: a}]\nmatrix: {p: [a, b]}\n"
        "metadata: {it: {$file: '${matrix.p.key}.md'}}\n",
    }
    (line,) = complaints(tmp_path, more)
    assert line.startswith("two.yaml:4:24: metadata.it.$file: b.md is ignored by Git")


@pytest.mark.parametrize(
    "broken",
    ['{"question": "hunter2"', '{"hunter2": "q"}\n{"hunter2": []}\n', "[hunter2]\n", '{"a": "\x01hunter2"}'],
)
def test_nothing_of_an_ignored_file_shows_up_in_what_is_said(tmp_path: Path, broken: str) -> None:
    more: dict[str, str | bytes] = {
        ".gitignore": "data/\n",
        "data/rows.jsonl": broken,
        "data/part.yaml": "hunter2: &a [*a\n",
        "two.yaml": "name: two\ndata: [{q: a}]\nmetadata: {$file: data/part.yaml}\n",
        "three.yaml": "name: three\ndata: {$file: data/rows.jsonl}\ntasks:\n"
        "  - {task_type: metric, configuration: {type: f1, candidate: item.hunter, reference: item.x}}\n",
    }
    lines = complaints(tmp_path, more)
    assert len(lines) == 3
    assert all("is ignored by Git" in line for line in lines)


def test_a_manifest_that_uses_none_of_it_is_checked_as_ever(tmp_path: Path) -> None:
    more: dict[str, str | bytes] = {".gitignore": "data/\n", "two.yaml": "nmae: two\ndata: [{q: a}]\n"}
    lines = complaints(tmp_path, more)
    assert lines[0] == ROWS_IGNORED
    assert all(line.startswith("two.yaml:1:1:") for line in lines[1:])
    assert len(lines) > 1


# --- what the project allows


@pytest.mark.parametrize("entry", ["data/rows.jsonl", "data", "data/**", "**/*.jsonl", "./data/"])
def test_a_project_may_allow_files_folders_and_globs(tmp_path: Path, entry: str) -> None:
    assert complaints(tmp_path, {".gitignore": "data/\n"}, f"allow_ignored: ['{entry}']\n") == []


def test_what_is_allowed_is_a_small_hole(tmp_path: Path) -> None:
    settings = "allow_ignored: [data]\n"
    (line,) = complaints(tmp_path, {".gitignore": "data/\nprompt.md\n"}, settings)
    assert line.startswith("one.yaml:3:28: metadata.prompt.$file: prompt.md is ignored by Git")


def test_what_is_allowed_still_stays_inside_the_project_and_out_of_closed_folders(tmp_path: Path) -> None:
    more: dict[str, str | bytes] = {
        ".sgpctl/journal.jsonl": "{}\n",
        "two.yaml": "name: two\ndata: {$file: .sgpctl/journal.jsonl}\n",
        "three.yaml": "name: three\ndata: {$file: ../outside.jsonl}\n",
    }
    lines = complaints(tmp_path / "project", more, "allow_ignored: ['**']\n")
    assert [line.rpartition("$file: ")[2] for line in lines] == [
        "'../outside.jsonl' leads out of the project",
        "'.sgpctl/journal.jsonl' lies in .sgpctl, whose files cannot be used",
    ]


# --- where Git cannot tell


def test_where_git_cannot_tell_nothing_is_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_repository(tmp_path / "project", FILES)
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    loaded = load(find_project(tmp_path / "project"))
    assert errors(loaded) == [
        "sgpctl.yaml:1:1: whether Git ignores the 2 files that manifests include cannot be told: git is not "
        "installed; mend that, or name what may be used all the same under `allow_ignored`"
    ]
    assert names(loaded) == []


def test_a_copy_of_a_repository_without_git_can_be_used_where_the_project_allows_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    make_files(tmp_path, {".git/HEAD": "ref: refs/heads/main\n"})
    make_files(tmp_path, FILES)
    assert errors(load_files(tmp_path, {}, "allow_ignored: [data, prompt.md]\n")) == []


def test_nobody_is_asked_where_no_manifest_uses_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make_repository(
        tmp_path / "project", {"sgpctl.yaml": SETTINGS, "a.yaml": "name: a\ndata: [{q: a}]\n"}
    )
    monkeypatch.setenv("PATH", fake_git(tmp_path / "bin", "exit 128"))
    assert errors(load(find_project(root))) == []


def test_git_is_asked_once_for_all_files_of_all_manifests(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files: dict[str, str | bytes] = {f"{n}.yaml": MANIFEST.replace("one", f"n{n}") for n in range(20)}
    root = make_repository(tmp_path / "project", {**FILES, **files})
    script = f"echo asked >> {tmp_path}/asked\n/bin/cat > {tmp_path}/about\nexit 1"
    monkeypatch.setenv("PATH", fake_git(tmp_path / "bin", script))
    assert errors(load(find_project(root))) == []
    assert (tmp_path / "asked").read_text() == "asked\n"
    about = (tmp_path / "about").read_bytes().split(b"\0")
    assert sorted(about) == [b"", b"./data/rows.jsonl", b"./prompt.md", b"./sgpctl.yaml"]
