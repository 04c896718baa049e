"""Carrying a plan out, from recovery to the closing verification; shared by apply and destroy."""

from __future__ import annotations

import asyncio
import signal
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sgpctl.apply.execution import Interruption
from sgpctl.apply.lock import exclusive
from sgpctl.apply.outcome import Outcome
from sgpctl.apply.reconciliation import Reconciliation
from sgpctl.cli.consent import Consent, check, check_unmoved
from sgpctl.cli.console import Console
from sgpctl.cli.planning import NOTHING, finished, read_manifests, reconciliation_of
from sgpctl.cli.platform import open_platform
from sgpctl.cli.progress import progress
from sgpctl.cli.workspace import Workspace
from sgpctl.errors import ExitCode, RefusedError
from sgpctl.manifest.resolving.given import Given
from sgpctl.plan.plan import Plan
from sgpctl.plan.policy import Policy
from sgpctl.plan.saved import plan_document
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
    given: Given = field(default_factory=Given)


def apply_project(workspace: Workspace, policy: Policy, consent: Consent, call: Call) -> ExitCode:
    """The whole of apply and destroy: plan, check, ask, carry out, verify, report.

    With `policy.destroy` the manifests are not read, and nothing is desired.
    """
    with exclusive(workspace.lock_path):
        return asyncio.run(_apply_project(workspace, policy, consent, call))


async def _apply_project(workspace: Workspace, policy: Policy, consent: Consent, call: Call) -> ExitCode:
    console = call.console
    manifests = None if policy.destroy else read_manifests(workspace, call.given)
    async with open_platform(
        workspace, console, parallelism=call.parallelism, debug=call.is_debug
    ) as platform:
        loaded = await finished(manifests, platform) if manifests is not None else NOTHING
        reconciliation, header = reconciliation_of(workspace, platform, loaded, policy)
        await _recover(reconciliation, console)
        plan = await reconciliation.plan()
        if not call.as_json:
            console.put(plan_lines(plan, header, console.glyphs, width=console.width))
        try:
            check(plan, header, consent)
        except RefusedError:
            if call.as_json:
                console.put_text(json_text(plan_document(plan, header)))
            raise
        if plan.is_empty and plan.gap is None:
            outcome = Outcome(left=plan)
        elif await _agreed(plan, reconciliation, consent, console):
            outcome = await _carry_out(plan, reconciliation, call)
        else:
            console.tell([(Span("Nothing was changed."),)])
            return ExitCode.ERROR
        if call.as_json:
            console.put_text(json_text(outcome_document(outcome, header)))
        elif not plan.is_empty:
            console.put(outcome_lines(outcome, console.glyphs, width=console.width))
    return outcome.exit_code


async def _recover(reconciliation: Reconciliation, console: Console) -> None:
    intents = len(reconciliation.driver.journal.read().unfinished)
    if intents:
        what = f"Looking for {intents} runs that an earlier apply began and never saw the end of."
        console.tell([(Span(what, Style.WARNING),)])
    await reconciliation.recover()


async def _agreed(plan: Plan, reconciliation: Reconciliation, consent: Consent, console: Console) -> bool:
    """Whether somebody agrees to `plan`, and it still is the plan after they took their time to answer."""
    if consent.is_given_already:
        return True
    if not console.confirm(consent.question):
        return False
    check_unmoved(plan, await reconciliation.plan())
    return True


async def _carry_out(plan: Plan, reconciliation: Reconciliation, call: Call) -> Outcome:
    interruption = Interruption()
    with interruptible(interruption, call.console), progress(call.console, plan) as listener:
        return await reconciliation.carry_out(
            plan,
            new_nonce=lambda: uuid.uuid4().hex,
            parallelism=call.parallelism,
            listener=listener,
            interruption=interruption,
        )


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
        words = "Stopped. What was in flight is in the journal; the next apply looks for it before it plans."
        console.tell([(Span(words, Style.WARNING),)])
        raise KeyboardInterrupt from None
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
