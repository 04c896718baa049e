"""Whatever can hold an account's data is its owner's alone; what people write follows their umask."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sgpctl.apply.journal import Journal
from sgpctl.limits import JOURNAL_BYTES_MAX
from sgpctl.sandbox.store import open_store
from tests.cli.conftest import Sgpctl, edit
from tests.cli.platforms import platform
from tests.cli.seeding import Seeding

UMASKS = pytest.mark.parametrize("umask", [0o000, 0o022, 0o077], ids="umask-{:03o}".format)


@contextmanager
def masked(umask: int) -> Iterator[None]:
    before = os.umask(umask)
    try:
        yield
    finally:
        os.umask(before)


def modes(*folders: Path) -> dict[str, int]:
    """The mode of everything below, by its name in its folder."""
    return {
        path.relative_to(folder).as_posix(): stat.S_IMODE(path.stat().st_mode)
        for folder in folders
        for path in folder.rglob("*")
    }


def written_by_people(umask: int) -> int:
    return 0o666 & ~umask


@UMASKS
def test_the_sandbox_is_closed_to_others_while_it_is_open_too(tmp_path: Path, umask: int) -> None:
    with masked(umask):
        store = open_store(tmp_path / "state" / "sandbox.db")
        try:
            store.reset()
            found = modes(tmp_path)
        finally:
            store.close()
    assert found == {
        "state": 0o700,
        "state/sandbox.db": 0o600,
        "state/sandbox.db-wal": 0o600,
        "state/sandbox.db-shm": 0o600,
    }


@UMASKS
def test_an_apply_leaves_nothing_that_others_can_read(
    quickstart: Path, sgpctl: Sgpctl, monkeypatch: pytest.MonkeyPatch, umask: int
) -> None:
    monkeypatch.setenv("SGP_API_KEY", "any")
    with masked(umask), platform(quickstart):
        assert sgpctl("apply", quickstart, "--yes").code == 0
        assert sgpctl("apply", quickstart, "--env", "prod", "--yes").code == 0
    assert stat.S_IMODE((quickstart / ".sgpctl").stat().st_mode) == 0o700
    found = modes(quickstart / ".sgpctl")
    assert found.pop(".gitignore") == written_by_people(umask)  # behind a closed folder
    assert found == dict.fromkeys(
        ["journal-prod.jsonl", "journal-sandbox.jsonl", "lock-prod", "lock-sandbox", "sandbox.db"], 0o600
    )


@UMASKS
def test_a_database_outside_the_state_folder_is_closed_too(
    quickstart: Path, sgpctl: Sgpctl, umask: int
) -> None:
    edit(quickstart / "sgpctl.yaml", "target: sandbox", "target: sandbox\n    database: var/deep/kept.db")
    with masked(umask):
        assert sgpctl("plan", quickstart).code == 0
    assert modes(quickstart / "var") == {"deep": 0o700, "deep/kept.db": 0o600}


@UMASKS
def test_a_database_behind_a_link_is_closed_too(tmp_path: Path, umask: int) -> None:
    (tmp_path / "sandbox.db").symlink_to("elsewhere.db")
    with masked(umask):
        open_store(tmp_path / "sandbox.db").close()
    assert modes(tmp_path)["elsewhere.db"] == 0o600


@UMASKS
def test_a_saved_plan_is_closed_to_others_and_so_is_what_is_made_of_it(
    quickstart: Path, tmp_path: Path, sgpctl: Sgpctl, umask: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(out / "summary.md"))
    files = [
        "json=plan.json",
        "markdown=plan.md",
        "markdown=summary.md",
        "gitlab=gitlab.json",
        "text=plan.txt",
    ]
    outputs = [f"--output={form.replace('=', f'={out}/')}" for form in files]
    with masked(umask):
        assert sgpctl("plan", quickstart, *outputs).code == 0
        assert sgpctl("apply", quickstart, "--yes", f"--output=markdown={out}/outcome.md").code == 0
        assert sgpctl("snapshot", quickstart, "--out", out / "snapshot.json").code == 0
    names = ["plan.json", "snapshot.json", "plan.md", "summary.md", "gitlab.json", "plan.txt", "outcome.md"]
    assert modes(out) == dict.fromkeys(names, 0o600)


@UMASKS
@pytest.mark.parametrize("mode", [0o400, 0o640, 0o664])
def test_a_plan_over_an_older_one_keeps_the_mode_that_somebody_chose(
    quickstart: Path, tmp_path: Path, sgpctl: Sgpctl, umask: int, mode: int
) -> None:
    plan = tmp_path / "plan.json"
    plan.write_text("{}")
    plan.chmod(mode)
    with masked(umask):
        assert sgpctl("plan", quickstart, "--out", plan).code == 0
    assert stat.S_IMODE(plan.stat().st_mode) == mode


@UMASKS
@pytest.mark.parametrize("mode", [0o600, 0o640])
def test_a_journal_that_is_made_smaller_keeps_its_mode(tmp_path: Path, umask: int, mode: int) -> None:
    path = tmp_path / "journal.jsonl"
    journal = Journal(path, "here", lambda: datetime(2026, 11, 23, tzinfo=UTC), lambda: 1.0)
    journal.write("create", {"name": "x" * (JOURNAL_BYTES_MAX + 1), "nonce": "n1"})
    journal.write("refused", {"nonce": "n1"})
    path.chmod(mode)
    with masked(umask):
        journal.compact(older_than_seconds=-1)
    assert path.stat().st_size == 0
    assert modes(tmp_path) == {"journal.jsonl": mode}


@UMASKS
def test_what_people_go_on_to_edit_follows_their_umask(tmp_path: Path, sgpctl: Sgpctl, umask: int) -> None:
    with masked(umask):
        assert sgpctl("init", tmp_path / "demo").code == 0
        assert sgpctl("schema", "--write", "-C", tmp_path / "demo").code == 0
    found = modes(tmp_path / "demo")
    assert found.pop("evaluations") == found.pop("prompts") == found.pop("data") == 0o777 & ~umask
    assert found.pop(".vscode") == 0o777 & ~umask
    assert found == dict.fromkeys(found, written_by_people(umask))


@UMASKS
def test_an_imported_manifest_follows_the_umask(tmp_path: Path, sgpctl: Sgpctl, umask: int) -> None:
    seeding = Seeding(tmp_path / "brought")
    seeding.create(
        {
            "name": "asked",
            "data": [{"q": str(index)} for index in range(9)],
            "tasks": [{"task_type": "inference", "configuration": {"model": "m", "args": {"p": "item.q"}}}],
        }
    )
    with masked(umask):
        assert sgpctl("import", seeding.folder, "--all").code == 0
    assert seeding.written() == {"evaluations/asked.yaml", "evaluations/asked/rows.jsonl"}
    found = modes(seeding.folder / "evaluations")
    assert found.pop("asked") == 0o777 & ~umask
    assert found == dict.fromkeys(found, written_by_people(umask))


@UMASKS
def test_formatting_keeps_the_mode_of_each_file(quickstart: Path, sgpctl: Sgpctl, umask: int) -> None:
    manifest = quickstart / "evaluations" / "tone.yaml"
    edit(manifest, "name: tone", "name:    tone")
    manifest.chmod(0o640)
    with masked(umask):
        assert sgpctl("fmt", quickstart).code == 0
    assert "name: tone" in manifest.read_text()
    assert stat.S_IMODE(manifest.stat().st_mode) == 0o640


def test_a_project_that_was_not_made_by_init_does_not_commit_its_journal(
    quickstart: Path, sgpctl: Sgpctl
) -> None:
    assert sgpctl("apply", quickstart, "--yes").code == 0
    assert (quickstart / ".sgpctl" / ".gitignore").read_text() == "*\n"


@pytest.mark.parametrize("name", ["lock-sandbox", "journal-sandbox.jsonl"])
def test_a_link_that_a_repository_brings_is_not_written_through(
    quickstart: Path, tmp_path: Path, sgpctl: Sgpctl, name: str
) -> None:
    precious = tmp_path / "precious"
    precious.write_text("mine")
    (quickstart / ".sgpctl").mkdir()
    (quickstart / ".sgpctl" / name).symlink_to(precious)
    ended = sgpctl("apply", quickstart, "--yes")
    assert ended.code != 0
    assert precious.read_text() == "mine"
    assert f"{name}: this is a link, and sgpctl writes its own files through none" in ended.out + ended.err
