"""Targets that do what no input may make a target do: they show that the fuzzer sees it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path

from sgpctl.limits import MIB
from tests.fuzz.targets.target import Target, promise

_TRIGGER = b"!"


class Defective:
    """Does its deed on inputs that hold a certain byte."""

    outputs: Collection[str] = ("named-output",)

    def __init__(self, name: str, deed: Callable[[Path], object]) -> None:
        self.name = name
        self._deed = deed

    def seeds(self) -> Iterator[bytes]:
        yield b"a harmless input"
        yield b"another!"

    def prepare(self, data: bytes, folder: Path) -> None:
        (folder / "input").write_bytes(data)

    def run(self, folder: Path) -> str:
        if _TRIGGER in (folder / "input").read_bytes():
            self._deed(folder)
        (folder / "named-output").write_text("this may be written")
        (folder / ".sgpctl").mkdir()
        (folder / ".sgpctl" / "journal").write_text("this too")
        return "done"


def _raise(folder: Path) -> None:
    raise ZeroDivisionError(folder.name)


def _loop(_: Path) -> None:
    while True:
        pass


def _take_memory(_: Path) -> None:
    bytearray(600 * MIB)


def _connect(_: Path) -> None:
    with socket.socket() as connection:
        connection.settimeout(0.1)
        connection.connect_ex(("127.0.0.1", 9))


def _write_elsewhere(_: Path) -> None:
    with tempfile.TemporaryDirectory() as elsewhere:
        Path(elsewhere, "x").write_text("x")


DEFECTS: Mapping[str, Target] = {
    name: Defective(name, deed)
    for name, deed in (
        ("raises", _raise),
        ("exits", lambda _: sys.exit(3)),
        ("breaks-a-promise", lambda _: promise(holds=False, what="it was promised")),
        ("loops", _loop),
        ("takes-memory", _take_memory),
        ("dies", lambda _: os._exit(3)),
        ("writes-beside-its-output", lambda folder: (folder / "other").write_text("x")),
        ("removes-its-input", lambda folder: (folder / "input").unlink()),
        ("writes-above-its-folder", lambda folder: (folder.parent / "x").write_text("x")),
        ("writes-elsewhere", _write_elsewhere),
        ("connects", _connect),
        ("starts-a-process", lambda _: subprocess.run([sys.executable, "-c", ""], check=True)),
    )
}
