"""Mistakes that a tool of this kind could make, each planted by replacing one part of the world; none is in sgpctl.

Every one of them must be caught by the invariants: a check that cannot fail proves nothing.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence, Set
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import TypeAlias

import httpx

from sgpctl.api.client import Client
from sgpctl.api.evaluations import Evaluations
from sgpctl.api.paging import Listing
from sgpctl.apply.driver import Driver
from sgpctl.apply.execution import Interruption, Listener
from sgpctl.apply.hold import Hold
from sgpctl.apply.journal import Journal, Record
from sgpctl.apply.lease import LeaseListener, Leasing
from sgpctl.apply.outcome import ChangeResult, Outcome
from sgpctl.apply.reconciliation import Reconciliation
from sgpctl.apply.verification import ClosingPlan, Verification
from sgpctl.errors import ApiError, ExitCode, Unclear
from sgpctl.model.canonical import declared_rows
from sgpctl.model.evaluation import (
    DesiredEvaluation,
    RemoteContents,
    RemoteEvaluation,
    RemoteRow,
    RemoteState,
)
from sgpctl.model.located import Json
from sgpctl.model.marks import NONCE, is_reserved_tag
from sgpctl.plan.plan import Plan
from sgpctl.plan.staleness import Skipped
from tests.simulation.line import Line
from tests.simulation.machines import MemoryJournal
from tests.simulation.parts import Parts
from tests.simulation.runner import KEY, Runner
from tests.simulation.stored import OWNER
from tests.simulation.world import World

WhyNot: TypeAlias = "Callable[[], str | None] | None"


class _Resending(Evaluations):
    async def create(self, body: Mapping[str, Json], *, unless: WhyNot = None) -> RemoteEvaluation:
        try:
            return await super().create(body, unless=unless)
        except Unclear:
            return await super().create(body, unless=unless)


class ResendsBlindly(Parts):
    """A create without an answer is sent again at once, as the official SDK does."""

    def evaluations(self, runner: Runner, client: Client) -> Evaluations:
        return _Resending(client)


class _Nameless(Evaluations):
    async def create(self, body: Mapping[str, Json], *, unless: WhyNot = None) -> RemoteEvaluation:
        metadata = body["metadata"]
        kept = (
            {key: value for key, value in metadata.items() if key != NONCE}
            if isinstance(metadata, dict)
            else {}
        )
        return await super().create({**body, "metadata": kept}, unless=unless)


class SendsNoNonce(Parts):
    """A create cannot be told from another."""

    def evaluations(self, runner: Runner, client: Client) -> Evaluations:
        return _Nameless(client)


async def _no_time(_: float) -> None:
    return


class DoesNotWait(Parts):
    """What cannot be found at once is taken for not created: no settling time."""

    def driver(self, runner: Runner, evaluations: Evaluations) -> Driver:
        return Driver(evaluations, self.journal(runner), _no_time)


class _Forgetful(MemoryJournal):
    def write(self, event: str, fields: Mapping[str, str], *, is_durable: bool = True) -> None:
        """Nothing is kept."""


class KeepsNoJournal(Parts):
    """What was begun is not written down."""

    def journal(self, runner: Runner) -> Journal:
        return _Forgetful(runner.machine, runner.line.pass_point)


class _OnlyIntents(MemoryJournal):
    def read(self) -> Record:
        return replace(super().read(), created=())


class TrustsLists(Parts):
    """What was made is believed to be gone as long as no list shows it."""

    def journal(self, runner: Runner) -> Journal:
        return _OnlyIntents(runner.machine, runner.line.pass_point)


class _Hasty(MemoryJournal):
    def read(self) -> Record:
        return replace(super().read(), unfinished=())


class RecoversNothing(Parts):
    """Creates that an earlier process began are not looked for."""

    def journal(self, runner: Runner) -> Journal:
        return _Hasty(runner.machine, runner.line.pass_point)


class _LoudJournal(MemoryJournal):
    def write(self, event: str, fields: Mapping[str, str], *, is_durable: bool = True) -> None:
        super().write(event, {**fields, "sent_with": KEY})


class WritesTheKeyDown(Parts):
    """The journal holds the key."""

    def journal(self, runner: Runner) -> Journal:
        return _LoudJournal(runner.machine, runner.line.pass_point)


@dataclass
class _FirstPage(httpx.AsyncBaseTransport):
    line: Line

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self.line.handle_async_request(request)
        try:
            await response.aread()
        except httpx.TransportError:
            return response
        try:
            page = json.loads(response.content)
        except ValueError:
            return response
        if not isinstance(page, dict) or not page.get("has_more"):
            return response
        shorter = {**page, "has_more": False, "total": len(page["items"])}
        return httpx.Response(response.status_code, json=shorter)


class ReadsOnePage(Parts):
    """`has_more` is not looked at."""

    def transport(self, runner: Runner) -> httpx.AsyncBaseTransport:
        return _FirstPage(runner.line)


class _Archiver(Evaluations):
    def __init__(self, client: Client, world: World) -> None:
        super().__init__(client)
        self._world = world

    async def create(self, body: Mapping[str, Json], *, unless: WhyNot = None) -> RemoteEvaluation:
        for old in self._world.stored().values():
            if old.is_ours and old.is_live and old.made_as == body["name"]:
                await self.archive(old.id)
        return await super().create(body, unless=unless)


class ArchivesFirst(Parts):
    """The old run goes before the new one is there."""

    def evaluations(self, runner: Runner, client: Client) -> Evaluations:
        return _Archiver(client, runner.world)


class _Greedy(Evaluations):
    async def list_tagged(self, tag: str, *, include_archived: bool) -> Listing[RemoteEvaluation]:
        everything = await self.list_all(include_archived=include_archived)
        return replace(everything, items=tuple(replace(one, tags=(tag,)) for one in everything.items))

    async def get(self, evaluation_id: str) -> RemoteEvaluation | None:
        seen = await super().get(evaluation_id)
        return None if seen is None else replace(seen, tags=(OWNER.tag,))


class TakesAllForOurs(Parts):
    """The owner tag is not looked at."""

    def evaluations(self, runner: Runner, client: Client) -> Evaluations:
        return _Greedy(client)


class _TagTrusting(Evaluations):
    def __init__(self, client: Client) -> None:
        super().__init__(client)
        self._listed: dict[str, str] = {}

    async def list_tagged(self, tag: str, *, include_archived: bool) -> Listing[RemoteEvaluation]:
        listing = await self._list({"tags": [tag], "include_archived": include_archived})
        self._listed |= {one.id: tag for one in listing.items}
        return replace(listing, items=tuple(self._as_listed(one) for one in listing.items))

    async def get(self, evaluation_id: str) -> RemoteEvaluation | None:
        seen = await super().get(evaluation_id)
        return None if seen is None else self._as_listed(seen)

    def _as_listed(self, one: RemoteEvaluation) -> RemoteEvaluation:
        tag = self._listed.get(one.id)
        return one if tag is None else replace(one, tags=tuple(dict.fromkeys((*one.tags, tag))))


class TrustsTheTagFilter(Parts):
    """What a list of our tag shows is ours, whatever tags it has."""

    def evaluations(self, runner: Runner, client: Client) -> Evaluations:
        return _TagTrusting(client)


class _Credulous(Evaluations):
    def __init__(self, client: Client, desired: Sequence[DesiredEvaluation]) -> None:
        super().__init__(client)
        self._desired = {one.name: one for one in desired}

    async def list_all(self, *, include_archived: bool = False) -> Listing[RemoteEvaluation]:
        listing = await super().list_all(include_archived=include_archived)
        return replace(listing, items=tuple(self._as_declared(one) for one in listing.items))

    async def get(self, evaluation_id: str) -> RemoteEvaluation | None:
        seen = await super().get(evaluation_id)
        return None if seen is None else self._as_declared(seen)

    async def contents(
        self, evaluation_id: str, result_columns: frozenset[str], *, rows_max: int
    ) -> RemoteContents:
        real = await super().contents(evaluation_id, result_columns, rows_max=rows_max)
        seen = await super().get(evaluation_id)
        if seen is None or seen.name not in self._desired:
            return real
        rows = declared_rows(self._desired[seen.name].body)
        return replace(real, rows=tuple(RemoteRow(data, files) for data, files in rows))

    def _as_declared(self, one: RemoteEvaluation) -> RemoteEvaluation:
        is_stranger = one.name in self._desired and not any(is_reserved_tag(tag) for tag in one.tags)
        return replace(one, tasks=self._desired[one.name].tasks) if is_stranger else one


class AdoptsByName(Parts):
    """What bears the name of what is declared is taken for it."""

    def evaluations(self, runner: Runner, client: Client) -> Evaluations:
        return _Credulous(client, runner.desired)


class _Unasked(Evaluations):
    async def create(self, body: Mapping[str, Json], *, unless: WhyNot = None) -> RemoteEvaluation:
        return await super().create(body)


class FinishesWithoutItsLease(Parts):
    """A change that has begun sends its create also when the lease was lost meanwhile."""

    def evaluations(self, runner: Runner, client: Client) -> Evaluations:
        return _Unasked(client)


class _Obstinate(Reconciliation):
    async def plan(self) -> Plan:
        return replace(await super().plan(), refusals=())


class IgnoresRefusals(Parts):
    """A protected evaluation is like any other."""

    def reconciliation(self, runner: Runner, evaluations: Evaluations) -> Reconciliation:
        return _as(_Obstinate, super().reconciliation(runner, evaluations))


def _as(kind: type[Reconciliation], made: Reconciliation) -> Reconciliation:
    return kind(
        made.driver,
        made.read_state,
        made.desired,
        made.owner,
        made.provenance,
        made.policy,
        made.scope,
    )


class _Hurrying(Leasing):
    async def _settle(self, hold: Hold, known_nonces: Set[str], listener: LeaseListener) -> None:
        pass


class LetsNothingSettle(Parts):
    """Whoever's turn has come begins at once, though the one before has only just ended."""

    def leasing(self, runner: Runner, client: Client) -> Leasing:
        real = super().leasing(runner, client)
        return _Hurrying(real.leases, real.monotonic)


