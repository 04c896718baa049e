"""A whole apply in one process: the real client, planner and executor against the sandbox, with a clock that is ours."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from sgpctl.api.client import Client
from sgpctl.api.evaluations import Evaluations
from sgpctl.api.reading import read_state
from sgpctl.api.settings import ApiKey, Connection
from sgpctl.apply.driver import Driver
from sgpctl.apply.execution import Interruption, Listener
from sgpctl.apply.journal import Journal
from sgpctl.apply.outcome import Outcome
from sgpctl.apply.reconciliation import Reconciliation
from sgpctl.errors import RefusedError
from sgpctl.model.evaluation import DesiredEvaluation
from sgpctl.model.marks import Owner, Provenance
from sgpctl.plan.plan import Plan
from sgpctl.plan.policy import Policy
from sgpctl.sandbox.app import create_app
from sgpctl.sandbox.faults import Fault, FaultPlan
from sgpctl.sandbox.knobs import Knobs
from sgpctl.sandbox.store import Store, open_store
from sgpctl.sandbox.transport import sandbox_transport

OWNER = Owner("evals", "prod", "github.com/acme/evals")
ACCOUNT = "acct"


@dataclass
class Site:
    """A sandbox, the requests it was sent, and the time, which passes only when somebody sleeps."""

    folder: Path
    knobs: Knobs = field(default_factory=Knobs)
    faults: FaultPlan = field(default_factory=FaultPlan)
    requests: list[str] = field(default_factory=list)
    slept_seconds: float = 0.0

    def __post_init__(self) -> None:
        self._nonces = count(1)
        self._begun = datetime(2026, 11, 23, tzinfo=UTC)
        self.store: Store = open_store(None, now=self.now)
        self.app = create_app(
            self.store,
            self.knobs,
            faults=self.faults,
            on_request=lambda r: self.requests.append(f"{r.method} {r.path}"),
        )

    def now(self) -> datetime:
        return self._begun + timedelta(seconds=self.slept_seconds)

    async def sleep(self, seconds: float) -> None:
        self.slept_seconds += seconds

    def fail(self, *faults: Fault) -> None:
        self.faults.add(*faults)

    def apply(
        self,
        desired: Sequence[DesiredEvaluation],
        *,
        policy: Policy | None = None,
        listener: Callable[[Interruption], Listener] | None = None,
    ) -> Outcome:
        """One apply as the command does it, from recovery to verification. Raises RefusedError as the command does."""
        return asyncio.run(self._apply(desired, policy or Policy(), listener))

    def plan(self, desired: Sequence[DesiredEvaluation], policy: Policy | None = None) -> Plan:
        async def work() -> Plan:
            async with self.client() as client:
                return await self._reconciliation(client, desired, policy or Policy()).plan()

        return asyncio.run(work())

    @property
    def journal(self) -> Journal:
        return Journal(self.folder / "journal.jsonl", "the sandbox", self.now, lambda: self.slept_seconds)

    def client(self) -> Client:
        return Client(
            Connection("http://sandbox.localhost", ACCOUNT, ApiKey("secret-key", source="the test")),
            transport=sandbox_transport(self.app),
            sleep=self.sleep,
            random=lambda: 0.5,
            now=lambda: self.now().timestamp(),
        )

    @property
    def billed(self) -> list[str]:
        """The names of all billable creates that the sandbox recorded, sorted."""
        return sorted(entry.name for entry in self.store.ledger())

    async def _apply(
        self,
        desired: Sequence[DesiredEvaluation],
        policy: Policy,
        listener: Callable[[Interruption], Listener] | None,
    ) -> Outcome:
        async with self.client() as client:
            reconciliation = self._reconciliation(client, desired, policy)
            await reconciliation.recover()
            plan = await reconciliation.plan()
            if plan.refusals:
                raise RefusedError("; ".join(refusal.message for refusal in plan.refusals))
            interruption = Interruption()
            return await reconciliation.carry_out(
                plan,
                new_nonce=lambda: f"nonce-{next(self._nonces)}",
                parallelism=4,
                listener=listener(interruption) if listener is not None else Listener(),
                interruption=interruption,
            )

    def _reconciliation(
        self, client: Client, desired: Sequence[DesiredEvaluation], policy: Policy
    ) -> Reconciliation:
        evaluations = Evaluations(client)
        return Reconciliation(
            Driver(evaluations, self.journal, self.sleep),
            lambda known: read_state(evaluations, desired, OWNER, known=known),
            desired,
            OWNER,
            Provenance("c0ffee", "0.1.0"),
            policy,
            ("evals", "prod", "http://sandbox.localhost", ACCOUNT),
        )
