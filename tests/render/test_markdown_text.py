"""Nothing that comes from a manifest or from the platform can be anything but text in our Markdown."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sgpctl.limits import MESSAGE_CELLS_MAX, NAME_CELLS_MAX
from sgpctl.render.markdown.text import (
    code,
    fenced,
    folded,
    name_lists,
    of_evaluations,
    prose,
    row,
    table_head,
)
from sgpctl.render.safe_text import safe, shortened
from tests.render.markdown_reading import has_only_our_markup, pings, read, table_rows
from tests.render.review_plans import FENCES, TRICKS

PIECES = (
    "@",
    "#1",
    "GH-2",
    "`",
    "``",
    "|",
    "\\",
    "<",
    "</details>",
    "&#64;",
    "*",
    "_",
    "[x](y)",
    "!",
    "~",
    "$",
    "\n",
)
texts = st.text(st.characters(), max_size=30) | st.lists(
    st.sampled_from([*PIECES, *TRICKS]) | st.text(max_size=4), max_size=8
).map("".join)


def shown(name: str) -> str:
    return shortened(name, NAME_CELLS_MAX, "…")


@given(texts)
def test_code_reads_as_exactly_the_visible_text(text: str) -> None:
    written = f"before {code(text)} after"
    [inline] = read(written).inlines
    assert inline.codes == (shown(text),)
    assert inline.words == "before  after"


@given(texts, texts)
def test_cells_hold_their_texts_and_nothing_ends_them(left: str, right: str) -> None:
    written = table_head("a", "b") + row(code(left), prose(right))
    document = read(written)
    assert table_rows(written) == [[2, 2, 2]]
    assert len(document.inlines) == 4
    assert document.inlines[2].codes == (shown(left),)
    assert document.inlines[2].words == ""


@given(texts)
@example("a@b c")
def test_a_message_has_no_markup_and_pings_nobody(text: str) -> None:
    for written in (prose(text), f"- {prose(text)}<br>\n  {prose(text)}", row(prose(text))):
        document = read(written)
        assert has_only_our_markup(document)
        assert pings(document.words) == []


@given(st.lists(st.text("abcXYZäé", min_size=1, max_size=6), min_size=1, max_size=6).map(" ".join))
def test_plain_words_stay_as_they_are(text: str) -> None:
    assert prose(text) == text


@pytest.mark.parametrize(
    ("message", "written"),
    [
        ("'tone' is protected, and so on.", "`tone` is protected, and so on."),
        ("'two words' (c0ffee00) was copied", "`two words` (`c0ffee00`) was copied"),
        ("say `--allow-archive 2`.", "say `--allow-archive 2`."),
        ("a.yaml:4:9: plain scalar 'no' is text", "`a.yaml:4:9`: plain scalar `no` is text"),
        (
            "it doesn't fit (422): 1,200 rows, of 2026-11-02",
            "it doesn't fit (422): 1,200 rows, of 2026-11-02",
        ),
        ("1. is no list", "`1`. is no list"),
        ("by commit deadbeef", "by commit `deadbeef`"),
        ("ask @octocat, see #12", "ask `@octocat`, see `#12`"),
        ("an `unfinished span", "an <code>&#96;unfinished</code> span"),
    ],
)
def test_messages_read_as_sentences_with_their_names_as_code(message: str, written: str) -> None:
    assert prose(message) == written


@given(texts.map(lambda text: text + FENCES) | texts)
def test_no_line_ends_a_fence(text: str) -> None:
    lines = [f"+{line}" for line in text.split("\n")] + text.split("\n")
    document = read(f"{fenced(lines, 'diff')}\n\nafter")
    assert document.fences == ("".join(f"{safe(line)}\n" for line in lines),)
    assert document.words == "after"


@given(st.lists(texts, min_size=1, max_size=8))
def test_names_stand_whole_in_lists_of_names(names: list[str]) -> None:
    written = "".join(name_lists([("why", names), ("and", names[:1])]))
    document = read(written)
    assert document.codes == {shown(name) for name in names}
    assert [inline.words.count(",") for inline in document.inlines] == [len(names), 1]


def test_many_evaluations_are_only_counted() -> None:
    assert of_evaluations(["a", "b"]) == "`a`, `b`"
    assert of_evaluations(["a"] * 240) == "240 evaluations"


def test_a_fold_is_opened_and_closed() -> None:
    opening, closing = folded("3 texts differ")
    document = read(f"{opening}text{closing}")
    assert has_only_our_markup(document)
    assert document.words == "text"


def test_only_what_no_manifest_may_be_named_is_cut() -> None:
    assert code("n" * NAME_CELLS_MAX) == f"`{'n' * NAME_CELLS_MAX}`"
    assert code("n" * 1_000).endswith("n…`")
    assert len(prose("word " * 1_000)) == MESSAGE_CELLS_MAX + len("``")
