from __future__ import annotations

import asyncio
import contextlib
import gzip
import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sgpctl import limits
from sgpctl.api.answer import UnreadableAnswer, parse_json, read_body
from tests.api.servers import Chunks


def read(
    *chunks: bytes, encoding: str = "", bytes_max: int = 1000, now: Callable[[], float] = lambda: 0.0
) -> bytes:
    return asyncio.run(read_body(Chunks(*chunks), encoding, now, bytes_max))


def test_a_body_is_put_together_from_its_pieces() -> None:
    assert read(b"ab", b"", b"c") == b"abc"


@given(st.binary(max_size=5000), st.integers(1, 500))
def test_a_compressed_body_is_what_was_compressed_however_it_is_cut(body: bytes, size: int) -> None:
    packed = gzip.compress(body)
    pieces = [packed[start : start + size] for start in range(0, len(packed), size)]
    assert read(*pieces, encoding="gzip", bytes_max=5000) == body


def test_a_body_of_many_steps_comes_whole() -> None:
    body = bytes(3 * limits.MIB) + b"end"
    assert read(gzip.compress(body), encoding="gzip", bytes_max=4 * limits.MIB) == body


def test_a_body_over_the_limit_is_refused() -> None:
    with pytest.raises(UnreadableAnswer, match="larger than"):
        read(b"x" * 600, b"x" * 600)


def test_a_small_body_that_inflates_without_end_is_refused_early() -> None:
    bomb = gzip.compress(bytes(64 * limits.MIB))
    with pytest.raises(UnreadableAnswer, match="larger than 1 MiB"):
        read(bomb, encoding="gzip", bytes_max=limits.MIB)


@pytest.mark.parametrize(
    ("chunk", "encoding", "problem"),
    [
        (b"not gzip", "gzip", "could not be decompressed"),
        (gzip.compress(b"x" * 500, mtime=0)[:-9], "gzip", "breaks off"),
        (b"x", "br", "not asked for"),
        (gzip.compress(gzip.compress(b"x", mtime=0), mtime=0), "gzip, gzip", "not asked for"),
    ],
)
def test_a_body_that_cannot_be_unpacked_is_refused(chunk: bytes, encoding: str, problem: str) -> None:
    with pytest.raises(UnreadableAnswer, match=problem):
        read(chunk, encoding=encoding)


def test_an_empty_body_needs_no_unpacking() -> None:
    assert read(encoding="gzip") == b""


def test_a_body_that_trickles_in_for_ever_ends() -> None:
    clock = iter([0.0, 1.0, limits.ANSWER_SECONDS_MAX + 1])
    with pytest.raises(UnreadableAnswer, match="not complete after 900 s"):
        read(b"a", b"b", b"c", now=lambda: next(clock))


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'\xef\xbb\xbf{"a": 1}', {"a": 1}),
        (b" [1, 1.0] \n", [1, 1.0]),
        (b"null", None),
        (b"[NaN, Infinity, -Infinity, 1e999]", [None, None, None, None]),
        (b'{"a": 1, "a": 2}', {"a": 2}),
        (b"[" * 3 + b"]" * 3, [[[]]]),
        ('"ä"'.encode(), "ä"),
    ],
)
def test_json_is_read_and_numbers_that_it_cannot_hold_are_null(body: bytes, value: object) -> None:
    assert parse_json(body) == value


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"", "is empty"),
        (b" \n", "is empty"),
        (b"OK", r"is not JSON \(at character 0 of 2\)"),
        (b'{"a": [1, 2', r"breaks off \(at character 11 of 11\)"),
        (b'{"a": "unfini', "breaks off"),
        (b'{"a" 1}', "is not JSON"),
        (b'{"a": 1} trailing', "is not JSON"),
        (b"\xff\xfe{}", "is not text in UTF-8"),
        (b'"\xe4"', "is not text in UTF-8"),
        (b"1" * 5000, "more digits"),
        (b"[" * 101 + b"]" * 101, "more than 100 deep"),
        (b"[" * 100_000 + b"]" * 100_000, "nested too deeply"),
        (b'{"a":' * 100_000, "nested too deeply"),
    ],
)
def test_what_is_no_json_is_refused_with_the_reason(body: bytes, problem: str) -> None:
    with pytest.raises(UnreadableAnswer, match=problem):
        parse_json(body)


def test_the_deepest_json_that_is_allowed_is_read() -> None:
    depth = limits.DOCUMENT_DEPTH_MAX
    assert parse_json(b"[" * depth + b"]" * depth)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=20))
def test_every_json_value_comes_back(value: object) -> None:
    assert parse_json(json.dumps(value).encode()) == value


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(body: bytes) -> None:
    with contextlib.suppress(UnreadableAnswer):
        json.dumps(parse_json(body), allow_nan=False)