class _Unverified(Reconciliation):
    async def _closing_look(
        self, results: Sequence[ChangeResult], skipped: Sequence[Skipped]
    ) -> Verification:
        return Verification(None, None, ())


class VerifiesNothing(LetsNothingSettle):
    """What was answered is believed; nobody looks at the end, and nobody waits for lists at the beginning."""

    def reconciliation(self, runner: Runner, evaluations: Evaluations) -> Reconciliation:
        return _as(_Unverified, super().reconciliation(runner, evaluations))


class SaysAllIsWell(Parts):
    """The exit code is 0, whatever became of the changes."""

    def exit_code(self, outcome: Outcome) -> ExitCode:
        return ExitCode.OK


class ReadsNoArchive(Parts):
    """A revert pays again, because the archive is not looked into."""

    def reconciliation(self, runner: Runner, evaluations: Evaluations) -> Reconciliation:
        made = super().reconciliation(runner, evaluations)
        return replace(made, read_state=_without_archive(made.read_state))


_Read = Callable[[Sequence[str]], Awaitable[RemoteState]]


def _without_archive(read: _Read) -> _Read:
    async def state(known: Sequence[str]) -> RemoteState:
        return replace(await read(known), archived=())

    return state


class _Overwriting(Evaluations):
    async def patch(self, evaluation_id: str, body: Mapping[str, Json]) -> RemoteEvaluation:
        return await super().patch(evaluation_id, {**body, "tags": []} if "description" in body else body)


