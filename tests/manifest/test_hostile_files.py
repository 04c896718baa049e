"""Every file in tests/hostile/{yaml,json,csv,jsonl}: adding a file, and beside it what to expect, adds a test.

`refuse/x.yaml.expect` has one line per error: its place and the beginning of its message, or a part of it.
`accept/x.yaml.expect` is JSON: the documents, or the one list of rows, and the beginnings of all warnings.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from sgpctl.limits import MANIFEST_BYTES_MAX
from sgpctl.manifest.files import Files
from sgpctl.manifest.problem import Broken, Problem
from sgpctl.model.located import Json

HOSTILE = Path(__file__).parent.parent / "hostile"
KINDS = ("yaml", "json", "csv", "jsonl")


def files(verdict: str) -> list[Path]:
    return sorted(
        path for kind in KINDS for path in (HOSTILE / kind / verdict).iterdir() if path.suffix != ".expect"
    )


def read(path: Path) -> tuple[list[Json], tuple[Problem, ...]]:
    """The documents, or the rows as the one of them, and all problems."""
    reader = Files(path.parent.resolve())
    if path.suffix in (".yaml", ".yml", ".json"):
        source = reader.source(path.resolve(), MANIFEST_BYTES_MAX)
        return [document.root for document in source.documents], source.problems
    try:
        content = reader.verbatim(path.resolve())
    except Broken as broken:
        return [], (broken.problem,)
    return [content.value], content.problems


def expectation(path: Path) -> str:
    return path.with_name(f"{path.name}.expect").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", files("refuse"), ids=lambda path: path.name)
def test_a_refused_file_gets_exactly_the_expected_errors_at_their_places(path: Path) -> None:
    errors = [str(problem) for problem in read(path)[1] if problem.is_error]
    expected = expectation(path).splitlines()
    assert len(errors) == len(expected), errors
    for line in errors:
        assert re.match(rf"{re.escape(path.name)}:[1-9]\d*:[1-9]\d*: ", line)
    for fragment in expected:
        assert any(fragment in line for line in errors), (fragment, errors)


@pytest.mark.parametrize("path", files("accept"), ids=lambda path: path.name)
def test_an_accepted_file_means_what_is_expected_and_gets_only_the_expected_warnings(path: Path) -> None:
    documents, problems = read(path)
    expected = json.loads(expectation(path))
    assert json.dumps(documents, sort_keys=True) == json.dumps(expected["documents"], sort_keys=True)
    assert not any(problem.is_error for problem in problems)
    warnings = [str(problem) for problem in problems]
    assert len(warnings) == len(expected["warnings"]), warnings
    for fragment in expected["warnings"]:
        assert any(fragment in line for line in warnings), (fragment, warnings)
