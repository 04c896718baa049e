"""Where a part of a manifest cannot be had, the rest is checked all the same, and nothing is blamed on what is left."""

from __future__ import annotations

import copy
import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from sgpctl.model.located import Json
from sgpctl.model.located import Path as DocumentPath
from tests.manifest.projects import errors, lines, load_files, manifest, names

TASKS = """\
tasks:
  - task_type: chat_completion
    alias: answer
    configuration: {model: v/m, messages: [{role: user, content: "{{item.question}}"}]}
  - task_type: custom_function
    alias: score
    configuration: {function_source: "def score(answer):\\n    return 1\\n", arg_mapping: {answer: item.answer}}
"""


VALID = sorted((Path(__file__).parent.parent / "model" / "accept").glob("*.json"))


def places_in(value: Json, path: DocumentPath = ()) -> Iterator[DocumentPath]:
    """The paths of all parts below `value`; what is null is as good as not there."""
    if path and value is not None:
        yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, part in inner:
        yield from places_in(part, (*path, step))


def without(document: Json, path: DocumentPath, stand_in: Json) -> Json:
    changed = copy.deepcopy(document)
    holder = cast("dict[str | int, Json]", changed)
    for step in path[:-1]:
        holder = cast("dict[str | int, Json]", holder[step])
    holder[path[-1]] = stand_in
    return changed


@pytest.mark.parametrize("valid", VALID, ids=lambda file: file.stem)
@pytest.mark.parametrize("stand_in", [{"$file": "gone.yaml"}, "${var.gone}"], ids=["a file", "a variable"])
def test_whatever_part_is_not_there_that_is_told_and_what_else_is_wrong_and_no_more(
    tmp_path: Path, valid: Path, stand_in: Json
) -> None:
    document = json.loads(valid.read_text("utf-8"))
    files: dict[str, str | bytes] = {}
    for number, path in enumerate(places_in(document)):
        changed = without({**document, "name": f"n{number}", "nonsense": 1}, path, stand_in)
        files[f"m{number}.json"] = json.dumps(changed)
    loaded = load_files(tmp_path, files)
    said: dict[str, list[str]] = defaultdict(list)
    for problem in loaded.errors:
        said[problem.file].append(problem.message.split(" ")[0])
    assert said.keys() == files.keys()
    assert {tuple(sorted(words)) for words in said.values()} <= {
        ("'gone.yaml'", "unknown"),
        ("there", "unknown"),
    }
    assert names(loaded) == []


def failing(text: str, place: str, stand_in: str) -> str:
    assert text.count(place) == 1
    return text.replace(place, stand_in)


