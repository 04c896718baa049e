"""The files of a manifest come together or not at all, where they are read, and over nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from sgpctl.errors import LocalStateError, UsageError
from sgpctl.manifest.project import Project
from sgpctl.manifest.writing.disk import absent_folders, is_taken, remove_empty, write_all
from sgpctl.manifest.writing.place import manifest_folder

FILES = {"a.yaml": "name: a\n", "a/rows.jsonl": "{}\n", "a/answer.md": "x\r\ny"}


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def test_all_files_are_written_as_they_are(tmp_path: Path) -> None:
    written = write_all(tmp_path / "x/y", "a", FILES)
    assert contents(tmp_path / "x/y") == {name: text.encode() for name, text in FILES.items()}
    assert {path.relative_to(tmp_path / "x/y").as_posix() for path in written.files} == FILES.keys()


def test_removing_leaves_no_trace(tmp_path: Path) -> None:
    absent = absent_folders(tmp_path / "x/y")
    write_all(tmp_path / "x/y", "a", FILES).remove()
    remove_empty(absent)
    assert [*tmp_path.iterdir()] == []


def test_removing_keeps_what_others_put_there(tmp_path: Path) -> None:
    written = write_all(tmp_path / "x", "a", FILES)
    (tmp_path / "x/mine.yaml").write_text("name: mine")
    (tmp_path / "x/a/mine.md").write_text("mine")
    written.remove()
    remove_empty([tmp_path / "x"])
    assert contents(tmp_path) == {"x/a/mine.md": b"mine", "x/mine.yaml": b"name: mine"}


@pytest.mark.parametrize("there", ["a.yaml", "a/rows.jsonl", "a"])
def test_nothing_is_written_over_what_is_there(there: str, tmp_path: Path) -> None:
    (tmp_path / there).parent.mkdir(exist_ok=True)
    (tmp_path / there).write_text("mine")
    assert is_taken(tmp_path, "a")
    with pytest.raises(LocalStateError, match="there already"):
        write_all(tmp_path, "a", FILES)
    assert contents(tmp_path) == {there: b"mine"}


def test_a_link_that_leads_nowhere_is_not_written_through(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a.yaml").symlink_to(tmp_path / "out.yaml")
    assert is_taken(tmp_path / "in", "a")
    with pytest.raises(LocalStateError):
        write_all(tmp_path / "in", "a", FILES)
    assert not (tmp_path / "out.yaml").exists()
    assert not (tmp_path / "in/a").exists()


def test_a_failed_writing_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(LocalStateError, match="not written"):
        write_all(tmp_path / "x", "a", {**FILES, f"a/{'n' * 300}": ""})
    assert [*(tmp_path / "x").iterdir()] == []


def project(root: Path, *manifests: str, exclude: tuple[str, ...] = ()) -> Project:
    return Project(root.resolve(), "sgpctl.yaml", "p", manifests, exclude)


@pytest.mark.parametrize(
    ("manifests", "wanted", "folder"),
    [
        ((), None, "evaluations"),
        (("evals", "more"), None, "evals"),
        (("evals/**/*.yaml",), None, "evals"),
        (("**/*.yaml",), None, "."),
        ((), "a/b", "a/b"),
        (("evals",), "evals/imported", "evals/imported"),
    ],
)
def test_manifests_go_where_the_project_reads_them(
    manifests: tuple[str, ...], wanted: str | None, folder: str, tmp_path: Path
) -> None:
    assert manifest_folder(project(tmp_path, *manifests), wanted) == folder


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ("../x", "not a folder below"),
        ("evals/../../x", "not a folder below"),
        ("/tmp", "not a folder below"),
        ("evals/.hidden", "hidden"),
        ("other", "would not be read"),
        ("evals/drafts", "would not be read"),
        ("evals/out", "leads out of the project"),
        ("evals/theirs", "another project"),
        ("evals/file", "not a folder"),
    ],
)
def test_a_folder_that_cannot_be_used_is_refused(wanted: str, words: str, tmp_path: Path) -> None:
    root = tmp_path / "project"
    (root / "evals/theirs").mkdir(parents=True)
    (root / "evals/theirs/sgpctl.yaml").write_text("")
    (root / "evals/file").write_text("")
    (root / "evals/out").symlink_to(tmp_path)
    with pytest.raises(UsageError, match=words):
        manifest_folder(project(root, "evals", exclude=("**/drafts/**",)), wanted)
