"""One project, one account and a bad network: applies of it, one after another, each with the life of a process."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random
from typing import Any, TypeVar

import httpx

from sgpctl.api.client import Client
from sgpctl.api.evaluations import Evaluations
from sgpctl.api.reading import read_state
from sgpctl.api.settings import ApiKey, Connection
from sgpctl.apply.driver import Driver
from sgpctl.apply.execution import Interruption, Listener
from sgpctl.apply.journal import Journal, Record, record_of
from sgpctl.apply.outcome import Outcome
from sgpctl.apply.reconciliation import Reconciliation
from sgpctl.errors import ExitCode, RefusedError, SgpctlError
from sgpctl.model.evaluation import DesiredEvaluation
from sgpctl.model.marks import Owner, Provenance
from sgpctl.plan.plan import Plan
from sgpctl.plan.policy import Policy
from sgpctl.sandbox.app import create_app
from sgpctl.sandbox.knobs import Knobs
from sgpctl.sandbox.store import open_store
from sgpctl.sandbox.transport import sandbox_transport
from tests.simulation.clock import SimulatedLoop
from tests.simulation.faults import CALM, Death, Network, Transport, Weather
from tests.simulation.schedule import Deed, Schedule

OWNER = Owner("evals", "prod", "github.com/acme/evals")
KEY = "secret-key-of-the-test"
ACCOUNT = "acct"
URL = "http://sandbox.localhost"
_BEGUN = datetime(2026, 11, 23, tzinfo=UTC)
_PARTS = ("id", "name", "description", "tags", "metadata", "archived_at")

_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class Stored:
    """One evaluation as the platform keeps it."""

    id: str
    name: str
    description: str | None
    tags: tuple[str, ...]
    metadata: Mapping[str, Any]
    archived_at: str | None

    @property
    def is_live(self) -> bool:
        return self.archived_at is None

    @property
    def is_ours(self) -> bool:
        return OWNER.tag in self.tags

    @property
    def digest(self) -> str:
        return str(self.metadata.get("sgpctl_digest", ""))

    @property
    def made_as(self) -> str:
        return str(self.metadata.get("sgpctl_name", self.name))


@dataclass(frozen=True, slots=True)
class Ended:
    """How one apply ended. `exit_code` is None for one that died; `outcome` is None where nothing was carried out."""

    exit_code: ExitCode | None
    outcome: Outcome | None = None
    message: str = ""
    crash: str | None = None


class MemoryJournal(Journal):
    """A journal whose disk is a list; each line is a point at which the process may die, before, in or after it."""

    def __init__(self, world: World) -> None:
        super().__init__(Path("unused"), URL, world.now)
        self._world = world

    def _append(self, line: str) -> None:
        lines = self._world.lines
        lines.append(line[: len(line) // 2])
        self._world.network.pass_point()
        lines[-1] = line
        self._world.network.pass_point()

    def read(self) -> Record:
        return record_of(self._world.lines, URL)

    def compact(self, since: datetime) -> None:
        """Never so large here."""


class Parts:
    """What a world is put together of; a planted defect replaces one of these."""

    def transport(self, world: World) -> httpx.AsyncBaseTransport:
        return Transport(world.network)

    def evaluations(self, world: World, client: Client) -> Evaluations:
        return Evaluations(client)

    def journal(self, world: World) -> Journal:
        return MemoryJournal(world)

    def driver(self, world: World, evaluations: Evaluations) -> Driver:
        return Driver(evaluations, self.journal(world))

    def reconciliation(
        self, world: World, evaluations: Evaluations, desired: Sequence[DesiredEvaluation]
    ) -> Reconciliation:
        return Reconciliation(
            self.driver(world, evaluations),
            lambda known: read_state(evaluations, desired, OWNER, known=known),
            desired,
            OWNER,
            Provenance("c0ffee", "0.1.0"),
            Policy(max_archive=1000),
            ("evals", "prod", URL, ACCOUNT),
            world.now,
        )

    def exit_code(self, outcome: Outcome) -> ExitCode:
        return outcome.exit_code


@dataclass
class World:
    """Everything that one schedule happens to."""

    schedule: Schedule
    parts: Parts = field(default_factory=Parts)
    lines: list[str] = field(default_factory=list)
    desired: Sequence[DesiredEvaluation] = ()
    made_by_hand: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.random = Random(f"world {self.schedule.seed}")
        self.loop = SimulatedLoop()
        self._ids, self._nonces = count(1), count(1)
        self.store = open_store(None, now=self.now, new_id=lambda: f"id-{next(self._ids):04}")
        knobs = Knobs(run_seconds=0, settle_seconds=self.schedule.settle_seconds)
        self.server = sandbox_transport(create_app(self.store, knobs))
        self.network = Network(self.server, self.random, self._watch, self.schedule.page_items)

    def now(self) -> datetime:
        return _BEGUN + timedelta(seconds=self.loop.time())

    def close(self) -> None:
        self.run(_end_of_all_tasks())
        self.store.close()
        self.loop.close()

    def run(self, work: Coroutine[Any, Any, _Result]) -> _Result:
        return self.loop.run_until_complete(work)

    def apply(self, desired: Sequence[DesiredEvaluation], weather: Weather = CALM) -> Ended:
        """One process from its start to its end, whatever that is."""
        self.desired = desired
        self.network.begin(weather)
        ended = self.run(self._life())
        self.network.begin(CALM)
        self.said.append(ended.message)
        self.said += [str(result.message) for result in (ended.outcome.results if ended.outcome else ())]
        return ended

    def plan(self, desired: Sequence[DesiredEvaluation]) -> Plan:
        async def work() -> Plan:
            async with self._client() as client:
                evaluations = self.parts.evaluations(self, client)
                return await self.parts.reconciliation(self, evaluations, desired).plan()

        self.desired = desired
        return self.run(work())

    def stored(self) -> dict[str, Stored]:
        """All evaluations of the account by id, in the order of their creation."""
        with self.store.transaction(writes=False) as db:
            rows = db.execute(f"SELECT {', '.join(_PARTS)} FROM evaluation ORDER BY rowid").fetchall()
        return {
            row["id"]: Stored(
                row["id"],
                row["name"],
                row["description"],
                tuple(json.loads(row["tags"])),
                json.loads(row["metadata"] or "{}"),
                row["archived_at"],
            )
            for row in rows
        }

    def wait(self, seconds: float) -> None:
        self.run(asyncio.sleep(seconds))

    def by_hand(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> httpx.Response:
        """A request of somebody else, over a good line."""

        async def work() -> httpx.Response:
            headers = {"x-api-key": "someone-else", "x-selected-account-id": ACCOUNT}
            request = httpx.Request(method, f"{URL}/v5/evaluations{path}", json=body, headers=headers)
            response = await self.server.handle_async_request(request)
            await response.aread()
            return response

        response = self.run(work())
        assert response.is_success, response.text
        return response

    def create_by_hand(self, body: Mapping[str, Any]) -> str:
        made = str(self.by_hand("POST", "", body).json()["id"])
        self.made_by_hand.add(made)
        return made

    def meddle(self, deed: Deed) -> bool:
        """Somebody does `deed` to a live evaluation of ours; False when there is none."""
        mine = [one for one in self.stored().values() if one.is_ours and one.is_live]
        if not mine:
            return False
        one = self.random.choice(mine)
        match deed:
            case Deed.DESCRIBE:
                self.by_hand("PATCH", f"/{one.id}", {"description": "by hand"})
            case Deed.RENAME:
                self.by_hand("PATCH", f"/{one.id}", {"name": f"{one.name} by hand"})
            case Deed.ARCHIVE:
                self.by_hand("DELETE", f"/{one.id}")
            case Deed.STRIP:
                # Nothing but its name tells what it is any more: with a rename on top, the plan asks to pay again.
                extra = self.network.extra_creates
                extra[one.digest] = extra.get(one.digest, 0) + 1
                self.by_hand("PATCH", f"/{one.id}", {"metadata": {"sgpctl_digest": None}})
            case Deed.TAG:
                self.by_hand("PATCH", f"/{one.id}", {"tags": [*one.tags, "by-hand"]})
            case Deed.COPY:
                whole = self.by_hand("GET", f"/{one.id}?views=tasks").json()
                kept = {key: whole[key] for key in ("tags", "metadata", "tasks")}
                self.create_by_hand({**kept, "name": f"Copy of {one.name}", "data": [{"question": "one?"}]})
        return True

    def _watch(self, request: httpx.Request) -> None:
        from tests.simulation.invariants import check_write

        if request.method in {"PATCH", "DELETE"}:
            remote_id = request.url.path.rsplit("/", 1)[-1]
            self.wrong += check_write(self, request.method, remote_id)

    def _client(self) -> Client:
        return Client(
            Connection(URL, ACCOUNT, ApiKey(KEY, source="the test")),
            transport=self.parts.transport(self),
            random=self.random.random,
            now=lambda: self.now().timestamp(),
            log=lambda record: self.said.append(f"{record.path} {record.request_id}"),
        )

    async def _life(self) -> Ended:
        try:
            return await self._apply()
        except SgpctlError as error:
            return Ended(error.exit_code, message=f"{error.message} {error.hint}")
        except Exception as error:  # noqa: BLE001 - a traceback is a finding
            return Ended(ExitCode.ERROR, crash=f"{type(error).__name__}: {error}")
        except BaseException as error:
            if not _is_death(error):
                raise
            return Ended(None)
        finally:
            await _end_of_all_tasks(but=self.network.late)

    async def _apply(self) -> Ended:
        async with self._client() as client:
            evaluations = self.parts.evaluations(self, client)
            reconciliation = self.parts.reconciliation(self, evaluations, self.desired)
            await reconciliation.recover()
            plan = await reconciliation.plan()
            if plan.refusals:
                raise RefusedError("; ".join(refusal.message for refusal in plan.refusals))
            if plan.is_empty and plan.gap is None:
                return Ended(ExitCode.OK, Outcome(left=plan))
            outcome = await reconciliation.carry_out(
                plan,
                new_nonce=lambda: f"nonce-{next(self._nonces)}",
                parallelism=self.schedule.parallelism,
                listener=Listener(),
                interruption=Interruption(),
            )
            return Ended(self.parts.exit_code(outcome), outcome, message=str(outcome.unverified))


async def _end_of_all_tasks(but: Sequence[asyncio.Task[Any]] = ()) -> None:
    """What is left of a process ends with it; what is under way in the network does not."""
    left = [task for task in asyncio.all_tasks() if task not in but and task is not asyncio.current_task()]
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)


def _is_death(error: BaseException) -> bool:
    if isinstance(error, BaseExceptionGroup):
        return any(_is_death(one) for one in error.exceptions)
    return isinstance(error, Death)
