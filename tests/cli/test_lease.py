"""Applies on several machines take turns; `unlock` ends what one of them left."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from sgpctl.apply.lock import exclusive
from sgpctl.cli.leasing import holder_name
from sgpctl.model.lease import lease_body
from sgpctl.model.marks import Occasion, Owner
from sgpctl.sandbox.app import create_app
from sgpctl.sandbox.knobs import Knobs
from sgpctl.sandbox.server import served
from sgpctl.sandbox.store import Store, open_store
from tests.cli.conftest import Ended, Sgpctl, edit

OWNER = Owner("quickstart", "prod", None)


@dataclass
class Account:
    """A served platform, and what is seen of it from the outside."""

    base_url: str
    store: Store
    requests: list[str] = field(default_factory=list)

    def lease(self, holder: str = "ann@laptop, process 7") -> str:
        made = self._call("POST", "", lease_body(OWNER, holder, f"nonce of {holder}"))
        return str(made["id"])

    def end(self, lease: str) -> None:
        self._call("DELETE", f"/{lease}")

    def end_as_if_long_ago(self, lease: str) -> None:
        """Nobody who comes next waits for lists to settle."""
        with self.store.transaction(writes=True) as db:
            then = "2026-01-01T00:00:00.000000Z"
            db.execute(
                "UPDATE evaluation SET created_at = ?, archived_at = ? WHERE id = ?", (then, then, lease)
            )

    def live_ids(self) -> list[str]:
        return [item["id"] for item in self._call("GET", "?limit=100")["items"]]

    def live(self) -> list[str]:
        return sorted(item["name"] for item in self._call("GET", "?limit=100")["items"])

    def edit(self, name: str, body: object) -> None:
        (one,) = [item for item in self._call("GET", "?limit=100")["items"] if item["name"] == name]
        self._call("PATCH", f"/{one['id']}", body)

    @property
    def billed(self) -> list[str]:
        return sorted(entry.name for entry in self.store.ledger())

    def _call(self, method: str, path: str, body: object = None) -> dict[str, list[dict[str, str]]]:
        url = f"{self.base_url}/v5/evaluations{path}"
        headers = {"x-api-key": "k", "x-selected-account-id": "acct"}
        answer = httpx.request(method, url, json=body, headers=headers, trust_env=False)
        answer.raise_for_status()
        found: dict[str, list[dict[str, str]]] = answer.json() if answer.content else {}
        return found


@contextmanager
def account(project: Path, knobs: Knobs | None = None) -> Iterator[Account]:
    store = open_store(None)
    requests: list[str] = []
    app = create_app(
        store,
        knobs or Knobs(run_seconds=0),
        on_request=lambda request: requests.append(f"{request.method} {request.path}"),
    )
    try:
        with served(app) as base_url:
            edit(project / "sgpctl.yaml", "target: production", f"base_url: {base_url}\n    account_id: acct")
            yield Account(base_url, store, requests)
    finally:
        store.close()


@pytest.fixture(autouse=True)
def key(sgpctl: Sgpctl, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SGP_API_KEY", "k")


def test_an_apply_leaves_its_evaluations_and_no_lease(quickstart: Path, sgpctl: Sgpctl) -> None:
    with account(quickstart) as there:
        ended = sgpctl("apply", quickstart, "--env", "prod", "--yes")
        assert (ended.code, len(there.live()), len(there.billed)) == (0, 3, 3)
        assert there.requests.count("POST /v5/evaluations") == 4
        assert "lease" not in ended.out + ended.err


def test_an_apply_with_nothing_to_do_makes_no_lease(quickstart: Path, sgpctl: Sgpctl) -> None:
    with account(quickstart) as there:
        sgpctl("apply", quickstart, "--env", "prod", "--yes")
        there.requests.clear()
        assert sgpctl("apply", quickstart, "--env", "prod", "--yes").code == 0
        assert {line.split()[0] for line in there.requests} == {"GET"}


def test_an_environment_can_do_without(quickstart: Path, sgpctl: Sgpctl) -> None:
    with account(quickstart) as there:
        edit(quickstart / "sgpctl.yaml", "    account_id: acct", "    account_id: acct\n    lock: false")
        there.lease()
        assert sgpctl("apply", quickstart, "--env", "prod", "--yes").code == 0
        assert there.requests.count("POST /v5/evaluations") == 4


def test_while_another_apply_works_nothing_is_changed(quickstart: Path, sgpctl: Sgpctl) -> None:
    with account(quickstart) as there:
        there.lease()
        ended = sgpctl("apply", quickstart, "--env", "prod", "--yes")
        assert ended.code == 3
        assert "another apply works on this project and environment: ann@laptop, process 7" in ended.err
        assert "--lock-timeout" in ended.err
        assert (there.billed, len(there.live())) == ([], 1)


def test_who_waits_long_enough_gets_its_turn(quickstart: Path, sgpctl: Sgpctl) -> None:
    with account(quickstart) as there, ThreadPoolExecutor() as others:
        lease = there.lease()
        waiting = others.submit(_apply, quickstart, "--lock-timeout", "60")
        while "POST /v5/evaluations" not in there.requests[1:]:
            assert not waiting.done(), waiting.result().err
        there.end(lease)
        ended = waiting.result()
        assert ended.code == 0, ended.err
        assert (len(there.billed), len(there.live())) == (3, 3)


def test_of_two_machines_at_once_one_pays(quickstart: Path, tmp_path: Path, sgpctl: Sgpctl) -> None:
    with account(quickstart, Knobs(run_seconds=0, latency_ms=100, settle_seconds=1)) as there:
        twin = Path(shutil.copytree(quickstart, tmp_path / "twin"))
        with ThreadPoolExecutor() as machines:
            ends = list(machines.map(lambda one: _apply(one, "--lock-timeout", "60"), (quickstart, twin)))
        assert [one.code for one in ends] == [0, 0], [one.err for one in ends]
        assert there.billed == sorted(set(there.billed))
        assert there.live() == there.billed
        assert sum("Another apply has done this meanwhile" in one.err for one in ends) == 1


def _reviewed(project: Path, plan: Path, sgpctl: Sgpctl) -> None:
    """Everything is applied; then two descriptions are edited, and that plan is saved."""
    assert sgpctl("apply", project, "--env", "prod", "--yes").code == 0
    edit(project / "evaluations/tone.yaml", "A judge says", "A model says")
    edit(project / "evaluations/human-review.yaml", "People rate", "Experts rate")
    assert sgpctl("plan", project, "--env", "prod", "--out", plan).code == 0


def test_with_the_lease_what_is_stale_is_skipped(quickstart: Path, tmp_path: Path, sgpctl: Sgpctl) -> None:
    with account(quickstart) as there:
        plan = tmp_path / "plan.json"
        _reviewed(quickstart, plan, sgpctl)
        there.edit("human-review", {"description": "by hand"})
        ended = sgpctl("apply", plan, "-C", quickstart, "--skip-stale")
        assert (ended.code, "Applied: 1 updated; 1 skipped." in ended.out) == (4, True)
        assert len(there.live()) == 3


@pytest.mark.parametrize("edited", [["human-review"], ["human-review", "tone-of-refusals"]])
def test_what_moves_before_the_turn_comes_is_skipped_too(
    quickstart: Path, tmp_path: Path, edited: list[str], sgpctl: Sgpctl
) -> None:
    with account(quickstart) as there, ThreadPoolExecutor() as others:
        plan = tmp_path / "plan.json"
        _reviewed(quickstart, plan, sgpctl)
        lease = there.lease()
        there.requests.clear()
        options = ("-C", str(quickstart), "--skip-stale", "--lock-timeout", "60")
        waiting = others.submit(_in_a_process, "apply", str(plan), *options)
        while "POST /v5/evaluations" not in there.requests:
            assert not waiting.done(), waiting.result().err
        for name in edited:
            there.edit(name, {"description": "by hand"})
        there.end_as_if_long_ago(lease)
        ended = waiting.result()
        assert "Something else was changed meanwhile; this is the plan now." in ended.err
        if len(edited) == 1:
            assert (ended.code, "Applied: 1 updated; 1 skipped." in ended.out) == (4, True)
            assert "the remote evaluation was changed by someone (description)" in ended.out
        else:
            assert (ended.code, "nothing was changed" in ended.err) == (3, True)
        assert len(there.live()) == 3


def test_a_lease_is_no_evaluation_to_any_verb(quickstart: Path, sgpctl: Sgpctl) -> None:
    with account(quickstart) as there:
        sgpctl("apply", quickstart, "--env", "prod", "--yes")
        before = _listed(quickstart, sgpctl)
        there.lease()
        assert _listed(quickstart, sgpctl) == before
        found = sgpctl("import", quickstart, "--env", "prod", "--all", "--dry-run", "--into", "found")
        assert "lease" not in found.out + found.err
        assert sgpctl("plan", quickstart, "--env", "prod", "--detailed-exitcode").code == 0


def test_unlock_shows_the_holder_and_ends_the_lease(quickstart: Path, sgpctl: Sgpctl) -> None:
    with account(quickstart) as there:
        lease = there.lease()
        ended = sgpctl("unlock", quickstart, "--env", "prod", "--yes")
        assert ended.code == 0
        assert "ann@laptop, process 7 works since" in ended.out
        assert there.live() == []
        there.end_as_if_long_ago(lease)
        assert sgpctl("apply", quickstart, "--env", "prod", "--yes").code == 0


def test_a_holder_is_told_by_the_address_of_its_job_or_by_user_and_machine() -> None:
    assert holder_name(Occasion(run_url="https://ci.example.com/88")) == "https://ci.example.com/88"
    assert holder_name(Occasion()).endswith(f"@{socket.gethostname()}, process {os.getpid()}")


def test_unlock_asks_first(quickstart: Path, sgpctl: Sgpctl) -> None:
    with account(quickstart) as there:
        there.lease()
        ended = sgpctl("unlock", quickstart, "--env", "prod")
        assert ended.code == 1
        assert "--yes" in ended.err
        assert len(there.live()) == 1


def test_unlock_with_nobody_there(quickstart: Path, sgpctl: Sgpctl) -> None:
    with account(quickstart):
        ended = sgpctl("unlock", quickstart, "--env", "prod")
        assert (ended.code, ended.out) == (0, "Nobody holds a lease on prod.\n")


def test_unlock_leaves_those_who_wait(quickstart: Path, sgpctl: Sgpctl) -> None:
    with account(quickstart) as there:
        there.lease("ann")
        waiting = there.lease("bob")
        ended = sgpctl("unlock", quickstart, "--env", "prod", "--yes")
        assert ended.code == 0
        works, waits, says = ended.out.splitlines()
        assert (works.split(" since ")[0], waits.split(" since ")[0]) == ("ann works", "bob waits")
        assert says == "Ended the lease of ann."
        assert there.live_ids() == [waiting]


@pytest.mark.parametrize("seconds", ["nan", "inf", "-1", "1e9", "86401", "soon"])
def test_a_wait_that_has_no_end_is_a_mistake(seconds: str, quickstart: Path, sgpctl: Sgpctl) -> None:
    ended = sgpctl("apply", quickstart, "--yes", "--lock-timeout", seconds)
    assert (ended.code, ended.out) == (1, "")
    assert "--lock-timeout" in ended.err


def test_both_locks_are_waited_for_once(quickstart: Path, sgpctl: Sgpctl) -> None:
    with account(quickstart) as there, ExitStack() as other:
        there.lease("ann")
        other.enter_context(exclusive(quickstart / ".sgpctl" / "lock-prod"))
        with _waiting(quickstart, 4) as waiting:
            told = [_line(waiting)]
            time.sleep(1.5)  # of the four seconds that it may wait in all
            other.close()
            _, rest = waiting.communicate()
        told += rest.splitlines()
    assert waiting.returncode == 3
    assert told[0].startswith("Waiting up to 4 s for process ")
    assert re.match(
        r"Waiting up to [12] s for ann, which works on this project and environment since ", told[1]
    )
    assert "another apply works on this project and environment: ann" in told[2]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_or_sigterm_ends_the_wait_and_leaves_no_lease(
    number: signal.Signals, quickstart: Path, sgpctl: Sgpctl
) -> None:
    with account(quickstart) as there:
        others = there.lease("ann")
        with _waiting(quickstart, 60) as waiting:
            assert _line(waiting).startswith("Waiting up to 60 s for ann")
            waiting.send_signal(number)
            _, rest = waiting.communicate()
        assert (waiting.returncode, rest.strip()) == (130, "interrupted")
        assert there.live_ids() == [others]


def _apply(project: Path, *options: str) -> Ended:
    """One apply in a process of its own, as on another machine."""
    return _in_a_process("apply", str(project), "--env", "prod", "--yes", *options)


def _in_a_process(*call: str) -> Ended:
    with _process(*call) as process:
        out, err = process.communicate()
    return Ended(process.returncode, out, err)


def _process(*call: str) -> subprocess.Popen[str]:
    # Whoever runs the tests in the background has SIGINT ignored, which processes inherit.
    heard = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    return subprocess.Popen(
        [sys.executable, "-c", f"{heard}; from sgpctl.cli.main import run; run({[*call]!r})"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ},
    )


def _waiting(project: Path, seconds: int) -> subprocess.Popen[str]:
    return _process("apply", str(project), "--env", "prod", "--yes", "--lock-timeout", str(seconds))


def _listed(project: Path, sgpctl: Sgpctl) -> object:
    return json.loads(sgpctl("list", project, "--env", "prod", "--json").out)["evaluations"]


def _line(process: subprocess.Popen[str]) -> str:
    """The next line of what it says to a person."""
    assert process.stderr is not None
    return process.stderr.readline()
