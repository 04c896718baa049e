"""Every file in tests/hostile/{yaml,json}: adding a file, and beside it what to expect, adds a test.

`refuse/x.yaml.expect` has one line per error: its place and the beginning of its message, or a part of it.
`accept/x.yaml.expect` is JSON: the documents, and the beginnings of all warnings.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from sgpctl.limits import MANIFEST_BYTES_MAX
from sgpctl.manifest.files import Files, Source

HOSTILE = Path(__file__).parent.parent / "hostile"
REFUSED = sorted(path for path in HOSTILE.glob("[yj]*/refuse/*") if path.suffix != ".expect")
ACCEPTED = sorted(path for path in HOSTILE.glob("[yj]*/accept/*") if path.suffix != ".expect")


def read(path: Path) -> Source:
    return Files(path.parent.resolve()).source(path.resolve(), MANIFEST_BYTES_MAX)


def expectation(path: Path) -> str:
    return path.with_name(f"{path.name}.expect").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", REFUSED, ids=lambda path: path.name)
def test_a_refused_file_gets_exactly_the_expected_errors_at_their_places(path: Path) -> None:
    errors = [str(problem) for problem in read(path).problems if problem.is_error]
    expected = expectation(path).splitlines()
    assert len(errors) == len(expected), errors
    for line in errors:
        assert re.match(rf"{re.escape(path.name)}:[1-9]\d*:[1-9]\d*: ", line)
    for fragment in expected:
        assert any(fragment in line for line in errors), (fragment, errors)


@pytest.mark.parametrize("path", ACCEPTED, ids=lambda path: path.name)
def test_an_accepted_file_means_what_is_expected_and_gets_only_the_expected_warnings(path: Path) -> None:
    source = read(path)
    expected = json.loads(expectation(path))
    roots = [document.root for document in source.documents]
    assert json.dumps(roots, sort_keys=True) == json.dumps(expected["documents"], sort_keys=True)
    assert not any(problem.is_error for problem in source.problems)
    warnings = [str(problem) for problem in source.problems]
    assert len(warnings) == len(expected["warnings"]), warnings
    for fragment in expected["warnings"]:
        assert any(fragment in line for line in warnings), (fragment, warnings)
