"""How far an apply has come: a live display on a terminal, plain lines elsewhere."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from sgpctl.apply.execution import Listener
from sgpctl.apply.outcome import ChangeResult
from sgpctl.cli.console import Console
from sgpctl.plan.plan import Change, Plan
from sgpctl.render.progress_text import finished_line, started_line


@contextmanager
def progress(console: Console, plan: Plan) -> Iterator[Listener]:
    """A listener for the changes of `plan`, with its display for as long as the block lasts."""
    if console.is_live:
        with _live(console, plan) as listener:
            yield listener
    else:
        yield _lines(console)


def _lines(console: Console) -> Listener:
    clock = _Stopwatch()

    def started(change: Change) -> None:
        clock.start(change)
        console.tell([started_line(change, console.glyphs)])

    def finished(result: ChangeResult) -> None:
        console.tell([finished_line(result, clock.stop(result.change), console.glyphs)])

    return Listener(started, finished)


@contextmanager
def _live(console: Console, plan: Plan) -> Iterator[Listener]:
    """A terminal that is gone must not stop what it displays."""
    from rich.console import Console as RichConsole
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        SpinnerColumn,
        TextColumn,
        TimeElapsedColumn,
    )
    from rich.text import Text

    from sgpctl.render.ansi import ansi
    from sgpctl.render.safe_text import safe

    clock = _Stopwatch()
    display = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=RichConsole(file=console.messages, stderr=True),
        transient=True,
    )
    bar = display.add_task("applying", total=len(plan.changes))

    def started(change: Change) -> None:
        clock.start(change)
        words = console.redacted(safe(f"{change.action.value} {change.name}"))
        with suppress(OSError):
            display.update(bar, description=words)

    def finished(result: ChangeResult) -> None:
        line = finished_line(result, clock.stop(result.change), console.glyphs)
        text = console.redacted(ansi([line]).rstrip("\n"))
        with suppress(OSError):
            display.console.print(Text.from_ansi(text), soft_wrap=True)
            display.advance(bar)

    with suppress(OSError):
        display.start()
    try:
        yield Listener(started, finished)
    finally:
        with suppress(OSError):
            display.stop()


class _Stopwatch:
    """Seconds from the start of a change to its end."""

    def __init__(self) -> None:
        self._begun: dict[tuple[str, str, str], float] = {}

    def start(self, change: Change) -> None:
        self._begun[change.address] = time.monotonic()

    def stop(self, change: Change) -> float:
        return time.monotonic() - self._begun.get(change.address, time.monotonic())
