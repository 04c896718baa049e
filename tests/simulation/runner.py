"""One process from its start to its end: it waits for its turn, recovers, plans, carries out, verifies, and says so."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from sgpctl.api.client import Client, RequestRecord
from sgpctl.api.settings import ApiKey, Connection
from sgpctl.apply.execution import Interruption, Listener
from sgpctl.apply.outcome import Outcome
from sgpctl.apply.reconciliation import Reconciliation
from sgpctl.errors import ExitCode, RefusedError, SgpctlError
from sgpctl.model.evaluation import DesiredEvaluation
from sgpctl.model.marks import Owner
from sgpctl.plan.plan import Plan, PlanHeader, Target
from sgpctl.plan.saved import plan_document
from sgpctl.render.glyphs import UNICODE
from sgpctl.render.json_text import json_text
from sgpctl.render.layout import plain
from sgpctl.render.plan_text import plan_lines
from tests.simulation.clock import Death
from tests.simulation.line import Line
from tests.simulation.machines import Machine
from tests.simulation.network import Effect
from tests.simulation.parts import Printed
from tests.simulation.stored import OWNER
from tests.simulation.weather import CALM, Weather

if TYPE_CHECKING:
    from tests.simulation.world import World

KEY = "secret-key-of-the-test"
ACCOUNT = "acct"
URL = "http://sandbox.localhost"


@dataclass(frozen=True, slots=True)
class Ended:
    """How a process ended. `exit_code` is None for one that died; `outcome` is None where nothing was carried out.

    `effects` are those that its requests had until then.
    """

    exit_code: ExitCode | None
    outcome: Outcome | None = None
    printed: Printed | None = None
    message: str = ""
    crash: str | None = None
    effects: tuple[Effect, ...] = ()

    def __str__(self) -> str:
        said = "" if self.printed is None else self.printed.text
        code = "died" if self.exit_code is None else f"exit code {self.exit_code:d}"
        return "\n    ".join([code, *filter(None, (self.crash, self.message)), *said.splitlines()])


@dataclass
class Runner:
    """One call of apply. `said` is everything that it printed, logged or saved."""

    world: World
    name: str
    machine: Machine
    desired: Sequence[DesiredEvaluation]
    owner: Owner = OWNER
    weather: Weather = CALM
    starts_after: float = 0.0
    parallelism: int = 4
    saves_plan: bool = False
    said: list[str] = field(default_factory=list)
    nonces: int = 0
    ended: Ended | None = None
    has_lost_lease: bool = False
    has_ended: bool = False

    def __post_init__(self) -> None:
        self.interruption = Interruption()
        self.line = Line(
            self.world.network,
            self.owner,
            self.name,
            self.weather,
            self._stop,
            self.machine.set_clock,
            {one.name: one.digest for one in self.desired},
            lambda: not self.interruption.is_lease_lost(),
        )
        target = Target("sandbox", URL, ACCOUNT, is_sandbox=False)
        self.header = PlanHeader(
            self.owner.project,
            self.owner.environment,
            target,
            "c0ffee",
            self.machine.now(),
            "0.1.0",
            len(self.desired),
        )

    def __str__(self) -> str:
        declared = ", ".join(f"{one.name} {one.digest[3:9]}" for one in self.desired)
        return f"{self.owner.project} on {self.machine.name} applies {declared}; weather: {self.weather}"

    async def live(self) -> None:
        ended = await self._end()
        if self.line.is_dead:
            raise Death
        self.end(ended)

    def end(self, ended: Ended) -> None:
        """It is judged in the same moment."""
        effects = tuple(one for one in self.world.network.effects if one.process == self.name)
        self.ended = replace(ended, effects=effects)
        self.world.judge_end(self, self.ended)

    async def plan(self) -> Plan:
        async with self.client() as client:
            evaluations = self.world.parts.evaluations(self, client)
            return await self.world.parts.reconciliation(self, evaluations).plan()

    async def _end(self) -> Ended:
        try:
            await asyncio.sleep(self.starts_after)
            return await self._apply()
        except SgpctlError as error:
            self.said += [error.message, error.hint or ""]
            return Ended(error.exit_code, message=error.message)
        except Exception as error:  # noqa: BLE001 - a traceback is a finding
            return Ended(ExitCode.ERROR, crash=f"{type(error).__name__}: {error}")
        finally:
            self.has_ended = True
            await self.world.loop.end_tasks(self.name)

    def go_on(self) -> None:
        """Called whenever it has waited for something."""
        if not self.has_ended:
            self.line.go_on()

    async def _apply(self) -> Ended:
        parts = self.world.parts
        async with parts.alone(self), self.client() as client:
            evaluations = parts.evaluations(self, client)
            async with parts.turn(self):
                outcome = await self._outcome(parts.reconciliation(self, evaluations))
        printed = parts.printed(outcome, self.header)
        self.said += [printed.text, printed.json]
        return Ended(parts.exit_code(outcome), outcome, printed)

    async def _outcome(self, reconciliation: Reconciliation) -> Outcome:
        await reconciliation.recover()
        plan = await reconciliation.plan()
        self._show(plan)
        if plan.refusals:
            raise RefusedError("; ".join(refusal.message for refusal in plan.refusals))
        if plan.is_empty and plan.gap is None:
            return Outcome(left=plan)
        return await reconciliation.carry_out(
            plan,
            new_nonce=self._new_nonce,
            parallelism=self.parallelism,
            listener=Listener(),
            interruption=self.interruption,
        )

    @property
    def lost_its_turn(self) -> bool:
        """It died, or its lease did."""
        return self.has_lost_lease or (self.ended is not None and self.ended.exit_code is None)

    def lose_lease(self, _: str) -> None:
        self.has_lost_lease = True

    def _show(self, plan: Plan) -> None:
        if self.saves_plan:
            self.said.append(plain(plan_lines(plan, self.header, UNICODE, width=120)))
            self.said.append(json_text(plan_document(plan, self.header)))

    def client(self) -> Client:
        return Client(
            Connection(URL, ACCOUNT, ApiKey(KEY, source="the test")),
            transport=self.world.parts.transport(self),
            random=self.world.random.random,
            now=lambda: self.machine.now().timestamp(),
            monotonic=self.machine.monotonic,
            parallelism=self.parallelism,
            log=self._log,
        )

    def _log(self, record: RequestRecord) -> None:
        self.said.append(f"{record.method} {record.path} {record.status} {record.request_id} {record.error}")

    def _new_nonce(self) -> str:
        self.nonces += 1
        return f"nonce-{self.name}-{self.nonces}"

    def _stop(self) -> None:
        self.interruption.by_person = True
