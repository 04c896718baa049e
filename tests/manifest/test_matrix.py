from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sgpctl.manifest.loader import load
from sgpctl.manifest.resolving.matrix import cells_of
from sgpctl.manifest.yaml_document import read_yaml
from sgpctl.model.nearest import Hints
from tests.manifest.projects import errors, lines, load_files, make_project, names

MODELS = "{fast: openai/gpt-4o-mini, best: anthropic/claude-sonnet-4}"
DATA = "data: [{q: 1}]\n"


def of(matrix: str, rest: str = "", name: str = "n-${matrix.m.key}") -> dict[str, str | bytes]:
    return {"a.yaml": f"name: {name}\n{DATA}matrix: {matrix}\n{rest}"}


def test_a_matrix_makes_one_evaluation_for_each_cell(tmp_path: Path) -> None:
    files = of(
        f"{{m: {MODELS}, p: [v3, v4]}}",
        "description: ${matrix.m} with ${matrix.p}\nmetadata: {label: '${matrix.m.key}'}\n",
        "answers-${matrix.m.key}-${matrix.p.key}",
    )
    loaded = load_files(tmp_path, files)
    assert lines(loaded) == []
    assert names(loaded) == ["answers-best-v3", "answers-best-v4", "answers-fast-v3", "answers-fast-v4"]
    first = loaded.desired[0]
    assert first.description == "anthropic/claude-sonnet-4 with v3"
    assert first.metadata == {"label": "best"}
    assert first.cell == (("m", "best"), ("p", "v3"))
    assert {one.place for one in loaded.desired} == {("a.yaml", 1, 1)}
    assert "matrix" not in first.body


def test_values_keep_their_type_and_labels_are_their_text(tmp_path: Path) -> None:
    loaded = load_files(tmp_path, of("{m: [0, 0.5, true, null, x]}", "metadata: {v: '${matrix.m}'}\n"))
    assert lines(loaded) == []
    assert {one.name: one.metadata.get("v", "gone") for one in loaded.desired} == {
        "n-0": 0,
        "n-0.5": 0.5,
        "n-true": True,
        "n-null": "gone",
        "n-x": "x",
    }


def test_a_null_of_the_matrix_cannot_stand_inside_longer_text_and_its_label_can(tmp_path: Path) -> None:
    files = of("{m: [x, null]}", "description: about ${matrix.m}\nmetadata: {label: 'm ${matrix.m.key}'}\n")
    assert errors(load_files(tmp_path, files)) == [
        "a.yaml:4:14: description: '${matrix.m}' is null (the value is from a.yaml:3); inside longer text "
        'a value must stand: write "" for an empty one'
    ]


def test_a_value_may_be_a_map_a_list_or_a_file(tmp_path: Path) -> None:
    files = of(
        "{m: {a: {k: 1}, b: [2], c: {$file: 'c.md'}, d: {$file: d.md, with: {x: '${var.v}'}}}}",
        "metadata: {v: '${matrix.m}'}\n",
    )
    loaded = load_files(tmp_path, {**files, "c.md": "text", "d.md": "the ${x}"}, "variables: {v: 7}\n")
    assert lines(loaded) == []
    assert [one.metadata["v"] for one in loaded.desired] == [{"k": 1}, [2], "text", "the 7"]


def test_axes_and_values_may_come_out_of_variables(tmp_path: Path) -> None:
    settings = f"variables: {{models: {MODELS}, own: x}}\n"
    files = of("{m: '${var.models}', p: ['${var.own}', y]}", name="n-${matrix.m.key}-${matrix.p}")
    assert names(load_files(tmp_path, files, settings)) == ["n-best-x", "n-best-y", "n-fast-x", "n-fast-y"]


def test_exclude_takes_out_all_cells_with_these_labels(tmp_path: Path) -> None:
    files = of(
        "{m: {a: 1, b: 2, c: 3}, p: [1, 2], exclude: [{m: a}, {m: b, p: 2}]}",
        name="n-${matrix.m.key}-${matrix.p}",
    )
    assert names(load_files(tmp_path, files)) == ["n-b-1", "n-c-1", "n-c-2"]


