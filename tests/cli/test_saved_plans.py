"""The reviewed plan is the applied plan."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sgpctl.cli.saved_plan import saved_text
from sgpctl.errors import PlanFileError
from sgpctl.limits import PLAN_FILE_VALUES_MAX
from tests.cli.conftest import Sgpctl, copy_example, edit
from tests.plan.sealing import sealed
from tests.render import plans


@pytest.fixture
def saved(quickstart: Path, tmp_path: Path, sgpctl: Sgpctl) -> Path:
    path = tmp_path / "plan.json"
    assert sgpctl("plan", quickstart, "--out", path).code == 0
    return path


def test_a_saved_plan_is_applied_without_asking(quickstart: Path, saved: Path, sgpctl: Sgpctl) -> None:
    assert sgpctl("apply", saved, "-C", quickstart).code == 0
    assert sgpctl("plan", quickstart, "--detailed-exitcode").code == 0


def test_show_prints_what_plan_printed(quickstart: Path, saved: Path, sgpctl: Sgpctl) -> None:
    assert sgpctl("show", saved).out == sgpctl("plan", quickstart).out


def test_show_json_is_the_saved_document(saved: Path, sgpctl: Sgpctl) -> None:
    assert json.loads(sgpctl("show", saved, "--json").out) == json.loads(saved.read_text())


def test_a_manifest_that_changed_since_makes_it_stale(quickstart: Path, saved: Path, sgpctl: Sgpctl) -> None:
    edit(quickstart / "prompts/answer.md", "say so and stop.", "guess.")
    refused = sgpctl("apply", saved, "-C", quickstart)
    assert refused.code == 3
    assert (
        "create of 'grounded-answers' would not do the same any more: what is declared changed (tasks.answer)"
        in refused.err
    )


def test_a_remote_side_that_moved_since_makes_it_stale(quickstart: Path, saved: Path, sgpctl: Sgpctl) -> None:
    assert sgpctl("apply", quickstart, "--yes").code == 0
    refused = sgpctl("apply", saved, "-C", quickstart)
    assert refused.code == 3
    assert "create of 'human-review' is no longer needed: it is there as declared" in refused.err


def test_an_expected_digest_is_applied_and_any_other_is_refused(quickstart: Path, sgpctl: Sgpctl) -> None:
    digest = json.loads(sgpctl("plan", quickstart, "--json").out)["digest"]
    wrong = sgpctl("apply", quickstart, "--expect", "sha256:0000")
    assert (wrong.code, "sha256:0000" in wrong.err) == (3, True)
    assert sgpctl("apply", quickstart, "--expect", digest).code == 0


def test_a_plan_of_another_environment_is_refused(quickstart: Path, saved: Path, sgpctl: Sgpctl) -> None:
    ended = sgpctl("apply", saved, "-C", quickstart, "--env", "prod")
    assert (ended.code, "'sandbox'" in ended.err) == (1, True)


def test_a_plan_of_another_project_is_refused(quickstart: Path, saved: Path, sgpctl: Sgpctl) -> None:
    edit(quickstart / "sgpctl.yaml", "project: quickstart", "project: other")
    ended = sgpctl("apply", saved, "-C", quickstart)
    assert (ended.code, "'quickstart'" in ended.err) == (1, True)


def test_a_plan_that_somebody_edited_is_refused(quickstart: Path, saved: Path, sgpctl: Sgpctl) -> None:
    document = json.loads(saved.read_text())
    document["changes"] = document["changes"][1:]
    saved.write_text(json.dumps(document))
    assert sgpctl("apply", saved, "-C", quickstart).code in {1, 3}


@pytest.mark.parametrize(
    "text", ["", "not json", "[]", '{"format_version": "9.0"}', '{"format_version": 1}', "{}"]
)
def test_what_is_not_a_plan_is_an_error_with_a_way_out(
    tmp_path: Path, quickstart: Path, text: str, sgpctl: Sgpctl
) -> None:
    path = tmp_path / "broken.json"
    path.write_text(text)
    assert sgpctl("show", path).code == 1
    assert sgpctl("apply", path, "-C", quickstart).code == 1


def test_a_plan_saved_into_the_project_is_not_taken_for_a_manifest(quickstart: Path, sgpctl: Sgpctl) -> None:
    inside = quickstart / "evaluations/plan.json"
    assert sgpctl("plan", quickstart, "--out", inside).code == 0
    assert sgpctl("apply", inside, "-C", quickstart).code == 0
    assert sgpctl("plan", quickstart, "--detailed-exitcode").code == 0


def test_a_plan_that_cannot_be_written_is_an_error_and_not_called_saved(
    quickstart: Path, tmp_path: Path, sgpctl: Sgpctl
) -> None:
    ended = sgpctl("plan", quickstart, "--out", tmp_path / "no" / "such" / "plan.json")
    assert ended.code == 1
    assert "Saved" not in ended.err


def test_only_is_for_looking_and_cannot_be_saved(quickstart: Path, tmp_path: Path, sgpctl: Sgpctl) -> None:
    shown = sgpctl("plan", quickstart, "--only", "tone-*").out
    assert "tone-of-refusals" in shown
    assert "grounded-answers" not in shown
    assert sgpctl("plan", quickstart, "--only", "tone-*", "--out", tmp_path / "p.json").code == 1


def test_a_plan_for_one_address_is_not_applied_to_another(
    quickstart: Path, tmp_path: Path, sgpctl: Sgpctl
) -> None:
    saved = tmp_path / "plan.json"
    assert sgpctl("plan", quickstart, "--out", saved).code == 0
    document = json.loads(saved.read_text())
    document["target"]["account_id"] = document["where"][3] = "elsewhere"
    saved.write_text(json.dumps(sealed(document)))
    refused = sgpctl("apply", saved, "-C", quickstart)
    assert (refused.code, "elsewhere" in refused.err) == (3, True)


def test_a_plan_whose_head_names_another_target_than_its_changes_were_made_for_is_damaged(
    saved: Path, sgpctl: Sgpctl
) -> None:
    edit(saved, '"account_id": "sandbox"', '"account_id": "elsewhere"')
    refused = sgpctl("show", saved)
    assert (refused.code, "`where` names another" in refused.err) == (1, True)


def test_tags_that_nobody_reviewed_are_not_applied(quickstart: Path, saved: Path, sgpctl: Sgpctl) -> None:
    edit(quickstart / "evaluations/tone.yaml", "tags: [nightly]", "tags: [nightly, unreviewed]")
    refused = sgpctl("apply", saved, "-C", quickstart)
    assert refused.code == 3
    assert (
        "create of 'tone-of-refusals' would not do the same any more: what is declared changed (tags)"
        in refused.err
    )


def test_the_consent_that_a_plan_was_made_with_is_in_it(tmp_path: Path, sgpctl: Sgpctl) -> None:
    project = copy_example("all-tasks", tmp_path)
    assert sgpctl("apply", project, "--yes").code == 0
    manifest = project / "evaluations/models.yaml"
    manifest.write_text(manifest.read_text().split("---\n")[0])
    plan = tmp_path / "plan.json"
    assert sgpctl("plan", project, "--allow-archive", "2", "--out", plan).code == 0
    assert sgpctl("apply", plan, "-C", project).code == 0


def test_a_part_that_matches_nothing_is_not_called_as_declared(quickstart: Path, sgpctl: Sgpctl) -> None:
    shown = sgpctl("plan", quickstart, "--only", "nothing-like-it").out
    assert "3 other changes are not" in shown
    assert "3 evaluations are as declared" not in shown


def test_a_plan_that_could_not_be_read_again_is_not_saved() -> None:
    unchanged = ("x",) * (PLAN_FILE_VALUES_MAX + 1)
    with pytest.raises(PlanFileError, match="too large to be saved"):
        saved_text(plans.plan_of(unchanged=unchanged), plans.PROD)
