from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from sgpctl.errors import ManifestError
from sgpctl.manifest.loader import load, load_or_raise
from sgpctl.model.located import value_mark
from tests.manifest.projects import (
    ROWS,
    errors,
    lines,
    load_files,
    make_files,
    make_project,
    manifest,
    names,
)


def digests(root: Path, files: dict[str, str | bytes], settings: str = "") -> dict[str, str]:
    loaded = load_files(root, files, settings)
    assert errors(loaded) == []
    return {evaluation.name: evaluation.digest for evaluation in loaded.desired}


def test_a_manifest_becomes_a_desired_evaluation(tmp_path: Path) -> None:
    loaded = load_files(
        tmp_path,
        {
            "evals/one.yaml": "# first\nname: one\ntags: [gate]\nmetadata: {owner: me}\n"
            "data: {$file: ../r.jsonl}\nlifecycle: {protect: true}\n",
            "r.jsonl": ROWS,
        },
    )
    assert lines(loaded) == []
    (evaluation,) = loaded.desired
    assert evaluation.name == "one"
    assert evaluation.body == {
        "name": "one",
        "tags": ["gate"],
        "metadata": {"owner": "me"},
        "data": [{"question": "q", "answer": "a"}],
    }
    assert evaluation.place == ("evals/one.yaml", 2, 1)
    assert evaluation.protect
    assert evaluation.digest.startswith("v1:")
    assert evaluation.data_digest is not None


def test_places_of_the_body_point_into_the_files(tmp_path: Path) -> None:
    loaded = load_files(tmp_path, {"one.yaml": manifest() + "tags:\n  - gate\n"})
    body = loaded.desired[0].body
    assert isinstance(body, dict)
    assert value_mark(body, ("tags", 0)) == ("one.yaml", 4, 5)


def test_evaluations_are_sorted_by_name_and_files_are_counted(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "z.yaml": manifest("a") + "---\n" + manifest("c"),
        "a.json": json.dumps({"name": "b", "data": [{"q": 1}]}),
        "r.jsonl": ROWS,
    }
    loaded = load_files(tmp_path, files)
    assert names(loaded) == ["a", "b", "c"]
    assert loaded.files == 2


def test_a_project_without_manifests_desires_nothing(tmp_path: Path) -> None:
    loaded = load_files(tmp_path, {})
    assert (loaded.desired, loaded.problems, loaded.files) == ((), (), 0)


def test_a_file_that_is_used_by_a_manifest_is_none_itself(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "one.yaml": "name: one\ndata: {$file: rows.json}\nmetadata: {$file: parts/meta.yaml}\n",
        "rows.json": '[{"q": 1}]',
        "parts/meta.yaml": "more: {$file: deep.yaml}\n",
        "parts/deep.yaml": "a: b\n",
    }
    loaded = load_files(tmp_path, files)
    assert lines(loaded) == []
    assert names(loaded) == ["one"]
    assert loaded.files == 1


def test_a_large_file_of_rows_may_lie_among_the_manifests(tmp_path: Path) -> None:
    (tmp_path / "rows.json").write_text('[{"q": "' + "x" * (17 * 1024 * 1024) + '"}]')
    loaded = load_files(tmp_path, {"one.yaml": "name: one\ndata: {$file: rows.json}\n"})
    assert lines(loaded) == []


def test_a_whole_manifest_that_another_one_uses_gets_a_warning(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "one.yaml": "name: one\ndata: [{q: 1}]\nmetadata: {m: {$file: two.yaml}}\n",
        "two.yaml": manifest("two"),
    }
    loaded = load_files(tmp_path, files)
    assert lines(loaded) == [
        "two.yaml:1:1: this looks like a manifest, but a $file uses the file, so it is not read as one"
    ]
    assert names(loaded) == ["one"]


@pytest.mark.parametrize("content", ["", "# nothing\n", "---\n---\n", "\n\n"])
def test_a_file_that_declares_nothing_gets_a_warning(tmp_path: Path, content: str) -> None:
    loaded = load_files(tmp_path, {"one.yaml": content})
    assert lines(loaded) == ["one.yaml:1:1: the file declares nothing"]
    assert loaded.errors == ()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.yaml", "- name: one\n"),
        ("a.yaml", "text\n"),
        ("a.yaml", "null\n"),
        ("a.json", "[1]"),
        ("a.json", "3"),
    ],
)
def test_a_document_that_is_no_map_is_refused(tmp_path: Path, name: str, content: str) -> None:
    (line,) = errors(load_files(tmp_path, {name: content}))
    assert line.startswith(f"{name}:1:1: a manifest must be a map")


