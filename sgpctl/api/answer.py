"""One answer: its bytes within bounds, and the JSON in them."""

from __future__ import annotations

import json
import math
import zlib
from collections.abc import AsyncIterable, AsyncIterator, Callable, Mapping
from dataclasses import dataclass

from sgpctl import limits
from sgpctl.model.json_text import has_more_values_than
from sgpctl.model.located import Json

_CONTAINERS = frozenset({dict, list})  # exact types, because nothing else comes out of the JSON decoder


class UnreadableAnswer(Exception):
    """The bytes or the JSON of an answer cannot be used; the text says why and follows "the answer"."""


class TooLargeAnswer(UnreadableAnswer):
    """There is more in an answer than is read at once."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer of the platform, or of something that stands before it."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def is_html(self) -> bool:
        start = self.body[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
        declared = self.headers.get("content-type", "").lower()
        return start.startswith((b"<!doctype html", b"<html")) or (
            "html" in declared and start.startswith(b"<")
        )


async def read_body(
    chunks: AsyncIterable[bytes],
    encoding: str,
    monotonic: Callable[[], float],
    bytes_max: int = limits.ANSWER_BYTES_MAX,
) -> bytes:
    """All of an answer, decompressed as it comes, so that neither its size nor its slowness has no end.

    Raises UnreadableAnswer when it is too large, too slow, or compressed in a way that was not asked for.
    """
    deadline = monotonic() + limits.ANSWER_SECONDS_MAX
    body = bytearray()
    async for part in _decoded(chunks, encoding.strip().lower()):
        body += part
        if len(body) > bytes_max:
            raise TooLargeAnswer(f"is larger than {bytes_max // limits.MIB} MiB")
        if monotonic() > deadline:
            raise UnreadableAnswer(f"was not complete after {limits.ANSWER_SECONDS_MAX:g} s")
    return bytes(body)


def parse_json(body: bytes) -> Json:
    """The JSON value in `body`. NaN, infinities and floats beyond range, which JSON cannot hold, are read as null.

    Raises UnreadableAnswer.
    """
    if not body.strip():
        raise UnreadableAnswer("is empty")
    if has_more_values_than(limits.ANSWER_VALUES_MAX, body):
        raise TooLargeAnswer(f"has more than {limits.ANSWER_VALUES_MAX:,} values")
    try:
        value: Json = json.loads(body.decode("utf-8-sig"), parse_constant=_no_number, parse_float=_finite)
    except UnicodeDecodeError:
        raise UnreadableAnswer("is not text in UTF-8") from None
    except json.JSONDecodeError as error:
        is_cut = error.pos >= len(error.doc.rstrip()) or error.msg.startswith("Unterminated")
        what = "breaks off" if is_cut and body.lstrip()[:1] in b'{["' else "is not JSON"
        raise UnreadableAnswer(f"{what} (at character {error.pos} of {len(error.doc)})") from None
    except ValueError:
        raise UnreadableAnswer("has a number of more digits than can be read") from None
    except RecursionError:
        raise UnreadableAnswer("is nested too deeply") from None
    if _is_deeper_than(value, limits.DOCUMENT_DEPTH_MAX):
        raise UnreadableAnswer(f"is nested more than {limits.DOCUMENT_DEPTH_MAX} deep")
    return value


async def _decoded(chunks: AsyncIterable[bytes], encoding: str) -> AsyncIterator[bytes]:
    if encoding in {"", "identity"}:
        async for chunk in chunks:
            yield chunk
        return
    if encoding not in {"gzip", "x-gzip"}:
        raise UnreadableAnswer("is compressed in a way that was not asked for")
    # A stream may inflate a thousandfold, so each step is bounded, not only the sum.
    gzip, received = zlib.decompressobj(zlib.MAX_WBITS | 16), False
    try:
        async for chunk in chunks:
            received, rest, is_full = True, chunk, False
            while (rest or is_full) and not gzip.eof:
                part = gzip.decompress(rest, limits.MIB)
                rest, is_full = gzip.unconsumed_tail, len(part) == limits.MIB
                yield part
    except zlib.error:
        raise UnreadableAnswer("could not be decompressed") from None
    if received and not gzip.eof:
        raise UnreadableAnswer("breaks off within its compressed data")


def _no_number(_constant: str) -> None:
    return None


def _finite(text: str) -> float | None:
    value = float(text)
    return value if math.isfinite(value) else None


def _is_deeper_than(value: Json, depth_max: int) -> bool:
    level = [value]
    for _ in range(depth_max):
        inner: list[Json] = []
        for outer in level:
            if isinstance(outer, dict):
                inner += outer.values()
            elif isinstance(outer, list):
                inner += outer
        level = [part for part in inner if type(part) in _CONTAINERS]
        if not level:
            return False
    return True
