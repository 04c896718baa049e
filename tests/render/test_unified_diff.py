"""A unified diff holds exactly the difference: what reads it makes the new text of the old one."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from sgpctl.limits import DIFF_LINES_COMPARED_MAX
from sgpctl.render.layout import plain
from sgpctl.render.unified_diff import unified_diff

TEXTS = st.lists(st.sampled_from(["a", "b", "c", "", "-x", "+y", " z"]), max_size=40).map("\n".join)


def patched(before: str, diff: str) -> str:
    """What a reader of unified diffs makes of `before`; every line that it takes away or keeps must be there."""
    old = before.splitlines(keepends=True)
    new: list[str] = []
    at = 0
    for line in diff.splitlines()[2:]:
        hunk = re.fullmatch(r"@@ -(\d+),(\d+) \+\d+,\d+ @@", line)
        if hunk is not None:
            start = int(hunk[1]) - (hunk[2] != "0")
            new += old[at:start]
            at = start
        elif line.startswith("+"):
            new.append(f"{line[1:]}\n")
        else:
            assert old[at].removesuffix("\n") == line[1:]
            new += [f"{line[1:]}\n"] if line.startswith(" ") else []
            at += 1
    return "".join(new + old[at:])


@given(TEXTS, TEXTS)
def test_the_diff_makes_the_new_text_of_the_old_one(before: str, after: str) -> None:
    before, after = f"{before}\n", f"{after}\n"
    assert patched(before, plain(unified_diff("f", before, after))) == after


@given(TEXTS)
def test_equal_texts_have_no_diff(text: str) -> None:
    assert unified_diff("f", text, text) == []


def test_a_missing_line_end_is_said() -> None:
    assert plain(unified_diff("f", "a\nb", "a\nb\n")).splitlines()[2:] == [
        "@@ -1,2 +1,2 @@",
        " a",
        "-b",
        "\\ No newline at end of file",
        "+b",
    ]


def test_a_new_text_in_place_of_none_counts_from_the_line_before() -> None:
    assert plain(unified_diff("f", "", "a\n")).splitlines()[2:] == ["@@ -0,0 +1,1 @@", "+a"]


def test_what_is_too_long_to_be_compared_is_taken_out_and_put_in_whole() -> None:
    count = DIFF_LINES_COMPARED_MAX + 1
    before = "".join(f"old {number}\nsame\n" for number in range(count))
    after = before.replace("old", "new")
    lines = plain(unified_diff("f", before, after)).splitlines()[2:]
    assert lines[0] == f"@@ -1,{2 * count} +1,{2 * count} @@"
    assert sum(line.startswith("-") for line in lines) == 2 * count - 1  # the last line is the same in both
    assert patched(before, plain(unified_diff("f", before, after))) == after


def test_lines_that_are_all_alike_are_compared_at_once() -> None:
    before = "x\n" * (DIFF_LINES_COMPARED_MAX - 10)
    after = "x\ny\n" * (DIFF_LINES_COMPARED_MAX // 2 - 5)
    assert patched(before, plain(unified_diff("f", before, after))) == after
