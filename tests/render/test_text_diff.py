"""The text diff of prompts: exact, bounded, and blind to nothing."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sgpctl.limits import DIFF_LINES_COMPARED_MAX
from sgpctl.render.text_diff import Kind, text_diff

texts = st.lists(st.sampled_from(["a", "b", "c", "", " "]), max_size=30).map("\n".join)


def _shown(before: str, after: str) -> list[str]:
    return [f"{line.kind.value}{line.text}" for line in text_diff(before, after).lines or ()]


@given(texts, texts)
def test_counts_account_for_the_difference_in_length(before: str, after: str) -> None:
    diff = text_diff(before, after)
    old = len(before.removesuffix("\n").split("\n")) if before else 0
    new = len(after.removesuffix("\n").split("\n")) if after else 0
    assert diff.added - diff.removed == new - old


@given(texts)
def test_equal_texts_have_no_lines(text: str) -> None:
    assert text_diff(text, text).lines == ()


def test_a_rewritten_line_is_shown_between_two_lines_around_it() -> None:
    assert _shown("1\n2\n3\n4\n5\n6\n7\n", "1\n2\n3\nfour\n5\n6\n7\n") == [
        "@2",
        " 2",
        " 3",
        "-4",
        "+four",
        " 5",
        " 6",
    ]


def test_a_lost_newline_at_the_end_is_said() -> None:
    assert _shown("a\n", "a") == ["\\the new text has no newline at its end"]
    assert _shown("a", "a\n") == ["\\the old text had no newline at its end"]


def test_only_a_newline_ends_a_line() -> None:
    assert _shown("a\u2028b\x0cc", "a\u2028b") == ["-a\u2028b\x0cc", "+a\u2028b"]


def test_a_small_edit_in_a_huge_text_is_found() -> None:
    huge = [f"line {number}" for number in range(100_000)]
    edited = [*huge]
    edited[50_000] = "edited"
    diff = text_diff("\n".join(huge), "\n".join(edited))
    assert (diff.added, diff.removed) == (1, 1)
    assert diff.lines is not None
    assert (diff.lines[0].kind, diff.lines[0].text) == (Kind.POSITION, "49999")


def test_texts_that_differ_over_too_long_a_stretch_are_only_counted() -> None:
    count = DIFF_LINES_COMPARED_MAX + 1
    diff = text_diff("\n".join("ab" * count), "\n".join("cd" * count))
    assert diff.lines is None
    assert (diff.added, diff.removed) == (2 * count, 2 * count)
