"""How the command answers mistakes, and what it prints where."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from sgpctl.apply.lock import exclusive
from tests.cli.conftest import Sgpctl, edit

VERBS = [
    "init",
    "validate",
    "plan",
    "apply",
    "destroy",
    "show",
    "list",
    "history",
    "import",
    "schema",
    "sandbox",
    "version",
]


@pytest.mark.parametrize("verb", VERBS)
def test_the_help_of_every_verb_has_an_example(verb: str, sgpctl: Sgpctl) -> None:
    ended = sgpctl(verb, "--help")
    assert ended.code == 0
    assert "Example" in ended.out


def test_the_help_lists_every_verb_and_exit_code(sgpctl: Sgpctl) -> None:
    out = sgpctl("--help").out
    assert all(f"\n  {verb} " in out for verb in VERBS)
    assert all(f"\n    {code} " in out for code in (0, 1, 2, 3, 4, 130))


@pytest.mark.parametrize(
    "arguments", [["nonsense"], ["plan", "--nonsense"], ["plan", "a", "b"], ["plan", "--parallelism", "0"]]
)
def test_a_mistake_in_the_call_exits_1_not_2(arguments: list[str], sgpctl: Sgpctl) -> None:
    ended = sgpctl(*arguments)
    assert ended.code == 1
    assert ended.err


def test_both_ways_to_ask_for_the_version_agree(sgpctl: Sgpctl) -> None:
    assert sgpctl("--version").out == sgpctl("version").out


def test_a_folder_that_is_not_there_is_named(tmp_path: Path, sgpctl: Sgpctl) -> None:
    ended = sgpctl("plan", tmp_path / "nowhere")
    assert (ended.code, "nowhere" in ended.err) == (1, True)


def test_an_empty_folder_is_told_how_to_begin(tmp_path: Path, sgpctl: Sgpctl) -> None:
    ended = sgpctl("plan", tmp_path)
    assert (ended.code, "sgpctl init" in ended.err) == (1, True)


def test_the_nearest_parent_with_a_project_file_is_the_project(quickstart: Path, sgpctl: Sgpctl) -> None:
    assert sgpctl("validate", quickstart / "evaluations").code == 0
    assert sgpctl("validate", "-C", quickstart / "prompts").code == 0


def test_an_unknown_environment_is_answered_with_the_known_ones(quickstart: Path, sgpctl: Sgpctl) -> None:
    ended = sgpctl("plan", quickstart, "--env", "prodd")
    assert ended.code == 1
    assert "prod" in ended.err
    assert "sandbox" in ended.err


def test_the_environment_variable_chooses_the_environment(
    quickstart: Path, sgpctl: Sgpctl, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SGPCTL_ENVIRONMENT", "prod")
    assert "SGP_API_KEY" in sgpctl("plan", quickstart).err


def test_without_a_key_the_three_ways_out_are_named(quickstart: Path, sgpctl: Sgpctl) -> None:
    ended = sgpctl("plan", quickstart, "--env", "prod")
    assert ended.code == 1
    assert all(way in ended.err for way in ("SGP_API_KEY", "SGP_API_KEY_FILE", "--env sandbox"))


def test_apply_does_not_ask_where_nobody_can_answer(
    quickstart: Path, sgpctl: Sgpctl, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    ended = sgpctl("apply", quickstart)
    assert ended.code == 1
    assert "--yes" in ended.err
    assert json.loads(sgpctl("list", quickstart, "--json").out)["evaluations"] == []


def test_the_result_is_on_standard_output_and_progress_is_not(quickstart: Path, sgpctl: Sgpctl) -> None:
    ended = sgpctl("apply", quickstart, "--yes", "--json")
    document = json.loads(ended.out)
    assert document["summary"]["create"] == 3
    assert "tone-of-refusals" in ended.err


def test_every_problem_of_every_file_comes_at_once(quickstart: Path, sgpctl: Sgpctl) -> None:
    edit(quickstart / "evaluations/tone.yaml", "name: tone-of-refusals", "nmae: tone-of-refusals")
    edit(quickstart / "evaluations/human-review.yaml", "task_type:", "taks_type:")
    ended = sgpctl("validate", quickstart)
    assert ended.code == 1
    assert "evaluations/tone.yaml:1:1" in ended.err
    assert "evaluations/human-review.yaml:6:5" in ended.err
    assert "name" in ended.err


def test_one_bad_manifest_stops_the_plan_of_all(quickstart: Path, sgpctl: Sgpctl) -> None:
    edit(quickstart / "evaluations/tone.yaml", "tags: [nightly]", "tags: nightly")
    ended = sgpctl("apply", quickstart, "--yes")
    assert ended.code == 1
    assert json.loads(sgpctl("list", quickstart, "--json").out)["evaluations"] == []


def test_init_writes_a_project_that_applies_as_it_is(tmp_path: Path, sgpctl: Sgpctl) -> None:
    assert sgpctl("init", tmp_path / "demo").code == 0
    assert sgpctl("apply", tmp_path / "demo", "--yes").code == 0
    assert sgpctl("plan", tmp_path / "demo", "--detailed-exitcode").code == 0


def test_init_overwrites_nothing(tmp_path: Path, sgpctl: Sgpctl) -> None:
    (tmp_path / "sgpctl.yaml").write_text("mine")
    ended = sgpctl("init", tmp_path)
    assert (ended.code, (tmp_path / "sgpctl.yaml").read_text()) == (1, "mine")
    assert not (tmp_path / "prompts").exists()


def test_debug_logs_each_request_without_the_key(quickstart: Path, sgpctl: Sgpctl) -> None:
    ended = sgpctl("plan", quickstart, "--debug")
    assert "GET /v5/evaluations" in ended.err
    assert "-> 200 in " in ended.err
    assert "api-key" not in ended.err.lower()


def test_an_emptied_sandbox_holds_nothing(quickstart: Path, sgpctl: Sgpctl) -> None:
    assert sgpctl("apply", quickstart, "--yes").code == 0
    assert sgpctl("sandbox", "reset", quickstart, "--yes").code == 0
    assert sgpctl("plan", quickstart, "--detailed-exitcode").code == 2


def test_only_a_sandbox_can_be_reset(quickstart: Path, sgpctl: Sgpctl) -> None:
    assert sgpctl("sandbox", "reset", quickstart, "--env", "prod", "--yes").code == 1


HEAVY = ("httpx", "deepdiff", "rich", "starlette", "uvicorn", "pydantic", "yaml", "sqlite3", "asyncio")


@pytest.mark.parametrize(
    ("arguments", "not_loaded"),
    [
        (["--version"], HEAVY),
        (["--help"], HEAVY),
        (["version"], HEAVY),
        (
            ["validate", "{project}"],
            ("httpx", "deepdiff", "rich", "starlette", "uvicorn", "sqlite3", "asyncio"),
        ),
        (
            ["validate", "{project}"],
            (
                "sgpctl.plan.plan",
                "sgpctl.manifest.cache.recall",
                "sgpctl.render.problems_sarif",
                "multiprocessing",
            ),
        ),
        (["show", "{plan}"], ("httpx", "deepdiff", "rich", "starlette", "uvicorn", "yaml", "sqlite3")),
        (["show", "{plan}"], ("sgpctl.render.markdown", "sgpctl.render.plan_github")),
        (["show", "{plan}", "--format", "markdown"], ("httpx", "rich", "yaml", "sgpctl.render.plan_github")),
        (["plan", "{project}"], ("deepdiff", "uvicorn", "sgpctl.render.markdown")),
    ],
)
def test_no_verb_loads_what_it_does_not_use(
    arguments: list[str], not_loaded: tuple[str, ...], quickstart: Path, tmp_path: Path, sgpctl: Sgpctl
) -> None:
    plan = tmp_path / "plan.json"
    sgpctl("plan", quickstart, "--out", plan)
    call = [argument.format(project=quickstart, plan=plan) for argument in arguments]
    script = (
        "import sys\nfrom sgpctl.cli.main import run\n"
        f"try:\n    run({call!r})\nexcept SystemExit as ended:\n    assert not ended.code, ended.code\n"
        "print('LOADED', *sorted(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split("LOADED")[1].split())
    assert loaded.isdisjoint(not_loaded), loaded & set(not_loaded)


@pytest.mark.parametrize("name", ["123", "true", "null", "1e3"])
def test_a_project_may_have_a_name_that_yaml_would_read_otherwise(
    name: str, tmp_path: Path, sgpctl: Sgpctl
) -> None:
    assert sgpctl("init", tmp_path / name).code == 0
    assert sgpctl("validate", tmp_path / name).code == 0


def test_a_plan_is_never_written_over_a_device(quickstart: Path, sgpctl: Sgpctl) -> None:
    ended = sgpctl("plan", quickstart, "--out", "/dev/null")
    assert (ended.code, "no file" in ended.err) == (1, True)
    assert Path("/dev/null").is_char_device()


def test_a_plan_is_not_written_through_a_link_that_leads_to_itself(
    quickstart: Path, tmp_path: Path, sgpctl: Sgpctl
) -> None:
    (tmp_path / "loop").symlink_to("loop")
    ended = sgpctl("plan", quickstart, "--out", tmp_path / "loop")
    assert (ended.code, "cannot be saved: Too many levels of symbolic links" in ended.err) == (1, True)


def test_one_apply_at_a_time_works_on_a_project(quickstart: Path, sgpctl: Sgpctl) -> None:
    with exclusive(quickstart / ".sgpctl" / "lock-sandbox"):
        refused = sgpctl("apply", quickstart, "--yes")
    assert (refused.code, "another sgpctl works" in refused.err) == (3, True)
    assert sgpctl("apply", quickstart, "--yes").code == 0


def test_a_refused_apply_prints_one_document_too(quickstart: Path, sgpctl: Sgpctl) -> None:
    edit(quickstart / "sgpctl.yaml", "model_calls: 1000", "model_calls: 3")
    refused = sgpctl("apply", quickstart, "--yes", "--json")
    assert refused.code == 3
    assert "budget" in json.loads(refused.out)["refusals"][0]["message"]


def test_a_short_key_does_not_mangle_words(
    quickstart: Path, sgpctl: Sgpctl, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SGP_API_KEY", "any")
    edit(quickstart / "sgpctl.yaml", "target: production", "base_url: http://127.0.0.1:9")
    edit(quickstart / "sgpctl.yaml", "project: quickstart", "project: company")
    assert "redacted" not in sgpctl("plan", quickstart, "--env", "prod").err


def test_what_is_archived_is_listed_as_such(quickstart: Path, sgpctl: Sgpctl) -> None:
    edit(quickstart / "evaluations/grounded-answers.yaml", "lifecycle: {protect: true}\n", "")
    assert sgpctl("apply", quickstart, "--yes").code == 0
    assert sgpctl("destroy", quickstart, "--yes").code == 0
    assert "archived" in sgpctl("list", quickstart, "--archived").out
    listed = json.loads(sgpctl("list", quickstart, "--archived", "--json").out)["evaluations"]
    assert all(one["archived_at"] for one in listed)


def test_a_full_disk_behind_standard_output_is_an_error_with_words(quickstart: Path) -> None:
    call = (
        f"{sys.executable} -c \"from sgpctl.cli.main import run; run(['plan', '{quickstart}'])\" > /dev/full"
    )
    done = subprocess.run(call, shell=True, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "No space left" in done.stderr
    assert "bug" not in done.stderr
    assert "Traceback" not in done.stderr


def test_a_closed_standard_output_is_no_bug(quickstart: Path) -> None:
    call = f"{sys.executable} -c \"from sgpctl.cli.main import run; run(['plan', '{quickstart}'])\" >&-"
    done = subprocess.run(call, shell=True, capture_output=True, text=True, check=False)
    assert "bug" not in done.stderr
    assert "Traceback" not in done.stderr


def test_it_runs_as_a_module_too(sgpctl: Sgpctl) -> None:
    call = [sys.executable, "-m", "sgpctl", "version"]
    done = subprocess.run(call, capture_output=True, text=True, check=True)
    assert done.stdout == sgpctl("version").out


@pytest.mark.parametrize(
    "source", ["sgpctl.yaml", "evaluations/tone.yaml", "prompts/answer.md", "data/policy_qa.jsonl"]
)
def test_no_result_is_written_over_a_file_that_the_project_is_made_of(
    source: str, quickstart: Path, sgpctl: Sgpctl
) -> None:
    path = quickstart / source
    before = path.read_bytes()
    for call in (["plan", "--out"], ["snapshot", "--out"]):
        ended = sgpctl(call[0], quickstart, call[1], path)
        assert (ended.code, "the project is made of this file" in ended.err) == (1, True)
    for verb in ("plan", "drift", "apply"):
        ended = sgpctl(verb, quickstart, "--output", f"markdown={path}")
        assert (ended.code, "the project is made of this file" in ended.err) == (1, True)
    assert path.read_bytes() == before
