"""The same commands over HTTP: against a served sandbox, and against what can stand in its place."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from sgpctl.sandbox.app import create_app
from sgpctl.sandbox.faults import Answer, Effect, Endless, Fault, FaultPlan, TotalOff, html_page, not_json
from sgpctl.sandbox.knobs import Knobs
from sgpctl.sandbox.server import served
from sgpctl.sandbox.store import open_store
from tests.cli.conftest import Sgpctl, edit
from tests.cli.platforms import platform

KEY = "sk-not-for-your-eyes-0123456789"


@pytest.fixture(autouse=True)
def key(sgpctl: Sgpctl, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SGP_API_KEY", KEY)


def test_naming_another_environment_is_all_it_takes(quickstart: Path, sgpctl: Sgpctl) -> None:
    with platform(quickstart):
        assert sgpctl("apply", quickstart, "--env", "prod", "--yes").code == 0
        assert sgpctl("plan", quickstart, "--env", "prod", "--detailed-exitcode").code == 0
        assert len(json.loads(sgpctl("list", quickstart, "--env", "prod", "--json").out)["evaluations"]) == 3


def test_the_rows_of_a_dataset_are_counted_through_the_api(quickstart: Path, sgpctl: Sgpctl) -> None:
    with platform(quickstart) as base_url:
        headers = {"x-api-key": KEY, "x-selected-account-id": "acct"}
        body = {"name": "tickets", "data": [{"q": str(index)} for index in range(7)]}
        made = httpx.post(f"{base_url}/v5/datasets", json=body, headers=headers, trust_env=False).json()
        (quickstart / "evaluations/tone.yaml").write_text(
            f"name: on-a-dataset\ndataset_id: {made['id']}\ntasks:\n"
            "  - {task_type: inference, configuration: {model: openai/gpt-5, args: {prompt: item.q}}}\n"
        )
        changes = json.loads(sgpctl("plan", quickstart, "--env", "prod", "--json").out)["changes"]
        cost = {change["name"]: change["cost"] for change in changes}["on-a-dataset"]
        assert (cost["rows"], cost["model_calls"], cost["is_known"]) == (7, 7, True)
        assert sgpctl("apply", quickstart, "--env", "prod", "--yes").code == 0
        assert sgpctl("plan", quickstart, "--env", "prod", "--detailed-exitcode").code == 0


def _every(effect: Effect) -> Fault:
    return Fault(effect, path="*", times=None)


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (_every(Answer(401, '{"detail":"Invalid API key"}')), ["SGP_API_KEY", "Invalid API key"]),
        (_every(Answer(403, '{"detail":"needs one of the roles admin, editor"}')), ["403", "roles"]),
        (_every(Answer(403, f'{{"detail":"the key {KEY} may not"}}')), ["403"]),
        (_every(html_page(200)), ["HTML", "Bad Gateway"]),
        (_every(not_json()), ["GET /v5/evaluations"]),
        (_every(Answer(200, '{"items": [')), ["GET /v5/evaluations"]),
        (_every(Answer(200, "[]")), ["GET /v5/evaluations"]),
        (_every(Answer(404, '{"detail":"Not Found"}')), ["404"]),
        (
            _every(Answer(422, '{"detail":[{"loc":["query","limit"],"msg":"too large","type":"x"}]}')),
            ["limit", "too large"],
        ),
        (_every(Answer(307, "", headers={"location": "http://elsewhere.example/v5/evaluations"})), ["307"]),
    ],
)
def test_a_platform_that_does_not_answer_as_it_should_is_an_error_with_words(
    fault: Fault, words: list[str], quickstart: Path, sgpctl: Sgpctl
) -> None:
    with platform(quickstart, fault):
        ended = sgpctl("plan", quickstart, "--env", "prod", "--debug")
    assert ended.code == 1
    assert all(word in ended.err for word in words), ended.err
    assert KEY not in ended.out + ended.err


@pytest.mark.parametrize("effect", [Endless(), Endless(fresh_ids=True), TotalOff(2)])
def test_a_listing_that_never_ends_or_is_not_whole_changes_nothing(
    effect: Effect, quickstart: Path, sgpctl: Sgpctl
) -> None:
    faults = FaultPlan()
    store = open_store(None)
    try:
        with served(create_app(store, Knobs(run_seconds=0), faults=faults)) as base_url:
            edit(
                quickstart / "sgpctl.yaml",
                "target: production",
                f"base_url: {base_url}\n    account_id: acct",
            )
            assert sgpctl("apply", quickstart, "--env", "prod", "--yes").code == 0
            before = len(store.ledger())
            faults.add(Fault(effect, "GET", "/v5/evaluations", times=None))
            edit(quickstart / "evaluations/tone.yaml", "Is the reply polite?", "Is the reply kind?")
            ended = sgpctl("apply", quickstart, "--env", "prod", "--yes")
            assert ended.code in {1, 3}
            assert ended.err
            assert len(store.ledger()) == before
    finally:
        store.close()


def test_an_unreachable_host_is_named(quickstart: Path, sgpctl: Sgpctl) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        edit(quickstart / "sgpctl.yaml", "target: production", f"base_url: http://127.0.0.1:{port}")
        ended = sgpctl("plan", quickstart, "--env", "prod")
    assert ended.code == 1
    assert f"127.0.0.1:{port}" in ended.err


def test_another_account_than_the_pinned_one_is_refused(
    quickstart: Path, sgpctl: Sgpctl, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SGP_ACCOUNT_ID", "acct-of-someone-else")
    with platform(quickstart):
        ended = sgpctl("plan", quickstart, "--env", "prod")
    assert ended.code == 1
    assert "'acct'" in ended.err
    assert "'acct-of-someone-else'" in ended.err


def test_ctrl_c_finishes_what_is_in_flight_and_says_what_is_left(quickstart: Path, sgpctl: Sgpctl) -> None:
    with platform(quickstart, knobs=Knobs(run_seconds=0, latency_ms=400)):
        call = ["apply", str(quickstart), "--env", "prod", "--yes", "--parallelism", "1"]
        process = subprocess.Popen(
            [sys.executable, "-c", f"from sgpctl.cli.main import run; run({call!r})"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ},
        )
        assert process.stderr is not None
        first = process.stderr.readline()
        assert "create" in first
        time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
        assert process.returncode == 130, err
        assert "nothing new is started" in err
        assert "Traceback" not in err
        assert "not started" in out
        assert sgpctl("apply", quickstart, "--env", "prod", "--yes").code == 0
        listed = json.loads(sgpctl("list", quickstart, "--env", "prod", "--json").out)["evaluations"]
        assert len(listed) == 3


def test_a_closed_pipe_is_no_traceback(quickstart: Path) -> None:
    done = subprocess.run(
        f"{sys.executable} -c \"from sgpctl.cli.main import run; run(['plan', '{quickstart}'])\" | head -c 1",
        shell=True,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr
