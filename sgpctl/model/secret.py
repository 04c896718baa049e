r"""A secret in text that others wrote: the ways in which it may be spelled there, and the text without it.

as it is         also with white space, line ends or backslashes in between
escaped          for JSON (\u0073), HTML (&#115;) or an address (%73), whole or here and there
in Base64        by itself or within something longer, in either alphabet
cut              by an ellipsis, so that its beginning or its end is left

What is taken apart, hashed, compressed or encrypted is not found; a secret with a backslash in it only as it is, in
JSON, in an address and in Base64. A secret of a few characters protects nothing, and
taking it out would mangle words that it is a part of: it is left where it is.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Iterator, Sequence
from functools import cache
from urllib.parse import quote

from sgpctl.limits import SECRET_CHARS_MIN, SECRET_CHARS_SPELLED_MAX
from sgpctl.model.located import Json, Path

_BETWEEN = r"(?:[\s\\]|(?<=\\)[nrt]|%(?:0[9ADad]|20|5[Cc][nrt]?)|<!-- -->)*+"  # lines may be broken in JSON and in addresses, too
_REST_OF_A_LONG_ONE = r"[\w.~%+/=-]*+"
_NAMES_IN_HTML = {"&": "amp", "<": "lt", ">": "gt", '"': "quot", "'": "apos"}
_BASE64_LETTERS = {"+": "(?:[+-]|%2[Bb])", "/": "(?:[/_]|%2[Ff])"}  # and as they stand in addresses
_ELLIPSES = ("…", "...")
_BEGINNING_PARTS = 4  # characters of a secret that few texts without it hold in a row
_CUT_CHARS_MIN = 4  # so little of a secret beside an ellipsis is not worth hiding


def without_secret(text: str, secret: str, stand_in: str) -> str:
    """`text` with `stand_in` in every place where `secret` can be read."""
    if len(secret) < SECRET_CHARS_MIN:
        return text
    for beginning, whole in _patterns(secret):
        if beginning.search(text):
            text = _replaced(text, re.compile(whole), stand_in)
    for spelling in _spellings(secret):
        text = _without_beginnings(text, spelling, stand_in)
        text = _without_ends(text, spelling, stand_in)
    return text


def places_of_secret(value: Json, secret: str) -> Iterator[Path]:
    """The paths of all texts in `value`, keys too, that hold `secret` as it is."""
    if len(secret) < SECRET_CHARS_MIN or not _is_in(value, secret):
        return
    parts: list[tuple[Json, Path]] = [(value, ())]
    while parts:
        part, path = parts.pop()
        if isinstance(part, str) and secret in part:
            yield path
        elif isinstance(part, dict):
            yield from ((*path, key) for key in part if secret in key)
            parts += ((inner, (*path, key)) for key, inner in part.items())
        elif isinstance(part, list):
            parts += ((inner, (*path, index)) for index, inner in enumerate(part))


def _is_in(value: Json, secret: str) -> bool:
    """The same question without the paths, which would cost as much again for a million rows."""
    parts = [value]
    while parts:
        part = parts.pop()
        if isinstance(part, str):
            if secret in part:
                return True
        elif isinstance(part, dict):
            parts += part
            parts += part.values()
        elif isinstance(part, list):
            parts += part
    return False


@cache
def _patterns(secret: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """How the secret begins, and the whole of it, which takes ten times as long to compile and is seldom needed."""
    start = secret[:SECRET_CHARS_SPELLED_MAX]
    rest = _REST_OF_A_LONG_ONE if len(secret) > len(start) else ""
    ways = [("", [re.escape(char) for char in spelling]) for spelling in _spellings(start)]
    if "\\" not in start:  # else its own could not be told from those that others put into it
        ways.append((_BETWEEN, [_spelled(char) for char in start]))
    shapes = [ways, *([(_BETWEEN, letters)] for letters in _in_base64(start))]
    return tuple(
        (re.compile(_any_of(shape, _BEGINNING_PARTS)), f"(?:{_any_of(shape)}){rest}") for shape in shapes
    )


def _any_of(ways: Sequence[tuple[str, list[str]]], parts_max: int | None = None) -> str:
    return "|".join(between.join(parts[:parts_max]) for between, parts in ways)


def _spelled(char: str) -> str:
    """One character as it is or escaped; the backslash that an escape begins with is taken with what is before."""
    code = ord(char)
    in_address = "".join(f"%{byte:02x}" for byte in char.encode("utf-8", "surrogatepass"))
    escapes = [in_address, f"u{code:04x}", f"&#0{{0,6}}{code};?", f"&#x0{{0,6}}{code:x};?"]
    if code <= 0xFF:
        escapes.append(f"x{code:02x}")
    if char in _NAMES_IN_HTML:
        escapes.append(f"&{_NAMES_IN_HTML[char]};")
    return f"(?:{re.escape(char)}|(?i:{'|'.join(escapes)}))"


@cache
def _spellings(secret: str) -> tuple[str, ...]:
    """The secret as it is most often written, the longest first."""
    spellings = {secret, json.dumps(secret)[1:-1], quote(secret, safe="")}
    return tuple(sorted(spellings, key=lambda each: (-len(each), each)))


def _in_base64(secret: str) -> Iterator[list[str]]:
    """The letters that stand for nothing but `secret`, for each of the three ways in which it may fall on them."""
    data = secret.encode("utf-8", "surrogatepass")
    for shift in range(3):
        letters = b64encode(bytes(shift) + data).decode("ascii")
        own = letters[-(-8 * shift // 6) : 8 * (shift + len(data)) // 6]
        yield [_BASE64_LETTERS.get(letter, letter) for letter in own]


def _replaced(text: str, pattern: re.Pattern[str], stand_in: str) -> str:
    pieces: list[str] = []
    end = 0
    for found in pattern.finditer(text):
        start = found.start()
        while start > end and text[start - 1] == "\\":  # else it would escape the beginning of the stand-in
            start -= 1
        pieces += (text[end:start], stand_in)
        end = found.end()
    return "".join((*pieces, text[end:])) if pieces else text


def _without_beginnings(text: str, secret: str, stand_in: str) -> str:
    pieces: list[str] = []
    end, at = 0, text.find(secret[:_CUT_CHARS_MIN])
    while at >= 0:
        kept = next((kept for kept in _cuts(secret) if _is_cut_after(text, at, secret[:kept])), 0)
        if kept:
            pieces += (text[end:at], stand_in)
            end = at + kept
        at = text.find(secret[:_CUT_CHARS_MIN], at + max(kept, 1))
    return "".join((*pieces, text[end:])) if pieces else text


def _without_ends(text: str, secret: str, stand_in: str) -> str:
    pieces: list[str] = []
    end, at = 0, text.find(secret[-_CUT_CHARS_MIN:])
    while at >= 0:
        after = at + _CUT_CHARS_MIN
        kept = next((kept for kept in _cuts(secret) if _is_cut_before(text, after, secret[-kept:])), 0)
        if kept:
            pieces += (text[end : after - kept], stand_in)
            end = after
        at = text.find(secret[-_CUT_CHARS_MIN:], at + 1)
    return "".join((*pieces, text[end:])) if pieces else text


def _cuts(secret: str) -> range:
    return range(len(secret) - 1, _CUT_CHARS_MIN - 1, -1)


def _is_cut_after(text: str, at: int, beginning: str) -> bool:
    return text.startswith(beginning, at) and text.startswith(_ELLIPSES, at + len(beginning))


def _is_cut_before(text: str, after: int, end: str) -> bool:
    return text.endswith(end, 0, after) and text.endswith(_ELLIPSES, 0, max(0, after - len(end)))
