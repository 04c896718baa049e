"""The course of events in a world, one apply after another, and whether everything still holds after each.

A schedule is drawn beforehand, a story is made up on the way; what may be asked of them at which moment is said here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sgpctl.model.evaluation import DesiredEvaluation
from tests.simulation.invariants import check_rest, check_strangers
from tests.simulation.people import Deed
from tests.simulation.runner import Ended
from tests.simulation.stored import OWNER
from tests.simulation.world import Call, World


@dataclass
class Course:
    """`machines` are those that the project was applied on last."""

    world: World
    applies: int = 0
    deaths: int = 0
    races: int = 0
    machines: frozenset[int] = frozenset()

    def begin(self) -> None:
        """The account is not empty before the first apply."""
        self.world.run(self.world.people.settle())
        self.world.wait(self.world.climate.settle_seconds)

    def move_to(self, machines: frozenset[int]) -> None:
        """What one machine did lately, others only learn from lists."""
        if self.machines != machines:
            self._let_lists_settle()
        self.machines = machines

    def act(self, deed: Deed, desired: Sequence[DesiredEvaluation]) -> None:
        self.world.people.desired = desired
        self.world.act(deed)

    def apply(self, calls: Sequence[Call], *, forgets: bool = False) -> list[str]:
        """What went wrong in these applies, all at once; whoever died may forget its journal."""
        ours = [call for call in calls if call.owner == OWNER]
        if ours:
            self.move_to(frozenset(call.machine for call in ours))
            self.world.people.desired = ours[-1].desired
        ended = self._applied(calls)
        if len(ours) > 1:
            self.races += 1
            self._let_lists_settle()
        died = [call.machine for call, end in zip(calls, ended, strict=True) if end.exit_code is None]
        self.deaths += len(died)
        if forgets:
            for machine in died:
                self.lose_journal(machine)
        return self._judged()

    def lose_journal(self, machine: int) -> None:
        """Without it nobody knows of what lists do not show yet."""
        self.world.machine(machine).lines.clear()
        self._let_lists_settle()

    def converge(self, call: Call) -> list[str]:
        """What is wrong after one undisturbed apply, and with the plan after it.

        A copy that people have just made and no list shows yet would still be a disturbance.
        """
        if self.world.hides_what_people_made():
            self.world.wait_until_lists_are_fresh()
        (ended,) = self._applied([call])
        return self._judged() or check_rest(self.world, call.owner, ended, self.world.plan(call))

    def _let_lists_settle(self) -> None:
        """Whoever has a lease waits for that itself."""
        if not self.world.climate.has_lease:
            self.world.wait_until_lists_are_fresh()

    def _applied(self, calls: Sequence[Call]) -> list[Ended]:
        self.applies += len(calls)
        return self.world.apply(*calls)

    def _judged(self) -> list[str]:
        world = self.world
        wrong = [*world.wrong, *world.bill.check(), *check_strangers(world)]
        world.wrong.clear()
        return wrong
