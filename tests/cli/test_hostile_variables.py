"""Every file in tests/hostile/variables as a `--var-file`: adding a file, and beside it what to expect, adds a test.

`refuse/x.yaml.expect` is all that `validate` says, `accept/x.yaml.expect` the metadata that the variables end up in.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sgpctl.manifest.loader import load_or_raise
from sgpctl.manifest.project import find_project
from sgpctl.manifest.resolving.given import Given, given_variables
from tests.cli.conftest import Sgpctl
from tests.manifest.projects import make_files

HOSTILE = Path(__file__).parent.parent / "hostile" / "variables"
REFUSED = sorted(path for path in (HOSTILE / "refuse").iterdir() if path.suffix != ".expect")
ACCEPTED = sorted(path for path in (HOSTILE / "accept").iterdir() if path.suffix != ".expect")
FILES = {
    "sgpctl.yaml": "version: 1\nproject: demo\nvariables: {judge: a, brand: b}\n"
    "environments: {other: {variables: {elsewhere: c}}, sandbox: {target: sandbox}}\ndefault_environment: sandbox\n",
    "one.yaml": "name: one\ndata: [{q: 1}]\nmetadata: {judge: '${var.judge}', brand: '${var.brand}'}\n",
}


def refusal(file: Path, root: Path, sgpctl: Sgpctl) -> str:
    make_files(root, FILES)
    ended = sgpctl("validate", root, "--var-file", file)
    assert (ended.code, ended.out) == (1, "")
    return ended.err.replace(str(file.parent), "FOLDER")


def metadata(file: Path, root: Path) -> str:
    make_files(root, FILES)
    project = find_project(root)
    environment = project.environments["sandbox"]
    given = given_variables(Given((), (str(file),)), project, environment)
    return json.dumps(load_or_raise(project, environment, given).desired[0].body["metadata"]) + "\n"


def expectation(file: Path) -> str:
    return file.with_name(f"{file.name}.expect").read_text(encoding="utf-8")


@pytest.mark.parametrize("file", REFUSED, ids=lambda file: file.name)
def test_a_refused_file_of_variables_is_told_all_that_is_wrong_with_it(
    file: Path, tmp_path: Path, sgpctl: Sgpctl
) -> None:
    said = refusal(file, tmp_path, sgpctl)
    assert said == expectation(file)
    assert all(line.isprintable() for line in said.splitlines())


@pytest.mark.parametrize("file", ACCEPTED, ids=lambda file: file.name)
def test_an_accepted_file_of_variables_gives_what_is_expected(file: Path, tmp_path: Path) -> None:
    assert metadata(file, tmp_path) == expectation(file)
