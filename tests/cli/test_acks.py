"""What a safety rail refuses passes with the token that it prints, on the command line or in the commit's message."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import EXAMPLES, Ended, Sgpctl, copy_example
from tests.cli.git import commit, git


@pytest.fixture
def shrunk(sgpctl: Sgpctl, tmp_path: Path) -> Path:
    """A project that is applied, and of which two of three manifests were then deleted, in a repository of its own."""
    project = copy_example("quickstart", tmp_path)
    assert sgpctl("apply", project, "--yes").code == 0
    for name in ("tone.yaml", "human-review.yaml"):
        (project / "evaluations" / name).unlink()
    return project


def _token(ended: Ended) -> str:
    assert ended.code == 3, ended.out + ended.err
    found = re.search(r"--ack (archives-[0-9a-f]{12})", ended.out)
    assert found is not None, ended.out
    return found[1]


def test_the_token_that_the_plan_prints_lets_apply_pass(sgpctl: Sgpctl, shrunk: Path) -> None:
    ack = _token(sgpctl("plan", shrunk))
    ended = sgpctl("apply", shrunk, "--yes", "--ack", ack)
    assert ended.code == 0, ended.err
    assert f"allowed by {ack}" in ended.out


def test_a_line_in_the_commits_message_does_the_same(sgpctl: Sgpctl, shrunk: Path) -> None:
    ack = _token(sgpctl("plan", shrunk))
    git(shrunk, "init", "--quiet")
    commit(shrunk, f"Drop what nobody reads\n\nsgpctl-ack: {ack}\n")
    assert sgpctl("apply", shrunk, "--yes").code == 0


def test_a_line_in_the_message_of_the_branch_that_was_merged_counts(sgpctl: Sgpctl, shrunk: Path) -> None:
    ack = _token(sgpctl("plan", shrunk))
    git(shrunk, "init", "--quiet", "--initial-branch=main")
    git(shrunk, "commit", "--quiet", "--allow-empty", "-m", "Begin")
    git(shrunk, "checkout", "--quiet", "-b", "drop")
    commit(shrunk, f"Drop\n\nsgpctl-ack: {ack}")
    git(shrunk, "checkout", "--quiet", "main")
    git(shrunk, "merge", "--quiet", "--no-ff", "-m", "Merge drop", "drop")
    assert sgpctl("apply", shrunk, "--yes").code == 0


def test_the_token_of_one_set_is_refused_for_another(sgpctl: Sgpctl, shrunk: Path) -> None:
    ack = _token(sgpctl("plan", shrunk))
    shutil.copy(EXAMPLES / "quickstart" / "evaluations" / "tone.yaml", shrunk / "evaluations")
    (shrunk / "evaluations" / "grounded-answers.yaml").unlink()
    ended = sgpctl("apply", shrunk, "--yes", "--ack", ack)
    assert ended.code == 3
    assert "nothing of this plan is refused under that token" in ended.err


def test_a_saved_plan_carries_the_acks_that_it_was_made_with(
    sgpctl: Sgpctl, shrunk: Path, tmp_path: Path
) -> None:
    ack = _token(sgpctl("plan", shrunk))
    saved = tmp_path / "plan.json"
    assert sgpctl("plan", shrunk, "--ack", ack, "--out", saved).code == 0
    assert sgpctl("apply", saved, "-C", shrunk).code == 0


def test_a_mistyped_token_is_told_at_once(sgpctl: Sgpctl, shrunk: Path) -> None:
    ended = sgpctl("plan", shrunk, "--ack", "archives-nope")
    assert ended.code == 1
    assert "--ack archives-nope: this is no token" in ended.err


def test_destroy_takes_the_token_that_it_prints(quickstart: Path, sgpctl: Sgpctl) -> None:
    sgpctl("apply", quickstart, "--yes")
    refused = sgpctl("destroy", quickstart, "--yes")
    assert refused.code == 3
    token = re.search(r"--ack (protected-[0-9a-f]+)", refused.err)
    assert token is not None
    assert sgpctl("destroy", quickstart, "--yes", "--ack", token[1]).code == 0
    assert json.loads(sgpctl("list", quickstart, "--json").out)["evaluations"] == []
