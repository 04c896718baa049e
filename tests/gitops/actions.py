"""Runs a composite action step by step as a runner would: its own shell lines, with inputs only through the environment."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.gitops.github_server import GitHubServer

ACTIONS = Path(__file__).parents[2] / ".github" / "actions"
_EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}")
_COMPARISON = re.compile(r"(.+?) (==|!=) (.+)")
_UPLOAD = "actions/upload-artifact@"


@dataclass(frozen=True, slots=True)
class JobEnd:
    """`code` is that of the step that failed, or 0; `log` is all that its steps printed."""

    code: int
    log: str
    outputs: Mapping[str, str]
    summary: str


@dataclass
class Job:
    """One job on a runner: a checkout, an event, secrets, and the address of the platform that it may reach."""

    checkout: Path
    temp: Path
    github: GitHubServer
    event: Mapping[str, Any]
    commit: str
    environ: Mapping[str, str] = field(default_factory=dict)

    def run(self, action: str, **inputs: str) -> JobEnd:
        """Run `action` with `inputs`; a step that fails ends it."""
        self._prepare()
        document = yaml.safe_load((ACTIONS / action / "action.yml").read_text(encoding="utf-8"))
        declared = {name: str(one.get("default", "")) for name, one in document["inputs"].items()}
        required = {name for name, one in document["inputs"].items() if one.get("required")}
        given = {name.replace("_", "-"): value for name, value in inputs.items()}
        assert given.keys() <= declared.keys()
        assert required <= given.keys()
        context: dict[str, Any] = {
            "inputs": {**declared, **given},
            "steps": {},
            "github": {"token": self.github.token, "event": self.event, "sha": self.commit},
            "runner": {"temp": str(self.temp)},
        }
        context["inputs"] = {name: _filled(value, context) for name, value in context["inputs"].items()}
        log, code = "", 0
        for step in document["runs"]["steps"]:
            if code == 0 and _is_met(step.get("if"), context):
                code, said = self._step(ACTIONS / action, step, context)
                log += said
        outputs = {name: _filled(one["value"], context) for name, one in document.get("outputs", {}).items()}
        return JobEnd(code, log, outputs, (self.temp / "summary.md").read_text(encoding="utf-8"))

    def _prepare(self) -> None:
        """What is on a runner already; sgpctl counts as installed, so that nothing is fetched in a test."""
        programs = self.temp / "sgpctl" / "bin"
        programs.mkdir(parents=True, exist_ok=True)
        program = programs / "sgpctl"
        program.write_text(
            f"#!/bin/sh\nexec {sys.executable} -c 'from sgpctl.cli.main import run; run()' \"$@\"\n"
        )
        program.chmod(0o755)
        (self.temp / "event.json").write_text(json.dumps(self.event), encoding="utf-8")
        for name in ("output", "path", "summary.md"):
            (self.temp / name).write_text("", encoding="utf-8")

    def _step(self, action: Path, step: Mapping[str, Any], context: dict[str, Any]) -> tuple[int, str]:
        if "uses" in step:
            assert step["uses"].startswith(_UPLOAD)
            name, path = (_filled(step["with"][key], context) for key in ("name", "path"))
            self.github.keep_artifact(name, Path(path), head_sha=self.head)
            return 0, ""
        (self.temp / "output").write_text("", encoding="utf-8")
        done = subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", step["run"]],
            cwd=self.checkout,
            env={**self._environ(action), **{k: _filled(v, context) for k, v in step.get("env", {}).items()}},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            stdin=subprocess.DEVNULL,
        )
        lines = (self.temp / "output").read_text(encoding="utf-8").splitlines()
        if "id" in step:
            outputs = dict(line.split("=", 1) for line in lines)
            context["steps"][step["id"]] = {"outputs": outputs}
        return done.returncode, done.stdout + done.stderr

    @property
    def head(self) -> str:
        pull_request = self.event.get("pull_request")
        return str(pull_request["head"]["sha"]) if pull_request else self.commit

    def _environ(self, action: Path) -> dict[str, str]:
        return {
            "PATH": f"{self.temp / 'sgpctl' / 'bin'}:{os.environ['PATH']}",
            "HOME": str(self.temp),
            "PYTHONPATH": str(ACTIONS.parents[1]),
            "RUNNER_TEMP": str(self.temp),
            "GITHUB_ACTIONS": "true",
            "GITHUB_ACTION_PATH": str(action),
            "GITHUB_API_URL": self.github.address,
            "GITHUB_EVENT_PATH": str(self.temp / "event.json"),
            "GITHUB_OUTPUT": str(self.temp / "output"),
            "GITHUB_PATH": str(self.temp / "path"),
            "GITHUB_REPOSITORY": self.github.repository,
            "GITHUB_SERVER_URL": "https://github.example",
            "GITHUB_SHA": self.commit,
            "GITHUB_STEP_SUMMARY": str(self.temp / "summary.md"),
            **self.environ,
        }


def _is_met(condition: str | None, context: Mapping[str, Any]) -> bool:
    if condition is None:
        return True
    comparison = _COMPARISON.fullmatch(condition)
    assert comparison is not None, condition
    left, sign, right = comparison.groups()
    return (_value(left, context) == _value(right, context)) is (sign == "==")


def _filled(text: str, context: Mapping[str, Any]) -> str:
    return _EXPRESSION.sub(lambda found: _value(found[1].strip(), context), str(text))


def _value(expression: str, context: Mapping[str, Any]) -> str:
    """`a.b.c`, `'text'`, or the first of `a || b` that is not empty; what is not there is empty."""
    for part in expression.split("||"):
        word = part.strip()
        value: Any = word[1:-1] if word.startswith("'") else context
        for key in [] if word.startswith("'") else word.split("."):
            value = value.get(key, "") if isinstance(value, Mapping) else ""
        if value:
            return str(value)
    return ""
