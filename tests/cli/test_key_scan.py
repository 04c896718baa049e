"""The key is in nothing that sgpctl prints, logs or writes, whatever the platform does with it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from starlette.types import ASGIApp

from sgpctl.sandbox.app import create_app
from sgpctl.sandbox.faults import Answer, Fault, FaultPlan
from sgpctl.sandbox.knobs import Knobs
from sgpctl.sandbox.server import served
from sgpctl.sandbox.store import open_store
from tests.cli.conftest import Ended, Sgpctl, edit
from tests.cli.echoing import ContentEcho, error_echo
from tests.secrets import KEY, SPELLINGS, leaks

CALLS = [
    ["validate"],
    ["render", "-C"],
    ["plan", "--debug"],
    ["plan", "--json", "--debug"],
    ["plan", "--format", "markdown"],
    ["plan", "--format", "github"],
    ["plan", "--output", "markdown={out}/plan.md", "--output", "gitlab={out}/plan-gitlab.json"],
    ["plan", "--output", "github={out}/plan.github", "--output", "text={out}/plan.txt"],
    ["plan", "--out", "{plan}"],
    ["snapshot", "--out", "{out}/snapshot.json", "--debug"],
    ["plan", "--against", "{out}/snapshot.json"],
    ["plan", "--against", "{out}/snapshot.json", "--output", "markdown={out}/against.md"],
    ["show", "{plan}"],
    ["show", "--json", "{plan}"],
    ["show", "--format", "markdown", "{plan}"],
    ["import", "--all", "--dry-run", "--debug"],
    ["import", "--all", "--debug"],
    ["apply", "--yes", "--debug"],
    [
        "apply",
        "--yes",
        "--json",
        "--output",
        "markdown={out}/outcome.md",
        "--output",
        "json={out}/outcome.json",
    ],
    ["drift", "--unmanaged", "--debug"],
    ["drift", "--json"],
    ["history", "{name}", "--debug"],
    ["history", "{name}", "--json"],
    ["list", "--archived", "--debug"],
    ["list", "--json"],
    ["unlock", "--yes", "--debug"],
    ["destroy", "--yes", "--debug"],
]
REPORTS = [call for call in CALLS if call[0] in ("drift", "history", "list")]
AGAINST_A_PLATFORM = [
    call for call in CALLS if call[0] not in ("validate", "render", "show") and "--against" not in call
]


@pytest.fixture(autouse=True)
def key(sgpctl: Sgpctl, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SGP_API_KEY", KEY)
    monkeypatch.setenv("SGPCTL_ENVIRONMENT", "prod")


@contextmanager
def platform(project: Path, app: ASGIApp) -> Iterator[str]:
    with served(app) as base_url:
        edit(project / "sgpctl.yaml", "target: production", f"base_url: {base_url}\n    account_id: acct")
        yield base_url


def called(
    sgpctl: Sgpctl, call: list[str], project: Path, plan: Path, name: str = "tone-of-refusals"
) -> Ended:
    arguments = [argument.format(plan=plan, out=plan.parent, name=name) for argument in call]
    return sgpctl(*arguments, *([] if call[0] == "show" else [project]))


def in_files(*folders: Path) -> dict[str, list[str]]:
    """What leaks from the files below, by file."""
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    found = {path.name: leaks(path.read_bytes().decode("latin-1")) for path in files}
    return {name: pieces for name, pieces in found.items() if pieces}


def test_no_verb_shows_or_writes_the_key(quickstart: Path, tmp_path: Path, sgpctl: Sgpctl) -> None:
    store = open_store(tmp_path / "platform" / "served.db")
    try:
        with platform(quickstart, create_app(store, Knobs(run_seconds=0))) as base_url:
            body = {
                "name": "brought",
                "data": [{"q": "x" * 300}],
                "tasks": [],
                "metadata": {"prompt": "y" * 300},
            }
            headers = {"x-api-key": KEY, "x-selected-account-id": "acct"}
            httpx.post(f"{base_url}/v5/evaluations", json=body, headers=headers, trust_env=False)
            edit(quickstart / "evaluations/grounded-answers.yaml", "lifecycle: {protect: true}\n", "")
            for call in CALLS:
                ended = called(sgpctl, call, quickstart, tmp_path / "plan.json")
                assert (call, ended.code) == (call, 0), ended.err
                assert leaks(ended.out + ended.err) == []
        assert in_files(tmp_path) == {}
    finally:
        store.close()
    names = {path.name for path in tmp_path.rglob("*")}
    assert names >= {"journal-prod.jsonl", "lock-prod", "plan.json", "served.db", "brought.yaml"}


def test_the_embedded_sandbox_keeps_no_key_either(quickstart: Path, sgpctl: Sgpctl) -> None:
    assert sgpctl("apply", quickstart, "--env", "sandbox", "--yes", "--debug").code == 0
    assert (quickstart / ".sgpctl" / "sandbox.db").exists()
    assert in_files(quickstart) == {}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_an_error_that_repeats_the_key_is_told_without_it(
    spelling: str, quickstart: Path, sgpctl: Sgpctl
) -> None:
    with platform(quickstart, error_echo(401, SPELLINGS[spelling])):
        ended = sgpctl("plan", quickstart, "--debug")
    assert ended.code == 1
    assert leaks(ended.out + ended.err) == []


@pytest.mark.parametrize("call", AGAINST_A_PLATFORM, ids=" ".join)
def test_no_verb_repeats_what_an_error_repeats(
    call: list[str], quickstart: Path, tmp_path: Path, sgpctl: Sgpctl
) -> None:
    with platform(quickstart, error_echo(422, SPELLINGS["as it is"])):
        ended = called(sgpctl, call, quickstart, tmp_path / "plan.json")
    assert ended.code == 1
    assert "[key]" in ended.err
    assert leaks(ended.out + ended.err) == []
    assert in_files(tmp_path) == {}


TASKS = [{"task_type": "inference", "configuration": {"model": "m", "args": {"p": "item.q"}}}]
BODY: dict[str, object] = {"name": "echo", "data": [{"q": "a"}], "tasks": TASKS}


def echoes(text: str) -> dict[str, str]:
    """Metadata that a hostile platform answers with the key in it, in every spelling."""
    return {f"m{number}": f"{text} echo:{number}:" for number in range(len(SPELLINGS))}


@dataclass(frozen=True)
class Hostile:
    """A project with an evaluation applied to a platform that can become hostile, and files that outlive it."""

    project: Path
    app: ContentEcho
    base_url: str
    plan: Path

    def declare(self, **more: object) -> None:
        (self.project / "evaluations" / "echo.yaml").write_text(json.dumps({**BODY, **more}))

    def bring(self, **more: object) -> None:
        """Make an evaluation by hand."""
        headers = {"x-api-key": KEY, "x-selected-account-id": "acct"}
        made = httpx.post(
            f"{self.base_url}/v5/evaluations", json={**BODY, **more}, headers=headers, trust_env=False
        )
        assert made.status_code == 200, made.text

    def leaks(self) -> dict[str, list[str]]:
        return in_files(self.project, self.plan.parent)


@pytest.fixture
def hostile(quickstart: Path, tmp_path: Path, sgpctl: Sgpctl) -> Iterator[Hostile]:
    (tmp_path / "out").mkdir()
    store = open_store(None)
    app = ContentEcho(create_app(store, Knobs(run_seconds=0)), list(SPELLINGS.values()))
    try:
        with platform(quickstart, app) as base_url:
            found = Hostile(quickstart, app, base_url, tmp_path / "out" / "plan.json")
            found.declare(description="then echo:0:", metadata=echoes("then"))
            assert sgpctl("apply", quickstart, "--yes").code == 0
            app.is_hostile = True
            yield found
    finally:
        store.close()


def test_what_evaluations_hold_is_told_and_saved_without_the_key(hostile: Hostile, sgpctl: Sgpctl) -> None:
    hostile.declare(description="now", metadata=dict.fromkeys(echoes(""), "now"))
    hostile.bring(name="by-hand", metadata=echoes("by hand"), data=[{"q": "echo:0:"}])
    told = ""
    for call in [*REPORTS, *CALLS, ["apply", "--yes"], *REPORTS]:
        if call == ["apply", "--yes"]:  # a second run, for its history
            hostile.declare(tasks=[], description="now echo:0:", metadata=echoes("now"))
        ended = called(sgpctl, call, hostile.project, hostile.plan, name="echo")
        assert leaks(ended.out + ended.err) == []
        told += ended.out + ended.err
    assert hostile.leaks() == {}
    assert 'metadata.m12   "then [redacted]" -> "now"' in told
    assert '"before": "then [redacted]"' in hostile.plan.read_text()


def test_a_saved_plan_without_the_key_is_still_the_plan(hostile: Hostile, sgpctl: Sgpctl) -> None:
    hostile.declare(description="now", metadata=dict.fromkeys(echoes(""), "now"))
    assert sgpctl("plan", hostile.project, "--out", hostile.plan).code == 0
    assert "[redacted]" in hostile.plan.read_text()
    assert sgpctl("apply", hostile.plan, "-C", hostile.project).code == 0


def test_a_name_that_the_platform_made_of_the_key_is_in_no_plan(hostile: Hostile, sgpctl: Sgpctl) -> None:
    hostile.app.is_hostile = False
    hostile.declare(metadata={"echo:0:": "a name in metadata"})
    assert sgpctl("apply", hostile.project, "--yes").code == 0
    hostile.app.is_hostile = True
    hostile.declare(metadata={})
    for call in ["plan", "--out", str(hostile.plan), str(hostile.project)], ["show", str(hostile.plan)]:
        ended = sgpctl(*call)
        assert leaks(ended.out + ended.err) == []
    assert hostile.leaks() == {}


def test_a_plan_that_somebody_put_the_key_into_is_shown_without_it(hostile: Hostile, sgpctl: Sgpctl) -> None:
    hostile.declare(description="now", metadata=echoes("then"))
    sgpctl("plan", hostile.project, "--out", hostile.plan)
    for spelling in SPELLINGS.values():
        old = hostile.plan.read_text()
        hostile.plan.write_text(old.replace("[redacted]", json.dumps(spelling(KEY))[1:-1]))
        assert leaks(hostile.plan.read_text())
        for call in ["show"], ["show", "--json"]:
            ended = sgpctl(*call, hostile.plan)
            assert ended.code == 0
            assert leaks(ended.out + ended.err) == []
        hostile.plan.write_text(old)


@pytest.mark.parametrize("spelling", ["as it is", "over lines", "in an address", "in Base64"])
def test_an_evaluation_that_holds_the_key_is_not_imported(
    spelling: str, hostile: Hostile, sgpctl: Sgpctl
) -> None:
    hostile.bring(name="by-hand", metadata={"note": f"echo:{list(SPELLINGS).index(spelling)}:"})
    before = set(hostile.project.rglob("*"))
    for more in (["--dry-run"], []):
        ended = sgpctl("import", hostile.project, "--name", "by-*", *more)
        assert "refused   by-hand" in ended.err
        assert "holds the API key that sgpctl was given" in ended.err
        assert leaks(ended.out + ended.err) == []
    assert set(hostile.project.rglob("*")) == before


@pytest.mark.parametrize(
    "where", [{"id": KEY}, {"name": f"a {KEY}"}, {"tags": ["sgpctl:quickstart:prod", KEY]}]
)
def test_an_evaluation_that_is_known_by_the_key_ends_everything(
    where: dict[str, object], quickstart: Path, sgpctl: Sgpctl
) -> None:
    item = {"id": "1", "name": "a", "tags": ["sgpctl:quickstart:prod"], **where}
    answer = json.dumps({"items": [item], "total": 1, "has_more": False})
    store = open_store(None)
    faults = FaultPlan(Fault(Answer(200, answer), "GET", "/v5/evaluations", times=None))
    try:
        with platform(quickstart, create_app(store, Knobs(run_seconds=0), faults=faults)):
            for call in ["plan", "--debug"], ["list", "--debug"], ["apply", "--yes", "--debug"]:
                ended = sgpctl(*call, quickstart)
                assert ended.code == 1
                assert "has the API key in its id, its name or its tags" in ended.err
                assert leaks(ended.out + ended.err) == []
        assert in_files(quickstart) == {}
        assert store.ledger() == ()
    finally:
        store.close()


# --- the key in the project itself


@pytest.fixture(params=["in the variable", "in a file of the project"])
def key_beside_the_manifests(
    request: pytest.FixtureRequest, quickstart: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A file of the project that holds the key, however sgpctl was given it."""
    file = quickstart / "data" / "key.txt"
    file.write_text(f"{KEY}\n")
    if request.param == "in a file of the project":
        monkeypatch.delenv("SGP_API_KEY")
        monkeypatch.setenv("SGP_API_KEY_FILE", str(file))
    edit(
        quickstart / "evaluations/tone.yaml", "tags: [nightly]", "metadata: {note: {$file: ../data/key.txt}}"
    )
    return file


