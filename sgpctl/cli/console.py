"""Where words come out: the result on standard output, everything else on standard error."""

from __future__ import annotations

import io
import os
import shutil
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TextIO

import click

from sgpctl.cli.given_keys import keys_in
from sgpctl.errors import UsageError
from sgpctl.render.glyphs import Glyphs, glyphs_for
from sgpctl.render.layout import Line, plain
from sgpctl.render.safe_text import redact

_CLEAR_LINE = b"\r\x1b[2K"
_WIDTH_ELSEWHERE = 120  # where the output is not a terminal, and lines are read in logs and reviews


@dataclass(frozen=True, slots=True)
class Console:
    """The two output streams, and what may be written to them."""

    result: TextIO
    messages: TextIO
    colour_wanted: bool
    secrets: list[str] = field(default_factory=list)

    @classmethod
    def of_process(cls, environ: Mapping[str, str] = os.environ, *, no_color: bool = False) -> Console:
        """The console of this process. `NO_COLOR` (any value) and a dumb terminal are honoured.

        The keys that the process was given are hidden, also where nothing will be asked of a platform.
        """
        result, messages = sys.stdout or _closed(), sys.stderr or _closed()
        wanted = not no_color and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"
        return cls(result, messages, wanted, keys_in(environ))

    @property
    def glyphs(self) -> Glyphs:
        return glyphs_for(self.result.encoding)

    @property
    def width(self) -> int:
        return shutil.get_terminal_size().columns if self.result.isatty() else _WIDTH_ELSEWHERE

    @property
    def is_live(self) -> bool:
        """True when a display may redraw itself on standard error."""
        return self.colour_wanted and self.messages.isatty()

    def hide(self, secret: str) -> None:
        """Never print `secret` from now on, wherever it comes from: a server may repeat a key in its answer."""
        if secret not in self.secrets:
            self.secrets.append(secret)

    def redacted(self, text: str) -> str:
        """`text` as it may be printed, or saved where others find it."""
        return redact(text, self.secrets)

    def put(self, lines: Sequence[Line]) -> None:
        """Print lines of the result. Raises OSError for a reader who is gone, or a full disk."""
        self._write(self.result, lines)

    def put_text(self, text: str) -> None:
        """Print a document as the result. It is UTF-8, whatever the terminal's encoding is. Raises OSError."""
        self._write_bytes(self.result, self.redacted(text).encode("utf-8"))

    def tell(self, lines: Sequence[Line]) -> None:
        """Print lines of messages or progress; what nobody can be told must not stop what it is about."""
        with suppress(OSError):
            # A progress bar may stand on the line that is written to.
            self._write(self.messages, lines, before=_CLEAR_LINE if self.is_live else b"")

    def confirm(self, question: str) -> bool:
        """Ask a person; only the whole word `yes` agrees. Raises UsageError where nobody can be asked."""
        if sys.stdin is None or not sys.stdin.isatty():
            raise UsageError(
                "nobody can be asked for consent here: standard input is not a terminal",
                hint="Look at what is above, then run again with --yes.",
            )
        with _interrupted_at_once():
            answer: str = click.prompt(
                f"{self.redacted(question)}\n  Only `yes` goes on",
                default="",
                show_default=False,
                err=True,
            )
        return answer.strip() == "yes"

    def _write(self, stream: TextIO, lines: Sequence[Line], *, before: bytes = b"") -> None:
        if self.colour_wanted and stream.isatty():
            from sgpctl.render.ansi import ansi

            text = ansi(lines)
        else:
            text = plain(lines)
        encoding = stream.encoding or "utf-8"
        self._write_bytes(stream, before + self.redacted(text).encode(encoding, "backslashreplace"))

    def _write_bytes(self, stream: TextIO, data: bytes) -> None:
        try:
            stream.flush()
            stream.buffer.write(data)
            stream.buffer.flush()
        except OSError:
            silence(stream)
            raise


def silence(stream: TextIO) -> None:
    """Lead a stream nowhere: what it still holds for a reader who is gone, or for a full disk, must not fail again."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(nowhere, stream.fileno())
        finally:
            os.close(nowhere)


def _closed() -> TextIO:
    """What stands for a stream that was closed before we began: it takes what is written and gives it to nobody."""
    return io.TextIOWrapper(io.BytesIO(), encoding="utf-8")


@contextmanager
def _interrupted_at_once() -> Iterator[None]:
    """Ctrl-C ends a question: the event loop's own handler only takes note of it while nothing else runs."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
