"""The command in this process: arguments in, an exit code and two streams out."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sgpctl.cli.main import _run
from tests.fuzz.targets.target import promise


@dataclass(frozen=True, slots=True)
class Ended:
    code: int
    out: str
    err: str


def called(*arguments: str) -> Ended:
    """What a call ends in; an error that only the last door catches comes out as it is."""
    with _streams() as (out, err):
        code = _run(arguments)
    promise(code in (0, 1, 2, 3, 4), f"exit code {code}")
    return Ended(code, _text(out), _text(err))


@contextmanager
def _streams() -> Iterator[tuple[io.TextIOWrapper, io.TextIOWrapper]]:
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="\n") for _ in range(2))
    before = sys.stdout, sys.stderr, dict(os.environ)
    sys.stdout, sys.stderr = out, err
    os.environ["SGPCTL_TRACEBACK"] = "1"
    try:
        yield out, err
    finally:
        sys.stdout, sys.stderr = before[:2]
        os.environ.clear()
        os.environ.update(before[2])


def _text(stream: io.TextIOWrapper) -> str:
    stream.flush()
    buffer = stream.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode("utf-8")
