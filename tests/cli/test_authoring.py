"""Variables, environments and references by name, through the command and on the embedded sandbox."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from sgpctl.sandbox.app import create_app
from sgpctl.sandbox.store import open_store
from sgpctl.sandbox.transport import sandbox_transport
from tests.cli.conftest import Sgpctl, copy_example, edit

QUESTION = {"question_type": "free_text", "prompt": "?", "configuration": {}}
Send = Callable[..., dict[str, Any]]


def plan_of(project: Path, sgpctl: Sgpctl, *options: str) -> dict[str, Any]:
    ended = sgpctl("plan", project, "--json", *options)
    assert ended.code == 0, ended.err
    document: dict[str, Any] = json.loads(ended.out)
    return document


@pytest.fixture
def team(tmp_path: Path) -> Path:
    return copy_example("team", tmp_path)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project whose one evaluation runs on a dataset, and asks a question, by their names."""
    root = tmp_path / "named"
    (root / "evals").mkdir(parents=True)
    (root / "sgpctl.yaml").write_text(
        "version: 1\nproject: named\nmanifests: [evals]\nvariables:\n  set: ${dataset.Policy QA}\n"
        "environments: {sandbox: {target: sandbox}}\n"
    )
    (root / "evals" / "one.yaml").write_text(
        "name: one\ndataset_id: ${var.set}\ntasks:\n- task_type: contributor_evaluation.question\n"
        "  configuration: {question_id: '${question.Is it kind?}', layout: {children: [{data: item.q}]}}\n"
    )
    return root


@pytest.fixture
def send(project: Path) -> Send:
    """One request to the sandbox of `project`, as a person with the SDK would send it."""
    database = project / ".sgpctl" / "sandbox.db"

    def call(method: str, path: str, body: object = None) -> dict[str, Any]:
        async def work() -> dict[str, Any]:
            database.parent.mkdir(exist_ok=True)
            store = open_store(database)
            headers = {"x-selected-account-id": "sandbox", "x-api-key": "any"}
            try:
                async with httpx.AsyncClient(
                    transport=sandbox_transport(create_app(store)), base_url="http://sandbox", headers=headers
                ) as client:
                    answered = await client.request(method, f"/v5/{path}", json=body)
                    assert answered.is_success, answered.text
                    found: dict[str, Any] = answered.json()
                    return found
            finally:
                store.close()

        return asyncio.run(work())

    return call


def new_dataset(send: Send, name: str = "Policy QA") -> str:
    return str(send("POST", "datasets", {"name": name, "data": [{"q": 1}]})["id"])


def test_an_environment_has_its_own_variables_and_defaults(team: Path, sgpctl: Sgpctl) -> None:
    dev, prod = (
        {
            one["name"]: one
            for one in json.loads(sgpctl("render", "-C", team, "-e", name, "--format", "json").out)
        }
        for name in ("dev", "prod")
    )
    assert dev.keys() == prod.keys()
    assert dev["says-the-price"]["tasks"][0]["configuration"]["model"] == "openai/gpt-4o"
    assert prod["says-the-price"]["tasks"][0]["configuration"]["model"] == "anthropic/claude-opus-4"
    assert "lifecycle" not in dev["says-the-price"]
    assert prod["says-the-price"]["lifecycle"] == {"protect": True}
    assert prod["says-the-price"]["tags"] == ["support", "judges", "gate"]


def test_both_environments_of_the_team_apply_side_by_side(team: Path, sgpctl: Sgpctl) -> None:
    for environment in ("dev", "prod"):
        assert sgpctl("apply", team, "--yes", "-e", environment).code == 0
        assert sgpctl("plan", team, "--detailed-exitcode", "-e", environment).code == 0


def test_a_variable_of_the_command_line_plans_what_a_changed_file_would(team: Path, sgpctl: Sgpctl) -> None:
    assert sgpctl("apply", team, "--yes").code == 0
    changes = plan_of(team, sgpctl, "--var", "judge=openai/gpt-5")["changes"]
    assert {change["action"] for change in changes} == {"replace"}
    assert {change["name"] for change in changes} == {
        "judge-polite-main",
        "judge-brief-main",
        "judge-on-brand-main",
        "says-the-price",
    }
    edit(team / "sgpctl.yaml", "judge: openai/gpt-4o", "judge: openai/gpt-5")
    assert [change["digest"] for change in plan_of(team, sgpctl)["changes"]] == [
        change["digest"] for change in changes
    ]


def test_a_saved_plan_is_applied_with_the_variables_that_it_was_made_with(
    team: Path, tmp_path: Path, sgpctl: Sgpctl
) -> None:
    variables = tmp_path / "vars.yaml"
    variables.write_text("tone: short and kind\n")
    plan = tmp_path / "plan.json"
    assert sgpctl("plan", team, "--out", plan, "--var-file", variables).code == 0
    refused = sgpctl("apply", plan, "-C", team)
    assert refused.code == 3
    assert sgpctl("apply", plan, "-C", team, "--var-file", variables).code == 0
    assert sgpctl("plan", team, "--detailed-exitcode", "--var-file", variables).code == 0


