from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sgpctl.manifest.resolving.filled_text import filled
from sgpctl.manifest.resolving.scope import Scope, Spent
from sgpctl.model.located import Json, LocatedMap
from tests.manifest.projects import errors, lines, load_files

MANIFEST = "name: one\ndata: [{q: 1}]\n"


def description(root: Path, value: str, files: dict[str, str | bytes], settings: str = "") -> str | None:
    loaded = load_files(root, {"a.yaml": f"{MANIFEST}description: {value}\n", **files}, settings)
    assert lines(loaded) == []
    return loaded.desired[0].description


def test_values_are_put_into_a_text_only_when_asked(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"p.md": "Sell ${brand}, ${tone}; ${n} $${brand} {{item.x}}"}
    verbatim = description(tmp_path / "verbatim", "{$file: p.md}", files)
    assert verbatim == "Sell ${brand}, ${tone}; ${n} $${brand} {{item.x}}"
    found = description(
        tmp_path / "filled",
        "{$file: p.md, with: {brand: Acme, tone: '${var.tone}', n: 3}}",
        files,
        "variables: {tone: calm}\n",
    )
    assert found == "Sell Acme, calm; 3 ${brand} {{item.x}}"


def test_a_value_is_put_in_as_it_is(tmp_path: Path) -> None:
    assert description(tmp_path, "{$file: p.md, with: {a: 'x $${a} y'}}", {"p.md": "${a}"}) == "x ${a} y"


def test_a_name_that_with_does_not_give_is_an_error_in_the_text(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "a.yaml": f"{MANIFEST}description: {{$file: p.md, with: {{brand: Acme}}}}\n",
        "p.md": "${brand}\n  and ${brnad} and ${var.tone}\n${brnad} ${open",
    }
    assert errors(load_files(tmp_path, files)) == [
        "p.md:2:7: `with` gives no 'brnad'; did you mean 'brand'?; write $${ for a literal ${",
        "p.md:2:20: `with` gives no 'var.tone'; write $${ for a literal ${",
        "p.md:3:10: '${open' is never closed with a }; write $${ for a literal ${",
    ]


def test_a_name_that_the_text_does_not_use_gets_a_warning(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "a.yaml": f"{MANIFEST}description: {{$file: p.md, with: {{brand: Acme}}}}\n",
        "p.md": "plain",
    }
    loaded = load_files(tmp_path, files)
    assert lines(loaded) == ["a.yaml:3:35: description.with.brand: the file 'p.md' does not use '${brand}'"]
    assert loaded.errors == ()


@pytest.mark.parametrize(
    ("include", "expected"),
    [
        (
            "{$file: p.md, with: [a]}",
            "3:34: description.with: must be a map from the names that the text uses",
        ),
        ("{$file: p.md, with: {a: [1]}}", "3:38: description.with.a: must be a single value"),
        ("{$file: p.md, with: {a: '${var.m}'}}", "3:38: description.with.a: must be a single value"),
        (
            "{$file: p.md, with: {a: null}}",
            '3:38: description.with.a: must not be null: it becomes part of a text; write "" for an empty one',
        ),
        (
            "{$file: p.md, with: {a: '${var.z}'}}",
            '3:38: description.with.a: must not be null: it becomes part of a text; write "" for an empty one '
            "(the value is from sgpctl.yaml:3)",
        ),
        (
            "{$file: s.yaml, with: {a: b}}",
            "3:30: description.with: `with` fills in texts, and 's.yaml' is none",
        ),
        (
            "{$file: r.csv, with: {a: b}}",
            "3:29: description.with: `with` fills in texts, and 'r.csv' is none",
        ),
        (
            "{$file: r.jsonl, with: {a: b}}",
            "3:31: description.with: `with` fills in texts, and 'r.jsonl' is none",
        ),
    ],
)
def test_with_takes_single_values_for_texts_only(tmp_path: Path, include: str, expected: str) -> None:
    files: dict[str, str | bytes] = {
        "a.yaml": f"{MANIFEST}description: {include}\n",
        "p.md": "${a}",
        "s.yaml": "k: v\n",
        "r.csv": "a\n1\n",
        "r.jsonl": "{}\n",
    }
    (line,) = errors(load_files(tmp_path, files, "variables: {m: {a: 1}, z: }\nmanifests: [a.yaml]\n"))
    assert line.startswith(f"a.yaml:{expected}")


@given(st.text("ab${}\n ", max_size=60), st.sampled_from(["", "x", "${a}"]))
def test_a_text_that_is_filled_without_complaint_has_no_reference_of_its_own_left(
    text: str, value: str
) -> None:
    values = LocatedMap(("f", 1, 1))
    values.put("a", value, ("f", 1, 1), ("f", 1, 4))
    found = filled(text, "p.md", values, (), scope=Scope(), account=Spent())
    if any(problem.is_error for problem in found.problems):
        assert all(problem.file == "p.md" for problem in found.problems if problem.is_error)
    else:
        assert found.text == text.replace("$${", "\0").replace("${a}", value).replace("\0", "${")


def test_types_of_values_are_written_as_yaml_writes_them() -> None:
    values = LocatedMap(("f", 1, 1))
    given: dict[str, Json] = {"t": True, "i": 1, "f": 0.5}
    for key, value in given.items():
        values.put(key, value, ("f", 1, 1), ("f", 1, 4))
    found = filled("${t} ${i} ${f}", "p.md", values, (), scope=Scope(), account=Spent())
    assert (found.text, found.problems) == ("true 1 0.5", ())
