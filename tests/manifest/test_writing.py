"""What is written is read back by the strict loader as the very same values, without a warning."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from sgpctl.limits import INLINE_ROWS_MAX
from sgpctl.manifest.formatting.order import Kind
from sgpctl.manifest.formatting.text import format_text
from sgpctl.manifest.loader import load
from sgpctl.manifest.project import read_project
from sgpctl.manifest.writing.manifest import NotWritable, RowsPlace, manifest_files
from sgpctl.manifest.writing.names import stem_of, unique
from sgpctl.manifest.writing.yaml_text import yaml_text
from sgpctl.manifest.yaml_document import read_yaml
from sgpctl.model.located import Json

TRAPS = [
    *(
        "no",
        "on",
        "Yes",
        "y",
        "null",
        "~",
        "",
        "true",
        "0123",
        "0o17",
        "0x1F",
        "1_000",
        "1:30",
        "1e3",
        "1.5e3",
    ),
    *(
        "2026-11-23",
        "2026-11-23T10:00:00Z",
        "=",
        "<<",
        ".inf",
        "NaN",
        "-",
        "- a",
        "? a",
        ": a",
        "a: b",
        "a:",
        "#a",
    ),
    *(
        "a #b",
        "&a",
        "*a",
        "!!str a",
        "|",
        ">",
        "%a",
        "@a",
        "`a`",
        "'a'",
        '"a"',
        "{a}",
        "[a]",
        "{{item.x}}",
        "a, b",
    ),
    *(
        " a",
        "a ",
        "a\tb",
        "a\rb",
        "a\r\nb",
        "---",
        "...",
        "a\n",
        "a\n\n",
        "\na",
        "a\n b",
        "  a\nb",
        "a\n \nb",
        "\n",
    ),
    *(
        "a\x0cb",
        "\x7f",
        "\x85",
        "\u2028",
        "\ufeff",
        "\ufffe",
        "\U0001fffe",
        "👩‍👩‍👧",
        "٣",
        "é",
        "\\",
        "a\\nb",
        "\x1b[31m",
    ),
    *("${x}", "$${x}", "$$${x}", "${", "a${b}c${d}"),
]
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")) | st.sampled_from(TRAPS)
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(texts, values, min_size=1, max_size=4))
@example({text: [text, {text: text}] for text in TRAPS})
@example({"a": [[["b"], []], {}, [{}], {"c": {"d": []}}]})
@example({"a": 1e22, "b": -1e-7, "c": 5e-324, "d": -0.0})
def test_yaml_is_read_back_as_the_same_value_without_a_warning(document: dict[str, Json]) -> None:
    parsed = read_yaml(yaml_text(document), "m.yaml")
    assert parsed.problems == ()
    (read,) = parsed.documents
    assert json.dumps(read.root) == json.dumps(document)


def project_with(files: dict[str, str], folder: Path) -> Path:
    for name, text in {**files, "sgpctl.yaml": "version: 1\nproject: p\n"}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    return folder


def read_back(files: dict[str, str], folder: Path) -> dict[str, Json]:
    loaded = load(read_project(project_with(files, folder).resolve()))
    assert loaded.problems == (), [str(problem) for problem in loaded.problems]
    (one,) = loaded.desired
    return dict(one.body)


def body(**fields: Any) -> dict[str, Json]:
    return {"name": "a", "data": [{"q": "1"}], **fields}


def chat(content: str) -> dict[str, Json]:
    messages: list[Json] = [{"role": "system", "content": content}, {"role": "user", "content": "{{item.q}}"}]
    return {
        "alias": "answer",
        "task_type": "chat_completion",
        "configuration": {"model": "m/n", "messages": messages},
    }


@given(text=texts, more=texts)
@example(text="${a${b}}", more="x" * 300 + "\n${y}")
@example(text="a\n" * 100, more="# b\r\n" * 100)
@example(text="\ufeffa\n" * 100, more="\x01\n" * 200)
@example(text="${a${b}\ufeff", more="${a${b}")
def test_any_text_comes_back_whether_it_stands_in_the_manifest_or_in_a_file(
    tmp_path_factory: pytest.TempPathFactory, text: str, more: str
) -> None:
    assume("item." not in text)  # a template that names a column which no row has is refused, and rightly so
    whole = body(
        metadata={"note": text, "more": [more]},
        taxonomy_params={"guide": more},
        tasks=[chat(text)],
        data=[{"q": more}],
    )
    folder = tmp_path_factory.mktemp("project")
    assert read_back(manifest_files(whole, "a"), folder) == whole


def test_keys_come_in_one_order_and_scalars_stay_on_one_line() -> None:
    whole = body(
        tasks=[chat("Be brief.")], tags=["gate", "nightly"], description="Why: so.", metadata={"count": 1}
    )
    assert manifest_files(whole, "a", comment="From e1\nname: b") == {
        "a.yaml": """\
# From e1\\nname: b
name: a
description: "Why: so."
tags: [gate, nightly]
metadata:
  count: 1
data:
  - q: "1"
