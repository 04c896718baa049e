from __future__ import annotations

from sgpctl.limits import DOCUMENT_DEPTH_MAX, DOCUMENT_NODES_MAX, PROBLEMS_PER_FILE_MAX
from sgpctl.manifest.json_document import read_json
from sgpctl.model.located import key_mark, value_mark


def test_every_key_and_value_knows_its_line_and_column() -> None:
    root = read_json('\n {"name": "é😀", "tasks": [1,\r\n  {"a\\n": [], "b": {}}]}', "f").documents[0].root
    assert value_mark(root, ()) == ("f", 2, 2)
    assert key_mark(root, ("name",)) == ("f", 2, 3)
    assert value_mark(root, ("name",)) == ("f", 2, 11)
    assert key_mark(root, ("tasks",)) == ("f", 2, 17)
    assert value_mark(root, ("tasks", 0)) == ("f", 2, 27)
    assert value_mark(root, ("tasks", 1)) == ("f", 3, 3)
    assert key_mark(root, ("tasks", 1, "a\n")) == ("f", 3, 4)
    assert value_mark(root, ("tasks", 1, "b")) == ("f", 3, 20)


def test_10_000_levels_of_nesting_are_refused() -> None:
    for opening in ("[", '{"a":', '[{"a": '):
        (problem,) = read_json(opening * 10_000, "f").problems
        assert problem.message == f"maps and lists are nested more than {DOCUMENT_DEPTH_MAX} levels deep"


def test_the_deepest_nesting_that_is_allowed_is_read() -> None:
    depth = DOCUMENT_DEPTH_MAX
    parsed = read_json("[" * depth + "]" * depth, "f")
    assert parsed.problems == ()
    assert parsed.documents[0].extent.height == depth
    assert read_json("[" * (depth + 1) + "]" * (depth + 1), "f").problems


def test_more_values_than_allowed_are_refused() -> None:
    (problem,) = read_json("[" + "1," * DOCUMENT_NODES_MAX + "1]", "f").problems
    assert "more than 1,000,000 values" in problem.message


def test_a_flood_of_errors_ends_the_reading() -> None:
    parsed = read_json("[" + "NaN," * (PROBLEMS_PER_FILE_MAX + 50) + "1]", "f")
    assert len(parsed.problems) == PROBLEMS_PER_FILE_MAX + 1
    assert parsed.documents == ()


def test_a_refused_value_does_not_end_the_reading() -> None:
    parsed = read_json('{"a": NaN, "a": 1, "b": "\\ud800", "c": 2}', "f")
    assert [(problem.column, problem.path) for problem in parsed.problems] == [(7, "a"), (12, "a"), (25, "b")]
    assert parsed.documents[0].root == {"a": None, "b": "", "c": 2}
