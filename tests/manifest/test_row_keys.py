"""By which column a plan knows the rows of an evaluation again: its manifest says so, or the project does."""

from __future__ import annotations

from pathlib import Path

import pytest

from sgpctl.limits import ROW_KEY_CHARS_MAX
from sgpctl.manifest.loader import Loaded
from tests.manifest.projects import lines, load_files

ROWS = "[{id: 1, ticket: {number: 7}, q: a}, {id: 2, ticket: {number: 8}, q: b}]"


def loaded(root: Path, settings: str = "", **lifecycles: str) -> Loaded:
    """One manifest of the same rows for each lifecycle."""
    files: dict[str, str | bytes] = {
        f"{name}.yaml": f"name: {name}\ndata: {ROWS}\n{lifecycle}\n" for name, lifecycle in lifecycles.items()
    }
    return load_files(root, files, settings)


def keys(result: Loaded) -> list[str | None]:
    return [one.row_key for one in result.desired]


def test_the_key_of_the_project_counts_where_a_manifest_names_none(tmp_path: Path) -> None:
    result = loaded(tmp_path, "review: {row_key: id}\n", a="", b="lifecycle: {row_key: ticket.number}")
    assert keys(result) == ["id", "ticket.number"]
    assert lines(result) == []


def test_defaults_may_name_a_key(tmp_path: Path) -> None:
    result = loaded(tmp_path, "defaults: {lifecycle: {row_key: id}}\n", a="", b="lifecycle: {row_key: null}")
    assert keys(result) == ["id", None]


def test_a_key_is_no_part_of_any_digest(tmp_path: Path) -> None:
    result = loaded(tmp_path, a="", b="lifecycle: {row_key: id}")
    assert len({(one.digest, one.data_digest) for one in result.desired}) == 1
    assert all("lifecycle" not in one.body for one in result.desired)


@pytest.mark.parametrize(
    ("key", "meant"), [("idd", "id"), ("item.id", "id"), ("ticket.nmuber", "ticket.number")]
)
def test_a_key_of_the_project_that_no_evaluation_has_gets_a_warning(
    tmp_path: Path, key: str, meant: str
) -> None:
    result = loaded(tmp_path, f"review:\n  row_key: {key}\n", a="")
    assert lines(result) == [
        f"sgpctl.yaml:4:12: review.row_key: no evaluation has a column '{key}'; did you mean '{meant}'?"
    ]
    assert result.errors == ()


def test_one_evaluation_with_the_key_of_the_project_is_enough(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "a.yaml": "name: a\ndata: [{q: a}]\n",
        "b.yaml": f"name: b\ndata: {ROWS}\n",
    }
    assert lines(load_files(tmp_path, files, "review: {row_key: id}\n")) == []


def test_nothing_is_said_of_the_key_of_the_project_where_no_rows_are_declared(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"a.yaml": "name: a\ndataset_id: ds-1\n"}
    assert lines(load_files(tmp_path, files, "review: {row_key: id}\n")) == []


@pytest.mark.parametrize(
    ("key", "hint"),
    [("qq", "; did you mean 'q'?"), ("item.id", "; did you mean 'id'?"), ("customer", "")],
)
def test_a_key_of_a_manifest_that_no_row_has_is_an_error_at_its_place(
    tmp_path: Path, key: str, hint: str
) -> None:
    result = loaded(tmp_path, a=f"lifecycle:\n  row_key: {key}")
    assert lines(result) == [f"a.yaml:4:12: lifecycle.row_key: no row has a column '{key}'{hint}"]
    assert result.desired == ()


def test_a_key_has_a_bound_because_it_is_looked_up_in_every_row(tmp_path: Path) -> None:
    long = ".".join("k" * ROW_KEY_CHARS_MAX)
    result = loaded(tmp_path, a=f"lifecycle:\n  row_key: {long}")
    assert [line.partition(":")[0] for line in lines(result)] == ["a.yaml"]
    assert f"at most {ROW_KEY_CHARS_MAX} characters" in lines(result)[0]
