"""What `sgpctl fmt` makes of files: every file in formatting/, and the rules one by one.

`formatted/x` becomes `formatted/x.formatted`; `left_alone/x` stays, for the reasons in `left_alone/x.expect`.
"""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest

from sgpctl.limits import FORMATTED_LINE_CHARS_MAX
from sgpctl.manifest.formatting.files import Formattable, choose, format_file
from sgpctl.manifest.formatting.order import MANIFEST_KEYS, PROJECT_KEYS, Kind
from sgpctl.manifest.formatting.proof import yaml_difference
from sgpctl.manifest.formatting.text import format_text
from sgpctl.manifest.inside import NotUsable
from sgpctl.manifest.project_file import ProjectSection
from sgpctl.manifest.yaml_document import read_yaml
from sgpctl.model.shapes import FromDatasetRequest, WithDatasetRequest
from tests.manifest.projects import make_project, manifest

CORPUS = Path(__file__).parent / "formatting"
FORMATTED = sorted(path for path in CORPUS.glob("formatted/*") if path.suffix != ".formatted")
LEFT_ALONE = sorted(path for path in CORPUS.glob("left_alone/*") if path.suffix != ".expect")
HOSTILE = Path(__file__).parent.parent / "hostile"
ACCEPTED = sorted(path for kind in ("yaml", "json") for path in (HOSTILE / kind / "accept").glob(f"*.{kind}"))
EXAMPLES = Path(__file__).parents[2] / "examples"


def formatted(text: str, kind: Kind = Kind.MANIFEST) -> str:
    result = format_text(text, "f.yaml", kind)
    assert result.text is not None, [str(problem) for problem in result.problems]
    return result.text


def file_at(path: Path) -> Formattable:
    return Formattable(path, path.name, Kind.MANIFEST)


@pytest.mark.parametrize("path", FORMATTED, ids=lambda path: path.name)
def test_a_file_of_the_corpus_becomes_what_is_expected(path: Path) -> None:
    result = format_file(file_at(path))
    assert result.problems == ()
    assert result.after == path.with_name(f"{path.name}.formatted").read_bytes().decode("utf-8")


@pytest.mark.parametrize("path", LEFT_ALONE, ids=lambda path: path.name)
def test_a_file_that_cannot_be_formatted_is_left_alone_and_said_why(path: Path) -> None:
    result = format_file(file_at(path))
    assert not result.is_changed
    expected = path.with_name(f"{path.name}.expect").read_text(encoding="utf-8").splitlines()
    assert [str(problem) for problem in result.problems] == expected


@pytest.mark.parametrize("path", [*FORMATTED, *ACCEPTED], ids=lambda path: path.name)
def test_every_file_that_the_loader_accepts_is_formatted_once_and_for_all(path: Path, tmp_path: Path) -> None:
    once = format_file(file_at(path))
    assert once.problems == ()
    again = tmp_path / path.name
    again.write_bytes(once.after.encode("utf-8"))
    assert not format_file(file_at(again)).is_changed


def test_what_counts_as_a_manifest_in_the_order_of_keys_is_also_a_task_in_brackets() -> None:
    text = "tasks: [{configuration: {b: 1, a: 2}, alias: x}]\nname: n\n"
    assert formatted(text) == "name: n\ntasks: [{alias: x, configuration: {b: 1, a: 2}}]\n"


def test_the_project_file_has_an_order_of_its_own() -> None:
    text = (
        "review: {row_key: id}\nbudget: {rows: 1}\nenvironments:\n  prod: {account_id: a, target: production}\n"
        "  dev: {database: x, target: sandbox}\nproject: p\nversion: 1\n"
    )
    assert formatted(text, Kind.PROJECT) == (
        "version: 1\nproject: p\nenvironments:\n  prod: {target: production, account_id: a}\n"
        "  dev: {target: sandbox, database: x}\nbudget: {rows: 1}\nreview: {row_key: id}\n"
    )


def test_the_first_comment_of_a_file_stays_first_whatever_key_comes_first() -> None:
    assert formatted("# about the file\ntasks: []\nname: n\n") == "# about the file\nname: n\ntasks: []\n"


def test_the_comment_above_another_key_moves_with_it() -> None:
    assert formatted("tasks: []\n# who\nname: n\n") == "# who\nname: n\ntasks: []\n"


def test_an_alias_never_comes_before_its_anchor() -> None:
    text = "tasks: &x []\nname: n\ndata: *x\n"
    assert formatted(text) == "name: n\ntasks: &x []\ndata: *x\n"


def test_an_anchor_that_is_set_twice_keeps_its_order() -> None:
    text = "metadata: {a: &x 1}\ndescription: &x d\nname: *x\n"
    assert formatted(text) == text


def test_empty_lines_that_belong_to_a_text_are_not_made_by_moving_keys() -> None:
    text = "data: []\n\nname: |+\n  n\n\n\ntasks: []\n"
    assert formatted(text) == "name: |+\n  n\n\n\ndata: []\ntasks: []\n"


