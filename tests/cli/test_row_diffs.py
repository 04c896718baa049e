"""What a plan shows of the rows of an evaluation that it replaces, from the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Sgpctl, edit

ROWS = "data/policy_qa.jsonl"
GROUNDED = "evaluations/grounded-answers.yaml"
BY_QUESTION = "lifecycle: {row_key: question}\n"


@pytest.fixture
def applied(quickstart: Path, sgpctl: Sgpctl) -> Path:
    """The quickstart, applied without a key; then one reference is another."""
    edit(quickstart / GROUNDED, "lifecycle: {protect: true}\n", "")
    assert sgpctl("apply", quickstart, "--yes").code == 0
    edit(quickstart / ROWS, '"reference": "30 days"', '"reference": "14 days"')
    return quickstart


def rows_of(project: Path, sgpctl: Sgpctl) -> dict[str, Any]:
    changes = json.loads(sgpctl("plan", project, "--json").out)["changes"]
    [rows] = [change["rows"] for change in changes if change["name"] == "grounded-answers"]
    assert isinstance(rows, dict)
    return rows


def add_key(project: Path) -> None:
    path = project / GROUNDED
    path.write_text(path.read_text() + BY_QUESTION)


def test_without_a_key_the_old_row_goes_and_the_new_one_comes(applied: Path, sgpctl: Sgpctl) -> None:
    shown = sgpctl("plan", applied).out
    assert "rows   +1 -1, 2 unchanged\n" in shown
    assert '- question "How long can I return shoes?", ' in shown


def test_with_a_key_the_value_that_changed_is_shown(applied: Path, sgpctl: Sgpctl) -> None:
    add_key(applied)
    shown = sgpctl("plan", applied).out
    assert "rows   +0 -0, 1 changed, 2 unchanged, by question\n" in shown
    assert '~ How long can I return shoes?   reference   "30 days" -> "14 days"\n' in shown
    assert (
        '| `reference` | `"30 days"` | `"14 days"` |' in sgpctl("plan", applied, "--format", "markdown").out
    )


def test_the_key_of_the_project_does_the_same(applied: Path, sgpctl: Sgpctl) -> None:
    edit(applied / "sgpctl.yaml", "budget:", "review: {row_key: question}\nbudget:")
    assert rows_of(applied, sgpctl)["columns"] == [{"column": "reference", "rows": 1}]


def test_naming_a_key_changes_nothing(quickstart: Path, sgpctl: Sgpctl) -> None:
    assert sgpctl("apply", quickstart, "--yes").code == 0
    edit(quickstart / GROUNDED, "{protect: true}", "{protect: true, row_key: question}")
    assert sgpctl("plan", quickstart, "--detailed-exitcode").code == 0


def test_a_plan_made_with_a_key_is_applied_and_shown_again(
    applied: Path, tmp_path: Path, sgpctl: Sgpctl
) -> None:
    add_key(applied)
    saved = tmp_path / "plan.json"
    planned = sgpctl("plan", applied, "--out", saved)
    assert sgpctl("show", saved).out == planned.out
    assert sgpctl("apply", saved, "-C", applied, "--yes").code == 0
    assert sgpctl("plan", applied, "--detailed-exitcode").code == 0


def test_no_old_rows_are_read_where_none_are_to_be_compared(applied: Path, sgpctl: Sgpctl) -> None:
    edit(applied / "sgpctl.yaml", "budget:", "review: {row_key: question, rows_compared: 0}\nbudget:")
    shown = sgpctl("plan", applied, "--debug")
    assert "rows   3 -> 3; not compared one by one\n" in shown.out
    asked = [line for line in shown.err.splitlines() if "evaluation-items" in line]
    assert asked
    assert all("&limit=1 " in line for line in asked)


def test_a_reverted_change_reads_no_rows(applied: Path, sgpctl: Sgpctl) -> None:
    assert sgpctl("apply", applied, "--yes").code == 0
    edit(applied / ROWS, '"reference": "14 days"', '"reference": "30 days"')
    shown = sgpctl("plan", applied, "--debug")
    assert "2 to restore" in shown.out
    assert "limit=1000" not in "".join(line for line in shown.err.splitlines() if "evaluation-items" in line)


def test_a_plan_without_the_platform_counts_the_rows(applied: Path, tmp_path: Path, sgpctl: Sgpctl) -> None:
    add_key(applied)
    snapshot = tmp_path / "remote.json"
    assert sgpctl("snapshot", applied, "--out", snapshot).code == 0
    assert (
        "an unknown number -> 3; not compared one by one"
        in sgpctl("plan", applied, "--against", snapshot).out
    )


def test_a_mistyped_key_is_an_error_with_the_nearest_column(applied: Path, sgpctl: Sgpctl) -> None:
    path = applied / GROUNDED
    path.write_text(path.read_text() + "lifecycle: {row_key: qestion}\n")
    refused = sgpctl("validate", applied)
    assert refused.code == 1
    assert (
        "lifecycle.row_key: no row has a column 'qestion'; did you mean 'question'?"
        in refused.out + refused.err
    )


def test_a_key_that_is_none_is_told_and_its_rows_are_matched_by_content(
    applied: Path, sgpctl: Sgpctl
) -> None:
    path = applied / GROUNDED
    path.write_text(path.read_text() + "lifecycle: {row_key: passage}\n")
    shown = sgpctl("plan", applied).out
    assert (
        "lifecycle.row_key: 'passage' is not the key of all 3 rows: 2 share theirs with another row"
        in " ".join(shown.split())
    )
    assert rows_of(applied, sgpctl)["keyless"] == 4
