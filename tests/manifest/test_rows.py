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
        (2, 9), (3, 1), (4, 10), (5, 7), (6, 7), (7, 9), (8, 7), (9, 7), (10, 7), (11, 106), (12, 10), (13, 1),
    ]  # fmt: skip
    messages = [problem.message for problem in read.problems]
    assert messages[1] == 'a row must be an object: {"column": value, ...}'
    assert messages[2] == "the key 'a' stands here a second time; the first is in line 4"
    assert messages[3] == "NaN is not a number that JSON can carry"
    assert messages[9] == "maps and lists are nested more than 100 levels deep"
    assert messages[10] == "the row has ended before this; each row is one object on a line of its own"


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
        (
            'a\n"x"y\n',
            "f:2:1: the row that starts here is not CSV: text follows the quotes that close a cell",
        ),
        (
            'a\n1\n"never\nclosed\n',
            "f:3:1: the row that starts here is not CSV: the quotes that it opens are never closed",
        ),
    ],
)
def test_csv_that_cannot_be_read_says_where_and_why(text: str, message: str) -> None:
    (problem,) = said(read_csv(text, "f"))
    assert problem.startswith(message)


def test_a_header_of_very_many_columns_is_read_in_one_go() -> None:
    columns = [f"column {number}" for number in range(200_000)]
    assert read_csv(",".join(columns) + "\n", "f").problems == ()
    assert said(read_csv(",".join([*columns, columns[-1]]) + "\n", "f")) == [
        "f:1:1: the header names the column 'column 199999' twice"
    ]


def test_a_key_that_stands_twice_among_very_many_is_found_in_one_go() -> None:
    keys = ", ".join(f'"{number}": 0' for number in (*range(200_000), 199_999))
    assert said(read_jsonl(f"{{{keys}}}", "f")) == [
        f"f:1:{keys.rindex(chr(34) + '199999') + 2}: 199999: the key '199999' stands here a second time; "
        "the first is in line 1"
    ]


def test_a_text_of_a_megabyte_is_a_value_like_any_other() -> None:
    text = "x" * 1_000_000
    assert read_jsonl(f'{{"a": "{text}"}}\n', "f").rows == [{"a": text}]
    assert read_csv(f'a\n"{text}"\n', "f").rows == [{"a": text}]
    assert said(read_csv(f'a\n"{text}\n', "f")) == [
        "f:2:1: the row that starts here is not CSV: the quotes that it opens are never closed"
    ]


def test_a_cell_may_be_longer_than_the_csv_module_allows_by_itself() -> None:
    assert read_csv(f"a\n{'x' * 200_000}\n", "f").rows == [{"a": "x" * 200_000}]
