from __future__ import annotations

from sgpctl.limits import DOCUMENT_DEPTH_MAX, DOCUMENTS_PER_FILE_MAX, PROBLEMS_PER_FILE_MAX
from sgpctl.manifest.document import Parsed
from sgpctl.manifest.yaml_document import read_yaml
from sgpctl.model.located import Json, LocatedList, LocatedMap, key_mark, value_mark


def root_of(text: str) -> Json:
    parsed = read_yaml(text, "f")
    assert parsed.problems == ()
    return parsed.documents[0].root


def said(parsed: Parsed) -> list[str]:
    return [str(problem) for problem in parsed.problems]


def test_every_key_and_value_knows_its_line_and_column() -> None:
    root = root_of("name: x\ntasks:\n  - alias: a\n    configuration: {model: m, stop: [p, q]}\n")
    assert key_mark(root, ("name",)) == ("f", 1, 1)
    assert value_mark(root, ("name",)) == ("f", 1, 7)
    assert value_mark(root, ("tasks",)) == ("f", 3, 3)
    assert value_mark(root, ("tasks", 0)) == ("f", 3, 5)
    assert key_mark(root, ("tasks", 0, "configuration")) == ("f", 4, 5)
    assert key_mark(root, ("tasks", 0, "configuration", "stop")) == ("f", 4, 31)
    assert value_mark(root, ("tasks", 0, "configuration", "stop", 1)) == ("f", 4, 41)


def test_columns_count_characters_after_multi_byte_text_and_lines_after_block_texts() -> None:
    root = root_of('"ключ😀": {é: 😀, c: d}\ntext: |\n  é\n  😀\nlast: [ü, z]\n')
    assert value_mark(root, ("ключ😀", "c")) == ("f", 1, 20)
    assert value_mark(root, ("last", 1)) == ("f", 5, 11)


def test_the_second_document_goes_on_counting_lines() -> None:
    parsed = read_yaml("a: 1\n---\nb: 2\n", "f")
    assert [document.mark for document in parsed.documents] == [("f", 1, 1), ("f", 3, 1)]


def test_what_an_alias_brings_keeps_the_place_where_it_was_written() -> None:
    root = root_of("base: &b\n  model: m\na: *b\nc:\n  <<: *b\n  own: 1\n")
    assert value_mark(root, ("a", "model")) == ("f", 2, 10)
    assert key_mark(root, ("c", "model")) == ("f", 2, 3)
    assert key_mark(root, ("c", "own")) == ("f", 6, 3)


def test_an_alias_shares_its_value_and_a_merge_copies_the_keys() -> None:
    root = root_of("a: &a {x: [1]}\nb: *a\nc: {<<: *a, y: 2}\n")
    assert isinstance(root, LocatedMap)
    assert root["b"] is root["a"]
    assert root["a"] == {"x": [1]}
    assert root["c"] == {"x": [1], "y": 2}


def test_10_000_levels_of_nesting_are_refused_whatever_they_are_made_of() -> None:
    for opening in ("[", "{a: ", "- ", "? ", "[\n", "{ ? "):
        last = said(read_yaml(opening * 10_000, "f"))[-1]
        assert f"nested more than {DOCUMENT_DEPTH_MAX} levels deep" in last
    indented = "".join(" " * depth + "a:\n" for depth in range(1_000))
    assert said(read_yaml(indented, "f")) == [
        f"f:101:101: maps and lists are nested more than {DOCUMENT_DEPTH_MAX} levels deep"
    ]


def test_the_deepest_nesting_that_is_allowed_is_read() -> None:
    depth = DOCUMENT_DEPTH_MAX
    parsed = read_yaml("[" * depth + "]" * depth, "f")
    assert parsed.problems == ()
    assert parsed.documents[0].extent.height == depth
    assert said(read_yaml("[" * (depth + 1) + "]" * (depth + 1), "f"))


def test_the_extent_counts_aliases_every_time() -> None:
    extent = read_yaml("a: &a [xy, {k: z}]\nb: [*a, *a]\n", "f").documents[0].extent
    assert extent.nodes == 1 + 2 + 5 + 1 + 2 * 5  # keys are nodes, too
    assert extent.chars == len("ab") + 3 * len("xykz")
    assert extent.height == 4


def test_more_documents_than_allowed_are_refused() -> None:
    parsed = read_yaml("---\na\n" * (DOCUMENTS_PER_FILE_MAX + 1), "f")
    assert len(parsed.documents) == DOCUMENTS_PER_FILE_MAX
    assert "more than 10,000 documents in one file" in said(parsed)[-1]


def test_a_flood_of_warnings_is_cut_and_the_file_is_still_read() -> None:
    parsed = read_yaml("[" + "no, " * (PROBLEMS_PER_FILE_MAX + 5) + "x]", "f")
    assert len(parsed.problems) == PROBLEMS_PER_FILE_MAX
    assert isinstance(parsed.documents[0].root, LocatedList)


def test_a_flood_of_errors_ends_the_reading() -> None:
    parsed = read_yaml("[" + "*x, " * (PROBLEMS_PER_FILE_MAX + 50) + "x]", "f")
    assert len(parsed.problems) == PROBLEMS_PER_FILE_MAX + 1
    assert parsed.documents == ()


def test_documents_before_a_broken_one_are_returned() -> None:
    parsed = read_yaml("a: 1\n---\nb: [\n", "f")
    assert [document.root for document in parsed.documents] == [{"a": 1}]
    assert len(parsed.problems) == 1


def test_a_message_shows_no_control_characters_of_a_key() -> None:
    (line,) = said(read_yaml('"\\e[31m\\n": 1\n"\\e[31m\\n": 2\n', "f"))
    assert line.isprintable()
