from __future__ import annotations

import pytest

from sgpctl.manifest.rows import Rows, read_csv, read_jsonl


def said(rows: Rows) -> list[str]:
    return [str(problem) for problem in rows.problems]


def test_each_line_of_jsonl_is_a_row_that_knows_its_line() -> None:
    read = read_jsonl('{"a": 1}\n\n  \r\n{"a": "é\u2028", "b": [null, 1.5]}\r\n', "f")
    assert read.rows == [{"a": 1}, {"a": "é\u2028", "b": [None, 1.5]}]
    assert read.rows.values_at == [("f", 1, 1), ("f", 4, 1)]
    assert read.problems == ()


def test_all_bad_lines_of_jsonl_are_named_at_once() -> None:
    lines = [
        '{"a": 1}',
        '{"a": 1,}',
        "[1]",
        '{"a": 1, "a": 2}',
        '{"a": NaN}',
        '{"a": 1e999}',
        '{"a": "x\ty"}',
        '{"a": ' + "9" * 5000 + "}",
        '{"a": "\\ud800"}',
        '{"a": "\\u0000"}',
        '{"a": ' + "[" * 5000,
        '{"a": 1} x',
        "text",
    ]
    read = read_jsonl("\n".join(lines), "f")
    assert read.rows == [{"a": 1}]
    assert [(problem.line, problem.column) for problem in read.problems] == [
        (2, 9), (3, 1), (4, 1), (5, 1), (6, 1), (7, 9), (8, 1), (9, 1), (10, 1), (11, 1), (12, 10), (13, 1),
    ]  # fmt: skip
    messages = [problem.message for problem in read.problems]
    assert messages[1] == 'a row must be an object: {"column": value, ...}'
    assert messages[2] == "the key 'a' stands in this row twice"
    assert messages[3] == "NaN is not a number that JSON can carry"
    assert messages[9] == "the row is nested more than 100 levels deep"


def test_escapes_of_emojis_and_escaped_backslashes_are_no_broken_characters() -> None:
    read = read_jsonl('{"a": "\\ud83d\\ude00", "b": "\\\\u0000 \\\\ud800"}', "f")
    assert read.problems == ()
    assert read.rows == [{"a": "😀", "b": "\\u0000 \\ud800"}]


def test_a_json_list_in_a_jsonl_file_gets_one_error() -> None:
    assert said(read_jsonl('[\n{"a": 1}\n]\n', "f")) == [
        "f:1:1: this is a JSON list, not one object per line; give the file the ending .json"
    ]


def test_a_wide_row_is_not_a_deep_row() -> None:
    read = read_jsonl('{"a": [' + ", ".join(['{"b": "[[["}'] * 200) + "]}", "f")
    assert read.problems == ()
    assert read.extent.height == 4


def test_csv_cells_are_text_verbatim_and_rows_know_where_they_start() -> None:
    read = read_csv('a,"b c"\n1, x \r\n"two\nlines","say ""hi"""\n\n007,\n', "f")
    assert read.rows == [
        {"a": "1", "b c": " x "},
        {"a": "two\nlines", "b c": 'say "hi"'},
        {"a": "007", "b c": ""},
    ]
    assert [mark[1] for mark in read.rows.values_at] == [2, 3, 6]
    assert read.problems == ()


def test_ragged_rows_are_all_named_with_their_lines() -> None:
    assert said(read_csv('a,b\n1\n"x\ny",2\n1,2,3\n', "f")) == [
        "f:2:1: this row has 1 cells, and the header names 2 columns",
        "f:5:1: this row has 3 cells, and the header names 2 columns",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "f:1:1: the file is empty; its first line must name the columns"),
        ("\n\n", "f:1:1: the file is empty; its first line must name the columns"),
        ("a,,c\n1,2,3\n", "f:1:1: column 2 has no name in the header"),
        ("\na,b,a\n1,2,3\n", "f:2:1: the header names the column 'a' twice"),
        ('a\n"x"y\n', "f:2:1: the row that starts here is not CSV: ',' expected after '\"'"),
        ('a\n1\n"never\nclosed\n', "f:3:1: the row that starts here is not CSV: unexpected end of data"),
    ],
)
def test_csv_that_cannot_be_read_says_where_and_why(text: str, message: str) -> None:
    assert said(read_csv(text, "f")) == [message]


def test_a_cell_may_be_longer_than_the_csv_module_allows_by_itself() -> None:
    assert read_csv(f"a\n{'x' * 200_000}\n", "f").rows == [{"a": "x" * 200_000}]
