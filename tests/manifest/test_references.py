from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sgpctl.manifest.resolving.references import (
    Reference,
    escaped,
    inline_text,
    mentioned_variables,
    parts_of,
)


def test_a_text_falls_into_literal_pieces_and_references() -> None:
    assert parts_of("a ${var.x}, ${dataset.Policy QA v1.2}.") == [
        "a ",
        Reference("var.x", 2),
        ", ",
        Reference("dataset.Policy QA v1.2", 12),
        ".",
    ]


def test_two_dollars_write_a_literal_one_also_around_a_reference() -> None:
    assert parts_of("$${HOME} and $$${x} and $$ and $ {y} and {{item.x}}") == [
        "${HOME} and $${x} and $$ and $ {y} and {{item.x}}"
    ]
    assert parts_of("$${a ${b}}") == ["${a ", Reference("b", 5), "}"]


def test_a_reference_that_is_never_closed_is_known_as_one() -> None:
    assert parts_of("a ${open") == ["a ", Reference("open", 2, is_closed=False)]


@given(st.text("${}ab.\n", max_size=40))
def test_what_is_escaped_is_read_back_as_it_was(text: str) -> None:
    assert parts_of(escaped(text)) == [text]


def test_single_values_stand_in_text_as_yaml_writes_them() -> None:
    assert [inline_text(value) for value in (True, False, None, 1, 1.5, "x")] == [
        "true",
        "false",
        "null",
        "1",
        "1.5",
        "x",
    ]


def test_a_variable_is_mentioned_wherever_its_reference_stands() -> None:
    assert mentioned_variables("a: ${var.x}\n# ${var.y}\nb: ${matrix.z}\n") == {"x", "y"}
