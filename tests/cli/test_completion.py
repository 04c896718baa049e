"""What the shell is offered after `--env`."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.shell_completion import ShellComplete

from sgpctl.cli.main import cli


def offered(*arguments: str, begun: str = "") -> list[str]:
    complete = ShellComplete(cli, {}, "sgpctl", "_SGPCTL_COMPLETE")
    return [item.value for item in complete.get_completions([*arguments], begun)]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    environments = (
        "{production: {target: production}, preview: {target: sandbox}, sandbox: {target: sandbox}}"
    )
    (tmp_path / "sgpctl.yaml").write_text(
        f"version: 1\nproject: demo\nenvironments: {environments}\n", encoding="utf-8"
    )
    return tmp_path


def test_the_environments_of_the_project_are_offered(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project)
    assert offered("plan", "--env") == ["preview", "production", "sandbox"]
    assert offered("apply", "-e", begun="p") == ["preview", "production"]


def test_also_those_of_a_project_elsewhere(project: Path) -> None:
    assert offered("plan", "-C", str(project), "--env", begun="s") == ["sandbox"]
    assert offered("plan", str(project), "--env", begun="s") == ["sandbox"]


def test_without_a_project_that_can_be_read_nothing_is_offered(project: Path) -> None:
    (project / "sgpctl.yaml").write_text("version: [", encoding="utf-8")
    assert offered("plan", "-C", str(project), "--env") == []
    assert offered("plan", "-C", str(project / "nowhere"), "--env") == []
