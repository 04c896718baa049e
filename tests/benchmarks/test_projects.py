"""The projects of the benchmarks are sound, so that nobody measures how fast an error is told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sgpctl.manifest.loader import load
from sgpctl.manifest.project import choose_environment, read_project
from tests.benchmarks.projects import write_matrix_project, write_project
from tests.benchmarks.results import Line, Report, Target


@pytest.mark.parametrize(
    ("write", "count"), [(write_project, 60), (write_matrix_project, 100)], ids=["files", "matrix"]
)
def test_a_generated_project_declares_as_many_evaluations_as_were_asked_for(
    write: Callable[[Path, int], None], count: int, tmp_path: Path
) -> None:
    write(tmp_path / "project", count)
    project = read_project(tmp_path / "project")
    loaded = load(project, choose_environment(project, None))
    assert (loaded.problems, len(loaded.desired)) == ((), count)


def test_what_is_changed_is_another_run_under_the_same_name(tmp_path: Path) -> None:
    write_project(tmp_path / "before", 20)
    write_project(tmp_path / "after", 20, changed=2)
    before, after = (load(read_project(tmp_path / name)).desired for name in ("before", "after"))
    differing = [one.name for one, other in zip(before, after, strict=True) if one.digest != other.digest]
    assert differing == ["run-000018", "run-000019"]


def test_the_table_says_which_targets_are_met_and_which_are_not() -> None:
    report = Report(
        [Line("plan", "sgpctl", 1.5, 1.0, 60.0), Line("plan", "Terraform", note="is not installed")],
        [Target("cold / floors", 2.5, 2.0), Target("Terraform / cold", 12.0, 10.0, at_least=True)],
    )
    text = report.as_text()
    assert "plan       Terraform                      is not installed" in text
    assert "not met  cold / floors: 2.5 (at most 2)" in text
    assert "met      Terraform / cold: 12 (at least 10)" in text
