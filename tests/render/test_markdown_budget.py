"""A document that is too long loses its least important parts first, and says what it lost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sgpctl.render.markdown.budget import Importance, Part, fitted

REMEDY = "Look elsewhere."


def part(importance: Importance, count: int, size: int = 10, things: str = "things") -> Part:
    items = [f"{number:0{size}}" for number in range(count)]
    return Part(importance, "<", ">", items=items, things=things, remedy=REMEDY)


parts = st.lists(
    st.builds(
        part,
        st.sampled_from(Importance),
        st.integers(1, 60),
        st.integers(3, 40),
    ),
    max_size=6,
)


def test_what_fits_is_whole() -> None:
    assert fitted(["head", part(Importance.NOTES, 2, 1)]) == "head\n\n<0\n1>\n"


@given(parts, st.integers(1_000, 4_000))
def test_the_size_is_kept_whatever_the_parts_are(given_parts: list[Part], bytes_max: int) -> None:
    assert len(fitted(["ä" * 100, *given_parts], bytes_max).encode()) <= bytes_max


@given(parts, st.integers(1_000, 4_000))
def test_items_are_shown_or_counted_as_left_out(given_parts: list[Part], bytes_max: int) -> None:
    shown = fitted(given_parts, bytes_max)
    assert shown.count("left out here") == shown.count(REMEDY)
    if "left out here" not in shown:
        assert len(shown.encode()) <= bytes_max


def test_the_least_important_goes_first_wherever_it_stands() -> None:
    shown = fitted([part(Importance.ARCHIVES, 30), part(Importance.UNCHANGED, 30, things="names")], 600)
    assert "**" not in shown.partition(">")[0]
    assert "30 of 30 names are left out here for length" in shown or "of 30 names are left out" in shown


def test_a_part_is_shortened_no_more_than_is_needed() -> None:
    shown = fitted([part(Importance.NOTES, 100)], 1_000)
    assert 980 < len(shown.encode()) <= 1_000
    assert shown.startswith("<0000000000\n0000000001\n")
    assert shown.endswith(f" of 100 things are left out here for length.** {REMEDY}>\n")


def test_nothing_is_left_out_that_is_shorter_than_the_words_about_it() -> None:
    small = part(Importance.UNCHANGED, 1, 3)
    assert "<000>" in fitted([small, part(Importance.NOTES, 100)], 500)
