"""A project with 20 changes to make, the platform that it is applied to, and a hand that strikes at one request."""

from __future__ import annotations

import asyncio
import fnmatch
import json
import os
import shutil
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum, auto
from pathlib import Path
from typing import TypeVar

import httpx
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sgpctl.sandbox.app import create_app
from sgpctl.sandbox.knobs import Knobs
from sgpctl.sandbox.server import served
from sgpctl.sandbox.store import Store, open_store
from tests.processes.spawning import Process, Spawner, Surroundings

KEY = "sk-of-real-processes-0123456789"

_PROJECT = """\
version: 1
project: killed
manifests: [evaluations]
safety: {max_archive: 100%}
environments:
  prod: {base_url: 'URL', account_id: acct}
  sandbox: {target: sandbox}
default_environment: prod
"""
_MANIFEST = """\
name: NAME
description: DESCRIPTION
data: [{question: "2 + 2?"}, {question: "3 + 3?"}]
tasks:
  - {alias: answer, task_type: chat_completion, configuration: {model: openai/gpt-4o, messages: [{role: user, content: "PROMPT {{item.question}}"}]}}
"""
CREATED, REPLACED, UPDATED, ARCHIVED = range(8), range(8, 14), range(14, 17), range(17, 20)
PARALLELISM = 4
_SECONDS_LATE = 1.0
_AT_ONCE = 20
_Case = TypeVar("_Case")


def _name(number: int) -> str:
    return f"e{number:02}"


WANTED = [_name(number) for number in (*CREATED, *REPLACED, *UPDATED)]
"""What is live after the 20 changes."""
BILLED_BEFORE = Counter(map(_name, (*REPLACED, *UPDATED, *ARCHIVED)))
BILLED = Counter({_name(number): 2 if number in REPLACED else 1 for number in range(20)})
"""How many runs of each name are paid for after the 20 changes, those of before included."""


def write_before(project: Path, base_url: str) -> None:
    """The project before the 20 changes."""
    (project / "evaluations").mkdir(parents=True, exist_ok=True)
    (project / "sgpctl.yaml").write_text(_PROJECT.replace("URL", base_url))
    for number in (*REPLACED, *UPDATED, *ARCHIVED):
        _write(project, number, "Before.", "Be brief.")


def write_after(project: Path) -> None:
    """8 creates, 6 replaces, 3 updates, 3 archives."""
    for number in (*CREATED, *REPLACED):
        _write(project, number, "After.", "Be exact.")
    for number in UPDATED:
        _write(project, number, "After.", "Be brief.")
    for number in ARCHIVED:
        _path(project, number).unlink()


def _write(project: Path, number: int, description: str, prompt: str) -> None:
    text = _MANIFEST.replace("NAME", _name(number)).replace("DESCRIPTION", description)
    _path(project, number).write_text(text.replace("PROMPT", prompt))


def _path(project: Path, number: int) -> Path:
    return project / "evaluations" / f"{_name(number)}.yaml"


class Fate(Enum):
    """What becomes of the request at which a process is struck."""

    LOST = auto()  # the platform never sees it
    UNANSWERED = auto()  # it takes effect, and only then the process is struck, before its answer is sent
    LATE = auto()  # it takes effect when its process is gone and the next one is at work
    ANSWERED = auto()  # as if nothing had happened


@dataclass
class Striking:
    """Passes requests on, and calls `strike` at the first one that `is_the_one` of them so far; each is "GET /v5/...".

    It strikes the first process that is started. That request waits for what comes `then`; others go on.
    """

    app: ASGIApp
    is_the_one: Callable[[list[str]], bool] = lambda _: False
    fate: Fate = Fate.ANSWERED
    strike: Callable[[Process], None] = lambda _: None
    then: Callable[[Process], None] = lambda _: None
    requests: list[str] = field(default_factory=list)
    first: Future[Process] = field(default_factory=Future)
    has_struck: bool = False
    is_through: threading.Event = field(default_factory=threading.Event)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.requests.append(f"{scope['method']} {scope['path']}")
        if self.has_struck or not self.is_the_one(self.requests):
            await self.app(scope, receive, send)
            return
        self.has_struck = True
        try:
            await self._struck(scope, receive, send)
        finally:
            self.is_through.set()

    async def _struck(self, scope: Scope, receive: Receive, send: Send) -> None:
        messages = await _whole(receive)

        async def again() -> Message:
            return messages.pop(0) if messages else await receive()

        async def struck(message: Message) -> None:
            if message["type"] == "http.response.start":
                await self._strike()
            await send(message)

        if self.fate is Fate.UNANSWERED:
            await self.app(scope, again, struck)
            return
        await self._strike()
        if self.fate is Fate.LATE:
            await asyncio.sleep(_SECONDS_LATE)
        if self.fate is Fate.LOST:
            while (await receive())["type"] != "http.disconnect":
                pass
        else:
            await self.app(scope, again, send)

    async def _strike(self) -> None:
        process = self.first.result(timeout=60)
        self.strike(process)
        await asyncio.to_thread(self.then, process)


async def _whole(receive: Receive) -> list[Message]:
    messages = [await receive()]
    while messages[-1].get("more_body"):
        messages.append(await receive())
    return messages


