"""The whole of an apply: recover what earlier ones left, plan, carry out, look whether it is true.

recover    creates that an earlier apply began and never saw the end of are looked for
plan       the remote side is read, what lists do not show yet is read by id, both sides are compared
carry out  the changes are made, phase by phase
verify     it is planned again, until nothing is left that should have been done
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace

from sgpctl.apply.driver import Driver
from sgpctl.apply.execution import Execution, Interruption, Listener
from sgpctl.apply.operations import Problem
from sgpctl.apply.outcome import ChangeResult, Outcome, Status
from sgpctl.apply.protocol import completed
from sgpctl.apply.recovery import recover
from sgpctl.apply.verification import ClosingPlan, Verification, verify
from sgpctl.errors import RefusedError
from sgpctl.limits import LISTS_STALE_SECONDS_MAX
from sgpctl.model.evaluation import DesiredEvaluation, RemoteState
from sgpctl.model.marks import NONCE, Owner, Provenance, read_marks
from sgpctl.model.words import Words
from sgpctl.plan.plan import Plan
from sgpctl.plan.planner import make_plan
from sgpctl.plan.policy import Policy
from sgpctl.plan.staleness import Skipped
from sgpctl.plan.told import told


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """One project's desired evaluations, and the platform that is to hold them.

    `read_state` reads the remote side, given ids that lists may not show yet; `scope` says where that is and becomes
    part of the plan's digest. `words` are those for texts that only people read.
    """

    driver: Driver
    read_state: Callable[[Sequence[str]], Awaitable[RemoteState]]
    desired: Sequence[DesiredEvaluation]
    owner: Owner
    provenance: Provenance
    policy: Policy
    scope: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    words: Words = str
    recovered: set[str] = field(default_factory=set)
    seen_nonces: set[str] = field(default_factory=set)

    async def recover(self) -> None:
        """Settle what the journal left open. Waits as long as lists may be stale where one is not found.

        Raises RefusedError while nobody can say what became of one: creating then could pay twice.
        """
        intents = self.driver.journal.read().unfinished
        for end in await asyncio.gather(*(self.driver.run(recover(intent)) for intent in intents)):
            if isinstance(end, Problem):
                raise RefusedError(
                    f"an earlier apply may have started runs, and they cannot be looked for: {end.message}",
                    hint="Creating now could pay twice. Try again when the platform answers.",
                )
            if end is not None:
                self.recovered.add(end.id)
        self.driver.journal.compact(LISTS_STALE_SECONDS_MAX)

    async def plan(self) -> Plan:
        """The plan of now. Open intents are looked for once, without waiting; apply settles them first."""
        return self._plan_of(await self._state())

    async def _closing_plan(self) -> ClosingPlan:
        state = await self._state()
        return ClosingPlan(self._plan_of(state), is_listed=not state.unlisted)

    async def _state(self) -> RemoteState:
        state = await self.read_state(await self._known())
        nonces = (read_marks(remote).nonce for remote in (*state.owned, *state.archived))
        self.seen_nonces.update(nonce for nonce in nonces if nonce is not None)
        return state

    def _plan_of(self, state: RemoteState) -> Plan:
        made = make_plan(
            self.desired,
            state,
            self.owner,
            self.policy,
            scope=self.scope,
            warnings=self.warnings,
            words=self.words,
        )
        return told(made, self.words)

    async def carry_out(
        self,
        plan: Plan,
        *,
        new_nonce: Callable[[], str],
        parallelism: int,
        listener: Listener,
        interruption: Interruption,
        skipped: Sequence[Skipped] = (),
    ) -> Outcome:
        """Make every change of `plan`, and look whether the remote side is what was declared, but for what was skipped.

        Raises LocalStateError, before anything is changed, when the journal cannot be written.
        """
        self.driver.journal.write("apply", {"plan": plan.digest})
        execution = Execution(
            replace(self.driver, why_not_to_create=interruption.why_not_to_create),
            {one.name: one for one in self.desired},
            self.owner,
            self.provenance,
            new_nonce=new_nonce,
            parallelism=parallelism,
            listener=listener,
            interruption=interruption,
        )
        results = await execution.run(plan)
        closing = await self._closing_look(results, skipped)
        return Outcome(
            await self._settled(results, closing.left),
            closing.left,
            closing.unverified,
            closing.folded,
            interruption.by_person,
            tuple(skipped),
        )

    async def _closing_look(
        self, results: Sequence[ChangeResult], skipped: Sequence[Skipped]
    ) -> Verification:
        """Taken after an interruption too: whoever comes next must find in the lists what was made here."""
        return await verify(self._closing_plan, self.driver, results, skipped)

    async def _settled(self, results: Sequence[ChangeResult], left: Plan | None) -> tuple[ChangeResult, ...]:
        """The results, with those that were unclear and need nothing any more told as what they came to.

        A create took effect if its nonce was seen; otherwise another apply started what stands for it.
        """
        if left is None:
            return tuple(results)
        open_names = {change.name for change in left.changes}
        return tuple(
            [
                await self._as_it_came_to_be(result)
                if result.status is Status.UNCLEAR and result.change.name not in open_names
                else result
                for result in results
            ]
        )

    async def _as_it_came_to_be(self, result: ChangeResult) -> ChangeResult:
        if result.nonce is None or result.nonce in self.seen_nonces:
            is_run = result.change.action.starts_a_run
            done = replace(result, status=Status.DONE, started=is_run, message=None, nonce=None)
            return await self.driver.run(completed(done))
        words = "another apply started this meanwhile; the request of this one never took effect"
        return replace(result, status=Status.MET, message=words, nonce=None)

    async def _known(self) -> list[str]:
        """The ids of what was made lately, or is found under an open nonce: ours, though lists may not show it yet."""
        journal = self.driver.journal
        record = journal.read()
        recent = record.created_lately(journal.now(), LISTS_STALE_SECONDS_MAX)
        platform = self.driver.platform
        found = await asyncio.gather(
            *(platform.find(NONCE, intent.nonce, tag=None) for intent in record.unfinished)
        )
        self.seen_nonces.update(i.nonce for i, ones in zip(record.unfinished, found, strict=True) if ones)
        return sorted({*recent, *self.recovered, *(one.id for ones in found for one in ones)})
