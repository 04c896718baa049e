import pytest

from sgpctl.model.nearest import did_you_mean, nearest


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
