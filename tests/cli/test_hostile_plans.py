"""Every file in tests/hostile/plan, shown: adding a file, and beside it all that is said of it, adds a test.

Where a file says `<fits>` as its digest, it is read with the one that fits its changes, as somebody would write it who
knows how digests are made.
"""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

import pytest

from tests.cli.conftest import Ended, Sgpctl
from tests.plan.sealing import sealed

HOSTILE = Path(__file__).parent.parent / "hostile" / "plan"
REFUSED = sorted((HOSTILE / "refuse").glob("*.json"))
ACCEPTED = sorted((HOSTILE / "accept").glob("*.json"))
FITS = "<fits>"


def with_fitting_digest(data: bytes) -> bytes:
    with suppress(ValueError, RecursionError):
        document = json.loads(data)
        if isinstance(document, dict) and document.get("digest") == FITS:
            encoding = json.detect_encoding(data)
            digest = str(sealed(document)["digest"])
            return data.decode(encoding).replace(FITS, digest).encode(encoding)
    return data


def shown(file: Path, folder: Path, sgpctl: Sgpctl, *options: str) -> Ended:
    """What `show` says of a file in the folder in which it is called."""
    (folder / "plan.json").write_bytes(with_fitting_digest(file.read_bytes()))
    return sgpctl("show", "plan.json", *options)


def expectation(file: Path) -> str:
    return file.with_name(f"{file.name}.expect").read_text(encoding="utf-8")


def is_printable(text: str) -> bool:
    return all(char.isprintable() or char == "\n" for char in text)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("file", REFUSED, ids=lambda file: file.stem)
def test_a_refused_plan_is_told_why(file: Path, folder: Path, sgpctl: Sgpctl) -> None:
    ended = shown(file, folder, sgpctl)
    assert (ended.code, ended.out, ended.err) == (1, "", expectation(file))
    assert is_printable(ended.err)
    assert all(len(line) < 300 for line in ended.err.splitlines())


@pytest.mark.parametrize("file", ACCEPTED, ids=lambda file: file.stem)
def test_an_accepted_plan_is_shown_in_lines_of_ours_alone(file: Path, folder: Path, sgpctl: Sgpctl) -> None:
    ended = shown(file, folder, sgpctl)
    assert (ended.code, ended.out, ended.err) == (0, expectation(file), "")
    assert is_printable(ended.out)


@pytest.mark.parametrize("file", ACCEPTED, ids=lambda file: file.stem)
def test_an_accepted_plan_is_the_same_once_printed_and_read_again(
    file: Path, folder: Path, sgpctl: Sgpctl
) -> None:
    printed = shown(file, folder, sgpctl, "--json").out
    assert is_printable(printed)
    (folder / "again.json").write_text(printed, encoding="utf-8")
    assert sgpctl("show", "again.json", "--json").out == printed


@pytest.mark.parametrize("file", ACCEPTED, ids=lambda file: file.stem)
def test_nothing_is_applied_that_was_not_planned_here(
    file: Path, folder: Path, quickstart: Path, sgpctl: Sgpctl
) -> None:
    (folder / "plan.json").write_bytes(with_fitting_digest(file.read_bytes()))
    assert sgpctl("apply", "plan.json", "-C", quickstart).code in (1, 3)
    assert "3 to create" in sgpctl("plan", quickstart).out
