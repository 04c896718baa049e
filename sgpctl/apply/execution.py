"""A whole plan carried out: phases in order, changes of a phase side by side, one result for each change."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from sgpctl.apply import protocol
from sgpctl.apply.body import create_body, patch_body
from sgpctl.apply.driver import Driver
from sgpctl.apply.operations import Protocol
from sgpctl.apply.outcome import ChangeResult, Status
from sgpctl.apply.scheduler import Phase, phase_of, phases
from sgpctl.model.evaluation import DesiredEvaluation
from sgpctl.model.marks import Owner, Provenance
from sgpctl.plan.action import Action
from sgpctl.plan.plan import Change, Plan


@dataclass(slots=True)
class Interruption:
    """Whether the work is to stop: nothing new is started, what is in flight is finished.

    A person asked for it, or the lease was lost; that is looked at anew before each change.
    """

    by_person: bool = False
    is_lease_lost: Callable[[], bool] = field(default=lambda: False)

    @property
    def why(self) -> str | None:
        """Why nothing new is to be started; None while nothing stands against it."""
        if self.by_person:
            return "interrupted before it began"
        return "the lease was lost before it began" if self.is_lease_lost() else None

    def why_not_to_create(self) -> str | None:
        """Why a change that has begun must not start its run any more: whoever has the lease now may start it, too."""
        return "the lease of this apply was lost meanwhile" if self.is_lease_lost() else None


@dataclass(frozen=True, slots=True)
class Listener:
    """Told of every change as it starts and ends; for progress displays."""

    started: Callable[[Change], None] = field(default=lambda _: None)
    finished: Callable[[ChangeResult], None] = field(default=lambda _: None)


@dataclass(frozen=True, slots=True)
class Execution:
    """Everything that carrying out a plan needs, besides the plan."""

    driver: Driver
    desired: Mapping[str, DesiredEvaluation]
    owner: Owner
    provenance: Provenance
    new_nonce: Callable[[], str]
    parallelism: int
    listener: Listener = field(default_factory=Listener)
    interruption: Interruption = field(default_factory=Interruption)

    async def run(self, plan: Plan) -> tuple[ChangeResult, ...]:
        """Carry out every change, and return a result for each, in the plan's order.

        A change that fails does not stop the others; only removals wait for a plan whose new runs are all in place.
        """
        results: dict[tuple[str, str, str], ChangeResult] = {}
        for changes in phases(plan):
            held = self._reason_to_hold(changes, results)
            for result in await self._run_phase(changes, held):
                results[result.change.address] = result
        return tuple(results[change.address] for change in plan.changes)

    async def _run_phase(self, changes: tuple[Change, ...], held: str | None) -> list[ChangeResult]:
        waiting = iter(changes)
        results: list[ChangeResult] = []
        async with asyncio.TaskGroup() as workers:
            for _ in range(min(self.parallelism, len(changes))):
                workers.create_task(self._work(waiting, held, results))
        return results

    async def _work(self, waiting: Iterator[Change], held: str | None, results: list[ChangeResult]) -> None:
        for change in waiting:
            why = held or self.interruption.why
            if why is not None:
                result = ChangeResult(change, Status.NOT_STARTED, change.remote_id, why)
            else:
                self.listener.started(change)
                result = await self._result(change)
            results.append(result)
            self.listener.finished(result)

    async def _result(self, change: Change) -> ChangeResult:
        try:
            return await self.driver.run(self._protocol(change))
        except Exception as error:  # noqa: BLE001 - a bug in one change must not cancel the creates of the others
            words = f"sgpctl failed here, which is a bug: {type(error).__name__}: {error}"
            return ChangeResult(change, Status.UNCLEAR, change.remote_id, words)

    def _protocol(self, change: Change) -> Protocol[ChangeResult]:
        if change.action is Action.ARCHIVE:
            return protocol.archive(change)
        one = self.desired[change.name]
        match change.action:
            case Action.CREATE | Action.REPLACE:
                nonce = self.new_nonce()
                body = create_body(one, self.owner, self.provenance, nonce)
                start = protocol.create if change.action is Action.CREATE else protocol.replace
                return start(change, body, nonce)
            case Action.RESTORE:
                return protocol.restore(change, patch_body(change, one, self.owner, self.provenance))
            case Action.UPDATE | Action.RENAME | Action.ADOPT:
                return protocol.patch(change, patch_body(change, one, self.owner, self.provenance))

    def _reason_to_hold(
        self, changes: tuple[Change, ...], results: Mapping[tuple[str, str, str], ChangeResult]
    ) -> str | None:
        if phase_of(changes[0].action) is not Phase.REMOVING:
            return None
        failed = [r for r in results.values() if r.status is not Status.DONE and r.change.action.starts_a_run]
        return "nothing is archived while a new run is missing; apply again" if failed else None
