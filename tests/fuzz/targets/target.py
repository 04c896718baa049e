"""The side of a target that the fuzzer sees."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Protocol

TESTS = Path(__file__).parents[2]
HOSTILE = TESTS / "hostile"
EXAMPLES = TESTS.parent / "examples"


class Target(Protocol):
    """`outputs` are the files, besides those in the state folder, that a run may write."""

    @property
    def name(self) -> str: ...

    @property
    def outputs(self) -> Collection[str]: ...

    def seeds(self) -> Iterator[bytes]: ...

    def prepare(self, data: bytes, folder: Path) -> None:
        """Lay the input out in an empty folder; nothing is judged yet."""

    def run(self, folder: Path) -> str:
        """How it ended, in words. Whatever is raised is a finding."""


class BrokenPromise(AssertionError):
    """What came out is not what every input is promised."""


def promise(holds: bool, what: str) -> None:
    if not holds:
        raise BrokenPromise(what)


def is_printable(text: str) -> bool:
    return all(char.isprintable() or char == "\n" for char in text)


def hostile_files(*kinds: str) -> Iterator[Path]:
    for kind in kinds:
        yield from (path for path in sorted((HOSTILE / kind).glob("*/*")) if path.suffix != ".expect")