def test_include_adds_cells_also_with_labels_of_their_own(tmp_path: Path) -> None:
    files = of(
        "{m: {a: 1, b: 2}, p: [1, 2], exclude: [{m: b}], include: [{m: {c: 3}, p: 2}, {p: {3: x}, m: b}]}",
        name="n-${matrix.m.key}-${matrix.p.key}-${matrix.p}",
    )
    files["a.yaml"] = str(files["a.yaml"]).replace("{3: x}", "{'3': x}")
    loaded = load_files(tmp_path, files)
    assert names(loaded) == ["n-a-1-1", "n-a-2-2", "n-b-3-x", "n-c-2-2"]


def test_files_follow_the_cell(tmp_path: Path) -> None:
    files = of(
        "{m: [v1, v2]}",
        "metadata: {text: {$file: 'p-${matrix.m}.md'}, part: {$file: part.yaml}, same: {$file: same.md}}\n",
    )
    files |= {"p-v1.md": "one", "p-v2.md": "two", "part.yaml": "of: ${matrix.m}\n", "same.md": "same"}
    loaded = load_files(tmp_path, files)
    assert lines(loaded) == []
    assert [one.metadata for one in loaded.desired] == [
        {"text": "one", "part": {"of": "v1"}, "same": "same"},
        {"text": "two", "part": {"of": "v2"}, "same": "same"},
    ]
    assert loaded.files == 1


def test_what_is_the_same_in_all_cells_is_one_value(tmp_path: Path) -> None:
    files = of("{m: [1, 2]}", "metadata: {own: '${matrix.m}', all: {deep: ['${var.v}']}}\n")
    files["a.yaml"] = str(files["a.yaml"]).replace(DATA, "data: {$file: r.jsonl}\n")
    first, second = load_files(tmp_path, {**files, "r.jsonl": '{"q": 1}\n'}, "variables: {v: x}\n").desired
    assert first.body["data"] is second.body["data"]
    assert first.metadata["all"] is second.metadata["all"]


def test_aliases_within_a_matrix_document_are_resolved_for_their_cell(tmp_path: Path) -> None:
    files = of("{m: [1, 2]}", "metadata: {a: &a {v: ['${matrix.m}']}, b: *a, c: {<<: *a}}\n")
    for number, one in enumerate(load_files(tmp_path, files).desired, start=1):
        assert one.metadata == {"a": {"v": [number]}, "b": {"v": [number]}, "c": {"v": [number]}}


def test_one_document_of_several_may_have_a_matrix(tmp_path: Path) -> None:
    text = f"name: plain\n{DATA}---\nname: n-${{matrix.m}}\n{DATA}matrix: {{m: [1, 2]}}\n"
    loaded = load_files(tmp_path, {"a.yaml": text})
    assert [(one.name, one.place[1]) for one in loaded.desired] == [("n-1", 4), ("n-2", 4), ("plain", 1)]


def test_a_name_that_does_not_tell_the_cells_apart_says_what_would(tmp_path: Path) -> None:
    loaded = load_files(tmp_path, of("{m: [1, 2], p: [x, z]}"))
    assert errors(loaded) == [
        (
            "a.yaml:1:7: name: 2 cells of the matrix are called 'n-1', such as (m=1, p=x) and (m=1, p=z); "
            "put ${matrix.p.key} into the name"
        )
    ]
    loaded = load_files(tmp_path / "values", of("{m: {a: same, b: same}}", name="n-${matrix.m}"))
    assert "put ${matrix.m.key} into the name" in errors(loaded)[0]


def test_a_cell_collides_with_another_manifest_as_any_name_does(tmp_path: Path) -> None:
    files = {**of("{m: [1, 2]}"), "b.yaml": f"name: n-2\n{DATA}"}
    assert errors(load_files(tmp_path, files)) == [
        "a.yaml:1:7: name: the name 'n-2' is also declared at b.yaml:1:7",
        "b.yaml:1:7: name: the name 'n-2' is also declared at a.yaml:1:7",
    ]


