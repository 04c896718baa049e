"""The signs of a plan, and what stands for them where the terminal's encoding lacks them.

meaning          Unicode   ASCII
create           +         +
update           ~         ~
replace          -/+       -/+
rename           →         ->
restore          ↺         <-
adopt            =         =
archive          -         -
unchanged        =         =
text left out    …         ...
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sgpctl.plan.action import Action


@dataclass(frozen=True, slots=True)
class Glyphs:
    """One column of the table above."""

    symbols: Mapping[Action, str]
    ellipsis: str
    unchanged: str = "="


UNICODE = Glyphs({action: action.symbol for action in Action}, "…")
ASCII = Glyphs({**UNICODE.symbols, Action.RENAME: "->", Action.RESTORE: "<-"}, "...")


def glyphs_for(encoding: str | None) -> Glyphs:
    """The Unicode signs where `encoding` (of the output stream) has all of them, else the ASCII ones."""
    try:
        "".join([*UNICODE.symbols.values(), UNICODE.ellipsis]).encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return ASCII
    return UNICODE
