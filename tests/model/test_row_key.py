"""The column by which reviewers know a row again."""

from __future__ import annotations

import pytest
from hypothesis import given

from sgpctl.model.canonical import canonical_text
from sgpctl.model.located import Json
from sgpctl.model.row_key import key_text, value_at
from tests.plan.saved_plans import json_values


@pytest.mark.parametrize(
    ("row", "value"),
    [
        ({"ticket.id": 1, "ticket": {"id": 2}}, 1),
        ({"ticket": {"id": 2}}, 2),
        ({"ticket": {"number": 2}}, None),
        ({"ticket": "id"}, None),
        ({"ticket": None}, None),
        ({"": {"ticket": {"id": 1}}, "id": 2}, None),
        ({}, None),
    ],
)
def test_the_longest_column_that_fits_is_meant(row: dict[str, Json], value: Json) -> None:
    assert value_at(row, "ticket.id") == value


def test_a_key_can_lie_deep_within_a_column() -> None:
    assert value_at({"a": {"b": {"c": "x"}}}, "a.b.c") == "x"


@given(json_values, json_values)
def test_two_values_share_the_text_of_a_key_only_if_they_are_equal(left: Json, right: Json) -> None:
    assert (key_text(left) == key_text(right)) == (canonical_text(left) == canonical_text(right))


def test_a_number_is_another_key_than_the_text_of_it() -> None:
    assert key_text(1) == key_text(1.0)
    assert len({key_text(1), key_text("1"), key_text(True), key_text(None)}) == 4
