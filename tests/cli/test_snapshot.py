"""A plan without a key: against a file that a job with the key wrote."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sgpctl.plan.snapshot import name_digest
from tests.cli.conftest import Sgpctl, copy_example


@pytest.fixture
def snapshot(sgpctl: Sgpctl, quickstart: Path, tmp_path: Path) -> Path:
    """Of the quickstart, which is applied; after it the platform is out of reach."""
    path = tmp_path / "snapshot.json"
    assert sgpctl("apply", quickstart, "--yes").code == 0
    ended = sgpctl("snapshot", quickstart, "--out", path)
    assert ended.code == 0, ended.err
    assert "Saved 3 evaluations of quickstart -> sandbox" in ended.err
    (quickstart / ".sgpctl" / "sandbox.db").rename(tmp_path / "gone.db")
    return path


def test_a_plan_of_what_was_applied_is_empty(sgpctl: Sgpctl, quickstart: Path, snapshot: Path) -> None:
    ended = sgpctl("plan", quickstart, "--against", snapshot, "--detailed-exitcode")
    assert ended.code == 0, ended.err
    assert "No changes." in ended.out
    assert "not to be applied" in ended.out.splitlines()[0]


def test_a_changed_prompt_is_shown_as_on_the_platform(
    sgpctl: Sgpctl, quickstart: Path, snapshot: Path, tmp_path: Path
) -> None:
    prompt = quickstart / "prompts" / "answer.md"
    prompt.write_text(prompt.read_text() + "Be brief.\n")
    offline = sgpctl("plan", quickstart, "--against", snapshot, "--json")
    (tmp_path / "gone.db").rename(quickstart / ".sgpctl" / "sandbox.db")
    online = sgpctl("plan", quickstart, "--json")
    assert json.loads(offline.out)["digest"] == json.loads(online.out)["digest"]
    assert json.loads(offline.out)["changes"][0]["fields"] == json.loads(online.out)["changes"][0]["fields"]


def test_changed_rows_are_told_without_being_compared(
    sgpctl: Sgpctl, quickstart: Path, snapshot: Path
) -> None:
    rows = quickstart / "data" / "policy_qa.jsonl"
    rows.write_text(rows.read_text().replace("?", "??", 1))
    ended = sgpctl("plan", quickstart, "--against", snapshot)
    assert "not compared one by one" in ended.out


def test_a_deleted_manifest_whose_run_is_archived_is_restored_for_nothing(
    sgpctl: Sgpctl, quickstart: Path, tmp_path: Path
) -> None:
    assert sgpctl("apply", quickstart, "--yes").code == 0
    tone = quickstart / "evaluations" / "tone.yaml"
    text = tone.read_text()
    tone.unlink()
    assert sgpctl("apply", quickstart, "--yes").code == 0
    path = tmp_path / "snapshot.json"
    assert sgpctl("snapshot", quickstart, "--out", path).code == 0
    tone.write_text(text)
    ended = sgpctl("plan", quickstart, "--against", path)
    assert "Plan: 1 to restore, 2 unchanged." in ended.out


def test_it_holds_no_rows(snapshot: Path, quickstart: Path) -> None:
    text = snapshot.read_text()
    rows = [json.loads(line) for line in (quickstart / "data" / "policy_qa.jsonl").read_text().splitlines()]
    assert rows
    assert not [row for row in rows if row["question"] in text]


def test_a_plan_made_of_it_cannot_be_applied(
    sgpctl: Sgpctl, quickstart: Path, snapshot: Path, tmp_path: Path
) -> None:
    saved = tmp_path / "plan.json"
    made = sgpctl("plan", quickstart, "--against", snapshot, "--out", saved)
    assert "cannot be applied" in made.err
    assert "not to be applied" in sgpctl("show", saved).out
    ended = sgpctl("apply", saved, "-C", quickstart)
    assert ended.code == 1
    assert "made against a snapshot, so it cannot be applied" in ended.err


def test_one_of_another_project_is_refused(sgpctl: Sgpctl, snapshot: Path, tmp_path: Path) -> None:
    other = copy_example("matrix", tmp_path)
    ended = sgpctl("plan", other, "--against", snapshot)
    assert ended.code == 1
    assert "the snapshot is of quickstart -> sandbox" in ended.err


def test_a_name_of_somebody_else_is_told_though_only_its_digest_is_kept(
    sgpctl: Sgpctl, quickstart: Path, snapshot: Path
) -> None:
    document = json.loads(snapshot.read_text())
    taken = next(one for one in document["evaluations"] if one["name"] == "tone-of-refusals")
    document["evaluations"].remove(taken)
    document["other_names"] = ["9d0c0ca5f9f5b5c4"]
    snapshot.write_text(json.dumps(document))
    assert "not ours is there" not in sgpctl("plan", quickstart, "--against", snapshot).out
    document["other_names"] = [name_digest("tone-of-refusals")]
    snapshot.write_text(json.dumps(document))
    ended = sgpctl("plan", quickstart, "--against", snapshot)
    assert "'tone-of-refusals': an evaluation of this name that is not ours is there" in ended.out.replace(
        "\n", " "
    ).replace("  ", " ")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{}", "this is not a snapshot"),
        ("[", "this is not a snapshot"),
        ('{"taken_at": "x", "format_version": "9.0"}', "the snapshot has format 9.0"),
        ('{"taken_at": "x", "format_version": "1.0", "project": 1}', "`project` should be text"),
    ],
)
def test_what_is_no_snapshot_is_refused_with_what_is_wrong(
    sgpctl: Sgpctl, quickstart: Path, tmp_path: Path, text: str, words: str
) -> None:
    path = tmp_path / "wrong.json"
    path.write_text(text)
    ended = sgpctl("plan", quickstart, "--against", path)
    assert ended.code == 1
    assert words in ended.err
