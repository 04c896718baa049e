r"""Text from manifests and from the platform, made safe for one line of a terminal.

Whatever could move the cursor, change colours, reorder or hide what is around it is shown as a visible escape, as
Python would write it: `\x1b`, `\u202e`, `\n`. Everything else stays as it is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from sgpctl.limits import COMBINING_MARKS_MAX
from sgpctl.model.secret import without_secret

REDACTED = "[redacted]"

_SHORT_ESCAPES = {"\n": "\\n", "\t": "\\t", "\r": "\\r"}
_HIDING_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"})
_IDEOGRAPHIC_SPACE = "\u3000"  # the ordinary space of Chinese and Japanese text, and visibly wide
_COMBINING_CATEGORIES = frozenset({"Mn", "Me"})
# GitHub obeys `::command::` where a line begins and `##[command]` anywhere, Azure and TeamCity `##name[command]`.
_COMMAND_AT_START = re.compile(r"\s*(::)")
_COMMAND_ANYWHERE = re.compile(r"##(?=\w*\[)")
# Letters and marks that draw nothing (Unicode's Default_Ignorable_Code_Point outside the categories above).
_HIDING_RANGES = (
    (0x034F, 0x034F),
    (0x115F, 0x1160),
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),
    (0x3164, 0x3164),
    (0xFE00, 0xFE0F),
    (0xFFA0, 0xFFA0),
    (0xE0000, 0xE0FFF),
)


def safe(text: str) -> str:
    """`text` on one line, with everything unprintable escaped. Safe text comes back unchanged."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_visible(text))


def shortened(text: str, width: int, ellipsis: str) -> str:
    """Safe text of at most `width` cells; `ellipsis` stands for what was left out at the end."""
    room = max(width, display_width(ellipsis) + 1)
    kept: list[str] = []
    used, whole_until = 0, 0  # how many parts still fit beside the ellipsis
    for part in _visible(text):
        used += display_width(part)
        if used > room:
            return "".join(kept[:whole_until]) + ellipsis
        kept.append(part)
        if used <= room - display_width(ellipsis):
            whole_until = len(kept)
    return "".join(kept)


def pieces(text: str, width: int) -> list[str]:
    """Safe text in pieces of at most `width` cells, cut in front of spaces where there are any; joined, they are all of it."""
    cut: list[str] = []
    here: list[str] = []
    used, word = 0, 0  # cells of `here`, and where in it the last word begins with the spaces before it
    for part in _visible(text):
        if part == " " and here and here[-1] != " ":
            word = len(here)
        while here and used + display_width(part) > width:
            word = word or len(here)
            cut.append("".join(here[:word]))
            here, word = here[word:], 0
            used = display_width("".join(here))
        here.append(part)
        used += display_width(part)
    return [*cut, "".join(here)]


def display_width(text: str) -> int:
    """The cells that safe text takes in a terminal: two for wide letters and emoji, none for combining marks."""
    if text.isascii():
        return len(text)
    return sum(_cells(char) for char in text)


def redact(text: str, secrets: Iterable[str]) -> str:
    """`text` with every secret replaced, however it is spelled there; one within another goes with that."""
    for secret in sorted(secrets, key=lambda secret: (-len(secret), secret)):
        text = without_secret(text, secret, REDACTED)
    return text


def entities(text: str) -> str:
    """Text in which HTML and Markdown find nothing but letters, digits and spaces; read back, it is the same."""
    return "".join(
        char if char.isalnum() or char == " " or not char.isascii() else f"&#{ord(char)};" for char in text
    ).replace("&#64;", "&#64;<!-- -->")  # GitHub makes links of mail addresses after it has read entities


def command_signs(line: str) -> frozenset[int]:
    """Where in a line of output stand the first signs of what a CI service would take for a command to itself."""
    signs = {found.start() for found in _COMMAND_ANYWHERE.finditer(line)}
    at_start = _COMMAND_AT_START.match(line)
    if at_start is not None:
        signs.add(at_start.start(1))
    return frozenset(signs)


def escape(char: str) -> str:
    """One character as Python would escape it."""
    code = ord(char)
    if code <= 0xFF:
        return _SHORT_ESCAPES.get(char, f"\\x{code:02x}")
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def hides(char: str) -> bool:
    """True for a character that draws nothing itself, changes how others are drawn, or passes for a plain space."""
    if char.isascii():
        return not char.isprintable()
    if char == _IDEOGRAPHIC_SPACE:
        return False
    code = ord(char)
    return unicodedata.category(char) in _HIDING_CATEGORIES or any(
        low <= code <= high for low, high in _HIDING_RANGES
    )


def _visible(text: str) -> Iterator[str]:
    """What is shown for each character in turn."""
    marks_allowed = 0  # none before there is a letter to carry them
    for char in text:
        if hides(char):
            marks_allowed = 0
            yield escape(char)
        elif unicodedata.category(char) not in _COMBINING_CATEGORIES:
            marks_allowed = COMBINING_MARKS_MAX
            yield char
        elif marks_allowed:
            marks_allowed -= 1
            yield char
        else:
            yield escape(char)


def _cells(char: str) -> int:
    if unicodedata.category(char) in _COMBINING_CATEGORIES:
        return 0
    return 2 if unicodedata.east_asian_width(char) in {"W", "F"} else 1