tasks:
  - alias: answer
    task_type: chat_completion
    configuration:
      model: m/n
      messages:
        - role: system
          content: Be brief.
        - role: user
          content: "{{item.q}}"
"""
    }


def test_long_texts_get_files_that_are_named_for_what_they_are() -> None:
    long = "One line.\n" * 30
    source = "def grade(q):\n    a = 1\n    b = 2\n    c = 3\n    return a\n"
    tasks: list[Json] = [
        chat(long),
        {"task_type": "custom_function", "configuration": {"function_source": source}},
        {
            "alias": "../x",
            "task_type": "t",
            "configuration": {"prompt": long, "role": "/etc", "content": long},
        },
        {"alias": "../x", "task_type": "t", "configuration": {"prompt": long}},
    ]
    files = manifest_files(body(tasks=tasks), "a")
    assert [*files] == [
        "a.yaml",
        "a/answer-system.md",
        "a/grade.py",
        "a/x-prompt.md",
        "a/x-etc.md",
        "a/x-prompt-2.md",
    ]
    assert files["a/grade.py"] == source
    assert "content: {$file: a/answer-system.md}" in files["a.yaml"]


def test_a_few_lines_stay_in_the_manifest_as_a_block() -> None:
    files = manifest_files(body(tasks=[chat("One.\nTwo.\n")]), "a")
    assert "content: |\n            One.\n            Two.\n" in files["a.yaml"]
    assert len(files) == 1


def test_what_is_written_is_in_the_style_of_fmt() -> None:
    tasks: list[Json] = [chat("One.\nTwo.\n"), chat("# x\n" * 90), {**chat("${x}"), "alias": "no"}]
    whole = body(
        tasks=tasks, taxonomy_params={"a": [["b"], {}]}, metadata={"a b": "1e3", "c": -1e-7}, tags=["é", ""]
    )
    text = manifest_files(whole, "a")["a.yaml"]
    assert format_text(text, "a.yaml", Kind.MANIFEST).text == text


@pytest.mark.parametrize(
    ("count", "place", "in_file"),
    [
        (INLINE_ROWS_MAX, None, False),
        (INLINE_ROWS_MAX + 1, None, True),
        (1, RowsPlace.FILE, True),
        (50, RowsPlace.INLINE, False),
    ],
)
def test_rows_go_where_they_are_wanted(
    count: int, place: RowsPlace | None, in_file: bool, tmp_path: Path
) -> None:
    whole = body(
        data=[{"q": f"{number}"} for number in range(count)],
        files=[{"f": f"{number}"} for number in range(count)],
    )
    files = manifest_files(whole, "a", place)
    assert ("a/rows.jsonl" in files, "a/files.jsonl" in files) == (in_file, in_file)
    assert read_back(files, tmp_path) == whole


@pytest.mark.parametrize(
    "row",
    [{"$file": "/etc/passwd"}, {"${x}": 1}, {"q": {"$file": "a"}}, {"\u2028": "\x85"}],
)
def test_rows_that_a_manifest_would_misread_go_into_a_file(row: dict[str, Json], tmp_path: Path) -> None:
    whole = body(data=[row])
    assert read_back(manifest_files(whole, "a", RowsPlace.INLINE), tmp_path) == whole


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"metadata": {"$file": "x"}}, "metadata.$file"),
        ({"metadata": {"${x}": 1}}, "metadata.${x}"),
        ({"data": [{"q": "\0"}]}, "data[0].q: the character NUL"),
        ({"data": [{"q": [{"\0": 1}]}]}, "data[0].q[0]"),
        ({"data": [{"q": "\ud800"}]}, "half of a surrogate pair"),
        ({"description": "\udfff"}, "description: half of a surrogate pair"),
        ({"tasks": [{"configuration": {"p": "\0"}}]}, "tasks[0].configuration.p"),
    ],
)
def test_what_no_manifest_can_hold_is_told_with_its_place(fields: dict[str, Json], words: str) -> None:
    with pytest.raises(NotWritable) as told:
        manifest_files(body(**fields), "a")
    assert words in str(told.value)
    assert str(told.value).isprintable()


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("Grounded answers (v2)", "grounded-answers-v2"),
        ("../../etc/passwd", "etc-passwd"),
        ("\x1b[31mred", "31mred"),
        ("${HOME}", "home"),
        ("Grün & Blau", "grun-blau"),
        ("評価", "evaluation-1a2b"),
        ("", "evaluation-1a2b"),
        ("...", "evaluation-1a2b"),
        ("sgpctl", "sgpctl-1"),
        ("CON", "con-1"),
        ("a" * 128, "a" * 60),
    ],
)
def test_a_file_name_is_safe_whatever_the_name_is(name: str, stem: str) -> None:
    assert stem_of(name, "evaluation-1a2b") == stem


@given(texts)
def test_every_file_name_is_a_plain_one(name: str) -> None:
    stem = stem_of(name, "evaluation-1")
    assert stem
    assert stem.replace("-", "a").isalnum()
    assert stem.isascii()
    assert stem == stem.lower()


def test_a_name_that_is_taken_gets_a_number() -> None:
    assert unique("a", {"a", "a-2"}) == "a-3"