def test_a_variable_that_is_not_declared_is_a_mistake_in_the_call(team: Path, sgpctl: Sgpctl) -> None:
    ended = sgpctl("plan", team, "--var", "juge=x")
    assert ended.code == 1
    assert "did you mean 'judge'?" in ended.err


def test_names_are_looked_up_when_planning_and_the_next_plan_is_empty(
    project: Path, send: Send, sgpctl: Sgpctl
) -> None:
    dataset = new_dataset(send)
    new_dataset(send, "Policy QA v2")
    send("POST", "questions", {"name": "Is it kind?", **QUESTION})
    applied = sgpctl("apply", project, "--yes")
    assert applied.code == 0, applied.err
    (made,) = send("GET", "evaluations?views=tasks")["items"]
    assert [one["id"] for one in made["datasets"]] == [dataset]
    assert sgpctl("plan", project, "--detailed-exitcode").code == 0
    send("PATCH", f"datasets/{dataset}", {"name": "Renamed"})
    assert sgpctl("plan", project).code == 1
    edit(project / "sgpctl.yaml", "${dataset.Policy QA}", "${dataset.Renamed}")
    assert sgpctl("plan", project, "--detailed-exitcode").code == 0


def test_names_that_are_not_there_are_told_with_their_lines_and_nothing_is_made(
    project: Path, send: Send, sgpctl: Sgpctl
) -> None:
    new_dataset(send, "Policy Q&A")
    send("DELETE", f"questions/{send('POST', 'questions', {'name': 'Is it kind?', **QUESTION})['id']}")
    ended = sgpctl("apply", project, "--yes")
    assert ended.code == 1
    assert (
        "sgpctl.yaml:5:8: variables.set: there is no dataset 'Policy QA' on the platform; did you mean 'Policy Q&A'?"
        in ended.err
    )
    assert (
        "evals/one.yaml:5:32: tasks[0].configuration.question_id: the question 'Is it kind?' is archived: "
        in ended.err
    )
    assert send("GET", "evaluations")["items"] == []


def test_validate_and_render_ask_nobody(project: Path, sgpctl: Sgpctl) -> None:
    assert sgpctl("validate", project).code == 0
    rendered = sgpctl("render", "-C", project)
    assert rendered.code == 0
    assert 'dataset_id: "${dataset.Policy QA}"' in rendered.out
    assert "dataset 'Policy QA' is looked up when a plan is made" in rendered.err
    assert not (project / ".sgpctl").exists()


def test_validate_looks_at_the_default_environment_and_at_another_when_asked(
    team: Path, sgpctl: Sgpctl
) -> None:
    edit(team / "sgpctl.yaml", "      judge: anthropic/claude-opus-4", "      other: 1")
    edit(team / "sgpctl.yaml", "  judge: openai/gpt-4o\n", "")
    edit(
        team / "sgpctl.yaml",
        "    target: sandbox\n  prod",
        "    target: sandbox\n    variables: {judge: m}\n  prod",
    )
    assert sgpctl("validate", team).code == 0
    ended = sgpctl("validate", team, "--env", "prod")
    assert ended.code == 1
    assert "there is no variable 'judge' in environment 'prod', only in 'dev'" in ended.err


def test_a_dataset_that_moved_on_is_a_note_and_never_a_run(project: Path, send: Send, sgpctl: Sgpctl) -> None:
    dataset = new_dataset(send)
    send("POST", "questions", {"name": "Is it kind?", **QUESTION})
    edit(project / "evals/one.yaml", "${var.set}", "{name: Policy QA, expect_version: 1}")
    assert sgpctl("apply", project, "--yes").code == 0
    assert plan_of(project, sgpctl)["notes"] == []
    send("POST", "dataset-items/batch", {"dataset_id": dataset, "data": [{"q": 2}]})
    document = plan_of(project, sgpctl)
    assert document["changes"] == []
    assert document["notes"] == [
        (
            f"'one': its manifest expects dataset {dataset} at version 1, and it is at 2; a run keeps the rows that it "
            "was made with"
        )
    ]


def test_render_finds_by_pattern_and_says_what_is_near(team: Path, sgpctl: Sgpctl) -> None:
    assert sgpctl("render", "says-*", "-C", team).out.startswith("name: says-the-price\n")
    ended = sgpctl("render", "says-the-prize", "-C", team)
    assert (ended.code, "says-the-price" in ended.err) == (1, True)


def test_render_says_where_each_value_comes_from(team: Path, sgpctl: Sgpctl) -> None:
    out = sgpctl("render", "says-*", "-C", team, "-e", "prod", "--origins").out
    lines = (team / "sgpctl.yaml").read_text().splitlines()
    at = 1 + next(number for number, line in enumerate(lines) if "judge: anthropic/" in line)
    assert f"model: anthropic/claude-opus-4  # sgpctl.yaml:{at}, by evaluations/judges/price.yaml:9" in out
    assert "  protect: true  # sgpctl.yaml:" in out


def test_render_prints_the_same_every_time(team: Path, sgpctl: Sgpctl) -> None:
    assert sgpctl("render", "-C", team).out == sgpctl("render", "-C", team).out
