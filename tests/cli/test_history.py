"""Who changed an evaluation, from where, and what: the marks on the platform, the plan's header, and `history`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Sgpctl, edit
from tests.cli.git import commit, git, repository_in
from tests.cli.seeding import Seeding
from tests.cli.test_ci import GITHUB_PULL_REQUEST, GITHUB_PUSH

NAME = "grounded-answers"
RUN = "https://github.com/acme/evals/actions/runs/1658821493"


@pytest.fixture
def project(quickstart: Path) -> Path:
    """The quickstart as a committed repository, without protection and without what an apply leaves in the folder."""
    edit(quickstart / "evaluations/grounded-answers.yaml", "lifecycle: {protect: true}\n", "")
    (quickstart / ".gitignore").write_text(".sgpctl/\n")
    return repository_in(quickstart)


def history(project: Path, sgpctl: Sgpctl, *options: str) -> list[dict[str, Any]]:
    ended = sgpctl("history", NAME, project, "--json", *options)
    assert ended.code == 0, ended.err
    runs: list[dict[str, Any]] = json.loads(ended.out)["runs"]
    return runs


def in_ci(monkeypatch: pytest.MonkeyPatch, environ: dict[str, str]) -> None:
    for name, value in environ.items():
        monkeypatch.setenv(name, value)


def out_of_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_ACTIONS")


def apply(project: Path, sgpctl: Sgpctl) -> None:
    ended = sgpctl("apply", project, "--yes")
    assert ended.code == 0, ended.err


def test_an_edit_and_its_revert_are_two_runs_of_which_the_first_is_live_again(
    project: Path, sgpctl: Sgpctl, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = git(project, "rev-parse", "HEAD")
    apply(project, sgpctl)
    edit(project / "prompts/answer.md", "say so and stop.", "guess.")
    second = commit(project)
    in_ci(monkeypatch, GITHUB_PUSH)
    apply(project, sgpctl)
    out_of_ci(monkeypatch)
    git(project, "revert", "--no-edit", "HEAD")
    apply(project, sgpctl)

    run, other = history(project, sgpctl)
    assert (run["archived_at"], run["commit"], run["changed"]) == (None, first, None)
    assert run["provenance"] == {"branch": "main", "pull_request": None, "actor": "Ann", "run_url": None}
    assert other["archived_at"] is not None
    assert other["commit"] == second
    assert other["provenance"] == {"branch": "main", "pull_request": None, "actor": "ben", "run_url": RUN}
    assert other["source"] == "evaluations/grounded-answers.yaml"
    (field,) = other["changed"]["spec"]
    assert field["path"] == "tasks.answer.messages[0].content"
    assert (other["changed"]["same_spec"], other["changed"]["same_rows"]) == (False, True)

    text = sgpctl("history", NAME, project).out
    assert "- If the passage does not answer it, say so and stop." in text
    assert "+ If the passage does not answer it, guess." in text
    assert f"commit {second[:7]} on main, by ben, evaluations/grounded-answers.yaml" in text


def test_an_update_after_a_ci_takes_the_cis_address_away(
    project: Path, sgpctl: Sgpctl, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_ci(monkeypatch, GITHUB_PULL_REQUEST)
    apply(project, sgpctl)
    (run,) = history(project, sgpctl)
    assert (run["provenance"]["pull_request"], run["provenance"]["run_url"]) == ("412", RUN)
    out_of_ci(monkeypatch)
    edit(project / "evaluations/grounded-answers.yaml", "tags: [gate, nightly]", "tags: [gate]")
    apply(project, sgpctl)
    (run,) = history(project, sgpctl)
    assert run["provenance"] == {"branch": "main", "pull_request": None, "actor": "Ann", "run_url": None}
    assert run["commit"] == git(project, "rev-parse", "HEAD") + "+dirty"


def test_another_commit_or_job_alone_changes_nothing(
    project: Path, sgpctl: Sgpctl, monkeypatch: pytest.MonkeyPatch
) -> None:
    apply(project, sgpctl)
    commit(project)
    in_ci(monkeypatch, GITHUB_PUSH)
    assert sgpctl("plan", project, "--detailed-exitcode").code == 0


def test_a_plan_says_for_which_pull_request_it_was_made_and_its_digest_does_not(
    project: Path, sgpctl: Sgpctl, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = json.loads(sgpctl("plan", project, "--json").out)
    in_ci(monkeypatch, GITHUB_PULL_REQUEST)
    there = json.loads(sgpctl("plan", project, "--json").out)
    assert there["provenance"] == {
        "branch": "shorter-answers",
        "pull_request": "412",
        "actor": "ben",
        "run_url": RUN,
    }
    assert here["digest"] == there["digest"]
    head = git(project, "rev-parse", "HEAD")
    assert f"commit {head[:7]}, pull request 412)" in sgpctl("plan", project).out.splitlines()[0]


def test_rows_tags_and_the_newest_only(project: Path, sgpctl: Sgpctl) -> None:
    apply(project, sgpctl)
    with (project / "data/policy_qa.jsonl").open("a") as rows:
        rows.write('{"question": "q", "passage": "p", "reference": "r"}\n')
    edit(project / "evaluations/grounded-answers.yaml", "tags: [gate, nightly]", "tags: [gate]")
    apply(project, sgpctl)
    (newest,) = history(project, sgpctl, "--limit", "1")
    assert (newest["changed"]["same_rows"], newest["changed"]["spec"]) == (False, [])
    assert [field["path"] for field in newest["changed"]["mutable"]] == ["tags"]
    text = sgpctl("history", NAME, project, "--limit", "1").out
    assert "the newest 1 of 2 runs" in text
    assert "\n      rows changed\n" in text


def test_history_is_one_request(project: Path, sgpctl: Sgpctl) -> None:
    apply(project, sgpctl)
    ended = sgpctl("history", NAME, project, "--debug")
    requests = [line for line in ended.err.splitlines() if "/v5/" in line]
    assert len(requests) == 1
    assert requests[0].startswith("POST /v5/evaluations/filter?")


def test_an_unknown_name_is_an_error_with_the_nearest_one(project: Path, sgpctl: Sgpctl) -> None:
    apply(project, sgpctl)
    ended = sgpctl("history", "grounded-answer", project)
    assert (ended.code, ended.out) == (1, "")
    assert "quickstart -> sandbox has no run of an evaluation called 'grounded-answer'" in ended.err
    assert "did you mean 'grounded-answers'?" in ended.err


@pytest.mark.parametrize("name", ["", "x\x1b[2J", "*", "a" * 5_000, "-"])
def test_a_strange_name_is_an_ordinary_mistake(project: Path, name: str, sgpctl: Sgpctl) -> None:
    ended = sgpctl("history", name, project)
    assert ended.code == 1
    assert "has no run of an evaluation called" in ended.err
    assert "\x1b" not in ended.err


@pytest.mark.parametrize("options", [[], ["--limit", "0"], ["--limit", "x"]])
def test_a_mistake_in_the_call_exits_1(options: list[str], project: Path, sgpctl: Sgpctl) -> None:
    arguments = [NAME, str(project), *options] if options else []
    assert sgpctl("history", *arguments).code == 1


@pytest.fixture
def seeding(tmp_path: Path) -> Seeding:
    return Seeding(tmp_path / "brought")


def body(name: str = "seeded", **metadata: str) -> dict[str, Any]:
    return {
        "name": name,
        "tags": ["sgpctl:brought:sandbox"],
        "data": [{"q": "one"}, {"q": "two"}],
        "tasks": [
            {
                "task_type": "chat_completion",
                "configuration": {
                    "model": "m/m",
                    "messages": [{"role": "user", "content": "{{item.q}}"}],
                },
            }
        ],
        "metadata": metadata,
    }


def test_a_run_that_somebody_renamed_belongs_to_the_name_that_it_was_made_under(
    seeding: Seeding, sgpctl: Sgpctl
) -> None:
    seeding.create(body("renamed by hand", sgpctl_name="seeded"))
    text = sgpctl("history", "seeded", seeding.folder).out
    assert "seeded  brought -> sandbox: 1 run" in text
    assert "is called 'renamed by hand' now" in text
    ended = sgpctl("history", "renamed by hand", seeding.folder)
    assert (ended.code, "`sgpctl history seeded`" in ended.err) == (1, True)


def test_a_run_without_marks_is_found_by_its_name(seeding: Seeding, sgpctl: Sgpctl) -> None:
    seeding.archive(seeding.create(body()))
    text = sgpctl("history", "seeded", seeding.folder).out
    assert "archived" in text
    assert "no commit" in text


def test_what_is_not_ours_is_not_shown(seeding: Seeding, sgpctl: Sgpctl) -> None:
    mine = seeding.create(body(sgpctl_name="seeded"))
    for tags in ([], ["sgpctl:other:sandbox"], ["sgpctl:brought:sandbox", "sgpctl:other:sandbox"]):
        seeding.create({**body(sgpctl_name="seeded"), "tags": tags})
    ended = sgpctl("history", "seeded", seeding.folder, "--json")
    assert [run["id"] for run in json.loads(ended.out)["runs"]] == [mine["id"]]


def test_a_run_that_failed_says_why(seeding: Seeding, sgpctl: Sgpctl) -> None:
    seeding.create(body(sgpctl_name="seeded"), failing_share=1)
    text = sgpctl("history", "seeded", seeding.folder).out
    assert "failed" in text
    assert "2/2 items  2 failed  2 errors" in text
    assert "Every item has a task error." in text
    run = json.loads(sgpctl("history", "seeded", seeding.folder, "--json").out)["runs"][0]
    assert (run["status"], run["error_count"], len(run["progress"]["failures"])) == ("failed", 2, 2)


def test_a_project_without_evaluations_says_so(seeding: Seeding, sgpctl: Sgpctl) -> None:
    ended = sgpctl("history", "seeded", seeding.folder)
    assert (ended.code, "It has no evaluation at all yet." in ended.err) == (1, True)
