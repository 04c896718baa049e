from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from sgpctl import limits
from sgpctl.api.gate import Gate


class Clock:
    """Time that passes only when the test says so."""

    def __init__(self) -> None:
        self.now = 0.0
        self._sleepers: list[tuple[float, asyncio.Event]] = []

    async def sleep(self, seconds: float) -> None:
        woken = asyncio.Event()
        self._sleepers.append((self.now + seconds, woken))
        await woken.wait()

    async def advance(self, seconds: float) -> None:
        self.now += seconds
        for until, woken in self._sleepers:
            if until <= self.now:
                woken.set()
        await settle()


async def settle() -> None:
    """Let every task go as far as it can."""
    for _ in range(20):
        await asyncio.sleep(0)


class Workers:
    """Tasks that hold a place until they are told to leave."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self.inside: list[int] = []
        self._leave: dict[int, asyncio.Event] = {}
        self.tasks: dict[int, asyncio.Task[None]] = {}

    def start(self, *numbers: int) -> None:
        for number in numbers:
            self._leave[number] = asyncio.Event()
            self.tasks[number] = asyncio.create_task(self._work(number))

    async def finish(self, *numbers: int) -> None:
        for number in numbers:
            self._leave[number].set()
        await settle()

    async def _work(self, number: int) -> None:
        async with self._gate.place():
            self.inside.append(number)
            try:
                await self._leave[number].wait()
            finally:
                self.inside.remove(number)


def with_gate(width: int, scene: Callable[[Gate, Workers, Clock], Awaitable[None]]) -> None:
    async def inside() -> None:
        clock = Clock()
        gate = Gate(width, clock.sleep)
        workers = Workers(gate)
        try:
            await scene(gate, workers, clock)
        finally:
            for task in workers.tasks.values():
                task.cancel()
            await asyncio.gather(*workers.tasks.values(), return_exceptions=True)

    asyncio.run(inside())


def test_no_more_than_its_width_are_inside_and_the_rest_follow_in_order() -> None:
    async def scene(_: Gate, workers: Workers, __: Clock) -> None:
        workers.start(1, 2, 3, 4)
        await settle()
        assert workers.inside == [1, 2]
        await workers.finish(2)
        assert workers.inside == [1, 3]
        await workers.finish(1, 3)
        assert workers.inside == [4]

    with_gate(2, scene)


def test_a_pause_holds_everyone_back_until_it_is_over() -> None:
    async def scene(gate: Gate, workers: Workers, clock: Clock) -> None:
        pause = asyncio.create_task(gate.pause(30))
        await settle()
        workers.start(1)
        await clock.advance(29)
        assert workers.inside == []
        await clock.advance(1)
        assert workers.inside == [1]
        await pause

    with_gate(4, scene)


def test_pauses_that_overlap_end_with_the_last_one() -> None:
    async def scene(gate: Gate, workers: Workers, clock: Clock) -> None:
        pauses = [asyncio.create_task(gate.pause(seconds)) for seconds in (10, 30, 20)]
        await settle()
        workers.start(1)
        await clock.advance(20)
        assert workers.inside == []
        await clock.advance(10)
        assert workers.inside == [1]
        await asyncio.gather(*pauses)

    with_gate(4, scene)


def test_a_pause_halves_the_width_and_one_burst_halves_it_once() -> None:
    async def scene(gate: Gate, _: Workers, clock: Clock) -> None:
        pauses = [asyncio.create_task(gate.pause(10)) for _ in range(8)]
        await settle()
        await clock.advance(10)
        await asyncio.gather(*pauses)
        assert gate.width == 4

    with_gate(8, scene)


def test_the_width_never_falls_below_one() -> None:
    async def scene(gate: Gate, workers: Workers, clock: Clock) -> None:
        for _ in range(5):
            pause = asyncio.create_task(gate.pause(1))
            await settle()
            await clock.advance(1)
            await pause
        assert gate.width == 1
        workers.start(1, 2)
        await settle()
        assert workers.inside == [1]

    with_gate(8, scene)


def test_undisturbed_answers_widen_it_step_by_step_up_to_where_it_was() -> None:
    async def scene(gate: Gate, workers: Workers, clock: Clock) -> None:
        pause = asyncio.create_task(gate.pause(1))
        await settle()
        await clock.advance(1)
        await pause
        workers.start(1, 2, 3, 4)
        await settle()
        assert workers.inside == [1, 2]
        for _ in range(limits.SUCCESSES_PER_GROWTH):
            gate.succeeded()
        await settle()
        assert workers.inside == [1, 2, 3]
        for _ in range(5 * limits.SUCCESSES_PER_GROWTH):
            gate.succeeded()
        assert gate.width == 4

    with_gate(4, scene)


def test_one_that_is_cancelled_while_waiting_leaves_no_hole() -> None:
    async def scene(_: Gate, workers: Workers, __: Clock) -> None:
        workers.start(1, 2, 3)
        await settle()
        workers.tasks[2].cancel()
        await workers.finish(1)
        assert workers.inside == [3]

    with_gate(1, scene)


def test_one_that_is_cancelled_in_the_moment_it_is_let_in_gives_its_place_back() -> None:
    async def scene(_: Gate, workers: Workers, __: Clock) -> None:
        workers.start(1, 2, 3)
        await settle()
        workers.tasks[1].cancel()
        await asyncio.sleep(0)  # 1 has left, 2 is let in and has not run yet
        workers.tasks[2].cancel()
        await settle()
        assert workers.inside == [3]

    with_gate(1, scene)


def test_a_pause_that_is_cancelled_opens_the_gate() -> None:
    async def scene(gate: Gate, workers: Workers, _: Clock) -> None:
        pause = asyncio.create_task(gate.pause(1_000))
        await settle()
        workers.start(1)
        await settle()
        pause.cancel()
        await settle()
        assert workers.inside == [1]

    with_gate(1, scene)
