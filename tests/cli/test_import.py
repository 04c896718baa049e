"""What exists remotely becomes manifests that the next plan adopts for nothing, and after which it is empty."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from sgpctl import limits
from sgpctl.manifest.loader import load
from sgpctl.manifest.project import read_project
from sgpctl.sandbox.app import create_app
from sgpctl.sandbox.faults import Answer, Fault, FaultPlan
from sgpctl.sandbox.server import served
from sgpctl.sandbox.store import open_store
from tests.cli.conftest import EXAMPLES, Ended, Sgpctl
from tests.cli.seeding import ACCOUNT, Seeding
from tests.conformance.task_bodies import ROWS, TASKS

LONG = "Answer from the policy.\n\nNever guess; ${say} so.\n" * 8


@pytest.fixture
def site(tmp_path: Path) -> Seeding:
    return Seeding(tmp_path / "project")


def plan(site: Seeding, sgpctl: Sgpctl) -> dict[str, Any]:
    ended = sgpctl("plan", site.folder, "--json")
    assert ended.code == 0, ended.err
    document: dict[str, Any] = json.loads(ended.out)
    return document


def brought(site: Seeding, sgpctl: Sgpctl, *arguments: str, adopted: int) -> Ended:
    """Import, and prove: the plan adopts exactly so many for 0 calls, and after the apply there is nothing to do."""
    before = site.billed()
    ended = sgpctl("import", site.folder, *(arguments or ("--all",)))
    assert ended.code == 0, ended.err
    made = plan(site, sgpctl)
    assert [change["action"] for change in made["changes"]] == ["adopt"] * adopted
    assert (made["cost"]["model_calls"], made["cost"]["human_tasks"]) == (0, 0)
    assert all(change["fields"] == [] for change in made["changes"])
    assert sgpctl("apply", site.folder, "--yes").code == 0
    assert sgpctl("plan", site.folder, "--detailed-exitcode").code == 0
    assert site.billed() == before
    return ended


def standalone(name: str = "run", **fields: object) -> dict[str, object]:
    return {"name": name, "data": ROWS, "tasks": [TASKS["chat_completion"], TASKS["metric"]], **fields}


def with_dataset(name: str = "run", **dataset: object) -> dict[str, object]:
    return standalone(name, dataset={"name": f"{name} rows", **dataset})


def dataset(site: Seeding, rows: list[dict[str, object]] = ROWS, **fields: object) -> tuple[str, list[str]]:
    made = site.send("POST", "datasets", {"name": "policy", "data": rows, **fields})
    return made["id"], items_of(site, made["id"])


def items_of(site: Seeding, dataset_id: str) -> list[str]:
    return [item["id"] for item in site.send("GET", f"dataset-items?dataset_id={dataset_id}")["items"]]


ENDS: Mapping[str, dict[str, float]] = {
    "completed": {},
    "running": {"run_seconds": 3600},
    "failed": {"failing_share": 1.0},
}


@pytest.mark.parametrize("shape", ["standalone", "from dataset", "with dataset"])
@pytest.mark.parametrize("end", ENDS)
def test_every_task_type_in_every_shape_and_state_is_adopted_for_nothing(
    end: str, shape: str, site: Seeding, sgpctl: Sgpctl
) -> None:
    dataset_id, _ = dataset(site)
    for task_type, task in TASKS.items():
        body: dict[str, object] = {"name": f"{task_type}, {shape}", "tasks": [task]}
        match shape:
            case "standalone":
                body |= {"data": ROWS}
            case "from dataset":
                body |= {"dataset_id": dataset_id}
            case _:
                body |= {"data": ROWS, "dataset": {"name": task_type}}
        site.create(body, **ENDS[end])
    brought(site, sgpctl, adopted=len(TASKS))


@pytest.mark.parametrize("example", ["all-tasks", "quickstart", "api-request"])
def test_the_evaluations_of_the_examples_come_back_as_manifests(
    example: str, site: Seeding, sgpctl: Sgpctl
) -> None:
    declared = load(read_project((EXAMPLES / example).resolve())).desired
    for one in declared:
        site.create(one.body)
    brought(site, sgpctl, adopted=len(declared))


def test_a_manifest_says_what_a_person_would_have_written(site: Seeding, sgpctl: Sgpctl) -> None:
    judge = {
        "alias": "auto_evaluation_guided_decoding",
        "task_type": "auto_evaluation.guided_decoding",
        "configuration": {"model": "m/n", "prompt": LONG, "choices": ["yes", "no"]},
    }
    review = {
        "task_type": "contributor_evaluation.question",
        "configuration": {
            "question_id": "q-1",
            "layout": {
                "children": [
                    {"data": "item.question", "label": "question"},
                    {"data": "item.lang", "label": "L"},
                ]
            },
        },
    }
    grade = {
        "task_type": "custom_function",
        "configuration": {
            "function_source": "def grade(lang):\n    return 1.0\n",
            "outputs": [{"path": "a.b"}],
        },
    }
    made = site.create(
        standalone(
            "Grounded answers",
            tasks=[judge, review, grade],
            tags=["gate", "Nightly"],
            description="Why: ${so}.",
            metadata={"owner": {"team": "ai", "since": None}, "sgpctl_commit": "abc", "none": None},
            taxonomy_params={"levels": ["a"], "guide": LONG},
        )
    )
    brought(site, sgpctl, adopted=1)
    assert (
        site.text("evaluations/grounded-answers.yaml")
        == f"""\
