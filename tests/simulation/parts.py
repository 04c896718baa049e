"""What a runner is put together of. A planted defect replaces one of these; so may whatever else keeps runners apart."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx

from sgpctl.api.client import Client
from sgpctl.api.evaluations import Evaluations
from sgpctl.api.reading import read_state
from sgpctl.apply.driver import Driver
from sgpctl.apply.journal import Journal
from sgpctl.apply.lease import Claim, LeaseListener, Leasing
from sgpctl.apply.leases import Leases
from sgpctl.apply.lock import exclusive
from sgpctl.apply.outcome import Outcome
from sgpctl.apply.reconciliation import Reconciliation
from sgpctl.errors import ExitCode
from sgpctl.model.marks import Occasion, Provenance
from sgpctl.plan.plan import PlanHeader
from sgpctl.plan.policy import Policy
from sgpctl.render.glyphs import UNICODE
from sgpctl.render.json_text import json_text
from sgpctl.render.layout import plain
from sgpctl.render.outcome_json import outcome_document
from sgpctl.render.outcome_text import outcome_lines
from tests.simulation.machines import MemoryJournal

if TYPE_CHECKING:
    from tests.simulation.runner import Runner

_PATIENCE_SECONDS = 5_000.0
_WIDTH = 10_000  # so that no sentence is broken


@dataclass(frozen=True, slots=True)
class Printed:
    """What an apply says at its end: for people, and with `--json`."""

    text: str
    json: str


class Parts:
    """The real ones."""

    @asynccontextmanager
    async def alone(self, runner: Runner) -> AsyncIterator[None]:
        """What a runner holds while it works. Raises RefusedError when it may not work now."""
        with exclusive(runner.machine.lock_path):
            yield

    @asynccontextmanager
    async def turn(self, runner: Runner) -> AsyncIterator[None]:
        """The lease, where runners of several machines are kept apart by one."""
        if not runner.world.climate.has_lease:
            yield
            return
        claim = Claim(runner.name, f"lease-{runner.name}", runner.machine.name)
        async with (
            runner.client() as client,
            self.leasing(runner, client).held(
                claim,
                journal=self.journal(runner),
                wait_seconds=_PATIENCE_SECONDS,
                listener=LeaseListener(lost=runner.lose_lease),
            ) as hold,
        ):
            runner.interruption.is_lease_lost = hold.is_lost
            yield

    def leasing(self, runner: Runner, client: Client) -> Leasing:
        return Leasing(Leases(Evaluations(client), runner.owner), runner.machine.monotonic)

    def transport(self, runner: Runner) -> httpx.AsyncBaseTransport:
        return runner.line

    def evaluations(self, runner: Runner, client: Client) -> Evaluations:
        return Evaluations(client)

    def journal(self, runner: Runner) -> Journal:
        return MemoryJournal(runner.machine, runner.line.pass_point)

    def driver(self, runner: Runner, evaluations: Evaluations) -> Driver:
        return Driver(evaluations, self.journal(runner))

    def reconciliation(self, runner: Runner, evaluations: Evaluations) -> Reconciliation:
        return Reconciliation(
            self.driver(runner, evaluations),
            lambda known: read_state(evaluations, runner.desired, runner.owner, known=known),
            runner.desired,
            runner.owner,
            Provenance("c0ffee", "0.1.0", Occasion(actor=runner.name)),
            Policy(max_archive=1000),
            runner.header.scope,
        )

    def exit_code(self, outcome: Outcome) -> ExitCode:
        return outcome.exit_code

    def printed(self, outcome: Outcome, header: PlanHeader) -> Printed:
        return Printed(
            plain(outcome_lines(outcome, UNICODE, width=_WIDTH)), json_text(outcome_document(outcome, header))
        )