@pytest.mark.parametrize("environment", ["prod", "sandbox"])
@pytest.mark.parametrize(
    "call",
    [
        ["validate"],
        ["validate", "--format", "json"],
        ["render", "-C"],
        ["plan", "--debug"],
        ["apply", "--yes"],
    ],
    ids=" ".join,
)
def test_a_manifest_that_holds_the_key_is_refused_before_anything_is_sent(
    call: list[str],
    environment: str,
    key_beside_the_manifests: Path,
    quickstart: Path,
    sgpctl: Sgpctl,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SGPCTL_ENVIRONMENT", environment)
    edit(quickstart / "sgpctl.yaml", "target: production", "base_url: http://127.0.0.1:9")  # nobody listens
    ended = sgpctl(*call, quickstart)
    assert ended.code == 1
    assert "holds the API key that sgpctl was given" in ended.out + ended.err
    assert leaks(ended.out + ended.err) == []
    key_beside_the_manifests.unlink()
    assert in_files(quickstart) == {}


def test_a_mistake_in_a_manifest_is_told_without_the_key(quickstart: Path, sgpctl: Sgpctl) -> None:
    edit(quickstart / "evaluations/tone.yaml", "tags: [nightly]", f"{KEY}: 1")
    for form in ("text", "json", "github", "sarif"):
        ended = sgpctl("validate", quickstart, "--format", form)
        assert ended.code == 1
        assert "unknown key" in ended.out + ended.err
        assert leaks(ended.out + ended.err) == []


def piped(key: str, *call: str) -> Ended:
    """A call in a process of its own, which is given the key through a pipe."""
    script = "import sys; from sgpctl.cli.main import run; run(sys.argv[1:])"
    reader, writer = os.pipe()
    with os.fdopen(writer, "w") as file:
        file.write(key)
    environ = {name: value for name, value in os.environ.items() if name != "SGP_API_KEY"}
    done = subprocess.run(
        [sys.executable, "-c", script, *call],
        env={**environ, "SGP_API_KEY_FILE": f"/dev/fd/{reader}"},
        pass_fds=[reader],
        capture_output=True,
        text=True,
        check=False,
    )
    os.close(reader)
    return Ended(done.returncode, done.stdout, done.stderr)


def test_a_key_that_comes_through_a_pipe_is_read_once_and_hidden(quickstart: Path) -> None:
    with platform(quickstart, error_echo(422, SPELLINGS["as it is"])):
        ended = piped(KEY, "plan", str(quickstart))
    assert "not with x-api-key: [key]" in ended.err
    assert leaks(ended.out + ended.err) == []


def test_a_key_that_comes_through_a_pipe_is_not_sent_in_a_manifest_either(quickstart: Path) -> None:
    edit(quickstart / "evaluations/tone.yaml", "tags: [nightly]", f"tags: ['{KEY}']")
    edit(quickstart / "sgpctl.yaml", "target: production", "base_url: http://127.0.0.1:9")  # nobody listens
    ended = piped(KEY, "plan", str(quickstart))
    assert "evaluations/tone.yaml:3:8: tags[0]: holds the API key" in ended.err