@pytest.fixture(params=["{$file: gone.yaml}", '"${var.gone}"'], ids=["a file", "a variable"])
def gone(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_the_manifest_that_the_others_here_are_made_of_is_in_order(tmp_path: Path) -> None:
    assert lines(load_files(tmp_path, {"a.yaml": manifest() + TASKS})) == []


def test_other_mistakes_are_told_along_with_a_file_that_is_not_there(tmp_path: Path) -> None:
    text = """\
name: one
desciption: d
tags: ["a,b"]
data: {$file: gone.jsonl}
tasks:
  - task_type: chat_completion
    configuration:
      model: v/m
      messages:
        - {role: system, content: {$file: gone.md}}
      temperature: hot
"""
    assert errors(load_files(tmp_path, {"a.yaml": text})) == [
        "a.yaml:2:1: desciption: unknown key 'desciption'; did you mean 'description'?",
        "a.yaml:3:8: tags[0]: must not hold a comma: a search could not tell it from two tags",
        "a.yaml:4:15: data.$file: 'gone.jsonl' does not exist",
        "a.yaml:10:43: tasks[0].configuration.messages[0].content.$file: 'gone.md' does not exist",
        "a.yaml:11:20: tasks[0].configuration.temperature: must be a number or an item locator (item.<column>), "
        'not a string ("hot")',
    ]


def test_other_mistakes_in_a_file_are_told_along_with_what_is_not_there_in_it(tmp_path: Path) -> None:
    tasks = """\
- task_type: chat_completion
  configuration:
    model: v/m
    messages: [{role: user, content: {$file: gone.md}}]
    temperature: hot
    max_tokens: ${var.gone}
"""
    files = {"a.yaml": manifest() + "tasks: {$file: shared/tasks.yaml}\n", "shared/tasks.yaml": tasks}
    loaded = load_files(tmp_path, files)
    assert errors(loaded) == [
        "shared/tasks.yaml:4:46: [0].configuration.messages[0].content.$file: 'gone.md' does not exist",
        "shared/tasks.yaml:5:18: tasks[0].configuration.temperature: must be a number or an item locator "
        '(item.<column>), not a string ("hot")',
        "shared/tasks.yaml:6:17: [0].configuration.max_tokens: there is no variable 'gone'",
    ]
    assert names(loaded) == []


def test_other_mistakes_are_told_along_with_those_in_a_file(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "a.yaml": "name: one\ndata: {$file: rows.jsonl}\nmetadata: {$file: m.yaml}\ntags: 1\n",
        "rows.jsonl": '{"question": "q"}\n[]\n',
        "m.yaml": "a: {$file: gone.md}\n",
    }
    assert errors(load_files(tmp_path, files)) == [
        "a.yaml:4:7: tags: must be a list, not a number (1)",
        "m.yaml:1:12: a.$file: 'gone.md' does not exist",
        'rows.jsonl:2:1: a row must be an object: {"column": value, ...}',
    ]


@pytest.mark.parametrize(
    "place",
    [
        "[{question: q}]",
        "{question: q}",
        "answer\n",
        '[{role: user, content: "{{item.question}}"}]',
        '{model: v/m, messages: [{role: user, content: "{{item.question}}"}]}',
        "chat_completion",
        '"def score(answer):\\n    return 1\\n"',
        "{answer: item.answer}",
    ],
)
def test_nothing_that_depends_on_what_is_not_there_is_blamed(tmp_path: Path, gone: str, place: str) -> None:
    stand_in = gone + "\n" * place.endswith("\n")
    loaded = load_files(tmp_path, {"a.yaml": failing(manifest() + TASKS, place, stand_in)})
    (line,) = errors(loaded)
    assert "'gone.yaml' does not exist" in line or "there is no variable 'gone'" in line
    assert names(loaded) == []


@pytest.mark.parametrize(
    "more",
    [
        "metadata: {a: %s}\n",
        "files: %s\n",
        "files: [%s]\n",
        "dataset: {name: d, keys: [%s]}\n",
        "dataset: %s\n",
        "lifecycle: {row_key: %s}\n",
        "tags: [a, %s]\n",
    ],
)
def test_nor_is_anything_beside_it(tmp_path: Path, gone: str, more: str) -> None:
    loaded = load_files(tmp_path, {"a.yaml": manifest() + TASKS + more % gone})
    assert len(loaded.problems) == 1
    assert names(loaded) == []


def test_a_row_that_is_not_there_may_have_the_columns_that_the_others_lack(tmp_path: Path, gone: str) -> None:
    text = failing(manifest() + TASKS, "[{question: q}]", f"[{{topic: t}}, {gone}]")
    more = "dataset: {name: d, keys: [question]}\nlifecycle: {row_key: id}\n"
    (line,) = lines(load_files(tmp_path, {"a.yaml": text + more}))
    assert "data[1]" in line


def test_a_task_that_is_not_there_may_fill_the_columns_that_others_name(tmp_path: Path, gone: str) -> None:
    text = manifest() + TASKS.replace("item.answer", "item.summary") + f"  - {gone}\n"
    (line,) = lines(load_files(tmp_path, {"a.yaml": text}))
    assert "tasks[2]" in line


@pytest.mark.parametrize("pin", ["{id: %s}", "{name: %s}", "{id: ds-1, expect_version: %s}", "%s"])
def test_a_pinned_dataset_without_its_parts_is_told_once(tmp_path: Path, gone: str, pin: str) -> None:
    (line,) = lines(load_files(tmp_path, {"a.yaml": f"name: a\ndataset_id: {pin % gone}\n" + TASKS}))
    assert "dataset_id" in line


def test_joined_tags_are_laid_open_whatever_else_is_wrong(tmp_path: Path, gone: str) -> None:
    text = manifest() + f"tags: ${{var.team}}\nmetadata: {{a: {gone}}}\n"
    (line,) = lines(
        load_files(tmp_path, {"a.yaml": text, "_defaults.yaml": "tags: [x]\n"}, "variables: {team: [a, b]}\n")
    )
    assert "metadata.a" in line


def test_what_lacks_a_part_is_not_planned_wherever_the_part_belongs(tmp_path: Path, gone: str) -> None:
    loaded = load_files(
        tmp_path, {"a.yaml": manifest() + f"metadata: {{a: {gone}}}\n", "b.yaml": manifest("b")}
    )
    assert names(loaded) == ["b"]
    assert len(loaded.errors) == 1
