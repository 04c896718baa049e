import pytest

from sgpctl.limits import HINTS_MAX
from sgpctl.model.nearest import Hints, did_you_mean, nearest


@pytest.mark.parametrize(
    ("name", "found"),
    [("temprature", "temperature"), ("Temperature", "temperature"), ("model", None), ("xyz", None)],
    ids=["slip", "case", "known", "far"],
)
def test_the_nearest_known_name(name: str, found: str | None) -> None:
    assert nearest(name, ["temperature", "top_p", "model"]) == found


def test_nothing_is_said_when_no_name_is_near() -> None:
    assert did_you_mean("xyz", ["model"]) == ""
    assert did_you_mean("modle", ["model"]) == "; did you mean 'model'?"
    assert did_you_mean("modle", []) == ""


def test_names_beyond_what_anybody_types_are_not_compared() -> None:
    assert nearest("x" * 201, ["x" * 200]) is None
    assert nearest("x" * 200, ["x" * 201]) is None
    assert nearest("x" * 199, ["x" * 200]) == "x" * 200


def test_hints_end_after_a_number_of_them() -> None:
    hints = Hints()
    told = [hints.did_you_mean("modle", ["model"]) for _ in range(HINTS_MAX + 5)]
    assert [bool(hint) for hint in told] == [True] * HINTS_MAX + [False] * 5
    assert hints.nearest("modle", ["model"]) is None
