"""Ctrl-C and SIGTERM, which mean the same: what they do before, and what they do while changes are made."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager

from sgpctl.apply.execution import Interruption
from sgpctl.cli.console import Console
from sgpctl.errors import InterruptedByUser
from sgpctl.render.layout import Span, Style

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def nothing_in_flight() -> Iterator[None]:
    """A part of the work that may be stopped at any point, and leaves nothing behind. Raises InterruptedByUser."""
    try:
        yield
    except asyncio.CancelledError:
        _taken_back()
        raise InterruptedByUser("interrupted; nothing was changed") from None


@contextmanager
def interruptible(interruption: Interruption, console: Console) -> Iterator[None]:
    """A signal once: start nothing new, finish what is in flight. Twice: stop, with KeyboardInterrupt."""
    loop = asyncio.get_running_loop()
    task = asyncio.current_task()

    def asked() -> None:
        if interruption.by_person and task is not None:
            task.cancel()
            return
        interruption.by_person = True
        words = "Stopping: what is in flight is finished, nothing new is started. Once more stops at once."
        console.tell([(Span(words, Style.WARNING),)])

    before = {number: signal.getsignal(number) for number in _SIGNALS}
    for number in _SIGNALS:
        loop.add_signal_handler(number, asked)
    try:
        yield
    except asyncio.CancelledError:
        _taken_back()
        words = "Stopped. What was in flight is in the journal; the next apply looks for it before it plans."
        console.tell([(Span(words, Style.WARNING),)])
        raise KeyboardInterrupt from None
    finally:
        for number, handler in before.items():
            loop.remove_signal_handler(number)
            signal.signal(number, handler)


def _taken_back() -> None:
    """What comes instead of a cancellation takes it back, or the event loop would still act on it."""
    task = asyncio.current_task()
    if task is not None:
        task.uncancel()
