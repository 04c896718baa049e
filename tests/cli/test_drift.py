"""`sgpctl drift` on a project that was applied, after people worked on the platform."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import Sgpctl

ByHand = Callable[[str], None]


@pytest.fixture
def applied(sgpctl: Sgpctl, quickstart: Path) -> Path:
    assert sgpctl("apply", quickstart, "--yes").code == 0
    return quickstart


@pytest.fixture
def by_hand(applied: Path) -> ByHand:
    """Does on the platform what somebody does in its web pages."""

    def act(statement: str) -> None:
        with closing(sqlite3.connect(applied / ".sgpctl" / "sandbox.db")) as db, db:
            assert db.execute(statement).rowcount > 0

    return act


def test_nothing_drifted_right_after_an_apply(sgpctl: Sgpctl, applied: Path) -> None:
    ended = sgpctl("drift", applied)
    assert ended.code == 0
    assert "No drift. What was applied is what is there." in ended.out


def test_an_edit_by_hand_is_told_and_exits_with_2(sgpctl: Sgpctl, applied: Path, by_hand: ByHand) -> None:
    by_hand("UPDATE evaluation SET description = 'by hand' WHERE name = 'grounded-answers'")
    ended = sgpctl("drift", applied)
    assert ended.code == 2
    assert '-> "by hand"' in ended.out
    assert "Drift: 1 edited." in ended.out
    assert sgpctl("apply", applied, "--yes").code == 0
    assert sgpctl("drift", applied).code == 0


def test_an_edit_of_a_manifest_is_no_drift_and_is_said_to_be_waiting(sgpctl: Sgpctl, applied: Path) -> None:
    manifest = applied / "evaluations" / "grounded-answers.yaml"
    manifest.write_text(manifest.read_text().replace("description: ", "description: New. "))
    ended = sgpctl("drift", applied)
    assert ended.code == 0
    assert "1 evaluation differs because of manifests that are not applied yet" in ended.out


def test_an_archive_by_hand_is_told(sgpctl: Sgpctl, applied: Path, by_hand: ByHand) -> None:
    by_hand("UPDATE evaluation SET archived_at = created_at WHERE name = 'tone-of-refusals'")
    ended = sgpctl("drift", applied, "--json")
    assert ended.code == 2
    report = json.loads(ended.out)
    assert report["has_drifted"] is True
    assert report["summary"]["archived"] == 1
    assert [(one["kind"], one["name"]) for one in report["findings"]] == [("archived", "tone-of-refusals")]


def test_what_no_project_owns_is_told_only_on_request(sgpctl: Sgpctl, applied: Path, by_hand: ByHand) -> None:
    by_hand(
        "UPDATE evaluation SET tags = '[]', metadata = '{}', name = 'free' WHERE name = 'tone-of-refusals'"
    )
    assert "free" not in sgpctl("drift", applied).out
    ended = sgpctl("drift", applied, "--unmanaged")
    assert ended.code == 2
    assert "free" in ended.out


def test_a_broken_manifest_stops_the_report(sgpctl: Sgpctl, applied: Path) -> None:
    (applied / "evaluations" / "broken.yaml").write_text("name: [")
    ended = sgpctl("drift", applied)
    assert ended.code == 1
    assert "evaluations/broken.yaml:2:1: a value is missing here" in ended.err


def test_it_is_printed_and_written_in_every_form(
    sgpctl: Sgpctl, applied: Path, by_hand: ByHand, tmp_path: Path
) -> None:
    by_hand("UPDATE evaluation SET description = 'by hand' WHERE name = 'grounded-answers'")
    report = tmp_path / "drift.md"
    ended = sgpctl("drift", applied, "--format", "github", "--output", f"markdown={report}")
    assert ended.code == 2
    assert "::warning file=" in ended.out
    assert report.read_text().startswith("**Drift**: 1 edited.")
    refused = sgpctl("drift", applied, "--output", f"gitlab={tmp_path / 'report.json'}")
    assert refused.code == 1
    assert "there is no form 'gitlab' here" in refused.err
