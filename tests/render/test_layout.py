"""Lines as values: columns adapt, names are never cut, colour changes nothing but colour."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sgpctl.render.ansi import ansi
from sgpctl.render.glyphs import ASCII, UNICODE, glyphs_for
from sgpctl.render.layout import Line, Span, Style, columns, line_width, plain, wrapped

spans = st.builds(Span, st.text(st.characters(), max_size=20), st.sampled_from(Style))
lines = st.lists(st.lists(spans, max_size=4).map(tuple), max_size=5)


def _table(*rows: tuple[str, ...], width: int = 40) -> str:
    cells = [[Span(text) for text in row] for row in rows]
    return plain(
        [
            line
            for row in columns(cells, width=width, fold_at=1, right=frozenset({2}), caps={1: 10})
            for line in row
        ]
    )


@given(lines)
def test_coloured_text_is_the_plain_text_with_codes_around_it(some: list[Line]) -> None:
    assert re.sub(r"\x1b\[[0-9;]*m", "", ansi(some)) == plain(some)


@given(lines)
def test_a_line_stays_one_line_whatever_it_says(some: list[Line]) -> None:
    assert plain(some).split("\n") == ["".join(span.text for span in line) for line in some] + [""]


def test_plain_output_does_not_load_rich_or_anything_of_the_network() -> None:
    modules = "sgpctl.render.plan_text, sgpctl.render.outcome_text, sgpctl.render.list_text"
    program = (
        f"import sys, {modules}; print(sorted({{'rich', 'httpx', 'deepdiff', 'yaml'}} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_columns_stand_beneath_each_other() -> None:
    assert _table(("+", "a", "1 row"), ("-/+", "longer", "20 rows")) == (
        "+    a         1 row\n-/+  longer  20 rows\n"
    )


def test_wide_letters_count_as_the_cells_they_take() -> None:
    assert _table(("+", "返品", "x"), ("+", "abcd", "x")) == "+  返品  x\n+  abcd  x\n"


def test_a_name_wider_than_its_column_stands_alone_and_whole() -> None:
    assert _table(("+", "a-name-too-long-for-it", "x"), ("+", "short", "x")) == (
        "+  a-name-too-long-for-it\n          x\n+  short  x\n"
    )


def test_a_cell_that_would_cross_the_width_goes_beneath_the_name() -> None:
    assert _table(("+", "name", "5", "support/a-long-place.yaml:1"), width=30) == (
        "+  name  5\n   support/a-long-place.yaml:1\n"
    )


def test_an_empty_column_takes_no_room() -> None:
    assert _table(("+", "name", "", "x")) == "+  name  x\n"


@given(
    st.text(st.characters(codec="ascii", categories=["Lu", "Ll", "Zs"]), max_size=200),
    st.integers(min_value=20, max_value=80),
)
def test_wrapping_loses_no_word_and_keeps_to_the_width(text: str, width: int) -> None:
    broken = wrapped(text, first="- ", rest="  ", width=width)
    words = " ".join("".join(span.text for span in line)[2:] for line in broken).split()
    assert words == text.split()
    for line in broken:
        assert line_width(line) <= width or len("".join(span.text for span in line).split()) <= 2


def test_a_terminal_without_arrows_gets_ascii() -> None:
    assert glyphs_for("utf-8") is UNICODE
    for encoding in ("ascii", "cp1252", "no-such-encoding", None):
        assert glyphs_for(encoding) is ASCII


def test_every_ascii_sign_is_ascii() -> None:
    assert "".join([*ASCII.symbols.values(), ASCII.ellipsis, ASCII.unchanged]).isascii()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("::error::x", "\\x3a:error::x"),
        ("   ::group::x", "   \\x3a:group::x"),
        ("\u3000::group::x", "\u3000\\x3a:group::x"),
        ("a ##[group]x", "a \\x23#[group]x"),
        ("a ##vso[task.complete]x ##[b]", "a \\x23#vso[task.complete]x \\x23#[b]"),
        ("###[x]", "#\\x23#[x]"),
        ("a::b :: c", "a::b :: c"),
        ("## heading", "## heading"),
    ],
)
def test_what_a_ci_service_obeys_is_shown_as_an_escape(text: str, shown: str) -> None:
    assert plain([(Span(text),)]) == f"{shown}\n"
    for cut in range(len(text)):
        assert plain([(Span(text[:cut]), Span(text[cut:]))]) == f"{shown}\n"


def test_more_than_one_space_in_a_cell_does_not_end_its_column() -> None:
    assert _table(("+", "a  b", "x")) == "+  a \\x20b  x\n"