def test_all_errors_of_all_files_come_at_once_in_order_with_their_places(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "a.yaml": manifest("a") + "descripton: x\nmetadata: {a: .nan}\n---\nname: 3\ndata: {$file: no.csv}\n",
        "b.json": '{"name": "b", "data": [{"a": 1}], "tags": "gate"}',
        "c.yaml": "name: c\n\tdata: []\n",
        "d.yaml": b"name: \xff\n",
        "e.yaml": manifest("fine"),
    }
    loaded = load_files(tmp_path, files)
    assert [line.split(" ")[0] for line in errors(loaded)] == [
        "a.yaml:3:1:",
        "a.yaml:4:15:",
        "a.yaml:6:7:",
        "a.yaml:7:15:",
        "b.json:1:43:",
        "c.yaml:2:1:",
        "d.yaml:1:7:",
    ]
    assert "descripton: unknown key 'descripton'; did you mean 'description'?" in errors(loaded)[0]
    assert names(loaded) == ["fine"]


def test_one_bad_manifest_stops_all_and_the_message_lists_every_error(tmp_path: Path) -> None:
    project = make_project(tmp_path, {"a.yaml": "a: .nan\n", "b.yaml": manifest("b"), "c.yaml": "\tx"})
    with pytest.raises(ManifestError) as caught:
        load_or_raise(project)
    assert caught.value.message.splitlines() == [str(problem) for problem in load(project).errors]


def test_manifests_in_order_are_loaded_with_their_warnings(tmp_path: Path) -> None:
    loaded = load_or_raise(make_project(tmp_path, {"a.yaml": manifest("a") + "description: no\n"}))
    assert [str(warning).split(" ")[0] for warning in loaded.warnings] == ["a.yaml:3:14:"]


def test_more_problems_than_a_person_reads_are_counted(tmp_path: Path) -> None:
    project = make_project(tmp_path, {f"{at}.yaml": "\tx\n" for at in range(250)})
    with pytest.raises(ManifestError) as caught:
        load_or_raise(project)
    shown = caught.value.message.splitlines()
    assert len(shown) == 201
    assert shown[-1] == "... and 50 more"


def test_two_manifests_of_one_name_name_each_other(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "a.yaml": manifest("one"),
        "b.yaml": "# x\n" + manifest("one") + "---\n" + manifest("two"),
    }
    assert errors(load_files(tmp_path, files)) == [
        "a.yaml:1:7: name: the name 'one' is also declared at b.yaml:2:7",
        "b.yaml:2:7: name: the name 'one' is also declared at a.yaml:1:7",
    ]


def test_a_name_that_is_taken_is_seen_in_a_manifest_with_other_errors(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"a.yaml": manifest("one"), "b.yaml": manifest("one") + "tsk: 1\n"}
    assert [line.split(" ")[0] for line in errors(load_files(tmp_path, files))] == [
        "a.yaml:1:7:",
        "b.yaml:1:7:",
        "b.yaml:3:1:",
    ]


def test_many_manifests_of_one_name_are_counted(tmp_path: Path) -> None:
    loaded = load_files(tmp_path, {f"{at}.yaml": manifest("one") for at in range(9)})
    assert errors(loaded)[8] == (
        "8.yaml:1:7: name: the name 'one' is also declared at 0.yaml:1:7, at 1.yaml:1:7, at 2.yaml:1:7, "
        "in 5 more places"
    )


def test_names_that_differ_only_in_case_get_a_warning(tmp_path: Path) -> None:
    loaded = load_files(tmp_path, {"a.yaml": manifest("one"), "b.yaml": manifest("ONE")})
    assert lines(loaded) == [
        "a.yaml:1:7: name: the name 'one' differs only in case from the one at b.yaml:1:7",
        "b.yaml:1:7: name: the name 'ONE' differs only in case from the one at a.yaml:1:7",
    ]
    assert loaded.errors == ()