@dataclass
class Scene:
    """One project and its platform. What a process is given of the environment is `environ`."""

    project: Path
    base_url: str
    store: Store
    striking: Striking
    spawner: Spawner
    processes: list[Process] = field(default_factory=list)
    environ: dict[str, str] = field(
        default_factory=lambda: {"SGP_API_KEY": KEY, "PATH": os.environ["PATH"], "NO_COLOR": "1"}
    )

    def start(self, *arguments: str, around: Surroundings = Surroundings()) -> Process:  # noqa: B008 - a frozen value
        """Start `sgpctl`; without arguments, an apply that nobody need agree to."""
        call = [
            *(arguments or ("apply", "--yes")),
            "-C",
            str(self.project),
            "--parallelism",
            str(PARALLELISM),
        ]
        process = self.spawner.start(call, self.environ, around)
        if not self.processes:
            self.striking.first.set_result(process)
        self.processes.append(process)
        return process

    def made_by_others(self) -> None:
        """Make an evaluation that nobody manages, with rows that are a file of their own."""
        configuration = {"type": "f1", "candidate": "item.question", "reference": "item.question"}
        self.post(
            {
                "name": "found",
                "data": [{"question": "?" * 100} for _ in range(200)],
                "tasks": [{"task_type": "metric", "configuration": configuration}],
            }
        )

    def post(self, body: Mapping[str, object]) -> None:
        """Make an evaluation, as somebody else would."""
        headers = {"x-api-key": KEY, "x-selected-account-id": "acct"}
        answer = httpx.post(f"{self.base_url}/v5/evaluations", json=body, headers=headers, trust_env=False)
        answer.raise_for_status()

    def billed(self) -> Counter[str]:
        """How many runs of each name were paid for."""
        return Counter(entry.name for entry in self.store.ledger())

    def live(self) -> list[str]:
        """The names of all that is not archived, leases too."""
        with self.store.transaction(writes=False) as db:
            rows = db.execute(
                "SELECT name FROM evaluation WHERE archived_at IS NULL ORDER BY name"
            ).fetchall()
        return [row["name"] for row in rows]

    def leases(self) -> list[str]:
        """Those of `live` that are leases."""
        return [name for name in self.live() if "lease" in name]

    @property
    def journal(self) -> Path:
        return self.project / ".sgpctl" / "journal-prod.jsonl"

    def unreturned(self) -> set[str]:
        """The nonces of leases that were taken and, by the journal, not given back."""
        taken: set[str] = set()
        for line in self.journal.read_text().splitlines():
            entry = json.loads(line)
            if entry["event"] == "lease":
                taken.add(entry["nonce"])
            elif entry["event"] == "released":
                taken.discard(entry["nonce"])
        return taken

    def converges(self) -> list[str]:
        """What is wrong after one more apply; nothing is when it ends well, and what is live and paid for is as declared."""
        again = self.start().wait()
        assert not self.striking.has_struck or self.striking.is_through.wait(timeout=60)
        wrong = [f"exit code {again.code}: {again.err[-700:]}"] if again.code != 0 else []
        if self.live() != WANTED:
            wrong.append(f"live are {self.live()}")
        if self.billed() != BILLED:
            wrong.append(f"paid are {self.billed() - BILLED} too many, {BILLED - self.billed()} too few")
        return [*wrong, *self.spilled()]

    def spilled(self) -> list[str]:
        """What holds the key: files of the project, and outputs of all its processes so far."""
        files = [str(path) for path in self.project.rglob("*") if path.is_file() and KEY in path.read_text()]
        outputs = [one.files.name for one in self.processes if KEY in one.text("out") + one.text("err")]
        return [f"the key is in {place}" for place in (*files, *outputs)]


def request(number: int, pattern: str = "*") -> Callable[[list[str]], bool]:
    """The request that is this one by number, of those that match: `PATCH *`, or the creates, `POST /v5/evaluations`."""

    def is_it(requests: list[str]) -> bool:
        return len(fnmatch.filter(requests, pattern)) == number and fnmatch.fnmatchcase(requests[-1], pattern)

    return is_it


def is_write(words: str) -> bool:
    return not words.startswith("GET ") and not words.endswith("/filter")


def all_at_once(check: Callable[[_Case], list[str]], cases: Iterable[_Case]) -> str:
    """What is wrong with any of the cases, a line each. Most of the time of each is spent waiting."""
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        return "\n".join(words for found in threads.map(check, cases) for words in found)


@contextmanager
def scene(folder: Path, spawner: Spawner, prepared: Path | None = None) -> Iterator[Scene]:
    """A scene before the 20 changes; `prepared` is the database of a platform where the first apply is done."""
    folder.mkdir(parents=True)
    database = folder / "platform.db"
    if prepared is not None:
        shutil.copyfile(prepared, database)
    store = open_store(database)
    striking = Striking(create_app(store, Knobs(run_seconds=0)))
    try:
        with served(striking) as base_url:
            project = folder / "project"
            write_before(project, base_url)
            yield Scene(project, base_url, store, striking, spawner)
    finally:
        store.close()
