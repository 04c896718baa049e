"""File names made of any text: safe on every system, whatever the text holds, and each used once."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

from sgpctl.limits import FILE_STEM_CHARS_MAX

_RESERVED = frozenset(
    # `sgpctl.yaml` would be a project; the others are devices on Windows, whatever their ending
    [
        "sgpctl",
        "con",
        "prn",
        "aux",
        "nul",
        *(f"{port}{number}" for port in ("com", "lpt") for number in range(10)),
    ]
)


def stem_of(text: str, default: str) -> str:
    """`text` in lower-case ASCII letters, digits and dashes; `default` in the same way when nothing of it is left."""
    stem = _slug(text) or _slug(default)
    return f"{stem}-1" if stem in _RESERVED else stem


def unique(stem: str, taken: Collection[str]) -> str:
    """`stem`, or with the first number behind it that makes it none of `taken`."""
    candidate, number = stem, 1
    while candidate in taken:
        number += 1
        candidate = f"{stem}-{number}"
    return candidate


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii").lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:FILE_STEM_CHARS_MAX].strip("-")
