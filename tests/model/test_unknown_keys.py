from __future__ import annotations

from sgpctl.limits import PROBLEMS_PER_FILE_MAX
from sgpctl.model.keys import unknown_keys
from sgpctl.model.located import Json
from sgpctl.model.reading import Reading
from sgpctl.model.shapes import Lifecycle


def test_every_unknown_key_is_told_and_the_nearest_known_one_for_the_first_of_them() -> None:
    value: dict[str, Json] = {f"protec{number}": True for number in range(PROBLEMS_PER_FILE_MAX + 2)}
    reading = Reading()
    reading.note(value, Lifecycle)
    found = [finding.message for finding in unknown_keys(value, reading)]
    assert len(found) == len(value)
    assert found[0] == "unknown key 'protec0'; did you mean 'protect'?"
    assert found[-1] == f"unknown key 'protec{PROBLEMS_PER_FILE_MAX + 1}'"
