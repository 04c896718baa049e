"""What a person is asked on a terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

import pytest

from sgpctl.cli.console import Console
from tests.secrets import KEY


@pytest.fixture
def keyboard(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """What types into the terminal that standard input is."""
    ours, theirs = os.openpty()
    with os.fdopen(ours, "wb", buffering=0), os.fdopen(theirs) as terminal:
        monkeypatch.setattr(sys, "stdin", terminal)
        yield ours


@pytest.mark.parametrize(("typed", "agrees"), [("yes", True), ("y", False), ("", False), ("no", False)])
def test_only_the_whole_word_agrees(typed: str, agrees: bool, keyboard: int) -> None:
    os.write(keyboard, f"{typed}\n".encode())
    assert Console.of_process({}).confirm("Apply?") is agrees


def test_a_question_does_not_show_the_key(keyboard: int, capsys: pytest.CaptureFixture[str]) -> None:
    os.write(keyboard, b"no\n")
    Console.of_process({"SGP_API_KEY": KEY}).confirm(f"End the lease of {KEY}?")
    asked = capsys.readouterr()
    assert "End the lease of" in asked.err
    assert KEY not in asked.err + asked.out
