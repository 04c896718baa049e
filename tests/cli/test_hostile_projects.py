"""Every file in tests/hostile/project as the `sgpctl.yaml` of a small project: adding a file adds a test.

`refuse/x.yaml.expect` is all that `validate` says. `accept/x.yaml.expect` is JSON: what `validate` says, and what the
file was taken for.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from sgpctl.manifest.project import find_project
from tests.cli.conftest import Sgpctl
from tests.manifest.projects import make_files

HOSTILE = Path(__file__).parent.parent / "hostile" / "project"
REFUSED = sorted((HOSTILE / "refuse").glob("*.yaml"))
ACCEPTED = sorted((HOSTILE / "accept").glob("*.yaml"))
OTHERS = {
    "evaluations/one.yaml": "name: one\ndata: [{question: q}]\n",
    "evaluations/draft/two.yaml": "name: two\ndata: [{question: q}]\n",
    ".hidden/three.yaml": "name: three\ndata: [{question: q}]\n",
}


def project_with(file: Path, root: Path) -> Path:
    make_files(root, {**OTHERS, "sgpctl.yaml": file.read_bytes()})
    return root


def refusal(file: Path, root: Path, sgpctl: Sgpctl) -> str:
    ended = sgpctl("validate", project_with(file, root))
    assert (ended.code, ended.out) == (1, "")
    return ended.err.replace(str(root), "PROJECT")


def acceptance(file: Path, root: Path, sgpctl: Sgpctl) -> str:
    ended = sgpctl("validate", project_with(file, root))
    project = find_project(root)
    document = {
        "said": (ended.out + ended.err).replace(str(root), "PROJECT").splitlines(),
        "project": project.name,
        "environments": {
            name: {key: value for key, value in asdict(one).items() if value not in (None, name)}
            for name, one in project.environments.items()
        },
        "default_environment": project.default_environment,
        "max_archive": project.safety.max_archive,
        "budget": asdict(project.budget),
    }
    assert ended.code == 0, document["said"]
    return json.dumps(document, indent=1) + "\n"


def expectation(file: Path) -> str:
    return file.with_name(f"{file.name}.expect").read_text(encoding="utf-8")


@pytest.mark.parametrize("file", REFUSED, ids=lambda file: file.stem)
def test_a_refused_project_file_is_told_all_that_is_wrong_with_it(
    file: Path, tmp_path: Path, sgpctl: Sgpctl
) -> None:
    said = refusal(file, tmp_path, sgpctl)
    assert said == expectation(file)
    assert all(line.isprintable() for line in said.splitlines())
    assert "hunter2" not in said


@pytest.mark.parametrize("file", ACCEPTED, ids=lambda file: file.stem)
def test_an_accepted_project_file_means_what_is_expected(file: Path, tmp_path: Path, sgpctl: Sgpctl) -> None:
    assert acceptance(file, tmp_path, sgpctl) == expectation(file)


@pytest.mark.parametrize("file", [*REFUSED, *ACCEPTED], ids=lambda file: file.stem)
def test_a_project_file_makes_nothing_be_written(file: Path, tmp_path: Path, sgpctl: Sgpctl) -> None:
    root = project_with(file, tmp_path / "project")
    before = sorted(tmp_path.rglob("*"))
    sgpctl("validate", root)
    sgpctl("render", root)
    sgpctl("fmt", "--check", root)
    assert sorted(tmp_path.rglob("*")) == before
