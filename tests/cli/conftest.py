"""The command as a user calls it: arguments in, an exit code and two streams out."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from sgpctl.cli.main import run

EXAMPLES = Path(__file__).parents[2] / "examples"


@dataclass(frozen=True)
class Ended:
    """How one call of the command ended."""

    code: int
    out: str
    err: str


Sgpctl = Callable[..., Ended]


@pytest.fixture
def sgpctl(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Sgpctl:
    """Calls sgpctl in this process, without any of the variables that it reads."""
    for name in (
        "SGP_API_KEY",
        "SGP_API_KEY_FILE",
        "SGP_ACCOUNT_ID",
        "SGP_CLIENT_BASE_URL",
        "SGPCTL_ENVIRONMENT",
        "GITHUB_ACTIONS",
        "GITLAB_CI",
        "CIRCLECI",
        "JENKINS_URL",
        "JENKINS_HOME",
    ):
        monkeypatch.delenv(name, raising=False)

    def call(*arguments: str | Path) -> Ended:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            run([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        code = ended.value.code
        assert isinstance(code, int)
        assert "Traceback" not in captured.err
        return Ended(code, captured.out, captured.err)

    return call


@pytest.fixture
def quickstart(tmp_path: Path) -> Path:
    return copy_example("quickstart", tmp_path)


def copy_example(name: str, into: Path) -> Path:
    """A copy of an example outside any repository, without a sandbox that an earlier run left."""
    return Path(shutil.copytree(EXAMPLES / name, into / name, ignore=shutil.ignore_patterns(".sgpctl")))


def edit(path: Path, old: str, new: str) -> None:
    """Replace the one place where `old` stands in a file."""
    text = path.read_text()
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {path.name}"
    path.write_text(text.replace(old, new))
