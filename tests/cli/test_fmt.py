"""`sgpctl fmt`: what it writes, what it prints, and what it never touches."""

from __future__ import annotations

import stat
import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import Sgpctl, edit

UNTIDY = """\
# How people rate.
data:   {$file: ../data/policy_qa.jsonl}
tasks:
- task_type: metric # by words
  alias: f1
  configuration: {type: f1,candidate: item.reference , reference: item.reference}
name: untidy
"""
TIDY = """\
# How people rate.
name: untidy
data: {$file: ../data/policy_qa.jsonl}
tasks:
  - alias: f1
    task_type: metric  # by words
    configuration: {type: f1, candidate: item.reference, reference: item.reference}
"""


@pytest.fixture
def untidy(quickstart: Path) -> Path:
    path = quickstart / "evaluations/untidy.yaml"
    path.write_text(UNTIDY)
    return path


def test_fmt_writes_the_style_and_names_what_it_changed(
    quickstart: Path, untidy: Path, sgpctl: Sgpctl
) -> None:
    ended = sgpctl("fmt", quickstart)
    assert (ended.code, ended.out) == (0, "evaluations/untidy.yaml\n")
    assert untidy.read_text() == TIDY
    assert "1 of 5 files formatted" in ended.err


def test_once_is_enough(quickstart: Path, untidy: Path, sgpctl: Sgpctl) -> None:
    sgpctl("fmt", quickstart)
    ended = sgpctl("fmt", quickstart)
    assert (ended.code, ended.out) == (0, "")
    assert sgpctl("fmt", "--check", quickstart).code == 0


def test_check_writes_nothing_and_prints_a_diff_that_patch_applies(
    quickstart: Path, untidy: Path, sgpctl: Sgpctl
) -> None:
    ended = sgpctl("fmt", "--check", quickstart)
    assert ended.code == 1
    assert untidy.read_text() == UNTIDY
    assert ended.out.startswith(
        "--- a/evaluations/untidy.yaml\n+++ b/evaluations/untidy.yaml\n@@ -1,7 +1,7 @@\n"
    )
    subprocess.run(["git", "apply", "-"], cwd=quickstart, input=ended.out, text=True, check=True)
    assert untidy.read_text() == TIDY


def test_formatting_changes_no_digest(quickstart: Path, untidy: Path, sgpctl: Sgpctl) -> None:
    assert sgpctl("apply", quickstart, "--yes").code == 0
    assert sgpctl("fmt", quickstart).code == 0
    assert untidy.read_text() != UNTIDY
    assert sgpctl("plan", quickstart, "--detailed-exitcode").code == 0


def test_the_project_file_is_formatted_too(quickstart: Path, sgpctl: Sgpctl) -> None:
    edit(
        quickstart / "sgpctl.yaml", "version: 1\nproject: quickstart\n", "project:   quickstart\nversion: 1\n"
    )
    assert sgpctl("fmt", quickstart).out == "sgpctl.yaml\n"
    assert (quickstart / "sgpctl.yaml").read_text().startswith("version: 1\nproject: quickstart\n")


def test_files_and_folders_can_be_named(quickstart: Path, untidy: Path, sgpctl: Sgpctl) -> None:
    assert sgpctl("fmt", quickstart / "evaluations/tone.yaml", quickstart / "data").out == ""
    assert untidy.read_text() == UNTIDY
    assert (
        sgpctl("fmt", "-C", quickstart, "evaluations/untidy.yaml", "evaluations").out
        == "evaluations/untidy.yaml\n"
    )


def test_what_a_manifest_uses_is_left_as_it_is_unless_it_is_named(quickstart: Path, sgpctl: Sgpctl) -> None:
    rows = quickstart / "evaluations/rows.json"
    rows.write_text('[{"question":"q", "reference":"r", "passage":"p"}]')
    edit(quickstart / "evaluations/human-review.yaml", "../data/policy_qa.jsonl", "rows.json")
    assert sgpctl("fmt", quickstart).out == ""
    assert sgpctl("fmt", rows).out == "evaluations/rows.json\n"


def test_permissions_stay(quickstart: Path, untidy: Path, sgpctl: Sgpctl) -> None:
    untidy.chmod(0o664)
    sgpctl("fmt", quickstart)
    assert stat.S_IMODE(untidy.stat().st_mode) == 0o664
    assert untidy.read_text() == TIDY


def test_a_file_with_mistakes_is_left_alone_and_the_others_are_formatted(
    quickstart: Path, untidy: Path, sgpctl: Sgpctl
) -> None:
    broken = quickstart / "evaluations/broken.yaml"
    broken.write_text("name:   x\n  data: []\n")
    ended = sgpctl("fmt", quickstart)
    assert ended.code == 1
    assert "evaluations/broken.yaml:2:7: " in ended.err
    assert broken.read_text() == "name:   x\n  data: []\n"
    assert untidy.read_text() == TIDY


def test_a_manifest_that_is_well_written_but_wrong_is_formatted(quickstart: Path, sgpctl: Sgpctl) -> None:
    path = quickstart / "evaluations/wrong.yaml"
    path.write_text("tasks: 1\nname:   wrong\n")
    assert sgpctl("fmt", quickstart).code == 0
    assert path.read_text() == "name: wrong\ntasks: 1\n"


def test_a_link_stays_a_link_and_its_file_is_formatted(
    quickstart: Path, untidy: Path, sgpctl: Sgpctl
) -> None:
    real = quickstart / "data/untidy.yaml"
    untidy.rename(real)
    untidy.symlink_to("../data/untidy.yaml")
    assert sgpctl("fmt", quickstart).out == "data/untidy.yaml\n"
    assert untidy.is_symlink()
    assert real.read_text() == TIDY


def test_nothing_outside_the_project_is_written(quickstart: Path, untidy: Path, sgpctl: Sgpctl) -> None:
    outside = quickstart.parent / "outside.yaml"
    untidy.rename(outside)
    untidy.symlink_to(outside)
    ended = sgpctl("fmt", quickstart)
    assert (ended.code, "leads out of the project" in ended.err) == (1, True)
    ended = sgpctl("fmt", untidy)
    assert (ended.code, "leads out of the project" in ended.err) == (1, True)
    assert outside.read_text() == UNTIDY


def test_a_path_that_is_not_there_is_named(quickstart: Path, sgpctl: Sgpctl) -> None:
    ended = sgpctl("fmt", quickstart / "nowhere.yaml")
    assert (ended.code, "nowhere.yaml" in ended.err) == (1, True)


def test_a_file_without_a_project_is_told_so(tmp_path: Path, sgpctl: Sgpctl) -> None:
    (tmp_path / "alone.yaml").write_text("a:   1\n")
    ended = sgpctl("fmt", tmp_path / "alone.yaml")
    assert (ended.code, "no project" in ended.err) == (1, True)
    assert (tmp_path / "alone.yaml").read_text() == "a:   1\n"


def test_the_diff_shows_what_a_terminal_would_not(quickstart: Path, sgpctl: Sgpctl) -> None:
    path = quickstart / "evaluations/tone.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n").rstrip(b"\r\n"))
    ended = sgpctl("fmt", "--check", quickstart)
    assert "-\\ufeffname: tone-of-refusals\\r\n" in ended.out
    assert "\\ No newline at end of file\n" in ended.out


def test_what_init_writes_is_in_style(tmp_path: Path, sgpctl: Sgpctl) -> None:
    assert sgpctl("init", tmp_path / "demo").code == 0
    assert sgpctl("fmt", "--check", tmp_path / "demo").out == ""