def test_what_is_wrong_in_some_cells_only_says_in_which(tmp_path: Path) -> None:
    files = of(f"{{m: {{a: x, b: {'y' * 300}, c: {'z' * 300}}}}}", "description: ${matrix.m}\nmetadata: 3\n")
    assert errors(load_files(tmp_path, files)) == [
        (
            "a.yaml:4:14: description: must be at most 280 characters long, is 300 (the value is from a.yaml:3); "
            "in the cell (m=b) and 1 more"
        ),
        "a.yaml:5:11: metadata: must be a map, not a number (3)",
    ]


@pytest.mark.parametrize(
    ("matrix", "expected"),
    [
        ("{}", "3:9: matrix: names no axis, so it has no cells"),
        ("{max: 3}", "3:9: matrix: names no axis, so it has no cells"),
        ("{m: []}", "3:13: matrix.m: the axis has no values, so the matrix has no cells"),
        ("{m: {}}", "3:13: matrix.m: the axis has no values, so the matrix has no cells"),
        ("{m: [1, 2], exclude: [{m: 1}, {m: 2}]}", "3:9: matrix: has no cells: its `exclude` leaves none"),
        ("[1]", "3:9: matrix: must be a map of axes"),
        ("'${var.list}'", "3:9: matrix: must be a map of axes"),
        ("{m: one}", "3:13: matrix.m: an axis is a list of single values, or a map from a label"),
        ("{m: [[1]]}", "3:14: matrix.m[0]: an axis is a list of single values"),
        ("{m: [1, '1']}", "3:17: matrix.m[1]: the label '1' stands here a second time"),
        ("{m: [1, 2], max: 1}", "3:9: matrix: has 2 cells, and its `max` is 1"),
        ("{m: [1], max: 0}", "3:23: matrix.max: must be a number of cells, like 100"),
        ("{m: [1], max: true}", "3:23: matrix.max: must be a number of cells, like 100"),
        ("{m: [1], exclude: {m: 1}}", "3:27: matrix.exclude: must be a list of maps from axis to label"),
        ("{m: [1], exclude: [{}]}", "3:28: matrix.exclude[0]: must be a map from axis to label"),
        (
            "{model: [1], exclude: [{modle: 1}]}",
            "3:33: matrix.exclude[0].modle: the matrix has no axis 'modle'; did you mean 'model'?",
        ),
        (
            "{m: {fast: 1, best: 2}, exclude: [{m: fats}]}",
            "3:47: matrix.exclude[0].m: the axis 'm' has no label 'fats'; did you mean 'fast'?",
        ),
        (
            "{m: [1], include: [{m: 2}]}",
            "3:32: matrix.include[0].m: the axis 'm' has no label '2'; write {2: value} to add one",
        ),
        ("{m: [1], include: [{m: 1}]}", "3:28: matrix.include[0]: the matrix has this cell already"),
        (
            "{m: [1], p: [1], include: [{m: 1}]}",
            "3:36: matrix.include[0]: a cell has a label on every axis, and 'p' is missing here",
        ),
        (
            "{m: {a: 1}, include: [{m: {a: 2}}]}",
            "3:36: matrix.include[0].m: the axis has the label 'a' already; write it alone, or choose another",
        ),
        (
            "{m: ['${matrix.m}']}",
            "3:14: matrix.m[0]: '${matrix.m}' stands for nothing: a matrix cannot refer to itself",
        ),
        ("{m: ['${var.x}']}", "3:14: matrix.m[0]: there is no variable 'x'"),
        ("{'${var.list}': [1]}", "3:10: matrix.${var.list}: a key cannot hold a reference"),
    ],
)
def test_a_matrix_that_is_wrong_says_where_and_nothing_else_is_blamed(
    tmp_path: Path, matrix: str, expected: str
) -> None:
    files = of(matrix, "description: ${matrix.m}\nmetadata: {$file: 'x${matrix.m}.yaml'}\n")
    (line,) = errors(load_files(tmp_path, files, "variables: {list: [1]}\n"))
    assert line.startswith(f"a.yaml:{expected}")


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("${matrix.mdl}", "the matrix has no axis 'mdl'; did you mean 'model'?"),
        ("${matrix.model.kye}", "the matrix has no axis 'model.kye'; did you mean 'model.key'?"),
        ("${matrix.max}", "the matrix has no axis 'max'"),
        ("${model.key}", "unknown reference '${model.key}'; did you mean '${matrix.model.key}'?"),
    ],
)
def test_an_axis_that_does_not_exist_is_an_error(tmp_path: Path, reference: str, expected: str) -> None:
    files = of("{model: [1, 2], max: 3}", f"description: '{reference}'\n", "n-${matrix.model}")
    assert errors(load_files(tmp_path, files)) == [f"a.yaml:4:14: description: {expected}"]


