"""Rows beneath a change: counts first, a few rows of every kind, nothing of any length."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sgpctl.limits import ROW_COLUMNS_SHOWN_MAX, ROWS_SHOWN_MAX
from sgpctl.plan.plan import RowsChange
from sgpctl.render.glyphs import UNICODE
from sgpctl.render.layout import Line, line_width, plain
from sgpctl.render.rows_text import rows_lines
from tests.plan.saved_plans import rows_changes
from tests.render import plans, row_plans
from tests.render.samples import plan_text


def lines(rows: RowsChange, width: int = 120) -> list[Line]:
    return rows_lines(rows, None, UNICODE, width)


def text(rows: RowsChange) -> str:
    return plain(lines(rows))


def changed(before: dict[str, str], after: dict[str, str]) -> RowsChange:
    return row_plans.rows_change([({"id": 1, **before}, None)], [({"id": 1, **after}, None)], "id")


@given(rows_changes, st.integers(60, 160))
def test_the_lines_are_few_however_much_differs(rows: RowsChange, width: int) -> None:
    of_a_row = 2 + 3 * ROW_COLUMNS_SHOWN_MAX
    assert len(lines(rows, width)) <= 20 + ROWS_SHOWN_MAX * of_a_row


def test_one_short_value_stands_in_one_line() -> None:
    assert text(changed({"q": "a", "r": "same"}, {"q": "b", "r": "same"})) == (
        '      rows   +0 -0, 1 changed, 0 unchanged, by id\n        ~ 1   q   "a" -> "b"\n'
    )


def test_long_values_stand_beneath_each_other_around_their_difference() -> None:
    shared = "word " * 100
    head, *sides = text(changed({"q": f"{shared}30"}, {"q": f"{shared}14"})).splitlines()[1:]
    assert head == "        ~ 1   q"
    assert [side.strip()[0] for side in sides] == ["-", "+"]
    assert [side.rstrip('"')[-2:] for side in sides] == ["30", "14"]


def test_what_a_row_lost_or_gained_is_called_not_set() -> None:
    assert '~ 1\n            new   not set -> "x"\n            old   "x" -> not set\n' in text(
        changed({"old": "x"}, {"new": "x"})
    )


@pytest.mark.parametrize("width", [60, 80, 120])
def test_values_and_rows_stay_within_the_width(width: int) -> None:
    [first, *_] = row_plans.by_key().changes
    assert first.rows is not None
    assert all(line_width(line) <= width for line in lines(first.rows, width))


def test_a_short_value_leaves_its_room_to_the_long_ones() -> None:
    added = row_plans.rows_change([], [({"id": "1", "n": 1, "q": "word " * 8, "p": "word " * 40}, None)])
    [_, line] = text(added).splitlines()
    assert f'q "{"word " * 8}", ' in line
    assert line.endswith("…")


def test_the_same_rows_are_shown_once() -> None:
    shown = plan_text(row_plans.by_key())
    assert shown.count("T-003") == 1
    assert "; as in policy-recall\n" in shown


def test_rows_that_are_only_counted_are_not_called_the_same() -> None:
    counts = RowsChange(None, 3)
    changes = [row_plans.replaced(counts, name) for name in "ab"]
    assert plan_text(plans.plan_of(*changes)).count("an unknown number -> 3") == 2
