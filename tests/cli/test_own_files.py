"""sgpctl writes its own files inside the project, wherever the repository's links would lead."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Sgpctl, edit

OWN = (
    ".sgpctl",
    ".sgpctl/journal-sandbox.jsonl",
    ".sgpctl/lock-sandbox",
    ".sgpctl/sandbox.db",
    ".sgpctl/sandbox.db-wal",
    ".sgpctl/sandbox.db-shm",
    ".sgpctl/sandbox.db-journal",
)


def link(path: Path, target: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    path.symlink_to(target)


@pytest.mark.parametrize("name", OWN)
def test_nothing_is_written_through_a_link_of_the_repository(
    name: str, quickstart: Path, tmp_path: Path, sgpctl: Sgpctl
) -> None:
    victim = tmp_path / "victim"
    if name == ".sgpctl":
        victim.mkdir()
    else:
        victim.write_text("mine")
    link(quickstart / name, victim)
    ended = sgpctl("apply", quickstart, "--yes")
    assert (ended.code, f"{name}: this is a link" in ended.err) == (1, True)
    assert list(victim.iterdir()) == [] if victim.is_dir() else victim.read_text() == "mine"


def test_a_database_that_the_project_file_names_is_made_through_no_link(
    quickstart: Path, tmp_path: Path, sgpctl: Sgpctl
) -> None:
    (tmp_path / "outside").mkdir()
    link(quickstart / "var", tmp_path / "outside")
    edit(quickstart / "sgpctl.yaml", "target: sandbox", "target: sandbox\n    database: var/kept.db")
    ended = sgpctl("plan", quickstart)
    assert (ended.code, "var: this is a link" in ended.err) == (1, True)
    assert list((tmp_path / "outside").iterdir()) == []


def test_a_project_that_is_reached_through_a_link_is_like_any_other(
    quickstart: Path, tmp_path: Path, sgpctl: Sgpctl
) -> None:
    (tmp_path / "here").symlink_to(quickstart)
    assert sgpctl("apply", tmp_path / "here", "--yes").code == 0
