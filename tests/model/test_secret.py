"""A secret is found however it is spelled, and nothing else is taken for it."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sgpctl.model.located import Json
from sgpctl.model.secret import places_of_secret, without_secret
from tests.secrets import KEY, SPELLINGS

SIGN = "[key]"

VISIBLE = st.characters(min_codepoint=0x21, max_codepoint=0x7E, exclude_characters="\\")
keys = st.text(VISIBLE, min_size=8, max_size=60)
contexts = st.text(st.characters(codec="utf-8", exclude_categories=["Nd"], min_codepoint=0x80), max_size=20)
any_text = st.text(st.characters(codec="utf-8"), max_size=20)

LETTERS_OF_BASE64_LEFT_MAX = 10  # those on both sides that stand for something else, too, and the padding


@given(keys, st.sampled_from(sorted(SPELLINGS)), contexts, contexts)
@example(KEY, "as it is", "\\", "\\")
@example("nnnnnnnn", "over lines of JSON", "", "")
def test_a_secret_is_taken_out_however_it_is_spelled(
    key: str, spelling: str, before: str, after: str
) -> None:
    spelled = SPELLINGS[spelling](key)
    left = without_secret(f"{before} {spelled} {after}", key, "\0")
    assert "\0" in left
    assert len(left) <= len(before) + len(after) + 3 + LETTERS_OF_BASE64_LEFT_MAX


@given(keys, st.sampled_from(sorted(SPELLINGS)))
def test_what_is_around_a_secret_stays(key: str, spelling: str) -> None:
    left = without_secret(f"«{SPELLINGS[spelling](key)}»", key, SIGN)
    assert left.startswith("«")
    assert left.endswith("»")


@given(st.text(VISIBLE, min_size=7, max_size=60), any_text, any_text)
def test_json_stays_json(rest: str, before: str, after: str) -> None:
    key = f"s{rest}"  # one that begins like the end of an escape could be found from within the escape on
    document = json.dumps([before, f"{before}{key}{after}", {key: key}], ensure_ascii=False)
    left = without_secret(document, key, SIGN)
    assert key not in left
    json.loads(left)


@given(st.text(max_size=200))
def test_a_text_without_the_secret_is_left_as_it_is(text: str) -> None:
    assert without_secret(text, KEY, SIGN) == text


@pytest.mark.parametrize(
    "spelling", ["as it is", "as JSON", "in an address", "in Base64", "in Base64 after one"]
)
@given(st.text(st.sampled_from("\\nu0-"), min_size=8))
def test_a_secret_with_backslashes_is_taken_out_as_it_is_usually_spelled(spelling: str, key: str) -> None:
    left = without_secret(f" {SPELLINGS[spelling](key)} ", key, "\0")
    assert "\0" in left
    assert len(left) <= 3 + LETTERS_OF_BASE64_LEFT_MAX


@pytest.mark.parametrize("kept", [4, 10, len(KEY) - 1])
@pytest.mark.parametrize("ellipsis", ["…", "..."])
def test_what_an_ellipsis_leaves_of_a_secret_is_taken_out(kept: int, ellipsis: str) -> None:
    assert without_secret(f"a {KEY[:kept]}{ellipsis} b", KEY, SIGN) == f"a {SIGN}{ellipsis} b"
    assert without_secret(f"a {ellipsis}{KEY[-kept:]} b", KEY, SIGN) == f"a {ellipsis}{SIGN} b"


def test_three_characters_beside_an_ellipsis_tell_nothing() -> None:
    text = f"{KEY[:3]}... and ...{KEY[-3:]}"
    assert without_secret(text, KEY, SIGN) == text


def test_a_long_secret_goes_as_a_whole() -> None:
    token = "eyJ" + ".".join(["aB3_-" * 40] * 3)
    assert without_secret(f'{{"a": "{token}", "b": 1}}', token, SIGN) == f'{{"a": "{SIGN}", "b": 1}}'
    assert without_secret(f"a {quote(token)} b", token, SIGN) == f"a {SIGN} b"
    assert len(without_secret(base64.b64encode(token.encode()).decode(), token, SIGN)) < 10


@pytest.mark.parametrize("word", ["", "any", "sandbox"])
def test_a_secret_of_a_few_characters_is_a_word(word: str) -> None:
    text = "the company's sandbox"
    assert without_secret(text, word, SIGN) == text
    assert list(places_of_secret([text], word)) == []


def test_every_text_that_holds_a_secret_has_its_path() -> None:
    value: Json = {"a": [KEY, {"b": f"x{KEY}y"}, 7], KEY: None, "c": "none"}
    assert sorted(places_of_secret(value, KEY), key=str) == [("a", 0), ("a", 1, "b"), (KEY,)]
