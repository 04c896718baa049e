"""Small manifests that would take for ever, or all memory, are answered: what a name or a text may cost is bounded."""

from __future__ import annotations

from pathlib import Path

from sgpctl.limits import HINTS_MAX, PROBLEM_CHARS_MAX
from tests.manifest.projects import errors, load_files

METRIC = "{{task_type: metric, alias: t{0}, configuration: {{type: f1, candidate: item.{1}, reference: item.{1}}}}}"
JUDGE = (
    "{{task_type: auto_evaluation.guided_decoding, configuration: {{model: m, prompt: '{0}', choices: [a]}}}}"
)


def manifest(*tasks: str, row: str = "a: b", name: str = "one") -> str:
    listed = "".join(f"  - {task}\n" for task in tasks)
    return f"name: {name}\ndata: [{{{row}}}]\ntasks:\n{listed}"


def doubling(name: str, levels: int) -> str:
    """Variables of which the first has 2**levels times the characters of the last."""
    steps = (
        f"  {name}{level}: '${{var.{name}{level + 1}}}${{var.{name}{level + 1}}}'\n"
        for level in range(levels)
    )
    return f"{''.join(steps)}  {name}{levels}: {'x' * 128}\n"


def test_only_the_first_of_many_mistyped_columns_get_a_hint(tmp_path: Path) -> None:
    columns = ", ".join(f"column_{number:03}: x" for number in range(300))
    tasks = [METRIC.format(number, f"colunm_{number:03}") for number in range(HINTS_MAX + 20)]
    found = errors(load_files(tmp_path, {"a.yaml": manifest(*tasks, row=columns)}))
    assert len(found) == HINTS_MAX + 20
    assert sum("did you mean" in line for line in found) == HINTS_MAX


def test_hints_are_counted_over_all_cells_of_a_matrix(tmp_path: Path) -> None:
    columns = ", ".join(f"column_{number:03}: x" for number in range(300))
    tasks = [METRIC.format(number, f"colunm_{number:03}") for number in range(3)]
    cells = f"matrix: {{x: [{', '.join(map(str, range(200)))}]}}\n"
    text = cells + manifest(*tasks, row=columns, name="one-${matrix.x}")
    assert 0 < len(errors(load_files(tmp_path, {"a.yaml": text}))) <= 2 * 3


def test_a_circle_of_a_thousand_tasks_is_told_in_a_few_words(tmp_path: Path) -> None:
    tasks = [METRIC.format(number, f"t{(number + 1) % 1000}") for number in range(1000)]
    (told,) = errors(load_files(tmp_path, {"a.yaml": manifest(*tasks)}))
    assert told.endswith(
        "tasks wait for each other's results: t0 -> t1 -> t2 -> t3 -> t4 -> t5 -> t6 -> t7 -> t8 -> 991 more -> t0"
    )


def test_of_many_circles_some_are_told(tmp_path: Path) -> None:
    tasks = [METRIC.format(number, f"t{number ^ 1}") for number in range(1000)]
    assert len(errors(load_files(tmp_path, {"a.yaml": manifest(*tasks)}))) == 20


def test_templates_that_never_close_are_no_references(tmp_path: Path) -> None:
    for number, prompt in enumerate(["{{item.a" + " " * 200_000, "{{item." * 50_000, "{{ item.a " * 50_000]):
        loaded = load_files(tmp_path / str(number), {"a.yaml": manifest(JUDGE.format(prompt))})
        assert errors(loaded) == []


def test_a_locator_of_very_many_steps_names_no_column(tmp_path: Path) -> None:
    (told, *_) = errors(load_files(tmp_path, {"a.yaml": manifest(METRIC.format(0, "q" + ".a" * 100_000))}))
    assert "no row and no task has a column 'q'" in told


def test_mentions_of_variables_that_never_close_are_passed_over(tmp_path: Path) -> None:
    text = f"name: one\ndata: [{{a: b}}]\n# {'${var.' * 150_000}\n"
    assert errors(load_files(tmp_path, {"a.yaml": text})) == []


def test_a_key_of_a_megabyte_is_not_printed_whole(tmp_path: Path) -> None:
    text = '{"name": "one", "data": [{"a": "b"}], "' + "k" * 1_000_000 + '": 1}'
    (told,) = errors(load_files(tmp_path, {"a.json": text}))
    assert len(told) < 3 * PROBLEM_CHARS_MAX


def test_variables_that_grow_are_written_out_up_to_a_bound(tmp_path: Path) -> None:
    text = "name: one\ndata: [{a: b}]\nmetadata: {x: '${var.v0}'}\n"
    found = errors(load_files(tmp_path, {"a.yaml": text}, "variables:\n" + doubling("v", 40)))
    assert [line.partition(": ")[2].partition(" characters")[0] for line in found] == [
        "variables.v20: with its references written out, this is more than 134,217,728"
    ]


def test_many_manifests_share_what_may_be_written_out(tmp_path: Path) -> None:
    text = "name: one-%d\ndata: [{a: b}]\nmetadata: {a: '${var.v0}!', b: '${var.v0}?', c: '${var.v0}.'}\n"
    files: dict[str, str | bytes] = {f"{number}.yaml": text % number for number in range(10)}
    found = errors(load_files(tmp_path, files, "variables:\n" + doubling("v", 17)))
    assert found
    assert all("the project is more than 268,435,456 characters" in line for line in found)


def test_a_text_that_is_filled_in_very_often_is_not_made(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "a.yaml": "name: one\ndata: [{a: b}]\nmetadata: {x: {$file: p.md, with: {b: '${var.v0}'}}}\n",
        "p.md": "${b} " * 10_000,
    }
    (told,) = errors(load_files(tmp_path, files, "variables:\n" + doubling("v", 14)))
    assert told.startswith("a.yaml:3:")
    assert "metadata.x.with: with its references written out, this is more than" in told
