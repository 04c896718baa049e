"""No evaluation may hold the key that sgpctl was given: it would be sent, kept and shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from sgpctl.manifest.loader import Loaded, load
from sgpctl.manifest.resolving.given import Given, given_variables
from tests.manifest.projects import errors, make_project
from tests.secrets import KEY

HOLDS = "holds the API key that sgpctl was given; take it out"


def loaded(root: Path, files: dict[str, str | bytes], settings: str = "", *var: str) -> Loaded:
    project = make_project(root, files, settings)
    return load(project, variables=given_variables(Given(var), project, None), secrets=[KEY])


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (f"name: {KEY}\ndata: [{{q: a}}]\n", "one.yaml:1:7: name"),
        (f"name: a\ndescription: see {KEY}!\ndata: [{{q: a}}]\n", "one.yaml:2:14: description"),
        (f"name: a\ndata: [{{q: a}}, {{q: {KEY}}}]\n", "one.yaml:2:20: data[1].q"),
        (f"name: a\ndata: [{{q: a}}]\nmetadata: {{k: ['{KEY}']}}\n", "one.yaml:3:16: metadata.k[0]"),
        (f"name: a\ndata: [{{q: a}}]\ntags: [x, '{KEY}']\n", "one.yaml:3:11: tags[1]"),
        ("name: a\ndata: {$file: rows.jsonl}\n", "rows.jsonl:2:1: data[1].q"),
        ("name: a\ndata: [{q: a}]\ndescription: {$file: key.txt}\n", "key.txt:1:1: description"),
        ("name: a\ndata: [{q: a}]\ndescription: 'x${var.v}'\n", "one.yaml:3:14: description"),
    ],
)
def test_it_is_an_error_where_it_is_written(tmp_path: Path, text: str, place: str) -> None:
    files: dict[str, str | bytes] = {
        "one.yaml": text,
        "rows.jsonl": f'{{"q": "a"}}\n{{"q": "{KEY}"}}\n',
        "key.txt": f"{KEY}\n",
    }
    found = loaded(tmp_path, files, "variables: {v: ''}\n", f"v='{KEY}'")
    assert errors(found) == [f"{place}: {HOLDS}"]


def test_among_tags_of_several_places_it_is_told_without_an_index_that_no_file_has(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"one.yaml": f"name: a\ndata: [{{q: a}}]\ntags: [x, '{KEY}']\n"}
    found = loaded(tmp_path, files, "defaults: {tags: [first]}\n")
    assert errors(found) == [f"one.yaml:3:11: tags: {HOLDS}"]


def test_rows_that_many_evaluations_share_are_told_once(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "one.yaml": "name: a-${matrix.m.key}\nmatrix: {m: [x, y, z]}\ndata: {$file: rows.jsonl}\n",
        "two.yaml": "name: b\ndata: {$file: rows.jsonl}\n",
        "rows.jsonl": f'{{"q": "{KEY}"}}\n',
    }
    assert errors(loaded(tmp_path, files)) == [f"rows.jsonl:1:1: data[0].q: {HOLDS}"]


def test_a_key_of_a_few_letters_is_a_word(tmp_path: Path) -> None:
    project = make_project(tmp_path, {"one.yaml": "name: company\ndata: [{q: a}]\n"})
    assert errors(load(project, secrets=["any", ""])) == []
