"""A loop in which time passes only when nobody can go on: hours of waiting take no time, and always the same turns."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Coroutine, Generator, Mapping
from contextvars import Context, ContextVar
from typing import Any

NETWORK = "the network"
"""What is under way in the network belongs to no process, and ends with none."""

_process: ContextVar[str] = ContextVar("_process", default="the world")
_at_step: ContextVar[Callable[[], None] | None] = ContextVar("_at_step", default=None)


class Death(BaseException):
    """The process ended here. Nothing of it may run on."""


class _Selector(selectors.BaseSelector):
    """Moves its loop's time on instead of waiting for sockets; there are none."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._keys: dict[Any, selectors.SelectorKey] = {}

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        handle = fileobj if isinstance(fileobj, int) else fileobj.fileno()
        self._keys[fileobj] = selectors.SelectorKey(fileobj, handle, events, data)
        return self._keys[fileobj]

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        return self._keys.pop(fileobj)

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise RuntimeError("the simulation hangs: nobody can go on, and nobody waits for the time")
        self.seconds += max(0.0, timeout)
        return []

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        return self._keys


class SimulatedLoop(asyncio.SelectorEventLoop):
    """Its tasks bear the name of the process that they belong to, and so do the tasks that these start."""

    def __init__(self) -> None:
        self._simulated = _Selector()
        super().__init__(self._simulated)
        self.set_task_factory(_named_task)
        self.set_exception_handler(_tell_but_of_death)

    def time(self) -> float:
        return self._simulated.seconds

    def start(
        self, process: str, work: Coroutine[Any, Any, Any], at_step: Callable[[], None] | None = None
    ) -> asyncio.Task[Any]:
        """`work` as the first task of a process.

        `at_step` is called each time that any task of it goes on from an await, and what it raises is raised there.
        """
        context = Context()
        context.run(_process.set, process)
        context.run(_at_step.set, at_step)
        return self.create_task(work, context=context)

    async def end_tasks(self, process: str | None = None) -> None:
        """Whatever is left of a process ends with it, and what that begins meanwhile too; None: of all."""
        ended: set[asyncio.Task[Any]] = set()
        while left := self._others(process):
            for task in left:
                task.cancel()
            ended |= left
            await asyncio.sleep(0)
        await asyncio.gather(*ended, return_exceptions=True)

    def _others(self, process: str | None) -> set[asyncio.Task[Any]]:
        return {
            task
            for task in asyncio.all_tasks(self)
            if (process is None or task.get_name() == process) and task is not asyncio.current_task(self)
        }


def _tell_but_of_death(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Whoever is dead asks nobody how it ended."""
    if not isinstance(context.get("exception"), Death):
        loop.default_exception_handler(context)


def _named_task(
    loop: asyncio.AbstractEventLoop,
    work: Coroutine[Any, Any, Any] | Generator[Any, None, Any],
    context: Context | None = None,
) -> asyncio.Task[Any]:
    process = _process.get() if context is None else context.get(_process, "the world")
    at_step = _at_step.get() if context is None else context.get(_at_step)
    if at_step is not None:
        work = _Watched(work, at_step)
    return asyncio.Task(work, loop=loop, name=process, context=context)


class _Watched(Coroutine[Any, Any, Any]):
    """Work that asks after each await whether it may go on."""

    def __init__(
        self, work: Coroutine[Any, Any, Any] | Generator[Any, None, Any], at_step: Callable[[], None]
    ) -> None:
        self._work = work
        self._at_step = at_step
        self._has_begun = False

    def send(self, value: Any) -> Any:
        try:
            self._step()
        except BaseException as error:  # noqa: BLE001 - it is raised where the work waits
            return self._work.throw(error)
        return self._work.send(value)

    def throw(self, kind: Any, value: Any = None, traceback: Any = None) -> Any:
        error = kind if value is None else value
        try:
            self._step()
        except BaseException as other:  # noqa: BLE001 - it is raised where the work waits
            error = other
        return self._work.throw(error)

    def close(self) -> None:
        self._work.close()

    def _step(self) -> None:
        if self._has_begun:
            self._at_step()
        self._has_begun = True

    def __await__(self) -> Generator[Any, None, Any]:
        raise NotImplementedError