class DropsItsTag(Parts):
    """A patch replaces the tags and forgets our own."""

    def evaluations(self, runner: Runner, client: Client) -> Evaluations:
        return _Overwriting(client)


class _Hopeful(Evaluations):
    async def find(self, key: str, value: str, *, tag: str | None) -> tuple[RemoteEvaluation, ...]:
        try:
            return await super().find(key, value, tag=tag)
        except ApiError:
            return ()


class TakesBlindnessForAbsence(Parts):
    """A search that failed counts as one that found nothing."""

    def evaluations(self, runner: Runner, client: Client) -> Evaluations:
        return _Hopeful(client)


class _Believing(Evaluations):
    async def archive(self, evaluation_id: str) -> RemoteEvaluation | None:
        before = await self.get(evaluation_id)
        after = await super().archive(evaluation_id)
        return (
            after if after is not None or before is None else replace(before, archived_at=before.created_at)
        )


class BelievesAnyAnswer(Parts):
    """What answers 200 to an archive has archived, whatever it says."""

    def evaluations(self, runner: Runner, client: Client) -> Evaluations:
        return _Believing(client)


class _Boastful(Reconciliation):
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
        def claimed() -> str:
            nonce = new_nonce()
            self.seen_nonces.add(nonce)
            return nonce

        return await super().carry_out(
            plan,
            new_nonce=claimed,
            parallelism=parallelism,
            listener=listener,
            interruption=interruption,
            skipped=skipped,
        )


