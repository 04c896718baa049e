"""A lock file lets one process at a time work, and says so to the others."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from sgpctl.apply.lock import exclusive
from sgpctl.errors import LocalStateError, RefusedError


def test_whoever_comes_second_is_refused(tmp_path: Path) -> None:
    with (
        exclusive(tmp_path / "lock"),
        pytest.raises(RefusedError, match=r"process \d+"),
        exclusive(tmp_path / "lock"),
    ):
        raise AssertionError("never reached")


def test_whoever_waits_is_told_once_for_whom_and_knows_for_how_long_it_was(tmp_path: Path) -> None:
    told: list[str] = []
    release = threading.Event()
    is_held = threading.Event()

    def hold() -> None:
        with exclusive(tmp_path / "lock"):
            is_held.set()
            release.wait(timeout=60)

    def on_wait(holder: str) -> None:
        told.append(holder)
        release.set()

    holder = threading.Thread(target=hold)
    holder.start()
    is_held.wait(timeout=60)
    with exclusive(tmp_path / "lock", wait_seconds=60, on_wait=on_wait) as waited:
        holder.join()
    assert [one.rstrip("0123456789") for one in told] == ["process "]
    assert 0 < waited < 60


def test_a_free_lock_is_not_waited_for(tmp_path: Path) -> None:
    told: list[str] = []
    with exclusive(tmp_path / "lock", wait_seconds=60, on_wait=told.append) as waited:
        assert (waited, told) == (0.0, [])


@pytest.mark.parametrize("target", ["/dev/full", "/no/such/folder/lock"])
def test_a_lock_file_that_cannot_be_used_is_an_error_with_its_path(target: str, tmp_path: Path) -> None:
    (tmp_path / "lock").symlink_to(target)
    with pytest.raises(LocalStateError, match=f"{tmp_path}/lock: "), exclusive(tmp_path / "lock"):
        raise AssertionError("never reached")
