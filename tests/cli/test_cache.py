"""The cache as a user meets it: a large project, planned twice, interrupted, and planned by two at once."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.conftest import Sgpctl

_COUNT = 260
_VALID = f"Valid: {_COUNT} files, {_COUNT} evaluations.\n"
_SCRIPT = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever started the tests may have it ignored
from sgpctl.cli.main import run
run(sys.argv[1:])
"""


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """A project that is large enough for the cache, and for workers."""
    root = tmp_path / "large"
    (root / "evals").mkdir(parents=True)
    (root / "sgpctl.yaml").write_text(
        "version: 1\nproject: large\nmanifests: [evals]\nenvironments: {sandbox: {target: sandbox}}\n"
    )
    (root / "prompt.md").write_text("Answer {{item.q}} in one word.")
    for number in range(_COUNT):
        (root / f"evals/run-{number:03}.yaml").write_text(
            f"name: run-{number:03}\ndata: [{{q: {number}}}]\n"
            "tasks: [{task_type: chat_completion, configuration: {model: m, messages: "
            "[{role: user, content: {$file: ../prompt.md}}]}}]\n"
        )
    return root


def test_a_plan_is_the_same_byte_for_byte_with_and_without_the_cache(large: Path, sgpctl: Sgpctl) -> None:
    cold = sgpctl("plan", large)
    warm = sgpctl("plan", large)
    assert f"{_COUNT} to create" in cold.out
    assert (large / ".sgpctl/cache/manifests-2.sqlite").is_file()
    assert warm == cold


def test_what_is_applied_out_of_the_cache_is_what_was_declared(large: Path, sgpctl: Sgpctl) -> None:
    sgpctl("validate", large)
    assert sgpctl("apply", large, "--yes").code == 0
    (large / ".sgpctl/cache/manifests-2.sqlite").unlink()
    assert "No changes." in sgpctl("plan", large).out


def test_a_replace_names_the_line_that_changed_with_and_without_the_cache(
    large: Path, sgpctl: Sgpctl
) -> None:
    sgpctl("apply", large, "--yes")
    while "running" in sgpctl("list", large).out:  # a plan says which of its runs are done
        time.sleep(0.1)
    (large / "evals/run-007.yaml").write_text(
        "# Seven.\n" + (large / "evals/run-007.yaml").read_text().replace("model: m", "model: n")
    )
    fresh = sgpctl("plan", large)
    known = sgpctl("plan", large)
    assert "evals/run-007.yaml:4" in fresh.out
    assert known == fresh


def test_ctrl_c_while_workers_read_leaves_no_worker_and_no_traceback(large: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", _SCRIPT, "validate", str(large)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    while process.poll() is None and not _children_of(process.pid):
        time.sleep(0.001)
    os.killpg(process.pid, signal.SIGINT)
    said, _ = process.communicate(timeout=20)
    assert "Traceback" not in said
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)


def test_several_that_read_one_project_at_once_come_to_the_same(large: Path) -> None:
    command = [sys.executable, "-c", _SCRIPT, "validate", str(large)]
    several = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(6)]
    assert [process.communicate(timeout=60)[0] for process in several] == [_VALID] * 6


@pytest.mark.parametrize("room_bytes", [0, 4_096, 60_000, 200_000])
def test_a_full_disk_keeps_nobody_from_reading_the_project(
    room_bytes: int, large: Path, sgpctl: Sgpctl
) -> None:
    def on_a_full_disk() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (room_bytes, room_bytes))

    command = [sys.executable, "-c", _SCRIPT, "validate", str(large)]
    done = subprocess.run(
        command, capture_output=True, text=True, preexec_fn=on_a_full_disk, timeout=60, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, _VALID, "")
    assert sgpctl("validate", large).out == _VALID


def test_whoever_dies_while_it_writes_leaves_nothing_that_is_believed(large: Path, sgpctl: Sgpctl) -> None:
    command = [sys.executable, "-c", _SCRIPT, "validate", str(large)]
    cache = large / ".sgpctl/cache/manifests-2.sqlite"
    for _ in range(4):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True)
        while process.poll() is None and not (cache.exists() and cache.stat().st_size):
            time.sleep(0.0005)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        assert sgpctl("validate", large).out == _VALID
        cache.unlink()


def _children_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except OSError:
        return ""
