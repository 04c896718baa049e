from __future__ import annotations

from pathlib import Path

import pytest

from sgpctl.manifest.loader import load
from sgpctl.model.located import Json, value_mark
from tests.manifest.projects import errors, lines, load_files, make_files, make_project, manifest, names

ROWS: dict[str, str | bytes] = {"data/r.jsonl": '{"q": 1}\n'}


def body(
    root: Path, files: dict[str, str | bytes], settings: str = "", environment: str = ""
) -> dict[str, Json]:
    """The one evaluation that the project declares, with nothing to complain about."""
    project = make_project(root, files, settings)
    loaded = load(project, project.environments.get(environment))
    assert lines(loaded) == []
    (evaluation,) = loaded.desired
    assert isinstance(evaluation.body, dict)
    return evaluation.body


def test_the_nearest_defaults_win_and_the_manifest_over_all_of_them(tmp_path: Path) -> None:
    found = body(
        tmp_path,
        {
            "_defaults.yaml": "description: root\nmetadata: {b: root, c: root, d: root}\n",
            "x/_defaults.yaml": "metadata: {c: x, d: x}\n",
            "x/y/a.yaml": manifest() + "metadata: {d: manifest}\n",
        },
        "defaults: {description: project, metadata: {a: project, b: project}, skip_prefilled_rows: true}\n",
    )
    assert found["description"] == "root"
    assert found["skip_prefilled_rows"] is True
    assert found["metadata"] == {"a": "project", "b": "root", "c": "x", "d": "manifest"}


def test_the_environment_comes_last_and_overrides_the_manifest(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "a.yaml": manifest()
        + "description: manifest\nmetadata: {a: 1}\ntags: [a]\nlifecycle: {protect: false}\n"
    }
    settings = (
        "environments:\n  dev: {}\n"
        "  prod: {defaults: {description: null, metadata: {a: null, b: 2}, tags: [p], lifecycle: {protect: true}}}\n"
    )
    assert body(tmp_path / "dev", files, settings, "dev")["description"] == "manifest"
    found = body(tmp_path / "prod", files, settings, "prod")
    assert (found.get("description"), found["metadata"], found["tags"]) == (None, {"b": 2}, ["a", "p"])
    project = make_project(tmp_path / "prod", files, settings)
    assert load(project, project.environments["prod"]).desired[0].protect


def test_defaults_are_for_what_lies_below_them_only(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "a.yaml": manifest("a"),
        "x/_defaults.yaml": "description: x\n",
        "x/b.yaml": manifest("b"),
        "y/c.yaml": manifest("c"),
    }
    loaded = load_files(tmp_path, files)
    assert lines(loaded) == []
    assert [(one.name, one.description) for one in loaded.desired] == [("a", None), ("b", "x"), ("c", None)]


def test_defaults_above_the_manifest_folders_count_too(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"_defaults.yaml": "description: top\n", "evals/a.yaml": manifest()}
    assert body(tmp_path, files, "manifests: [evals]\n")["description"] == "top"


def test_a_manifest_reached_through_a_link_stands_on_the_defaults_of_where_it_really_is(
    tmp_path: Path,
) -> None:
    make_files(tmp_path, {"real/a.yaml": manifest(), "real/_defaults.yaml": "description: real\n"})
    make_files(tmp_path, {"evals/_defaults.yaml": "description: evals\n"})
    (tmp_path / "evals/a.yaml").symlink_to("../real/a.yaml")
    loaded = load(make_project(tmp_path, {}, "manifests: [evals]\n"))
    assert [one.description for one in loaded.desired] == ["real"]


def test_files_and_references_in_defaults_are_relative_to_them_and_resolved_for_each_manifest(
    tmp_path: Path,
) -> None:
    files: dict[str, str | bytes] = {
        **ROWS,
        "evals/_defaults.yaml": "data: {$file: ../data/r.jsonl}\ndescription: 'of ${matrix.m} and ${var.v}'\n",
        "evals/deep/a.yaml": "name: n-${matrix.m}\nmatrix: {m: [1, 2]}\n",
    }
    loaded = load_files(tmp_path, files, "variables: {v: x}\n")
    assert lines(loaded) == []
    assert [one.description for one in loaded.desired] == ["of 1 and x", "of 2 and x"]
    assert loaded.desired[0].rows == [{"q": 1}]


def test_a_default_that_is_overridden_is_not_resolved(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "_defaults.yaml": "description: '${matrix.m}'\nmetadata: {$file: gone.yaml}\n",
        "a.yaml": manifest() + "description: mine\nmetadata: {a: 1}\n",
    }
    assert body(tmp_path, files)["metadata"] == {"a": 1}


def test_tags_of_all_places_are_joined_also_where_a_variable_brings_them(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "_defaults.yaml": "tags: ${var.team_tags}\n",
        "tags.json": '["filed", "b"]',
        "x/_defaults.yaml": "tags: {$file: ../tags.json}\n",
        "x/a.yaml": manifest() + "tags: ['${var.one}', c]\n",
    }
    found = body(tmp_path, files, "variables: {team_tags: [a, b], one: a}\ndefaults: {tags: [first]}\n")
    assert found["tags"] == ["first", "a", "b", "filed", "c"]


def test_a_variable_among_joined_tags_must_be_a_list_where_it_stands_for_all(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"a.yaml": manifest() + "tags: ${var.one}\n"}
    loaded = load_files(tmp_path, files, "variables: {one: a}\ndefaults: {tags: [first]}\n")
    assert errors(loaded) == ["a.yaml:3:7: tags: must be a list: tags of several places are joined"]


