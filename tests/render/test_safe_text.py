"""Nothing that comes from a manifest or from the platform can steer a terminal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sgpctl.render.safe_text import REDACTED, display_width, hides, pieces, redact, safe, shortened

any_text = st.text(st.characters(), max_size=60)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred", "\\x1b[31mred"),
        ("\x9b31m", "\\x9b31m"),
        ("a\nb\tc\rd", "a\\nb\\tc\\rd"),
        ("\u202egpj.exe", "\\u202egpj.exe"),
        ("\u2066x\u2069", "\\u2066x\\u2069"),
        ("zero\u200bwidth\ufeff", "zero\\u200bwidth\\ufeff"),
        ("line\u2028paragraph\u2029", "line\\u2028paragraph\\u2029"),
        ("\ud800", "\\ud800"),
        ("tag\U000e0041", "tag\\U000e0041"),
        ("no\u00a0break", "no\\xa0break"),
        ("blank\u3164letter", "blank\\u3164letter"),
        ("\u0301begins with a mark", "\\u0301begins with a mark"),
    ],
)
def test_what_steers_or_hides_is_shown_as_an_escape(text: str, shown: str) -> None:
    assert safe(text) == shown


@pytest.mark.parametrize(
    "text", ["plain", "Prüfung", "cafe\u0301", "返品\u3000ポリシー", "🙂", "עברית", "\\x1b"]
)
def test_ordinary_text_of_any_script_stays_as_it_is(text: str) -> None:
    assert safe(text) == text


def test_only_a_few_marks_may_stand_on_one_letter() -> None:
    assert safe("Z" + "\u0301" * 6) == "Z" + "\u0301" * 4 + "\\u0301\\u0301"


@given(any_text)
def test_safe_text_holds_nothing_that_hides_and_is_already_safe(text: str) -> None:
    shown = safe(text)
    assert not any(hides(char) for char in shown)
    assert safe(shown) == shown


@given(any_text, st.integers(min_value=4, max_value=40), st.sampled_from(["…", "..."]))
def test_shortened_text_fits_and_is_whole_where_it_can_be(text: str, width: int, ellipsis: str) -> None:
    short = shortened(text, width, ellipsis)
    assert display_width(short) <= width
    assert (short == safe(text)) == (display_width(safe(text)) <= width) or short.endswith(ellipsis)


def test_shortening_does_not_cut_an_escape_in_two() -> None:
    assert shortened("ab\u202ecd-and-more", 8, "…") == "ab…"


@given(any_text | st.text(st.sampled_from("ab 返\x1b\u0301"), max_size=60), st.integers(10, 40))
def test_pieces_fit_and_are_the_whole_text_when_they_are_joined(text: str, width: int) -> None:
    found = pieces(text, width)
    assert "".join(found) == safe(text)
    assert all(display_width(piece) <= width for piece in found)
    assert all(found) or not text


def test_a_text_is_cut_in_front_of_a_space_where_there_is_one() -> None:
    assert pieces("one two  three", 8) == ["one two", "  three"]
    assert pieces("one two-and-more", 8) == ["one", " two-and", "-more"]
    assert pieces("ab\u202ecd", 7) == ["ab", "\\u202ec", "d"]


def test_wide_letters_take_two_cells_and_marks_none() -> None:
    assert display_width("返品") == 4
    assert display_width("e\u0301") == 1


@pytest.mark.parametrize(
    "text",
    [
        "key s3cr3t/k+y\u00fc in the clear",
        "as json s3cr3t/k+y\\u00fc",
        "in an address ?key=s3cr3t%2Fk%2By%C3%BC&x=1",
        "cut short s3cr3t/k…",
        "cut in front ...3t/k+y\u00fc",
    ],
)
def test_a_secret_is_redacted_in_every_form(text: str) -> None:
    hidden = redact(text, ["s3cr3t/k+y\u00fc"])
    assert REDACTED in hidden
    assert "3t" not in hidden


def test_an_empty_secret_redacts_nothing() -> None:
    assert redact("text", ["", "other"]) == "text"


def test_a_secret_that_holds_another_is_redacted_whole() -> None:
    assert redact("abcdefgh-123456", ["abcdefgh", "abcdefgh-123456"]) == REDACTED