def test_too_many_cells_are_refused_with_their_number(tmp_path: Path) -> None:
    def axis(length: int) -> str:
        return json.dumps(list(range(length)))

    loaded = load_files(tmp_path / "cells", of(f"{{m: {axis(15)}, p: {axis(14)}}}"))
    assert errors(loaded) == [
        "a.yaml:3:9: matrix: has 210 cells; more than 200 must be asked for, with `max: 210`"
    ]
    loaded = load_files(tmp_path / "huge", of(f"{{m: {axis(500)}, p: {axis(500)}, max: 300000}}"))
    assert errors(loaded) == ["a.yaml:3:9: matrix: has 250,000 combinations; at most 100,000 are looked at"]


def test_a_part_that_a_broken_matrix_uses_is_not_taken_for_a_manifest(tmp_path: Path) -> None:
    files = of("{m: []}", "metadata: {$file: part.yaml}\n")
    loaded = load_files(tmp_path, {**files, "part.yaml": "a: b\n"})
    assert {problem.file for problem in loaded.problems} == {"a.yaml"}


def test_a_part_with_references_to_a_matrix_is_judged_where_it_is_used(tmp_path: Path) -> None:
    files = of("{m: [1, 2]}", "metadata: {$file: part.yaml}\n")
    files["part.yaml"] = "a: ${matrix.nope}\n"
    assert errors(load_files(tmp_path, files)) == ["part.yaml:1:4: a: the matrix has no axis 'nope'"]


LABELS = st.lists(st.sampled_from("abcdef"), min_size=1, max_size=4, unique=True)


@given(LABELS, LABELS, st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from("abcdef"))))
def test_the_cells_are_the_product_less_what_is_excluded(
    first: list[str], second: list[str], excluded: list[tuple[str, str]]
) -> None:
    entries = [{"x": one, "y": two} for one, two in excluded if one in first and two in second]
    document = read_yaml(json.dumps({"x": first, "y": second, "exclude": entries}), "f").documents[0]
    cells, problems = cells_of(document.root, document.mark, Hints())
    expected = {(one, two) for one in first for two in second} - set(excluded)
    assert {tuple(label for _, label in cell.coordinates) for cell in cells} == expected
    assert len(cells) == len(expected)
    assert bool(problems) is (not expected)


def test_500_cells_share_their_rows_and_differ_in_their_digests(tmp_path: Path) -> None:
    labels = json.dumps({f"m{at}": f"vendor/{at}" for at in range(500)})
    files = of(f"{{m: {labels}, max: 500}}", "taxonomy_params: {m: '${matrix.m}'}\n")
    files["a.yaml"] = str(files["a.yaml"]).replace(DATA, "data: {$file: r.jsonl}\n")
    loaded = load(make_project(tmp_path, {**files, "r.jsonl": '{"q": 1}\n' * 500}))
    assert lines(loaded) == []
    assert len({one.digest for one in loaded.desired}) == 500
    assert len({one.data_digest for one in loaded.desired}) == 1


def test_a_reference_to_the_platform_is_no_label(tmp_path: Path) -> None:
    bare = of("{m: ['${dataset.foo}']}", "description: ${matrix.m}\n")
    assert any("cannot be a label" in line for line in errors(load_files(tmp_path / "bare", bare)))
    labelled = of("{m: {foo: '${dataset.foo}'}}", "metadata: {from: '${matrix.m}'}\n")
    assert names(load_files(tmp_path / "labelled", labelled)) == ["n-foo"]


@pytest.mark.parametrize("axis", ["a.key", "''", "a b"])
def test_an_axis_has_a_name_that_can_be_referred_to(axis: str, tmp_path: Path) -> None:
    files = of(f"{{m: [1, 2], {axis}: [1]}}")
    assert any("an axis has a name of" in line for line in errors(load_files(tmp_path, files)))
