"""Laws of reading: what was written by others comes back the same, whatever the format and the layout."""

from __future__ import annotations

import csv
import io
import json

import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from sgpctl.manifest.document import Parsed
from sgpctl.manifest.json_document import read_json
from sgpctl.manifest.rows import read_csv, read_jsonl
from sgpctl.manifest.yaml_document import read_yaml
from sgpctl.manifest.yaml_scalar import plain
from sgpctl.model.located import Json, LocatedList, LocatedMap, Mark

# What every format can carry: no NUL and no surrogates, and for YAML nothing that its readers take for a line end.
TEXT = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0\x85\u2028\u2029\ufeff"), max_size=20
)
SCALAR = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT
VALUE: st.SearchStrategy[Json] = st.recursive(
    SCALAR,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)
DOCUMENT = st.dictionaries(TEXT, VALUE, min_size=1, max_size=4)


def same(left: Json, right: Json) -> bool:
    """Equal also in type: 1, 1.0 and True are three values."""
    return json.dumps(left, sort_keys=True) == json.dumps(right, sort_keys=True)


def root_of(parsed: Parsed) -> Json:
    assert [problem for problem in parsed.problems if problem.is_error] == []
    return parsed.documents[0].root


def dumped(
    value: Json, *, default_flow_style: bool | None = False, indent: int = 2, allow_unicode: bool = False
) -> str:
    return str(
        yaml.dump(
            value,
            Dumper=yaml.CSafeDumper,
            default_flow_style=default_flow_style,
            indent=indent,
            allow_unicode=allow_unicode,
            width=30,
        )
    )


@given(DOCUMENT, st.sampled_from([True, False, None]), st.integers(2, 8), st.booleans())
def test_what_pyyaml_dumps_is_read_as_it_was_or_the_difference_is_said(
    value: Json, flow: bool | None, indent: int, unicode: bool
) -> None:
    text = dumped(value, default_flow_style=flow, indent=indent, allow_unicode=unicode)
    parsed = read_yaml(text, "f")
    if parsed.problems:  # PyYAML writes YAML 1.1, where 1e3 and NaN are text without quotes
        assert all("quotes" in problem.message for problem in parsed.problems)
    else:
        assert same(root_of(parsed), value)


@given(DOCUMENT, st.sampled_from([None, 1, 4]))
def test_json_is_read_as_it_was_by_both_readers(value: Json, indent: int | None) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=False)
    assert same(root_of(read_json(text, "f")), value)
    if "\x7f" not in text and not any("\x80" <= char <= "\x9f" or char in "\ufffe\uffff" for char in text):
        keys_fit = all(len(line) < 1000 for line in text.splitlines())
        assert not keys_fit or same(root_of(read_yaml(text, "f")), value)


@given(DOCUMENT)
def test_escaped_json_is_read_as_it_was(value: Json) -> None:
    assert same(root_of(read_json(json.dumps(value), "f")), value)


@given(DOCUMENT)
def test_the_height_is_the_number_of_levels(value: Json) -> None:
    text = json.dumps(value)
    for parsed in (read_json(text, "f"), read_yaml(dumped(value), "f")):
        assert parsed.problems or parsed.documents[0].extent.height == _height(value)


@given(st.lists(DOCUMENT, max_size=5))
def test_rows_of_jsonl_are_read_as_they_were(rows: list[dict[str, Json]]) -> None:
    read = read_jsonl("".join(json.dumps(row) + "\n" for row in rows), "f")
    assert read.problems == ()
    assert same(list(read.rows), list(rows))
    assert [mark[1] for mark in read.rows.values_at] == list(range(1, len(rows) + 1))


CELL = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=10)


@given(st.lists(CELL.filter(bool), min_size=2, max_size=4, unique=True), st.data())
def test_rows_of_csv_are_read_as_they_were(columns: list[str], data: st.DataObject) -> None:
    rows = data.draw(st.lists(st.lists(CELL, min_size=len(columns), max_size=len(columns)), max_size=5))
    written = io.StringIO()
    csv.writer(written, quoting=csv.QUOTE_ALL).writerows([columns, *rows])
    read = read_csv(written.getvalue(), "f")
    assert read.problems == ()
    assert list(read.rows) == [dict(zip(columns, row, strict=True)) for row in rows]


@given(st.text(max_size=200))
def test_no_text_at_all_makes_a_reader_fail(text: str) -> None:
    for parsed in (read_yaml(text, "f"), read_json(text, "f")):
        assert all(problem.line >= 1 and problem.column >= 1 for problem in parsed.problems)
    for rows in (read_jsonl(text, "f"), read_csv(text, "f")):
        assert all(problem.line >= 1 for problem in rows.problems)


@given(st.text("[]{}:,-?&*a!|>'\"%@`#~<=0.e \n\t", max_size=60))
def test_no_punctuation_makes_the_yaml_reader_fail(text: str) -> None:
    for problem in read_yaml(text, "f").problems:
        assert problem.line >= 1
        assert str(problem).isprintable()


@given(st.from_regex(r"\A[-+.0-9:_eExXobBnaN]{1,12}\Z"))
@example(".0_")
@example("._0")
@example("1_0.5e+3")
def test_a_plain_scalar_is_text_or_the_number_that_it_spells(text: str) -> None:
    try:
        value, doubt = plain(text)
    except ValueError:
        return
    assert isinstance(value, str | int | float)
    if isinstance(value, str):
        assert value == text
    if doubt is None:
        assert _is_read_alike(text, value)


@given(DOCUMENT)
def test_every_part_of_a_document_has_a_place_inside_its_text(value: Json) -> None:
    as_json, as_yaml = json.dumps(value, indent=1), dumped(value)
    for text, parsed in ((as_json, read_json(as_json, "f")), (as_yaml, read_yaml(as_yaml, "f"))):
        lines = text.split("\n")
        for _, line, column in _marks(parsed.documents[0].root):
            assert 1 <= column <= len(lines[line - 1]) + 1


def _is_read_alike(text: str, value: Json) -> bool:
    """Whether a YAML 1.1 reader agrees, where the reader does not fail at what it takes for a number."""
    try:
        other = yaml.safe_load(text)
    except (ValueError, yaml.YAMLError):
        return True
    if not isinstance(other, str | int | float):  # it was not one scalar
        return True
    return other == value and isinstance(other, type(value))


def _marks(value: Json) -> list[Mark]:
    if isinstance(value, LocatedMap):
        inner = [mark for part in value.values() for mark in _marks(part)]
        return [value.mark, *value.keys_at.values(), *value.values_at.values(), *inner]
    if isinstance(value, LocatedList):
        return [value.mark, *value.values_at, *(mark for part in value for mark in _marks(part))]
    return []


def _height(value: Json) -> int:
    if isinstance(value, dict | list):
        parts = value.values() if isinstance(value, dict) else value
        return 1 + max((_height(part) for part in parts), default=0)
    return 0
