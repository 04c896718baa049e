"""Carrying a plan out, from recovery to the closing verification; shared by apply and destroy."""

from __future__ import annotations

import asyncio
import uuid
from contextlib import AbstractAsyncContextManager, nullcontext, suppress
from dataclasses import dataclass, field, replace

from sgpctl.apply.execution import Interruption
from sgpctl.apply.journal import Journal
from sgpctl.apply.lock import exclusive
from sgpctl.apply.outcome import Outcome
from sgpctl.apply.reconciliation import Reconciliation
from sgpctl.cli.consent import Agreed, Consent, agreed, all_stale, check_unmoved
from sgpctl.cli.console import Console
from sgpctl.cli.forms import Output
from sgpctl.cli.interrupting import interruptible, nothing_in_flight
from sgpctl.cli.leasing import give_back_dead_leases, lease_held
from sgpctl.cli.outcome_files import write_outcome, write_refusal, write_refused
from sgpctl.cli.planning import NOTHING, finished, read_manifests, reconciliation_of
from sgpctl.cli.platform import Platform, open_platform
from sgpctl.cli.progress import progress
from sgpctl.cli.workspace import Workspace
from sgpctl.errors import ExitCode, LocalStateError, RefusedError
from sgpctl.manifest.resolving.given import Given
from sgpctl.model.located import Json
from sgpctl.plan.plan import Plan, PlanHeader
from sgpctl.plan.policy import Policy
from sgpctl.plan.saved import plan_document
from sgpctl.render.counting import counted
from sgpctl.render.json_text import json_text
from sgpctl.render.layout import Span, Style
from sgpctl.render.lease_text import waiting_line
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
    lock_timeout: float = 0.0
    given: Given = field(default_factory=Given)
    outputs: tuple[Output, ...] = ()


def apply_project(workspace: Workspace, policy: Policy, consent: Consent, call: Call) -> ExitCode:
    """The whole of apply and destroy: plan, check, ask, carry out, verify, report.

    With `policy.destroy` the manifests are not read, and nothing is desired.
    """

    def waits(holder: str) -> None:
        call.console.tell([waiting_line(holder, call.lock_timeout)])

    try:
        with exclusive(workspace.lock_path, wait_seconds=call.lock_timeout, on_wait=waits) as waited:
            rest = replace(call, lock_timeout=max(0.0, call.lock_timeout - waited))
            return asyncio.run(_apply_project(workspace, policy, consent, rest))
    except RefusedError as refusal:
        write_refusal(refusal, workspace, call.outputs, call.console)
        raise


async def _apply_project(workspace: Workspace, policy: Policy, consent: Consent, call: Call) -> ExitCode:
    written = [output.path for output in call.outputs]
    manifests = (
        None if policy.destroy else read_manifests(workspace, call.given, call.console.secrets, written)
    )
    async with open_platform(
        workspace, call.console, parallelism=call.parallelism, debug=call.is_debug
    ) as platform:
        loaded = await finished(manifests, platform) if manifests is not None else NOTHING
        reconciliation, header = reconciliation_of(workspace, platform, loaded, policy)
        await _recover(reconciliation, call.console)
        plan = await reconciliation.plan()
        part = _show_and_check(plan, header, consent, call)
        journal = reconciliation.driver.journal
        if plan.is_empty and plan.gap is None:
            await give_back_dead_leases(workspace, platform, call.console, journal)
            return _report(Outcome(left=plan), header, call)
        if not consent.is_given_already and not call.console.confirm(consent.question):
            call.console.tell([(Span("Nothing was changed."),)])
            return ExitCode.ERROR
        async with _turn(workspace, platform, journal, call) as interruption:
            if workspace.environment.lock:
                reconciliation, _ = reconciliation_of(workspace, platform, loaded, policy, leases=1)
            # Others may have had their turn, or a person took their time to answer.
            if workspace.environment.lock or not consent.is_given_already:
                with nothing_in_flight():
                    current = await reconciliation.plan()
                if current.digest != plan.digest:
                    part = _agreed_anew(plan, current, header, consent, call)
            if part.plan.is_empty and part.plan.gap is None:
                return _report(Outcome(left=part.plan), header, call)
            return _report(await _carry_out(part, reconciliation, call, interruption), header, call)


