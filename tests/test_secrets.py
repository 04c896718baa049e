"""The search for leaks finds what it is there to find."""

from __future__ import annotations

import json

import pytest

from tests.secrets import KEY, SPELLINGS, leaks


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_key_is_found_however_it_is_spelled(spelling: str) -> None:
    spelled = SPELLINGS[spelling](KEY)
    assert leaks(f"x-api-key: {spelled}, and more")
    assert leaks(json.dumps({"detail": f"key {spelled}"}))


def test_a_part_of_it_is_found_and_a_text_without_it_is_clean() -> None:
    assert leaks(f"the key {KEY[:9]} is wrong")
    assert leaks(f"the key {KEY[:4]}... and a word in aGVsbG8gd29ybGQgaGVsbG8= is fine") == []