class TakesTheRunsOfOthersForItsOwn(Parts):
    """A create that never took effect counts as done when another apply made the same."""

    def reconciliation(self, runner: Runner, evaluations: Evaluations) -> Reconciliation:
        return _as(_Boastful, super().reconciliation(runner, evaluations))


class TakesNoTurns(Parts):
    """Nobody waits for the lease of another."""

    @asynccontextmanager
    async def turn(self, runner: Runner) -> AsyncIterator[None]:
        yield


class _Trusting(Reconciliation):
    async def _closing_plan(self) -> ClosingPlan:
        return replace(await super()._closing_plan(), is_listed=True)


class GivesItsTurnAwayTooSoon(LetsNothingSettle):
    """The lease ends though lists do not show yet what was made under it, and the next one does not wait for them."""

    def reconciliation(self, runner: Runner, evaluations: Evaluations) -> Reconciliation:
        return _as(_Trusting, super().reconciliation(runner, evaluations))


class _Trustful(Evaluations):
    """Remembers what it made."""

    def __init__(self, client: Client) -> None:
        super().__init__(client)
        self._made: dict[str, RemoteEvaluation] = {}

    async def create(self, body: Mapping[str, Json], *, unless: WhyNot = None) -> RemoteEvaluation:
        made = await super().create(body, unless=unless)
        self._made[made.id] = made
        return made

    async def get(self, evaluation_id: str) -> RemoteEvaluation | None:
        return self._made.get(evaluation_id) or await super().get(evaluation_id)


class ReadsNothingBack(Parts):
    """A new run is taken for being there because a create was answered."""

    def evaluations(self, runner: Runner, client: Client) -> Evaluations:
        return _Trustful(client)


class _Borrowing(Evaluations):
    async def find(self, key: str, value: str, *, tag: str | None) -> tuple[RemoteEvaluation, ...]:
        found = await super().find(key, value, tag=None)
        return found if tag is None else tuple(replace(one, tags=(*one.tags, tag)) for one in found)

    async def get(self, evaluation_id: str) -> RemoteEvaluation | None:
        seen = await super().get(evaluation_id)
        return None if seen is None else replace(seen, tags=tuple({*seen.tags, OWNER.tag}))


class TakesRunsFromNextDoor(Parts):
    """An archived run of the same spec is restored, whosever it is."""

    def evaluations(self, runner: Runner, client: Client) -> Evaluations:
        return _Borrowing(client)


DEFECTS: dict[str, type[Parts]] = {
    name: one
    for name, one in sorted(globals().items())
    if isinstance(one, type) and issubclass(one, Parts) and one is not Parts
}
