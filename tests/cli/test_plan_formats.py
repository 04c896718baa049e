"""One result in every form: printed as one, written as others, and never as something else than was asked for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Sgpctl, edit

PRINTED = ["text", "json", "markdown", "github"]


@pytest.fixture
def changed(quickstart: Path, sgpctl: Sgpctl) -> Path:
    """Applied once; then a prompt was edited, a manifest deleted, and a description written."""
    edit(quickstart / "evaluations/grounded-answers.yaml", "lifecycle: {protect: true}\n", "")
    assert sgpctl("apply", quickstart, "--yes").code == 0
    edit(quickstart / "prompts/answer.md", "say so and stop.", "guess.")
    edit(quickstart / "evaluations/tone.yaml", "tags: [nightly]", "tags: [nightly, tone]")
    (quickstart / "evaluations/human-review.yaml").unlink()
    return quickstart


@pytest.mark.parametrize("form", PRINTED)
def test_show_prints_what_plan_printed_in_every_form(
    form: str, changed: Path, tmp_path: Path, sgpctl: Sgpctl
) -> None:
    plan = tmp_path / "plan.json"
    printed = sgpctl("plan", changed, "--format", form, "--output", f"json={plan}")
    assert printed.code == 0
    assert sgpctl("show", plan, "-C", changed, "--format", form).out == printed.out


def test_json_is_the_same_under_both_of_its_names(quickstart: Path, tmp_path: Path, sgpctl: Sgpctl) -> None:
    saved = tmp_path / "plan.json"
    assert sgpctl("plan", quickstart, "--out", saved).code == 0
    assert sgpctl("show", saved, "--json").out == sgpctl("show", saved, "--format", "json").out
    assert sgpctl("show", saved, "--json", "--format", "json").out == saved.read_text()


def test_several_files_are_written_of_one_plan(changed: Path, tmp_path: Path, sgpctl: Sgpctl) -> None:
    outputs = [f"{form}={tmp_path / form}" for form in (*PRINTED, "gitlab")]
    ended = sgpctl("plan", changed, *(part for output in outputs for part in ("--output", output)))
    assert ended.code == 0
    assert (tmp_path / "text").read_text() == ended.out
    assert (tmp_path / "markdown").read_text().startswith("**Merging this starts 1 run**: ")
    assert (tmp_path / "github").read_text().startswith("::warning title=sgpctl%3A archive human-review::")
    assert json.loads((tmp_path / "gitlab").read_text()) == {"create": 1, "update": 1, "delete": 2}
    assert f"Saved the plan to {tmp_path / 'json'}." in ended.err
    assert f"Wrote markdown to {tmp_path / 'markdown'}." in ended.err


def test_an_output_in_json_is_applied_like_a_saved_plan(
    quickstart: Path, tmp_path: Path, sgpctl: Sgpctl
) -> None:
    plan = tmp_path / "plan.json"
    assert sgpctl("plan", quickstart, "--output", f"json={plan}").code == 0
    assert sgpctl("apply", plan, "-C", quickstart).code == 0


def test_annotations_name_files_from_the_repositorys_folder(changed: Path, sgpctl: Sgpctl) -> None:
    (changed.parent / ".git").mkdir()
    out = sgpctl("plan", changed, "--format", "github").out
    assert "::notice file=quickstart/prompts/answer.md,line=1,col=1,title=sgpctl%3A replace" in out
    assert "::notice file=quickstart/evaluations/tone.yaml,line=" in out
    saved = changed.parent / "plan.json"
    assert sgpctl("plan", changed, "--out", saved).code == 0
    assert sgpctl("show", saved, "-C", changed / "prompts", "--format", "github").out == out


def test_the_markdown_names_what_is_archived_and_what_was_lost(changed: Path, sgpctl: Sgpctl) -> None:
    out = sgpctl("plan", changed, "--format", "markdown").out
    archives = out.partition("**Archives 1 evaluation and 1 superseded run:**")[2]
    assert "- `human-review` (" in archives
    assert "no manifest declares it (completed 2" in archives
    assert (
        "-If the passage does not answer it, say so and stop.\n+If the passage does not answer it, guess."
        in out
    )


def test_the_exit_code_does_not_depend_on_the_form(changed: Path, sgpctl: Sgpctl) -> None:
    calls = [sgpctl("plan", changed, "--detailed-exitcode", "--format", form).code for form in PRINTED]
    assert calls == [2, 2, 2, 2]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--output", "comment.md"], "--output comment.md: it should be FORMAT=FILE"),
        (["--output", "markdown="], "--output markdown=: it should be FORMAT=FILE"),
        (["--output", "markdwon=comment.md"], "no form 'markdwon' here; did you mean 'markdown'?"),
        (["--output", "text=a", "--output", "markdown=./a"], "a is named twice"),
        (["--out", "a", "--output", "markdown=a"], "a is named twice"),
        (["--output", "markdown=no/such/comment.md"], "there is no folder"),
        (["--output", "markdown=/dev/null"], "it is no file"),
        (["--json", "--format", "markdown"], "--json and --format markdown ask for two different things"),
        (["--only", "tone-*", "--output", "json=plan.json"], "--only shows a part of a plan"),
        (["--format", "gitlab"], "'gitlab' is not one of 'text', 'json', 'markdown', 'github'"),
    ],
)
def test_what_cannot_be_written_is_refused_before_anything_is_read(
    arguments: list[str], words: str, quickstart: Path, sgpctl: Sgpctl, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(quickstart)
    ended = sgpctl("plan", *arguments)
    assert (ended.code, ended.out) == (1, "")
    assert words in ended.err
    assert not (quickstart / ".sgpctl").exists()


def test_a_part_of_a_plan_may_be_written_for_looking(
    quickstart: Path, tmp_path: Path, sgpctl: Sgpctl
) -> None:
    comment = tmp_path / "comment.md"
    assert sgpctl("plan", quickstart, "--only", "tone-*", "--output", f"markdown={comment}").code == 0
    assert "`grounded-answers`" not in comment.read_text()


def test_the_summary_of_a_step_is_added_to(
    quickstart: Path, tmp_path: Path, sgpctl: Sgpctl, monkeypatch: pytest.MonkeyPatch
) -> None:
    summary = tmp_path / "summary.md"
    summary.write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    assert sgpctl("plan", quickstart, "--output", f"markdown={summary}").code == 0
    assert sgpctl("apply", quickstart, "--yes", "--output", f"markdown={summary}").code == 0
    text = summary.read_text()
    assert text.startswith("before\n**Merging this starts 3 runs**")
    assert "\n\n**Applied**: 3 created. Read back and true." in text


def test_apply_writes_what_was_done(quickstart: Path, tmp_path: Path, sgpctl: Sgpctl) -> None:
    comment, outcome = tmp_path / "comment.md", tmp_path / "outcome.json"
    call = ("apply", quickstart, "--yes", "--output", f"markdown={comment}", "--output", f"json={outcome}")
    first = sgpctl(*call)
    assert (first.code, "Applied: 3 created." in first.out) == (0, True)
    assert comment.read_text().startswith("**Applied**: 3 created. Read back and true.")
    assert json.loads(outcome.read_text())["summary"]["create"] == 3
    assert sgpctl(*call).code == 0
    assert comment.read_text().startswith("**Nothing was to be done**")


def test_a_refused_apply_leaves_no_file_that_says_otherwise(
    quickstart: Path, tmp_path: Path, sgpctl: Sgpctl
) -> None:
    comment, outcome = tmp_path / "comment.md", tmp_path / "outcome.json"
    call = ("apply", quickstart, "--yes", "--output", f"markdown={comment}", "--output", f"json={outcome}")
    assert sgpctl(*call).code == 0
    edit(quickstart / "prompts/answer.md", "say so and stop.", "guess.")
    assert sgpctl(*call).code == 3
    assert comment.read_text().startswith("**Refused**: ")
    assert json.loads(outcome.read_text())["refusals"]


def test_apply_knows_two_forms(quickstart: Path, sgpctl: Sgpctl) -> None:
    ended = sgpctl("apply", quickstart, "--yes", "--output", "gitlab=report.json")
    assert (ended.code, "FORMAT is 'json' or 'markdown'." in ended.err) == (1, True)


def test_what_was_written_into_a_manifest_folder_is_no_manifest(quickstart: Path, sgpctl: Sgpctl) -> None:
    folder = quickstart / "evaluations"
    report, outcome = folder / "report.json", folder / "outcome.json"
    assert sgpctl("plan", quickstart, "--output", f"gitlab={report}").code == 0
    assert sgpctl("apply", quickstart, "--yes", "--output", f"json={outcome}").code == 0
    ended = sgpctl("plan", quickstart, "--detailed-exitcode")
    assert ended.code == 0
    assert ended.out.count("sgpctl wrote this") == 2
