"""What sgpctl keeps for itself is open to its owner alone, and what somebody opened further stays as it is."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from sgpctl.private_files import make_private_file, make_private_folder, open_private, replace_file


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture(params=[0o000, 0o077], ids=["umask-000", "umask-077"], autouse=True)
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    value: int = request.param
    before = os.umask(value)
    yield value
    os.umask(before)


def test_new_folders_and_files_are_for_their_owner_alone(tmp_path: Path) -> None:
    make_private_folder(tmp_path / "a" / "b")
    make_private_file(tmp_path / "a" / "b" / "made")
    os.close(open_private(tmp_path / "a" / "opened", os.O_RDWR))
    replace_file(tmp_path / "a" / "written", "text")
    modes = {path.name: mode_of(path) for path in tmp_path.rglob("*")}
    assert modes == {"a": 0o700, "b": 0o700, "made": 0o600, "opened": 0o600, "written": 0o600}


@pytest.mark.parametrize("mode", [0o400, 0o640, 0o644])
def test_what_is_there_keeps_the_mode_that_somebody_chose(tmp_path: Path, mode: int) -> None:
    folder, file = tmp_path / "folder", tmp_path / "file"
    folder.mkdir()
    folder.chmod(0o750)
    file.write_text("old")
    file.chmod(mode)
    make_private_folder(folder)
    make_private_file(file)
    assert file.read_text() == "old"
    replace_file(file, "new")
    assert (file.read_text(), mode_of(file), mode_of(folder)) == ("new", mode, 0o750)


def test_a_state_folder_tells_git_to_leave_it_alone(tmp_path: Path) -> None:
    make_private_folder(tmp_path / ".sgpctl")
    assert (tmp_path / ".sgpctl" / ".gitignore").read_text() == "*\n"
    make_private_folder(tmp_path / "var")
    assert list((tmp_path / "var").iterdir()) == []


def test_a_state_folder_that_is_there_already_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / ".sgpctl").mkdir()
    make_private_folder(tmp_path / ".sgpctl")
    assert list((tmp_path / ".sgpctl").iterdir()) == []


def test_a_link_in_the_place_of_a_file_is_not_written_through(tmp_path: Path) -> None:
    (tmp_path / "theirs").write_text("precious")
    (tmp_path / "link").symlink_to("theirs")
    with pytest.raises(OSError, match="it is a link, and is not written through"):
        open_private(tmp_path / "link", os.O_RDWR)
    assert (tmp_path / "theirs").read_text() == "precious"


def test_a_replacement_that_fails_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_text("old")
    with pytest.raises(UnicodeEncodeError):
        replace_file(tmp_path / "plan.json", "\ud800")
    assert [path.name for path in tmp_path.iterdir()] == ["plan.json"]
    assert (tmp_path / "plan.json").read_text() == "old"
