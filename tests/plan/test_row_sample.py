"""What a plan keeps of a difference of rows: everything counted, a few rows shown, every value bounded."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from sgpctl.limits import (
    COLUMNS_COUNTED_MAX,
    ROW_COLUMNS_SAMPLED_MAX,
    ROW_TEXT_CHARS_MAX,
    ROWS_SAMPLED_MAX,
)
from sgpctl.model.located import Json
from sgpctl.plan.plan import ColumnChange, Excerpt, RowChange, RowKind, RowsChange
from sgpctl.plan.row_difference import Row, row_difference, rows_of
from sgpctl.plan.row_sample import few_of, sampled
from tests.plan.test_row_difference import KEY, keys, made, rows


def change(
    old: Sequence[Mapping[str, Json]], new: Sequence[Mapping[str, Json]], key: str | None = KEY
) -> RowsChange:
    return sampled(row_difference(made(*old), made(*new), key), key)


def the_column(before: Json, after: Json) -> ColumnChange:
    [row] = change([{KEY: 1, "q": before}], [{KEY: 1, "q": after}]).sample
    [column] = row.columns
    return column


def keys_of(sample: Sequence[RowChange], kind: RowKind) -> list[str | None]:
    return [row.key for row in sample if row.kind is kind]


@given(rows, rows, keys, st.randoms())
def test_the_order_of_rows_does_not_show(
    old: list[Row], new: list[Row], key: str | None, shuffler: Random
) -> None:
    first = sampled(row_difference(old, new, key), key)
    mixed = (shuffler.sample(old, len(old)), shuffler.sample(new, len(new)))
    assert sampled(row_difference(*mixed, key), key) == first


@given(rows, rows, keys)
def test_counts_are_those_of_the_difference(old: list[Row], new: list[Row], key: str | None) -> None:
    difference = row_difference(old, new, key)
    kept = sampled(difference, key)
    assert (kept.before, kept.after) == (len(old), len(new))
    assert (kept.added, kept.removed) == (len(difference.added), len(difference.removed))
    assert (kept.unchanged, kept.changed or 0) == (difference.unchanged, len(difference.changed))
    assert (kept.key is not None) == (kept.changed is not None) == difference.keyed
    assert len(kept.sample) == min(
        ROWS_SAMPLED_MAX, len(difference.added) + len(difference.removed) + len(difference.changed)
    )


def test_columns_are_counted_over_all_changed_rows_the_most_frequent_first() -> None:
    old: list[Mapping[str, Json]] = [{KEY: number, "a": 1, "b": 1} for number in range(100)]
    new: list[Mapping[str, Json]] = [
        {KEY: number, "a": 2, "b": 1 if number % 4 else 2} for number in range(100)
    ]
    assert change(old, new).columns == (("a", 100), ("b", 25))


def test_rows_come_in_the_order_of_their_keys_numbers_by_size() -> None:
    written: tuple[Json, ...] = (10, "b", 9, "a", 9.5)
    sample = change([], [{KEY: key} for key in written]).sample
    assert [row.key for row in sample] == ["9", "9.5", "10", "a", "b"]


def test_rows_without_a_key_come_after_those_with_one() -> None:
    sample = change([], [{"q": "b"}, {KEY: 2}, {"q": "a"}]).sample
    assert [(row.key, [column.after for column in row.columns]) for row in sample] == [
        ("2", []),
        (None, [Excerpt('"a"')]),
        (None, [Excerpt('"b"')]),
    ]


def test_a_few_rows_of_every_kind_are_kept_however_many_there_are_of_one() -> None:
    old: list[Mapping[str, Json]] = [{KEY: number, "q": "old"} for number in range(1_000)]
    new: list[Mapping[str, Json]] = [{KEY: number, "q": "new"} for number in range(998)]
    new.append({KEY: "added-0"})
    sample = change(old, new).sample
    assert len(sample) == ROWS_SAMPLED_MAX
    assert keys_of(sample, RowKind.ADDED) == ["added-0"]
    assert keys_of(sample, RowKind.REMOVED) == ["998", "999"]
    assert keys_of(sample, RowKind.CHANGED) == [str(number) for number in range(17)]


def test_few_of_a_sample_are_again_of_every_kind() -> None:
    sample = [RowChange(kind, str(number), ()) for kind in RowKind for number in range(9)]
    assert [(row.kind, row.key) for row in few_of(sample, 4)] == [
        (RowKind.CHANGED, "0"),
        (RowKind.CHANGED, "1"),
        (RowKind.ADDED, "0"),
        (RowKind.REMOVED, "0"),
    ]


def test_columns_beyond_the_bounds_are_counted() -> None:
    count = COLUMNS_COUNTED_MAX + 5
    old: dict[str, Json] = {KEY: 1, **{f"c{number:03}": "old" for number in range(count)}}
    new: dict[str, Json] = {KEY: 1, **{f"c{number:03}": "new" for number in range(count)}}
    kept = change([old], [new])
    assert (len(kept.columns), kept.more_columns) == (COLUMNS_COUNTED_MAX, 5)
    assert len(kept.sample[0].columns) == ROW_COLUMNS_SAMPLED_MAX
    assert kept.sample[0].more_columns == count - ROW_COLUMNS_SAMPLED_MAX


def test_a_short_value_is_kept_as_it_is() -> None:
    assert the_column("30 days", {"days": [14]}) == ColumnChange(
        "q", Excerpt('"30 days"'), Excerpt('{"days": [14]}')
    )


def test_a_value_that_is_not_there_is_none() -> None:
    assert the_column(None, "x") == ColumnChange("q", None, Excerpt('"x"'))


def test_long_values_are_cut_around_the_first_difference_and_say_so() -> None:
    shared = "The customer wrote on Monday. " * 100
    column = the_column(f"{shared}30 days. {shared}", f"{shared}14 days. {shared}")
    assert column.before is not None
    assert column.after is not None
    for side, told in ((column.before, "30 days."), (column.after, "14 days.")):
        assert side.is_cut
        assert told in side.text
        assert side.text.startswith("…")
        assert side.text.endswith("…")
        assert len(side.text) == ROW_TEXT_CHARS_MAX + len("……")


def test_only_the_long_side_is_cut() -> None:
    column = the_column("short", "x" * 1_000)
    assert column.before == Excerpt('"short"')
    assert column.after == Excerpt('"' + "x" * (ROW_TEXT_CHARS_MAX - 1) + "…", is_cut=True)


def test_long_keys_and_names_of_columns_are_cut() -> None:
    kept = change([{KEY: "k" * 300, "c" * 300: 1}], [{KEY: "k" * 300, "c" * 300: 2}])
    assert kept.sample[0].key == "k" * ROW_TEXT_CHARS_MAX + "…"
    assert kept.sample[0].columns[0].column == "c" * ROW_TEXT_CHARS_MAX + "…"
    assert kept.columns == (("c" * ROW_TEXT_CHARS_MAX + "…", 1),)


@given(rows, rows, keys)
def test_what_is_kept_is_json_where_it_is_not_cut(old: list[Row], new: list[Row], key: str | None) -> None:
    for row in sampled(row_difference(old, new, key), key).sample:
        for column in row.columns:
            sides = [side for side in (column.before, column.after) if side is not None]
            assert sides
            assert all(json.dumps(json.loads(side.text), ensure_ascii=False) == side.text for side in sides)


def test_equal_rows_that_are_written_in_different_ways_come_in_one_order() -> None:
    one: dict[str, Json] = {"q": 1, "id": "a"}
    other: dict[str, Json] = {"id": "a", "gone": None, "q": 1}
    there, back = rows_of([(one, None), (other, None)]), rows_of([(other, None), (one, None)])
    assert sampled(row_difference([], there), None) == sampled(row_difference([], back), None)