# Imported from evaluation {made["id"]}.
name: Grounded answers
description: "Why: $${{so}}."
tags: [gate, Nightly]
metadata:
  owner:
    team: ai
data:
  - question: How long is the refund window?
    reference: 30 days
    context:
      id: p-1
    lang: en
  - question: Wie lange kann ich umtauschen?
    reference: 30 Tage
    context:
      id: p-2
    lang: de
tasks:
  - task_type: auto_evaluation.guided_decoding
    configuration:
      model: m/n
      prompt: {{$file: grounded-answers/auto-evaluation-guided-decoding-prompt.md}}
      choices: ["yes", "no"]
  - task_type: contributor_evaluation.question
    configuration:
      question_id: q-1
      layout:
        children:
          - data: item.question
          - data: item.lang
            label: L
        direction: column
  - task_type: custom_function
    configuration:
      function_source: |
        def grade(lang):
            return 1.0
      outputs:
        - path: a.b
taxonomy_params:
  levels: [a]
  guide: {{$file: grounded-answers/taxonomy-guide.md}}
"""
    )
    assert site.text("evaluations/grounded-answers/taxonomy-guide.md") == LONG


def test_one_that_a_project_let_go_is_brought_back_with_its_protection(site: Seeding, sgpctl: Sgpctl) -> None:
    marks = {
        "sgpctl_name": "other",
        "sgpctl_digest": "v1:0",
        "sgpctl_protect": "true",
        "sgpctl_declared": '["description", "tags", "metadata.team"]',
    }
    site.create(standalone(metadata={**marks, "team": "ai"}, description="d", tags=["x"]))
    brought(site, sgpctl, adopted=1)
    assert site.text("evaluations/run.yaml").endswith("lifecycle:\n  protect: true\n")


def test_rows_files_and_results_are_told_apart(site: Seeding, sgpctl: Sgpctl) -> None:
    rows = [
        {"question": f"{number}", "answered.before": number, "reference": None, "context": {"id": "p"}}
        for number in range(30)
    ]
    site.create(standalone(data=rows, files=[{"scan": f"file-{number}"} for number in range(30)]))
    brought(site, sgpctl, adopted=1)
    lines = [json.loads(line) for line in site.text("evaluations/run/rows.jsonl").splitlines()]
    assert lines == rows
    assert "data: {$file: run/rows.jsonl}\nfiles: {$file: run/files.jsonl}\n" in site.text(
        "evaluations/run.yaml"
    )


@pytest.mark.parametrize(("place", "files"), [("inline", 1), ("file", 2)])
def test_rows_go_where_they_are_wanted(place: str, files: int, site: Seeding, sgpctl: Sgpctl) -> None:
    site.create(standalone(data=ROWS * 5, tasks=[TASKS["metric"]]))
    brought(site, sgpctl, "--all", "--rows", place, adopted=1)
    assert len(site.written()) == files


def test_standard_output_lists_the_files_and_nothing_else(
    site: Seeding, sgpctl: Sgpctl, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.create(standalone("b"))
    site.create(standalone("a", tasks=[{**TASKS["inference"], "alias": "x"}], data=ROWS * 4))
    monkeypatch.chdir(site.folder.parent)
    ended = brought(site, sgpctl, adopted=2)
    assert ended.out.splitlines() == [
        "project/evaluations/a.yaml",
        "project/evaluations/a/rows.jsonl",
        "project/evaluations/b.yaml",
    ]
    assert "Imported 2 evaluations into 3 files; 0 skipped, 0 refused." in ended.err


# --- datasets


def test_a_whole_dataset_is_named_and_some_of_it_is_listed(site: Seeding, sgpctl: Sgpctl) -> None:
    dataset_id, items = dataset(site)
    task = {"tasks": [TASKS["metric"]]}
    site.create({"name": "whole", "dataset_id": dataset_id, **task})
    site.create({"name": "some", "dataset_id": dataset_id, "data": [{"dataset_item_id": items[1]}], **task})
    site.create(
        {
            "name": "more",
            "dataset_id": dataset_id,
            "data": [{"dataset_item_id": items[0], "lang": "fr", "hint": "h"}, {"dataset_item_id": items[1]}],
            **task,
        }
    )
    brought(site, sgpctl, adopted=3)
    assert "data" not in site.text("evaluations/whole.yaml").replace("dataset", "")
    assert f"data:\n  - dataset_item_id: {items[1]}\ntasks" in site.text("evaluations/some.yaml").replace(
        '"', ""
    )
    more = site.text("evaluations/more.yaml").replace('"', "")
    assert f"- dataset_item_id: {items[0]}\n    lang: fr\n    hint: h\n" in more
    assert f"- dataset_item_id: {items[1]}\n    lang: de\n" in more


def test_a_dataset_made_of_some_columns_leaves_the_others_with_the_evaluation(
    site: Seeding, sgpctl: Sgpctl
) -> None:
    site.create(with_dataset(keys=["question", "reference"], tags=["x"]), run_seconds=0)
    brought(site, sgpctl, adopted=1)
    text = site.text("evaluations/run.yaml")
    assert "dataset_id: " in text
    assert "lang: de" in text
    assert "reference: " not in text.split("tasks:")[0]


def test_a_dataset_that_grew_since_is_no_longer_the_whole(site: Seeding, sgpctl: Sgpctl) -> None:
    dataset_id, items = dataset(site)
    site.create({"name": "run", "dataset_id": dataset_id, "tasks": [TASKS["metric"]]})
    site.send("POST", "dataset-items/batch", {"dataset_id": dataset_id, "data": ROWS})
    brought(site, sgpctl, adopted=1)
    assert all(item in site.text("evaluations/run.yaml") for item in items)


def test_an_item_that_changed_since_is_compared_with_the_version_that_was_run(
    site: Seeding, sgpctl: Sgpctl
) -> None:
    dataset_id, items = dataset(site)
    site.create({"name": "run", "dataset_id": dataset_id, "tasks": [TASKS["metric"]]})
    site.send("PATCH", f"dataset-items/{items[0]}", {"data": {"question": "?", "reference": "!"}})
    brought(site, sgpctl, adopted=1)
    assert "lang" not in site.text("evaluations/run.yaml")


def test_rows_of_a_dataset_keep_their_files_there(site: Seeding, sgpctl: Sgpctl) -> None:
    site.create(with_dataset(), run_seconds=0)
    dataset_id, _ = dataset(site, files=[{"scan": "file-1"}, {"scan": "file-2"}])
    site.create({"name": "files", "dataset_id": dataset_id, "tasks": [TASKS["metric"]]})
    brought(site, sgpctl, adopted=2)
    assert "file-1" not in site.text("evaluations/files.yaml")


# --- what is chosen


def test_evaluations_are_chosen_by_id_name_or_tag(site: Seeding, sgpctl: Sgpctl) -> None:
    first = site.create(standalone("refund-a", tags=["gate", "x"]))
    site.create(standalone("refund-b", tags=["gate"]))
    site.create(standalone("Refund-c"))

    def names(*arguments: str) -> list[str]:
        ended = sgpctl("import", site.folder, *arguments, "--dry-run")
        assert ended.code == 0, ended.err
        return [Path(line).stem for line in ended.out.splitlines()]

    assert names("--id", first["id"]) == ["refund-a"]
    assert names("--name", "refund-*") == ["refund-a", "refund-b"]
    assert names("--tag", "gate", "--tag", "x") == ["refund-a"]
    assert names("--all") == ["refund-a", "refund-b", "refund-c"]
    assert site.written() == set()


@pytest.mark.parametrize("arguments", [[], ["--all", "--tag", "x"], ["--id", "a", "--name", "b"]])
def test_one_way_of_choosing_is_needed(arguments: list[str], site: Seeding, sgpctl: Sgpctl) -> None:
    ended = sgpctl("import", site.folder, *arguments)
    assert (ended.code, "--id, --name, --tag and --all" in ended.err) == (1, True)


def test_an_id_that_nothing_has_stops_the_import(site: Seeding, sgpctl: Sgpctl) -> None:
    there = site.create(standalone())
    ended = sgpctl("import", site.folder, "--id", there["id"], "--id", "nowhere")
    assert (ended.code, "'nowhere'" in ended.err, site.written()) == (1, True, set())


def test_what_is_owned_is_skipped_and_said(site: Seeding, sgpctl: Sgpctl) -> None:
    site.create(standalone("mine"))
    brought(site, sgpctl, adopted=1)
    site.create(standalone("theirs", tags=["sgpctl:other:prod"]))
    ended = sgpctl("import", site.folder, "--all")
    assert ended.code == 0
    assert "mine" in ended.err
    assert "is owned by this project already" in ended.err
    assert "sgpctl:other:prod" in ended.err
    assert ended.out == ""


def test_a_second_import_finds_nothing_to_do(site: Seeding, sgpctl: Sgpctl) -> None:
    for number in range(7):
        site.create(standalone(f"run-{number}"))
    brought(site, sgpctl, adopted=7)
    before = site.written()
    ended = sgpctl("import", site.folder, "--all")
    assert (ended.code, ended.out, site.written()) == (0, "", before)
    assert "7 evaluations, of which each is owned by this project already" in ended.err


def test_of_two_of_one_name_the_newest_completed_is_imported(site: Seeding, sgpctl: Sgpctl) -> None:
    site.create(standalone(description="old"))
    newest = site.create(standalone(tasks=[TASKS["metric"]]))
    site.create(standalone(tasks=[TASKS["inference"]]), run_seconds=3600)
    ended = brought(site, sgpctl, adopted=1)
    assert newest["id"] in site.text("evaluations/run.yaml")
    assert (
        ended.err.count(f"is one of 3 of this name, of which the newest completed one ({newest['id']})") == 2
    )


def test_of_two_of_the_same_contents_the_plan_adopts_one_and_that_is_said(
    site: Seeding, sgpctl: Sgpctl
) -> None:
    site.create(standalone())
    site.create(standalone())
    assert "of which the newest completed" in brought(site, sgpctl, adopted=1).err


def test_a_name_that_a_manifest_declares_is_skipped(site: Seeding, sgpctl: Sgpctl) -> None:
    site.create(standalone("run"))
    (site.folder / "mine.yaml").write_text("name: run\ndata: [{a: 1}]\n")
    ended = sgpctl("import", site.folder, "--all")
    assert (ended.code, ended.out) == (0, "")
    assert "mine.yaml:1 declares already" in ended.err


def test_an_archived_one_is_imported_only_when_asked_and_with_a_warning(
    site: Seeding, sgpctl: Sgpctl
) -> None:
    archived = site.create(standalone("old"))
    site.archive(archived)
    assert "--archived" in sgpctl("import", site.folder, "--id", archived["id"]).err
    assert "would make a new run" in sgpctl("import", site.folder, "--all", "--archived", "--dry-run").err
    assert site.written() == set()
    ended = sgpctl("import", site.folder, "--all", "--archived")
    assert ended.code == 0
    assert "the next plan would make a new run of it, for 4 model calls" in ended.err
    assert [change["action"] for change in plan(site, sgpctl)["changes"]] == ["create"]


def test_a_live_one_goes_before_an_archived_one_of_its_name(site: Seeding, sgpctl: Sgpctl) -> None:
    live = site.create(standalone())
    site.archive(site.create(standalone(data=ROWS[:1])))
    brought(site, sgpctl, "--all", "--archived", adopted=1)
    assert live["id"] in site.text("evaluations/run.yaml")


def test_what_cannot_be_read_back_is_said(site: Seeding, sgpctl: Sgpctl) -> None:
    site.create(standalone(tasks=[TASKS["contributor_evaluation.question"]], skip_prefilled_rows=True))
    ended = brought(site, sgpctl, adopted=1)
    assert "skip_prefilled_rows" in ended.err


# --- what is refused, and leaves no trace


def refused(site: Seeding, sgpctl: Sgpctl, *words: str) -> None:
    before = site.written()
    ended = sgpctl("import", site.folder, "--all")
    assert ended.code == 1, ended.err
    assert ended.out == ""
    assert all(word in ended.err for word in ("refused", *words)), ended.err
    assert site.written() == before
    assert not any(site.folder.rglob(".sgpctl-*"))


def test_too_many_rows_to_be_compared_are_refused_with_the_limit(site: Seeding, sgpctl: Sgpctl) -> None:
    site.create(standalone(data=[{"q": "x"}] * (limits.ROWS_COMPARED_MAX + 1), tasks=[]))
    refused(site, sgpctl, f"{limits.ROWS_COMPARED_MAX + 1:,} rows", f"{limits.ROWS_COMPARED_MAX:,}")


def test_a_result_that_hides_an_input_is_refused(site: Seeding, sgpctl: Sgpctl) -> None:
    site.create(standalone(tasks=[{**TASKS["chat_completion"], "alias": "lang"}]))
    refused(site, sgpctl, "'lang'", "over an input column of that name")


def test_what_the_defaults_of_the_project_would_run_anew_is_not_kept(site: Seeding, sgpctl: Sgpctl) -> None:
    (site.folder / "sgpctl.yaml").write_text(site.text("sgpctl.yaml") + "defaults: {tags: [gate]}\n")
    site.create(standalone())
    refused(site, sgpctl, "would not be adopted: the next plan would create instead, for 4 model calls")


def test_what_the_defaults_of_the_project_only_relabel_is_said(site: Seeding, sgpctl: Sgpctl) -> None:
    (site.folder / "sgpctl.yaml").write_text(site.text("sgpctl.yaml") + "defaults: {metadata: {team: ai}}\n")
    site.create(standalone())
    ended = sgpctl("import", site.folder, "--all")
    assert ended.code == 0
    assert "gets another metadata.team from the project's own settings" in ended.err
    assert [change["action"] for change in plan(site, sgpctl)["changes"]] == ["adopt"]


def test_an_owned_evaluation_of_the_name_stands_in_the_way(site: Seeding, sgpctl: Sgpctl) -> None:
    """The plan would replace it, which costs a run."""
    site.create(standalone())
    brought(site, sgpctl, adopted=1)
    (site.folder / "evaluations/run.yaml").unlink()
    (site.folder / "other.yaml").write_text("name: other\ndata: [{a: 1}]\n")
    site.create(standalone(tasks=[TASKS["inference"]]))
    before = site.written()
    ended = sgpctl("import", site.folder, "--all")
    assert ended.code == 1
    assert "would not be adopted: the next plan would replace instead, for 2 model calls" in ended.err
    assert site.written() == before


def test_an_owned_evaluation_of_the_same_contents_stands_in_the_way(site: Seeding, sgpctl: Sgpctl) -> None:
    site.create(standalone())
    brought(site, sgpctl, adopted=1)
    (site.folder / "evaluations/run.yaml").unlink()
    site.create(standalone())
    refused(site, sgpctl, "the name of another evaluation that this project owns already")


def test_a_broken_project_is_not_imported_into(site: Seeding, sgpctl: Sgpctl) -> None:
    site.create(standalone())
    (site.folder / "bad.yaml").write_text("name: [")
    ended = sgpctl("import", site.folder, "--all")
    assert (ended.code, "bad.yaml:" in ended.err, site.written()) == (1, True, {"bad.yaml"})


def test_files_that_are_there_are_never_overwritten(site: Seeding, sgpctl: Sgpctl) -> None:
    site.create(standalone("one"))
    site.create(standalone("two"))
    site.create(standalone("three"))
    (site.folder / "evaluations/two").mkdir(parents=True)
    (site.folder / "evaluations/one.yaml").write_text("name: mine\ndata: [{a: 1}]\n")
    ended = sgpctl("import", site.folder, "--all")
    assert ended.code == 0
    assert site.written() == {"evaluations/one.yaml", "evaluations/three.yaml"}
    assert site.text("evaluations/one.yaml").startswith("name: mine")
    assert ended.err.count("where something is already") == 2


def test_into_chooses_the_folder(site: Seeding, sgpctl: Sgpctl) -> None:
    site.create(standalone())
    brought(site, sgpctl, "--all", "--into", "brought/in", adopted=1)
    assert site.written() == {"brought/in/run.yaml"}


def test_a_manifest_folder_that_is_empty_yet_is_filled(site: Seeding, sgpctl: Sgpctl) -> None:
    text = site.text("sgpctl.yaml")
    (site.folder / "sgpctl.yaml").write_text(f"{text}manifests: [evals]\n")
    site.create(standalone())
    brought(site, sgpctl, adopted=1)
    assert site.written() == {"evals/run.yaml"}


# --- hostile content


def test_names_lead_nowhere_and_collide_with_nothing(site: Seeding, sgpctl: Sgpctl) -> None:
    names = [
        "../../etc/passwd",
        "/etc/passwd",
        "etc passwd",
        "${HOME}",
        "a" * 128,
        "a" * 127 + "b",
        "評価",
        "sgpctl",
        "con",
        "\u202egnp.exe",
        "# not a comment: {a}",
        "${a${b}",
        "'; rm -rf ~",
        "no",
        "1e3",
    ]
    for name in names:
        site.create(standalone(name))
    outside = {path for path in site.folder.parent.rglob("*") if site.folder not in path.parents}
    brought(site, sgpctl, adopted=len(names))
    assert {path for path in site.folder.parent.rglob("*") if site.folder not in path.parents} == outside
    assert {
        "evaluations/etc-passwd.yaml",
        "evaluations/etc-passwd-2.yaml",
        "evaluations/etc-passwd-3.yaml",
    } <= site.written()


def test_a_name_that_steers_the_terminal_is_refused_and_shown_safely(site: Seeding, sgpctl: Sgpctl) -> None:
    site.create(standalone("\x1b[2Jgone"))
    refused(site, sgpctl, "\\x1b[2Jgone", "control characters")


def test_odd_values_in_rows_prompts_and_metadata_come_back_as_they_are(site: Seeding, sgpctl: Sgpctl) -> None:
    odd = [
        "${x}",
        "$${x}",
        "{{item.question}}",
        "no",
        "0123",
        "\x01\x7f\x85\u2028\ufeff\u202e",
        "👩‍👩‍👧",
        "a\r\nb",
        " ",
        "",
        "---\n- a",
    ]
    row = {
        "question": odd,
        "${key}": {"$file": "/etc/passwd"},
        "a.b": 1e300,
        "": -0.0,
        "null": None,
        "deep": [[[{}]]],
    }
    prompt = "\n".join(odd)
    site.create(
        standalone(
            data=[row, {**row, "question": prompt}],
            metadata={"odd": odd, "key with: colon": {"no": odd}},
            taxonomy_params={"odd": odd, "a\n- b: {c}": prompt},
            tags=odd[:4],
            description=prompt[:280],
            tasks=[
                {
                    "task_type": "inference",
                    "configuration": {"model": prompt, "args": {"a": odd, "b": prompt}},
                }
            ],
        )
    )
    brought(site, sgpctl, adopted=1)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"data": [{"q": "\0"}], "tasks": []}, "NUL"),
        ({"metadata": {"$file": "/etc/passwd"}}, "metadata.$file"),
        ({"metadata": {"${x}": 1}}, "metadata.${x}"),
        ({"data": [], "tasks": [TASKS["inference"]]}, "no rows"),
        ({"data": [{"q": 10**700}], "tasks": []}, "701 digits"),
    ],
)
def test_what_no_manifest_can_hold_is_refused_with_its_place(
    fields: dict[str, Any], words: str, site: Seeding, sgpctl: Sgpctl
) -> None:
    site.create(standalone(**fields))
    refused(site, sgpctl, words)


def test_one_that_is_refused_does_not_stop_the_others(site: Seeding, sgpctl: Sgpctl) -> None:
    site.create(standalone("bad", metadata={"$file": "x"}))
    site.create(standalone("good", tags=["with, comma"]))
    ended = sgpctl("import", site.folder, "--all")
    assert ended.code == 4
    assert site.written() == {"evaluations/good.yaml"}
    assert "says nothing about tags" in ended.err
    assert [change["action"] for change in plan(site, sgpctl)["changes"]] == ["adopt"]


@contextmanager
def over_http(site: Seeding, monkeypatch: pytest.MonkeyPatch, *faults: Fault) -> Iterator[None]:
    """The sandbox of the project, served with `faults`, as its environment `http`."""
    store = open_store(site.folder / ".sgpctl/sandbox.db")
    try:
        with served(create_app(store, faults=FaultPlan(*faults))) as base_url:
            there = f"  http: {{base_url: '{base_url}', account_id: {ACCOUNT}}}\n"
            (site.folder / "sgpctl.yaml").write_text(site.text("sgpctl.yaml") + there)
            monkeypatch.setenv("SGP_API_KEY", "any")
            yield
    finally:
        store.close()


def every(path: str, status: int, body: str) -> Fault:
    return Fault(Answer(status, body), "GET", path, times=None)


def test_a_failure_half_way_leaves_nothing_behind(
    site: Seeding, sgpctl: Sgpctl, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The manifests are written and loaded; the reading for the plan that would prove them is refused."""
    first, second = site.create(standalone("a", data=ROWS * 3)), site.create(standalone("b"))
    with over_http(site, monkeypatch, every("/v5/evaluations", 403, '{"detail": "not you"}')):
        ended = sgpctl("import", site.folder, "--env", "http", "--id", first["id"], "--id", second["id"])
    assert (ended.code, "not you" in ended.err, ended.out) == (1, True, "")
    assert site.written() == set()
    assert not (site.folder / "evaluations").exists()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (r'{"q": "\ud800"}', "data[0]: half of a surrogate pair"),
        (r'{"\udfff": 1}', "data[0]: half of a surrogate pair"),
        (r'{"rougeL.x": 1, "q": "\u0000"}', "NUL"),
    ],
)
def test_rows_that_are_no_text_are_refused(
    data: str, words: str, site: Seeding, sgpctl: Sgpctl, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = site.create({"name": "run", "data": [{"q": "x"}]})
    item = f'{{"id": "i1", "evaluation_id": "{made["id"]}", "data": {data}}}'
    items = f'{{"items": [{item}], "has_more": false, "total": 1}}'
    with over_http(site, monkeypatch, every("/v5/evaluation-items", 200, items)):
        ended = sgpctl("import", site.folder, "--env", "http", "--all")
    assert (ended.code, words in ended.err, site.written()) == (1, True, set()), ended.err


def test_an_id_with_a_line_break_stays_in_its_comment(
    site: Seeding, sgpctl: Sgpctl, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = r'{"id": "e\nname: other", "name": "run", "status": "completed", "created_at": "", "tasks": []}'
    found = f'{{"items": [{one}], "has_more": false, "total": 1}}'
    with over_http(site, monkeypatch, every("/v5/evaluations", 200, found)):
        ended = sgpctl("import", site.folder, "--env", "http", "--all")
    assert (ended.code, "cannot be the id of anything" in ended.err, site.written()) == (1, True, set())