def test_a_value_that_is_refused_is_blamed_once(tmp_path: Path) -> None:
    text = "name: .nan\ndata: [{q: 1}]\ndescription: ${var.x}\ntags: *t\n"
    assert [line.split(" ")[0] for line in errors(load_files(tmp_path, {"a.yaml": text}))] == [
        "a.yaml:1:7:",
        "a.yaml:3:14:",
        "a.yaml:4:7:",
    ]


def test_a_manifest_of_100_mb_is_refused_by_its_size(tmp_path: Path) -> None:
    (tmp_path / "big.yaml").touch()
    os.truncate(tmp_path / "big.yaml", 100 * 1000 * 1000)
    assert errors(load_files(tmp_path, {})) == [
        "big.yaml:1:1: the file is too large: it has 95.4 MiB, and at most 16 MiB are read"
    ]


@pytest.mark.parametrize("name", ["deep.yaml", "deep.json"])
def test_a_manifest_of_10_000_levels_is_refused(tmp_path: Path, name: str) -> None:
    (line,) = errors(load_files(tmp_path, {name: '{"a":' * 10_000}))
    assert line == f"{name}:1:501: maps and lists are nested more than 100 levels deep"


def test_the_deepest_document_that_is_read_can_also_be_checked(tmp_path: Path) -> None:
    text = manifest() + "metadata: {deep: " + "[" * 98 + "]" * 98 + "}\n"
    assert lines(load_files(tmp_path, {"a.yaml": text})) == []


def test_a_named_pipe_called_like_a_manifest_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    assert errors(load_files(tmp_path, {})) == ["pipe.yaml:1:1: this is a named pipe, not a file"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read_is_an_error_and_not_skipped(tmp_path: Path) -> None:
    make_files(tmp_path, {"a.yaml": manifest(), "closed/b.yaml": manifest()})
    (tmp_path / "a.yaml").chmod(0)
    (tmp_path / "closed").chmod(0)
    try:
        assert errors(load_files(tmp_path, {})) == [
            "a.yaml:1:1: the file cannot be read: permission denied",
            "closed:1:1: the folder cannot be read: permission denied",
        ]
    finally:
        (tmp_path / "closed").chmod(0o700)


def test_a_file_name_that_is_not_utf_8_can_be_named_in_messages(tmp_path: Path) -> None:
    make_files(tmp_path, {"sgpctl.yaml": "version: 1\nproject: demo\n"})
    odd = os.fsdecode(b"\xff\x1b.yaml")
    (tmp_path / odd).write_text("\tx")
    (line,) = errors(load_files(tmp_path, {}))
    assert line.startswith("\\xff\\x1b.yaml:1:1: ")


def test_the_same_project_loads_the_same_twice(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        f"{at}.yaml": manifest(f"n{at}") + "descripton: no\n" for at in range(20)
    }
    first = load_files(tmp_path, files)
    assert load_files(tmp_path, files) == first


TASKS = (
    "tasks:\n"
    "  - {alias: answer, task_type: chat_completion, configuration: {model: m, messages: "
    "[{role: user, content: 'Say {{item.q}}'}], temperature: 0}}\n"
    "  - {alias: f1, task_type: metric, configuration: {type: f1, candidate: item.answer, reference: item.q}}\n"
)


def test_reformatting_reordering_splitting_and_moving_text_change_no_digest(tmp_path: Path) -> None:
    start = digests(
        tmp_path / "start",
        {"a.yaml": f"name: one\ndata: [{{q: 1}}, {{q: 2}}]\n{TASKS}---\n{manifest('two')}"},
    )
    changed = digests(
        tmp_path / "changed",
        {
            "x/one.yml": "# moved\n"
            "tasks:\n"
            "- task_type: metric\n"
            "  configuration: {reference: item.q, candidate: item.answer, type: f1}\n"
            "  alias: f1\n"
            "- task_type: chat_completion\n"
            "  alias: 'answer'\n"
            "  configuration:\n"
            "    temperature: 0.0\n"
            "    messages:\n"
            "      - content: {$file: prompts/say.md}\n"
            '        role: "user"\n'
            "    model: !!str m\n"
            "data: {$file: rows.jsonl}\n"
            "name: one\n",
            "x/prompts/say.md": "Say {{item.q}}",
            "x/rows.jsonl": '{"q": 2}\n{"q": 1.0}\n',
            "two.json": '{"data": [{"question": "q"}], "name": "two"}',
        },
    )
    assert changed == start
