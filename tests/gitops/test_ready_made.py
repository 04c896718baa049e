"""The files that a team copies: valid by the schemas of those who read them, safe, and their commands run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import regopy
import yaml

from tests.gitops.actions import ACTIONS
from tests.gitops.conftest import KEY, Site
from tests.gitops.repositories import EXAMPLE, Clone

ROOT = Path(__file__).parents[2]
_POLICY = EXAMPLE / "policy"
_WORKFLOWS = sorted((EXAMPLE / ".github" / "workflows").glob("*.yml"))
_BY_SCHEMA = {
    "vendor.github-workflows": _WORKFLOWS,
    "vendor.github-actions": sorted(ACTIONS.glob("*/action.yml")),
    "vendor.gitlab-ci": [EXAMPLE / ".gitlab-ci.yml"],
}


def _call(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(one) for one in arguments], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("schema", sorted(_BY_SCHEMA))
def test_every_file_is_what_its_reader_expects(schema: str) -> None:
    files = _BY_SCHEMA[schema]
    assert files
    done = _call(sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, *files)
    assert done.returncode == 0, done.stdout + done.stderr


def test_nothing_unsafe_is_found_in_workflows_and_actions() -> None:
    done = _call(
        Path(sys.executable).parent / "zizmor",
        "--offline",
        "--no-progress",
        *_WORKFLOWS,
        *ACTIONS.glob("*/action.yml"),
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    "path",
    [*_WORKFLOWS, *sorted(ACTIONS.glob("*/action.yml"))],
    ids=lambda path: path.parent.name + path.stem,
)
def test_no_input_is_pasted_into_a_script(path: Path) -> None:
    assert not [run for run in _runs(yaml.safe_load(path.read_text(encoding="utf-8"))) if "${{" in run]


def _runs(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["run"]] if isinstance(value.get("run"), str) else []
        return own + [run for part in value.values() for run in _runs(part)]
    return [run for part in value for run in _runs(part)] if isinstance(value, list) else []


def test_the_hooks_call_what_there_is() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    used = yaml.safe_load((EXAMPLE / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    assert {one["id"] for one in used["repos"][0]["hooks"]} == {one["id"] for one in hooks}
    for hook in hooks:
        done = _call(
            sys.executable,
            "-c",
            "from sgpctl.cli.main import run; run()",
            *hook["entry"].split()[1:],
            "--help",
        )
        assert done.returncode == 0, done.stderr


class _GitLab:
    """Runs the script of a job of the template in one checkout, as GitLab's runner does."""

    def __init__(self, site: Site, checkout: Clone) -> None:
        self._site = site
        self._checkout = checkout
        self._jobs = yaml.safe_load((checkout.folder / ".gitlab-ci.yml").read_text(encoding="utf-8"))

    def run(self, job: str) -> subprocess.CompletedProcess[str]:
        programs = self._site.folder / "programs"
        programs.mkdir(exist_ok=True)
        program = programs / "sgpctl"
        program.write_text(
            f"#!/bin/sh\nexec {sys.executable} -c 'from sgpctl.cli.main import run; run()' \"$@\"\n"
        )
        program.chmod(0o755)
        return subprocess.run(
            ["bash", "-e", "-c", "\n".join(self._jobs[job]["script"])],
            cwd=self._checkout.folder,
            env={
                "PATH": f"{programs}:{os.environ['PATH']}",
                "PYTHONPATH": str(ROOT),
                "HOME": str(self._site.folder),
                "SGP_API_KEY": KEY,
                "SGPCTL_ENVIRONMENT": self._jobs[".sgpctl"]["variables"]["SGPCTL_ENVIRONMENT"],
                "GITLAB_CI": "true",
                "CI_JOB_URL": "https://gitlab.example/acme/evals/-/jobs/7",
                "CI_COMMIT_REF_NAME": "main",
            },
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )


def test_the_gitlab_template_plans_reports_applies_and_looks_for_drift(site: Site) -> None:
    checkout = site.remote.clone("runner")
    gitlab = _GitLab(site, checkout)
    planned = gitlab.run("plan")
    assert planned.returncode == 0, planned.stderr
    report = json.loads((checkout.folder / "plan-report.json").read_text())
    assert report == {"create": 2, "update": 0, "delete": 0}
    assert "greetings" in (checkout.folder / "plan.md").read_text()

    applied = gitlab.run("apply")
    assert applied.returncode == 0, applied.stderr
    assert "2 created" in (checkout.folder / "outcome.md").read_text()
    assert gitlab.run("drift").returncode == 0
    with site.store.transaction(writes=True) as db:
        db.execute("UPDATE evaluation SET description = 'by hand' WHERE name = 'greetings'")
    assert gitlab.run("drift").returncode == 2


def _plan(calls: int = 1, *, known: bool = True, archived: str = "old") -> dict[str, Any]:
    return {
        "format_version": "1.1",
        "cost": {"model_calls": calls, "is_known": known},
        "changes": [{"action": "archive", "name": archived}],
    }


_REFUSED = [
    (_plan(), ""),
    (_plan(401), "starts 401 model calls"),
    (_plan(known=False), "does not know what it costs"),
    (_plan(archived="gate-release"), "gate-release is a gate"),
    ({**_plan(), "format_version": "2.0"}, "this is format 2.0"),
]


@pytest.mark.parametrize(("plan", "words"), _REFUSED)
def test_the_rule_in_python_refuses_what_it_says(tmp_path: Path, plan: dict[str, Any], words: str) -> None:
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(plan))
    done = _call(sys.executable, _POLICY / "check_plan.py", path)
    assert done.returncode == bool(words), done.stderr
    assert words in done.stdout


@pytest.mark.parametrize(("plan", "words"), _REFUSED)
def test_the_rule_in_rego_refuses_the_same(plan: dict[str, Any], words: str) -> None:
    rego = regopy.Interpreter()
    rego.add_module("plan", (_POLICY / "plan.rego").read_text(encoding="utf-8"))
    rego.set_input(plan)
    (found,) = json.loads(str(rego.query("data.main.deny")))["expressions"]
    assert any(words in message for message in found) if words else not found


def test_the_rules_read_what_plan_writes(site: Site) -> None:
    site.branch("first").replace("evaluations/greetings.yaml", "polite and short", "polite")
    site.push("first", "Length does not matter")
    end = site.plan("first")
    done = _call(sys.executable, _POLICY / "check_plan.py", end.outputs["plan"])
    assert (done.returncode, done.stdout.strip()) == (0, ""), done.stderr
