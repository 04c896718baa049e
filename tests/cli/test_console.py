"""What reaches a terminal on which a progress bar is drawn."""

from __future__ import annotations

import os
import pty
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TextIO

import pytest

from sgpctl.cli.console import Console
from sgpctl.render.layout import Span

WORDS = [(Span("a word"),)]


@pytest.fixture
def terminal() -> Iterator[tuple[int, TextIO]]:
    """A terminal: the end at which a person reads, and the end that is written to."""
    reader, writer = pty.openpty()
    with os.fdopen(writer, "w", encoding="utf-8") as stream:
        yield reader, stream
    os.close(reader)


def test_a_message_takes_the_line_of_a_progress_bar_for_itself(terminal: tuple[int, TextIO]) -> None:
    reader, stream = terminal
    Console(sys.stdout, stream, colour_wanted=True).tell(WORDS)
    assert os.read(reader, 1000).startswith(b"\r\x1b[2Ka word")


def test_where_nothing_is_drawn_nothing_is_cleared(terminal: tuple[int, TextIO], tmp_path: Path) -> None:
    reader, stream = terminal
    Console(sys.stdout, stream, colour_wanted=False).tell(WORDS)
    assert os.read(reader, 1000) == b"a word\r\n"
    with closing((tmp_path / "log").open("w", encoding="utf-8")) as log:
        Console(sys.stdout, log, colour_wanted=True).tell(WORDS)
    assert (tmp_path / "log").read_bytes() == b"a word\n"