def test_a_mistake_among_joined_tags_is_told_at_its_place_without_an_index_that_no_file_has(
    tmp_path: Path,
) -> None:
    files: dict[str, str | bytes] = {
        "_defaults.yaml": "tags: [a, b, 7]\n",
        "a.yaml": manifest("a") + "tags: [012, '${var.gone}', {$file: gone.md}]\n",
        "b.yaml": manifest("b") + "tags: [b, c, 5]\n",
    }
    said = [line.split(";")[0] for line in errors(load_files(tmp_path, files))]
    assert said == [
        "_defaults.yaml:1:14: tags: must be a string, not a number (7): put it in quotes",
        "a.yaml:3:8: tags: must be a string, not a number (12): put it in quotes",
        "a.yaml:3:13: tags: there is no variable 'gone'",
        "a.yaml:3:36: tags.$file: 'gone.md' does not exist",
        "b.yaml:3:14: tags: must be a string, not a number (5): put it in quotes",
    ]


def test_mistakes_in_defaults_are_told_once_and_at_their_place(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "_defaults.yaml": "# for all\ndescription: [1]\n",
        "a.yaml": manifest("a"),
        "b.yaml": manifest("b"),
    }
    assert errors(load_files(tmp_path, files)) == [
        "_defaults.yaml:2:14: description: must be a string, not a list"
    ]


def test_places_of_a_merged_manifest_lead_to_where_each_value_was_written(tmp_path: Path) -> None:
    found = body(
        tmp_path,
        {"_defaults.yaml": "metadata:\n  a: 1\n", "a.yaml": manifest() + "metadata: {b: 2}\n"},
        "defaults: {description: d}\n",
    )
    assert value_mark(found, ("metadata", "a")) == ("_defaults.yaml", 2, 6)
    assert value_mark(found, ("metadata", "b")) == ("a.yaml", 3, 15)
    assert value_mark(found, ("description",)) == ("sgpctl.yaml", 3, 25)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "name: n\n",
            "1:1: name: defaults cannot give a name: every evaluation has its own; write it into the manifest",
        ),
        (
            "matrix: {m: [1]}\n",
            "1:1: matrix: defaults cannot hold a matrix: it belongs into the manifest that it multiplies",
        ),
        ("a: 1\nmetdata: {}\n", "2:1: metdata: unknown key 'metdata'; did you mean 'metadata'?"),
        ("- tags\n", "1:1: defaults are a map: a part of a manifest"),
        ("tags: [a]\n---\ntags: [b]\n", "3:1: a file of defaults holds one document"),
        ("tags: [a\n", "2:1: this list in [ ] lacks a comma or its closing ] (opened in line 1)"),
    ],
)
def test_a_file_of_defaults_that_cannot_be_used_says_why_and_its_manifests_are_not_blamed(
    tmp_path: Path, text: str, expected: str
) -> None:
    files: dict[str, str | bytes] = {
        "x/_defaults.yaml": text,
        "x/a.yaml": "name: a\n",
        "b.yaml": manifest("b"),
    }
    loaded = load_files(tmp_path, files)
    assert f"x/_defaults.yaml:{expected}" in errors(loaded)
    assert {problem.file for problem in loaded.problems} == {"x/_defaults.yaml"}
    assert names(loaded) == ["b"]


def test_empty_defaults_and_those_without_manifests_get_a_warning(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "_defaults.yaml": "# none yet\n",
        "a.yaml": manifest(),
        "empty/_defaults.yaml": "tags: [x]\n",
    }
    assert lines(load_files(tmp_path, files)) == [
        "_defaults.yaml:1:1: the file declares nothing",
        "empty/_defaults.yaml:1:1: no manifest lies in this folder or below it, so these defaults are not used",
    ]


@pytest.mark.parametrize("name", ["_defaults.yml", "_defaults.json"])
def test_a_file_that_is_nearly_called_like_defaults_is_an_error(tmp_path: Path, name: str) -> None:
    loaded = load_files(tmp_path, {name: '{"tags": ["x"]}', "a.yaml": manifest()})
    assert lines(loaded) == [f"{name}:1:1: defaults are read from _defaults.yaml only; rename this file"]


def test_defaults_behind_a_link_that_leads_out_of_the_project_are_refused(tmp_path: Path) -> None:
    make_files(tmp_path, {"outside.yaml": "tags: [x]\n"})
    root = tmp_path / "project"
    make_files(root, {"sgpctl.yaml": "version: 1\nproject: demo\n", "evals/a.yaml": manifest()})
    (root / "_defaults.yaml").symlink_to("../outside.yaml")
    loaded = load(make_project(root, {}, "manifests: [evals]\n"))
    assert errors(loaded) == ["_defaults.yaml:1:1: '_defaults.yaml' is a link that leads out of the project"]
    assert names(loaded) == []


def test_defaults_that_change_nothing_change_no_digest(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"a.yaml": manifest() + "taxonomy_params: {a: null, b: 1}\n"}
    plain = load_files(tmp_path / "plain", files).desired[0]
    with_defaults = load_files(tmp_path / "with", {**files, "_defaults.yaml": "tags: [x]\n"}).desired[0]
    assert (with_defaults.digest, with_defaults.body["taxonomy_params"]) == (
        plain.digest,
        plain.body["taxonomy_params"],
    )
