"""From a directory of manifests to a converged remote, through the command, on the embedded sandbox."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import EXAMPLES, Sgpctl, copy_example, edit

ALL_EXAMPLES = sorted(path.parent.name for path in EXAMPLES.glob("*/sgpctl.yaml"))


@pytest.mark.parametrize("example", ALL_EXAMPLES)
def test_every_example_applies_as_it_is_and_the_next_plan_is_empty(
    example: str, tmp_path: Path, sgpctl: Sgpctl
) -> None:
    project = copy_example(example, tmp_path)
    applied = sgpctl("apply", project, "--yes")
    assert applied.code == 0, applied.err
    again = sgpctl("plan", project, "--detailed-exitcode")
    assert again.code == 0, again.out


def test_a_plan_with_changes_exits_2_only_when_asked(quickstart: Path, sgpctl: Sgpctl) -> None:
    assert sgpctl("plan", quickstart).code == 0
    assert sgpctl("plan", quickstart, "--detailed-exitcode").code == 2


def test_a_plan_changes_nothing(quickstart: Path, sgpctl: Sgpctl) -> None:
    first = sgpctl("plan", quickstart, "--json")
    assert json.loads(first.out)["digest"] == json.loads(sgpctl("plan", quickstart, "--json").out)["digest"]


@pytest.fixture
def applied(quickstart: Path, sgpctl: Sgpctl) -> Path:
    edit(quickstart / "evaluations/grounded-answers.yaml", "lifecycle: {protect: true}\n", "")
    assert sgpctl("apply", quickstart, "--yes").code == 0
    return quickstart


def _plan(project: Path, sgpctl: Sgpctl) -> list[dict[str, object]]:
    changes: list[dict[str, object]] = json.loads(sgpctl("plan", project, "--json").out)["changes"]
    return changes


def test_editing_a_description_plans_an_update_with_0_calls(applied: Path, sgpctl: Sgpctl) -> None:
    edit(applied / "evaluations/tone.yaml", "A judge says", "A model says")
    (change,) = _plan(applied, sgpctl)
    assert (change["action"], change["name"]) == ("update", "tone-of-refusals")
    assert change["cost"]["model_calls"] == 0  # type: ignore[index]  # JSON
    assert sgpctl("apply", applied, "--yes").code == 0
    assert _plan(applied, sgpctl) == []


def test_editing_a_prompt_plans_a_replace_with_its_text_diff_and_cost(applied: Path, sgpctl: Sgpctl) -> None:
    edit(applied / "prompts/answer.md", "say so and stop.", "say that it does not.")
    shown = sgpctl("plan", applied).out
    assert "-/+ grounded-answers" in shown
    assert "prompts/answer.md" in shown
    assert "- If the passage does not answer it, say so and stop." in shown
    assert "+ If the passage does not answer it, say that it does not." in shown
    assert "6 model calls" in shown
    assert sgpctl("apply", applied, "--yes").code == 0
    assert _plan(applied, sgpctl) == []


def test_renaming_plans_a_rename_with_0_calls(applied: Path, sgpctl: Sgpctl) -> None:
    edit(applied / "evaluations/tone.yaml", "name: tone-of-refusals", "name: politeness")
    (change,) = _plan(applied, sgpctl)
    assert (change["action"], change["name"]) == ("rename", "politeness")
    assert sgpctl("apply", applied, "--yes").code == 0
    assert _plan(applied, sgpctl) == []


def test_deleting_a_manifest_archives_and_bringing_it_back_restores_with_0_calls(
    applied: Path, sgpctl: Sgpctl
) -> None:
    manifest = applied / "evaluations/human-review.yaml"
    text = manifest.read_text()
    manifest.unlink()
    assert [change["action"] for change in _plan(applied, sgpctl)] == ["archive"]
    assert sgpctl("apply", applied, "--yes").code == 0
    manifest.write_text(text)
    (change,) = _plan(applied, sgpctl)
    assert (change["action"], change["cost"]["human_tasks"]) == ("restore", 0)  # type: ignore[index]  # JSON
    assert sgpctl("apply", applied, "--yes").code == 0
    assert _plan(applied, sgpctl) == []


def test_reverting_a_prompt_restores_the_first_run(applied: Path, sgpctl: Sgpctl) -> None:
    first = {
        one["name"]: one["id"] for one in json.loads(sgpctl("list", applied, "--json").out)["evaluations"]
    }
    edit(applied / "prompts/answer.md", "say so and stop.", "guess.")
    assert sgpctl("apply", applied, "--yes").code == 0
    edit(applied / "prompts/answer.md", "guess.", "say so and stop.")
    (change,) = _plan(applied, sgpctl)
    assert (change["action"], change["remote_id"]) == ("restore", first["grounded-answers"])
    assert sgpctl("apply", applied, "--yes").code == 0
    assert _plan(applied, sgpctl) == []


def test_reformatting_reordering_and_splitting_files_plans_nothing(applied: Path, sgpctl: Sgpctl) -> None:
    tone = applied / "evaluations/tone.yaml"
    review = applied / "evaluations/human-review.yaml"
    tone.write_text(tone.read_text() + "---\n# moved here\n" + review.read_text())
    review.unlink()
    grounded = applied / "evaluations/grounded-answers.yaml"
    grounded.write_text(
        json.dumps(
            {
                "tasks": [
                    {
                        "configuration": {
                            "type": "f1",
                            "reference": "item.reference",
                            "candidate": "item.answer",
                        },
                        "task_type": "metric",
                        "alias": "f1",
                    },
                    {
                        "task_type": "chat_completion",
                        "alias": "answer",
                        "configuration": {
                            "temperature": 0.0,
                            "seed": None,
                            "messages": [
                                {"content": {"$file": "../prompts/answer.md"}, "role": "system"},
                                {"role": "user", "content": "{{item.question}}\n\n{{item.passage}}"},
                            ],
                            "model": "openai/gpt-4o-mini",
                        },
                    },
                ],
                "data": [
                    json.loads(line)
                    for line in reversed((applied / "data/policy_qa.jsonl").read_text().splitlines())
                ],
                "metadata": {"owner": "support-ai"},
                "tags": ["nightly", "gate"],
                "name": "grounded-answers",
                "description": "Answers use only the retrieved policy text.",
            },
            indent=4,
        )
    )
    grounded.rename(grounded.with_suffix(".json"))
    assert _plan(applied, sgpctl) == []


def test_a_protected_evaluation_is_not_replaced_until_the_protection_is_lifted(
    quickstart: Path, sgpctl: Sgpctl
) -> None:
    assert sgpctl("apply", quickstart, "--yes").code == 0
    edit(quickstart / "prompts/answer.md", "say so and stop.", "guess.")
    refused = sgpctl("apply", quickstart, "--yes")
    assert refused.code == 3
    assert "protected" in refused.err
    edit(quickstart / "prompts/answer.md", "guess.", "say so and stop.")
    edit(quickstart / "evaluations/grounded-answers.yaml", "protect: true", "protect: false")
    assert sgpctl("apply", quickstart, "--yes").code == 0
    edit(quickstart / "prompts/answer.md", "say so and stop.", "guess.")
    assert sgpctl("apply", quickstart, "--yes").code == 0


def test_destroy_archives_everything_and_apply_brings_it_back_for_nothing(
    applied: Path, sgpctl: Sgpctl
) -> None:
    assert sgpctl("destroy", applied, "--yes").code == 0
    assert json.loads(sgpctl("list", applied, "--json").out)["evaluations"] == []
    assert {change["action"] for change in _plan(applied, sgpctl)} == {"restore"}
    assert sgpctl("apply", applied, "--yes").code == 0
    assert _plan(applied, sgpctl) == []


def test_removing_too_many_is_refused_until_the_number_is_said(tmp_path: Path, sgpctl: Sgpctl) -> None:
    project = copy_example("all-tasks", tmp_path)
    assert sgpctl("apply", project, "--yes").code == 0
    manifest = project / "evaluations/models.yaml"
    manifest.write_text(manifest.read_text().split("---\n")[0])
    refused = sgpctl("apply", project, "--yes")
    assert refused.code == 3
    assert "--allow-archive 2" in refused.err
    assert sgpctl("plan", project).code == 3
    assert sgpctl("apply", project, "--yes", "--allow-archive", "2").code == 0


def test_a_plan_over_the_budget_is_refused(quickstart: Path, sgpctl: Sgpctl) -> None:
    edit(quickstart / "sgpctl.yaml", "model_calls: 1000", "model_calls: 3")
    refused = sgpctl("apply", quickstart, "--yes")
    assert refused.code == 3
    assert "budget" in refused.err


def test_a_prompt_that_several_evaluations_use_is_shown_once(quickstart: Path, sgpctl: Sgpctl) -> None:
    manifest = quickstart / "evaluations/grounded-answers.yaml"
    edit(manifest, "lifecycle: {protect: true}\n", "")
    (quickstart / "evaluations/second.yaml").write_text(
        manifest.read_text()
        .replace("name: grounded-answers", "name: second")
        .replace("temperature: 0", "seed: 7")
    )
    assert sgpctl("apply", quickstart, "--yes").code == 0
    edit(quickstart / "prompts/answer.md", "say so and stop.", "guess.")
    shown = sgpctl("plan", quickstart).out
    assert shown.count("+ If the passage does not answer it, guess.") == 1
    assert "prompts/answer.md, as in grounded-answers" in shown