def test_brackets_that_are_a_character_too_long_for_a_line_are_opened() -> None:
    fitting = "a: [" + "x" * (FORMATTED_LINE_CHARS_MAX - len("a: []")) + "]\n"
    assert formatted(fitting) == fitting
    assert formatted(fitting.replace("[x", "[xx")).startswith("a:\n  - xx")


def test_the_width_is_that_of_the_line_and_not_of_the_comment_beside_it() -> None:
    text = f"a: [x]  # {'long ' * 30}".rstrip() + "\n"
    assert formatted(text) == text


@pytest.mark.parametrize(
    ("after", "what"),
    [
        ("a: 2  # c\nb: &x y\n", "a value"),
        ("a: 1.0  # c\nb: &x y\n", "a value"),
        ("a: 1\nb: &x y\n", "# c"),
        ("a: 1  # c\nb: y\n", "&x"),
        ("---\na: 1  # c\nb: &x y\n", "---"),
        ("a: 1  # c\nb: &x y\n# more\n", "# more"),
        ("a: [  # c\nb: &x y\n", "a value"),
    ],
)
def test_the_proof_finds_whatever_a_formatter_could_break(after: str, what: str) -> None:
    before = "a: 1 # c\nb: &x y\n"
    assert yaml_difference(read_yaml(before, "f"), before, after) == what


def test_the_proof_does_not_mind_another_order_of_keys() -> None:
    before = "a: 1 # c\nb: &x y\n"
    assert yaml_difference(read_yaml(before, "f"), before, "b: &x y\n\na: 1    # c\n") is None


def test_every_key_that_there_is_has_its_place() -> None:
    assert set(PROJECT_KEYS) == ProjectSection.model_fields.keys()
    requests = WithDatasetRequest.model_fields.keys() | FromDatasetRequest.model_fields.keys()
    assert set(MANIFEST_KEYS) >= requests | {"matrix"}


@pytest.mark.parametrize("name", sorted({path.name for path in EXAMPLES.iterdir()} - {"api-request"}))
def test_the_examples_are_written_as_fmt_writes(name: str, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(EXAMPLES / name, tmp_path / name, ignore=shutil.ignore_patterns(".sgpctl")))
    chosen = choose(copy)
    assert len(chosen.files) >= 2
    assert [file.name for file in chosen.files if format_file(file).is_changed] == []


# --- which files


FILES = {
    "evaluations/one.yaml": "name: one\ndata: {$file: ../rows.json}\ntasks: {$file: parts/tasks.yaml}\n",
    "evaluations/parts/tasks.yaml": "[]\n",
    "evaluations/_defaults.yaml": "tags: [a]\n",
    "evaluations/plan.json": '{"format_version": "1.0", "sgpctl_version": "1", "changes": []}',
    "rows.json": "[]\n",
    "evaluations/more/two.yml": manifest("two"),
    ".hidden/three.yaml": manifest("three"),
    "notes.txt": "a",
}


def names(path: Path) -> list[str]:
    return [file.name for file in choose(path).files]


def test_a_project_is_its_file_its_defaults_and_its_manifests_but_not_what_they_use(tmp_path: Path) -> None:
    make_project(tmp_path, FILES)
    everything = [
        "evaluations/_defaults.yaml",
        "evaluations/more/two.yml",
        "evaluations/one.yaml",
        "sgpctl.yaml",
    ]
    assert names(tmp_path) == everything


def test_a_folder_of_a_project_is_what_lies_below_it(tmp_path: Path) -> None:
    make_project(tmp_path, FILES)
    assert names(tmp_path / "evaluations/more") == ["evaluations/more/two.yml"]


def test_a_file_that_is_named_is_taken_whatever_uses_it(tmp_path: Path) -> None:
    make_project(tmp_path, FILES)
    assert names(tmp_path / "evaluations/parts/tasks.yaml") == ["evaluations/parts/tasks.yaml"]


def test_a_file_that_is_no_yaml_is_refused(tmp_path: Path) -> None:
    make_project(tmp_path, FILES)
    with pytest.raises(NotUsable, match="neither YAML nor JSON"):
        choose(tmp_path / "notes.txt")


def test_a_link_inside_the_project_is_the_file_that_it_leads_to(tmp_path: Path) -> None:
    make_project(tmp_path, FILES)
    (tmp_path / "linked.yaml").symlink_to("evaluations/one.yaml")
    assert names(tmp_path / "linked.yaml") == ["evaluations/one.yaml"]
    assert Counter(names(tmp_path))["evaluations/one.yaml"] == 1


def test_a_link_out_of_the_project_is_refused(tmp_path: Path) -> None:
    make_project(tmp_path / "project", FILES)
    outside = tmp_path / "outside.yaml"
    outside.write_text("b:   1\n")
    (tmp_path / "project/link.yaml").symlink_to(outside)
    with pytest.raises(NotUsable, match="leads out of the project"):
        choose(tmp_path / "project/link.yaml")
    assert [problem.file for problem in choose(tmp_path / "project").problems] == ["link.yaml"]
