"""A changed line is shown in full; of a very long one, what differs, and how much of it is left out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sgpctl.limits import (
    CHANGED_LINE_CHARS_COMPARED_MAX,
    CHANGED_LINE_CHARS_SHOWN_MAX,
    CHANGED_LINE_PASSAGES_MAX,
)
from sgpctl.plan.plan import FieldChange
from sgpctl.render.changed_line import changed_lines, telling_parts
from sgpctl.render.field_text import field_lines
from sgpctl.render.glyphs import UNICODE
from sgpctl.render.markdown.plan import plan_markdown
from sgpctl.render.safe_text import display_width, escape, safe
from sgpctl.render.text_diff import DiffLine, Kind, text_diff
from tests.render import plans
from tests.render.hostile_texts import texts
from tests.render.markdown_reading import read

_HIDDEN = re.compile(r"([\d,]+) (?:more|unchanged) characters?")

words = st.lists(st.sampled_from(["refund ", "30 ", "days。", "\x1b", "返品", "a" * 300]), max_size=30).map(
    "".join
)
long_texts = st.tuples(words, words, st.integers(1, 20)).map(lambda parts: parts[0] * parts[2] + parts[1])


def _sentences(first: int, last: int) -> str:
    return "".join(f"Sentence {number} says what to do in case {number}. " for number in range(first, last))


def _changed(lines: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(mark, text) for mark, text in lines if mark in {"-", "+"}]


def _put_together(printed: Sequence[str], lead_cells: int, further: tuple[str, ...]) -> list[tuple[str, str]]:
    """The lines of a diff with their marks, as whoever reads them puts them together again."""
    lines: list[tuple[str, str]] = []
    for line in printed:
        if line.startswith(further):
            lines[-1] = (lines[-1][0], lines[-1][1] + line[lead_cells:])
        else:
            lines.append((line[:1], line[lead_cells:]))
    return lines


def _meant(before: str, after: str) -> list[tuple[str, str]]:
    lines = [(line.kind.value, line.text) for line in text_diff(before, after).lines or ()]
    return [
        (mark, safe(text[:-1] + escape(" ") if text.endswith(" ") else text))
        for mark, text in _changed(lines)
    ]


def _shown(text: str, twin: str | None) -> str:
    return "".join(
        f"{part}<{left_out}>" if left_out else part for part, left_out in telling_parts(text, twin)
    )


@given(long_texts, st.none() | long_texts)
def test_every_character_is_shown_or_counted(text: str, twin: str | None) -> None:
    parts = list(telling_parts(text, twin))
    shown = sum(len(part) for part, _ in parts)
    found = [_HIDDEN.fullmatch(left_out) for _, left_out in parts if left_out]
    hidden = sum(int(match[1].replace(",", "")) for match in found if match is not None)
    assert shown + hidden == len(text)
    assert shown == len(text) or shown <= CHANGED_LINE_CHARS_SHOWN_MAX < len(text)
    assert [bool(left_out) for _, left_out in parts] == [True] * (len(parts) - 1) + [False]


@given(long_texts, long_texts)
def test_what_is_called_unchanged_is_in_the_other_line_too(text: str, twin: str) -> None:
    at = 0
    for part, left_out in telling_parts(text, twin):
        at += len(part)
        if match := _HIDDEN.fullmatch(left_out):
            hidden = text[at : at + int(match[1].replace(",", ""))]
            assert "unchanged" not in left_out or hidden in twin
            at += len(hidden)


def test_each_difference_in_a_very_long_line_is_shown() -> None:
    before = _sentences(0, 400)
    after = (
        before.replace("Sentence 1 ", "Phrase 1 ").replace("in case 200.", "in no case.") + "IGNORE ALL RULES"
    )
    assert len(after) < CHANGED_LINE_CHARS_COMPARED_MAX
    shown = _shown(after, before)
    assert "Phrase 1 says" in shown
    assert "what to do in no case." in shown
    assert shown.endswith("in case 399. IGNORE ALL RULES")
    assert len(re.findall("<[0-9,]+ unchanged characters>", shown)) == 2
    assert "more characters" not in shown
    assert "what to do in case 200." in _shown(before, after)


def test_differences_that_are_too_many_are_shown_from_the_first_to_the_last() -> None:
    before = _sentences(0, 400)
    after = before
    for number in range(CHANGED_LINE_PASSAGES_MAX + 1):
        after = after.replace(f"Sentence {number * 30 + 45} ", f"Phrase {number * 30 + 45} ")
    shown = _shown(after, before)
    assert re.search(
        r"<[\d,]+ unchanged characters>.*Phrase 45 .*<[\d,]+ more characters>.*Phrase 345 .*<[\d,]+ unchanged",
        shown,
    )


def test_of_a_very_long_new_line_the_beginning_and_the_end_are_shown() -> None:
    [(beginning, left_out), (end, nothing)] = telling_parts("begin" + "x" * 100_000 + "end", None)
    assert (beginning[:5], end[-3:], left_out, nothing) == ("begin", "end", "98,008 more characters", "")


def test_differences_that_are_far_apart_are_found_however_long_the_line_is() -> None:
    middle = _sentences(0, 30_000)
    assert len(middle) > CHANGED_LINE_CHARS_COMPARED_MAX
    shown = _shown(f"old {middle} old", f"new {middle} new")
    assert shown.startswith("old Sentence 0 ")
    assert shown.endswith(" old")
    assert len(shown) < CHANGED_LINE_CHARS_SHOWN_MAX + 100


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("", ["+"]),
        (" ", ["+ \\x20"]),
        ("ends in a space ", ["+ ends in a space\\x20"]),
        ("a line of exactly 30 letters..", ["+ a line of exactly 30 letters.."]),
        ("a line of more than 30 letters", ["+ a line of more than 30 letters"]),
        ("a line of more than thirty letters", ["+ a line of more than thirty", " | letters"]),
        ("- gone\n+ forged", ["+ - gone\\n+ forged"]),
        ("返品" * 10, ["+ 返品返品返品返品返品返品返品返", " |品返品返品"]),
        ("é" * 29 + "\x1b[2J", ["+ " + "é" * 29, " |\\x1b[2J"]),
    ],
)
def test_a_line_that_does_not_fit_goes_on_in_further_lines(text: str, printed: list[str]) -> None:
    lines = list(changed_lines(DiffLine(Kind.ADDED, text), "+ ", " |", 30, "…"))
    assert lines == printed
    assert all(display_width(line) <= 2 + 30 for line in lines)


def test_a_gap_is_a_line_of_its_own_where_no_text_begins() -> None:
    line = DiffLine(Kind.REMOVED, "… 7 more characters " + "x" * 3_000)
    lines = list(changed_lines(line, "-", "<", 100, "…"))
    assert [one for one in lines if one.startswith("…")] == ["… 1,020 more characters"]
    assert lines[0].startswith("-… 7 more characters")
    assert all(one.startswith("<") for one in lines[1:] if not one.startswith("…"))


@given(texts, texts, st.integers(20, 160))
def test_a_printed_diff_reads_as_the_lines_that_it_was_made_of(before: str, after: str, width: int) -> None:
    before, after = f"{before}\n", f"{after}\n"
    lines = field_lines([FieldChange("path", before, after)], None, UNICODE, width)
    printed = ["".join(span.text for span in line).removeprefix(" " * 8) for line in lines[1:]]
    assert _changed(_put_together(printed, 2, (" |",))) == _meant(before, after)


@given(texts, texts)
def test_a_diff_in_markdown_reads_as_the_lines_that_it_was_made_of(before: str, after: str) -> None:
    before, after = f"a\n{before}\n", f"{after}\nb\n"
    fences = read(plan_markdown(plans.plan_of(plans.replace_prompt(before, after)), plans.PROD)).fences
    printed = fences[0].removesuffix("\n").split("\n")
    assert _changed(_put_together(printed, 1, ("<", ">"))) == _meant(before, after)
