"""`sgpctl list`: one row each, in order, nothing made up where the platform is silent."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sgpctl.model.evaluation import RemoteEvaluation
from sgpctl.render.glyphs import UNICODE
from sgpctl.render.layout import plain
from sgpctl.render.list_text import list_lines
from sgpctl.render.wording import age_text
from tests.render.plans import NOW

WHOLE_ID = "0a1b2c3d-7777-4a51-8f0e-2c963f66afa6"


def _listed(*names: str, width: int) -> str:
    evaluations = [RemoteEvaluation(WHOLE_ID, name, "running", NOW) for name in names]
    return plain(list_lines(evaluations, NOW, UNICODE, width=width))


def test_rows_come_in_order_of_name() -> None:
    names = [line.split()[0] for line in _listed("b", "c", "a", width=100).split("\n")[1:4]]
    assert names == ["a", "b", "c"]


def test_ids_are_whole_where_there_is_room_and_short_where_there_is_not() -> None:
    assert WHOLE_ID in _listed("a", width=100)
    assert "0a1b2c3d…" in _listed("a", width=60)


def test_what_the_platform_did_not_say_is_a_dash_not_a_zero() -> None:
    row = _listed("a", width=100).split("\n")[1]
    assert row.split()[2:4] == ["-", "-"]


@pytest.mark.parametrize(
    ("age", "text"),
    [
        (timedelta(seconds=-5), "now"),
        (timedelta(seconds=59), "now"),
        (timedelta(seconds=60), "1 min"),
        (timedelta(hours=1), "1 h"),
        (timedelta(hours=47), "1 d"),
        (timedelta(days=1200), "1,200 d"),
    ],
)
def test_an_age_is_its_largest_whole_unit(age: timedelta, text: str) -> None:
    assert age_text(age) == text