def _turn(
    workspace: Workspace, platform: Platform, journal: Journal, call: Call
) -> AbstractAsyncContextManager[Interruption]:
    """The lease, where the environment keeps one."""
    if not workspace.environment.lock:
        return nullcontext(Interruption())
    return lease_held(workspace, platform, call.console, journal, call.lock_timeout)


def _show_and_check(plan: Plan, header: PlanHeader, consent: Consent, call: Call) -> Agreed:
    """What may be carried out of `plan`. Raises RefusedError where nothing may; the plan is shown all the same.

    Raises LocalStateError for one that cannot be shown.
    """
    try:
        part = agreed(plan, header, consent)
    except RefusedError:
        _show_refused(plan, header, call)
        _document_refused(plan_document(plan, header), call)
        raise
    if part.is_all_stale:
        _show_refused(plan, header, call)
        _document_refused(outcome_document(Outcome(left=plan, skipped=part.skipped), header), call)
        raise all_stale(part.skipped)
    _show(part.plan, header, call)
    if part.skipped:
        verb = "is" if len(part.skipped) == 1 else "are"
        words = f"{counted(len(part.skipped), 'change')} {verb} skipped: the saved plan is stale there; the end says why."
        call.console.tell([(Span(words, Style.WARNING),)])
    return part


def _show(plan: Plan, header: PlanHeader, call: Call) -> None:
    if call.as_json:
        return
    try:
        call.console.put(plan_lines(plan, header, call.console.glyphs, width=call.console.width))
    except OSError as error:
        raise LocalStateError(
            f"standard output: {error.strerror or error}; the plan could not be shown, so nothing was changed"
        ) from error


def _show_refused(plan: Plan, header: PlanHeader, call: Call) -> None:
    with suppress(LocalStateError):  # why it is refused is told all the same
        _show(plan, header, call)


def _document_refused(document: dict[str, Json], call: Call) -> None:
    text = json_text(document)
    if call.as_json:
        with suppress(OSError):
            call.console.put_text(text)
    write_refused(text, call.outputs, call.console)


def _agreed_anew(plan: Plan, current: Plan, header: PlanHeader, consent: Consent, call: Call) -> Agreed:
    """What may be done now, where the plan is not `plan` any more.

    Raises RefusedError for another plan than the one that somebody agreed to.
    """
    if current.is_empty and current.gap is None:
        call.console.tell([(Span("Another apply has done this meanwhile; nothing is left to do."),)])
        return Agreed(current)
    if consent.is_given or consent.skip_stale:
        call.console.tell([(Span("Something else was changed meanwhile; this is the plan now."),)])
        return _show_and_check(current, header, consent, call)
    check_unmoved(plan, current)
    return Agreed(current)


def _report(outcome: Outcome, header: PlanHeader, call: Call) -> ExitCode:
    is_printed = _print(outcome, header, call)
    is_written = write_outcome(outcome, header, call.outputs, call.console)
    is_told = is_printed and is_written
    return outcome.exit_code if is_told or outcome.exit_code is not ExitCode.OK else ExitCode.ERROR


def _print(outcome: Outcome, header: PlanHeader, call: Call) -> bool:
    """False on a full disk; what was done is told on standard error then. A reader who left early wanted no more."""
    lines = outcome_lines(outcome, call.console.glyphs, width=call.console.width) if outcome.results else []
    try:
        if call.as_json:
            call.console.put_text(json_text(outcome_document(outcome, header)))
        else:
            call.console.put(lines)
    except OSError as error:
        what = f"Standard output: {error.strerror or error}; what was done is told here instead."
        call.console.tell([(Span(what, Style.WARNING),), *lines])
        return isinstance(error, BrokenPipeError)
    return True


async def _recover(reconciliation: Reconciliation, console: Console) -> None:
    intents = len(reconciliation.driver.journal.read().unfinished)
    if intents:
        what = f"Looking for {intents} runs that an earlier apply began and never saw the end of."
        console.tell([(Span(what, Style.WARNING),)])
    await reconciliation.recover()


async def _carry_out(
    part: Agreed, reconciliation: Reconciliation, call: Call, interruption: Interruption
) -> Outcome:
    with interruptible(interruption, call.console), progress(call.console, part.plan) as listener:
        return await reconciliation.carry_out(
            part.plan,
            new_nonce=lambda: uuid.uuid4().hex,
            parallelism=call.parallelism,
            listener=listener,
            interruption=interruption,
            skipped=part.skipped,
        )
