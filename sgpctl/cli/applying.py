"""Carrying a plan out, from recovery to the closing verification; shared by apply and destroy."""

from __future__ import annotations

import asyncio
import signal
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from sgpctl.apply.driver import Driver
from sgpctl.apply.execution import Execution, Interruption
from sgpctl.apply.journal import Journal
from sgpctl.apply.operations import Problem
from sgpctl.apply.outcome import Outcome
from sgpctl.apply.recovery import recover
from sgpctl.apply.verification import Verification, verify
from sgpctl.cli.consent import Consent, agree, check
from sgpctl.cli.console import Console
from sgpctl.cli.planning import Planning, load_manifests
from sgpctl.cli.platform import open_platform
from sgpctl.cli.progress import progress
from sgpctl.cli.workspace import Workspace
from sgpctl.errors import ExitCode, RefusedError
from sgpctl.model.evaluation import RemoteEvaluation
from sgpctl.plan.plan import Plan
from sgpctl.plan.policy import Policy
from sgpctl.render.json_text import json_text
from sgpctl.render.layout import Span, Style
from sgpctl.render.outcome_json import outcome_document
from sgpctl.render.outcome_text import outcome_lines
from sgpctl.render.plan_text import plan_lines


@dataclass(frozen=True, slots=True)
class Call:
    """How a verb was called, as far as carrying out a plan depends on it."""

    console: Console
    parallelism: int
    is_debug: bool
    as_json: bool


def apply_project(workspace: Workspace, policy: Policy, consent: Consent, call: Call) -> ExitCode:
    """The whole of apply and destroy: plan, check, ask, carry out, verify, report.

    With `policy.destroy` the manifests are not read, and nothing is desired.
    """
    return asyncio.run(_apply_project(workspace, policy, consent, call))


async def _apply_project(workspace: Workspace, policy: Policy, consent: Consent, call: Call) -> ExitCode:
    console = call.console
    loaded = None if policy.destroy else load_manifests(workspace, console)
    async with open_platform(
        workspace, console, parallelism=call.parallelism, debug=call.is_debug
    ) as platform:
        desired, files = (loaded.desired, loaded.files) if loaded is not None else ((), 0)
        planning = Planning(workspace, platform, policy, desired, files)
        applying = Applying(planning, console, call.parallelism)
        plan = await planning.plan(await applying.recovered())
        if not call.as_json:
            console.put(plan_lines(plan, planning.header, console.glyphs, width=console.width))
        check(plan, consent)
        if plan.is_empty:
            outcome = Outcome(left=plan)
        elif agree(consent, console):
            outcome = await applying.carry_out(plan)
        else:
            console.tell([(Span("Nothing was changed."),)])
            return ExitCode.ERROR
        if call.as_json:
            console.put_text(json_text(outcome_document(outcome, planning.header)))
        elif not plan.is_empty:
            console.put(outcome_lines(outcome, console.glyphs, width=console.width))
    return outcome.exit_code


@dataclass(frozen=True, slots=True)
class Applying:
    """One apply: the planning that it follows, and the journal that it keeps."""

    planning: Planning
    console: Console
    parallelism: int

    @property
    def driver(self) -> Driver:
        journal = Journal(self.planning.workspace.journal_path, lambda: datetime.now(UTC))
        return Driver(self.planning.platform.evaluations, journal)

    async def recovered(self) -> tuple[RemoteEvaluation, ...]:
        """What earlier applies began and never saw the end of. Raises RefusedError while nobody can say."""
        intents = self.driver.journal.unfinished()
        if intents:
            what = f"Looking for {len(intents)} runs that an earlier apply began and never saw the end of."
            self.console.tell([(Span(what, Style.WARNING),)])
        now = datetime.now(UTC)
        ends = await asyncio.gather(*(self.driver.run(recover(intent, now)) for intent in intents))
        for end in ends:
            if isinstance(end, Problem):
                raise RefusedError(
                    f"an earlier apply may have started runs, and they cannot be looked for: {end.message}",
                    hint="Creating now could pay twice. Try again when the platform answers.",
                )
        return tuple(end for end in ends if isinstance(end, RemoteEvaluation))

    async def carry_out(self, plan: Plan) -> Outcome:
        """Make every change of `plan`, then look whether the remote side is what was declared."""
        interruption = Interruption()
        with interruptible(interruption, self.console), progress(self.console, plan) as listener:
            workspace = self.planning.workspace
            execution = Execution(
                self.driver,
                {one.name: one for one in self.planning.desired},
                workspace.owner,
                workspace.provenance,
                new_nonce=lambda: uuid.uuid4().hex,
                parallelism=self.parallelism,
                listener=listener,
                interruption=interruption,
            )
            results = await execution.run(plan)
            if interruption.requested:
                closing = Verification(None, None, ())
            else:
                closing = await verify(self.planning.plan, self.driver, results)
        return Outcome(results, closing.left, closing.unverified, closing.folded, interruption.requested)


@contextmanager
def interruptible(interruption: Interruption, console: Console) -> Iterator[None]:
    """Ctrl-C or SIGTERM once: start nothing new, finish what is in flight. Twice: stop."""
    loop = asyncio.get_running_loop()
    task = asyncio.current_task()

    def asked() -> None:
        if interruption.requested and task is not None:
            task.cancel()
            return
        interruption.requested = True
        words = "Stopping: what is in flight is finished, nothing new is started. Once more stops at once."
        console.tell([(Span(words, Style.WARNING),)])

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, asked)
    try:
        yield
    except asyncio.CancelledError:
        if task is not None:
            task.uncancel()
        raise KeyboardInterrupt from None
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
