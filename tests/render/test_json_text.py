"""JSON that can be printed: the same value for a program, nothing for a terminal to obey."""

from __future__ import annotations

import json
import re

from hypothesis import given
from hypothesis import strategies as st

from sgpctl.render.json_text import json_text
from sgpctl.render.safe_text import hides
from tests.plan.saved_plans import json_values


@given(json_values)
def test_the_text_reads_back_as_the_same_value(value: object) -> None:
    assert json.loads(json_text({"value": value})) == {"value": value}  # type: ignore[dict-item]  # Hypothesis gives JSON


@given(st.text(st.characters(), max_size=40))
def test_the_text_is_utf8_and_steers_no_terminal(text: str) -> None:
    shown = json_text({text: text})
    shown.encode("utf-8")
    assert not any(hides(char) for char in shown if char != "\n")


def test_readable_text_stays_readable() -> None:
    assert json_text({"name": "返品"}) == '{\n  "name": "返品"\n}\n'


@given(st.text('#[a\\"', max_size=20))
def test_what_a_ci_service_obeys_is_written_as_an_escape(text: str) -> None:
    shown = json_text({"a": f"{text}##[group]x"})
    assert not re.search(r"##\w*\[", shown)
    assert json.loads(shown) == {"a": f"{text}##[group]x"}
