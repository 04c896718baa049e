"""Which rows differ, by their key or by their content; and laws that hold whatever the rows are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from sgpctl.model.canonical import row_digest
from sgpctl.model.located import Json, path_text
from sgpctl.plan.row_difference import ChangedRow, Row, RowDifference, RowParts, row_difference, rows_of

KEY = "id"

_ids: st.SearchStrategy[Json] = st.none() | st.integers(0, 6) | st.sampled_from(["a", "b", "1", ""])
_values: st.SearchStrategy[Json] = st.sampled_from(["x", "y", 1, 1.0, True, None]) | st.lists(
    st.none(), max_size=1
)
_data = st.fixed_dictionaries({}, optional={KEY: _ids, "q": _values, "files.image": _values})
_files = st.none() | st.fixed_dictionaries({}, optional={"image": st.sampled_from(["f1", "f2"])})
rows: st.SearchStrategy[list[Row]] = st.lists(st.tuples(_data, _files), max_size=12).map(rows_of)
keys = st.sampled_from([None, KEY])


def made(*data: Mapping[str, Json]) -> list[Row]:
    return rows_of((row, None) for row in data)


def data_of(found: Iterable[Row]) -> list[Mapping[str, Json]]:
    return [row.data for row in found]


def digests(found: Iterable[Row]) -> Counter[str]:
    return Counter(row.digest for row in found)


def applied(difference: RowDifference, old: Sequence[Row]) -> Counter[str]:
    """The digests of the rows that the difference makes of the old ones; columns are changed one by one."""
    left = digests(old)
    left.subtract(digests(difference.removed))
    left.subtract(row.before.digest for row in difference.changed)
    assert min(left.values(), default=0) >= 0
    return left + digests(difference.added) + Counter(map(_changed, difference.changed))


def _changed(row: ChangedRow) -> str:
    columns, paths = dict(row.before.columns), {**row.before.columns, **row.after.columns}
    by_name = {path_text(path): path for path in paths}
    if len(by_name) < len(paths):
        return row.after.digest  # two columns of one name, which only the rows themselves tell apart
    for column in row.columns:
        columns[by_name[column.name]] = column.after
    data = {str(path[0]): value for path, value in columns.items() if len(path) == 1}
    files = {str(path[1]): str(value) for path, value in columns.items() if len(path) == 2 and value}
    return row_digest(data, files)


@given(rows, rows, keys)
def test_every_row_of_either_side_is_counted_once(old: list[Row], new: list[Row], key: str | None) -> None:
    difference = row_difference(old, new, key)
    kept = len(difference.changed) + difference.unchanged
    assert kept + len(difference.removed) == len(old)
    assert kept + len(difference.added) == len(new)


@given(rows, rows, keys)
def test_the_difference_makes_the_new_rows_of_the_old_ones(
    old: list[Row], new: list[Row], key: str | None
) -> None:
    assert applied(row_difference(old, new, key), old) == digests(new)


@given(rows, rows, keys, st.randoms())
def test_the_order_of_rows_does_not_matter(
    old: list[Row], new: list[Row], key: str | None, shuffler: Random
) -> None:
    first = row_difference(old, new, key)
    second = row_difference(_shuffled(old, shuffler), _shuffled(new, shuffler), key)
    assert _essence(first) == _essence(second)


@given(rows, keys, st.randoms())
def test_equal_sides_do_not_differ(old: list[Row], key: str | None, shuffler: Random) -> None:
    difference = row_difference(old, _shuffled(old, shuffler), key)
    assert difference.is_empty
    assert difference.unchanged == len(old)


@given(rows, rows, keys)
def test_sides_differ_exactly_when_their_contents_do(old: list[Row], new: list[Row], key: str | None) -> None:
    assert row_difference(old, new, key).is_empty == (digests(old) == digests(new))


@given(rows, rows)
def test_a_changed_row_keeps_its_key_and_changes_in_a_column(old: list[Row], new: list[Row]) -> None:
    for row in row_difference(old, new, KEY).changed:
        assert row.columns
        assert KEY not in [column.name for column in row.columns]


@given(rows, rows)
def test_without_a_key_nothing_is_called_changed(old: list[Row], new: list[Row]) -> None:
    difference = row_difference(old, new)
    assert (list(difference.changed), difference.keyed, difference.keyless) == ([], False, 0)
    assert difference.unchanged == (digests(old) & digests(new)).total()


def _shuffled(some: Sequence[Row], shuffler: Random) -> list[Row]:
    return shuffler.sample(some, len(some))


def _essence(difference: RowDifference) -> object:
    changed = Counter((row.before.digest, row.after.digest) for row in difference.changed)
    counts = (difference.unchanged, difference.keyed, difference.keyless)
    return digests(difference.added), digests(difference.removed), changed, counts


def test_a_row_with_the_same_key_and_another_value_is_changed_in_that_column() -> None:
    old, new = made({KEY: 1, "q": "a", "r": "x"}), made({KEY: 1.0, "q": "b", "s": "y"})
    [row] = row_difference(old, new, KEY).changed
    assert [(column.name, column.before, column.after) for column in row.columns] == [
        ("q", "a", "b"),
        ("s", None, "y"),
        ("r", "x", None),
    ]


def test_rows_whose_key_is_there_on_one_side_only_are_added_or_removed() -> None:
    difference = row_difference(made({KEY: 1}, {KEY: 2}), made({KEY: 2}, {KEY: 3}), KEY)
    assert data_of(difference.added) == [{KEY: 3}]
    assert data_of(difference.removed) == [{KEY: 1}]
    assert difference.unchanged == 1


def test_a_key_that_occurs_twice_on_either_side_is_matched_by_content() -> None:
    old, new = made({KEY: 1, "q": "a"}, {KEY: 2}), made({KEY: 1, "q": "a"}, {KEY: 1, "q": "b"}, {KEY: 2})
    difference = row_difference(old, new, KEY)
    assert data_of(difference.added) == [{KEY: 1, "q": "b"}]
    assert (list(difference.changed), difference.unchanged, difference.keyless) == ([], 2, 3)


def test_rows_without_the_key_are_matched_by_content() -> None:
    old, new = made({KEY: 1}, {"q": "a"}), made({KEY: 1}, {"q": "b"})
    difference = row_difference(old, new, KEY)
    assert (data_of(difference.added), data_of(difference.removed)) == ([{"q": "b"}], [{"q": "a"}])
    assert difference.keyless == 2


def test_where_no_row_has_the_key_there_is_none() -> None:
    difference = row_difference(made({"q": "a"}), made({"q": "b"}), KEY)
    assert (difference.keyed, difference.keyless) == (False, 0)


def test_a_file_of_a_row_is_a_column_of_its_own() -> None:
    old: list[RowParts] = [({KEY: 1, "files.image": "text"}, {"image": "file-1"})]
    new: list[RowParts] = [({KEY: 1, "files.image": "text"}, {"image": "file-2", "sound": "file-3"})]
    [row] = row_difference(rows_of(old), rows_of(new), KEY).changed
    assert [(column.name, column.before, column.after) for column in row.columns] == [
        ("files.image", "file-1", "file-2"),
        ("files.sound", None, "file-3"),
    ]


def test_what_digests_take_for_equal_is_no_change() -> None:
    old, new = made({KEY: 1, "n": 1, "x": None, "m": {"a": None}}), made({KEY: 1, "n": 1.0, "m": {}})
    assert row_difference(old, new, KEY).is_empty
