"""Texts that would like to be something else, and plans with such a text wherever a manifest or the platform has a say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any

from hypothesis import strategies as st

from sgpctl.plan.plan import FieldChange

_PIECES = (
    *(
        "\x1b[31m",
        "\x1b[2J",
        "\x1b]0;x\x07",
        "\x1b]8;;http://x\x1b\\",
        "\x9b31m",
        "\x07",
        "\x08" * 3,
        "\x7f",
        "\x85",
        "\0",
    ),
    *(
        "\n",
        "\r",
        "\r\n",
        "\t",
        "\x0b",
        "\x0c",
        "\u2028",
        "\u2029",
        "\u202e",
        "\u2066",
        "\u2069",
        "\u200b",
        "\u200d",
        "\ufeff",
    ),
    *(
        "\u0301" * 7,
        "Z\u0301",
        "\u3164",
        "\u00ad",
        "\u00a0",
        "\u3000",
        "\U000e0041",
        "\ud800",
        "\U0001f600",
        "返品",
        "עברית",
    ),
    *(
        " -  gone  archive  0 calls",
        "-/+ x  replace",
        " +  x",
        "\n-  x",
        "support -> prod  (api.example.com)",
        "  = 3 unchanged",
    ),
    *(
        "Plan: 1 to create.",
        "No changes.",
        "plan sha256:0",
        "error: x",
        "warning: x",
        "note: x",
        "NAME  STATUS",
        "3 evaluations.",
    ),
    *(
        "::error::x",
        "::group::x",
        "##[group]x",
        "##vso[x]y",
        "| a | b |",
        "# h",
        "```",
        "[x](javascript:y)",
        "<script>",
        "**x**",
    ),
    *("  ", "    ", " ", "->", "x" * 200, "a b c " * 30, "…", "...", "`", "'", '"', "\\", "%0A"),
)
texts = st.lists(st.sampled_from(_PIECES) | st.text(st.characters(), max_size=8), max_size=6).map("".join)

TextOf = Callable[[str], str]


def dressed(value: Any, text_of: TextOf, long_text_of: TextOf | None = None) -> Any:
    """`value`, a tree of plan and outcome objects, with `text_of` every text in it.

    `long_text_of` is for what a field was and will be, where several lines stay several lines.
    """
    match value:
        case Enum():
            return value
        case str():
            return text_of(value)
        case FieldChange():
            long = long_text_of or text_of
            before, after = (
                long(part) if isinstance(part, str) else dressed(part, text_of)
                for part in (value.before, value.after)
            )
            return FieldChange(text_of(value.path), before, after, dressed(value.place, text_of))
        case tuple() | list():
            return type(value)(dressed(part, text_of, long_text_of) for part in value)
        case Mapping():
            return {text_of(key): dressed(part, text_of, long_text_of) for key, part in value.items()}
        case _ if is_dataclass(value) and not isinstance(value, type):
            parts = {
                field.name: dressed(getattr(value, field.name), text_of, long_text_of)
                for field in fields(value)
                if field.init
            }
            return replace(value, **parts)
        case _:
            return value


class Harmless:
    """A plain word for each text, the same for the same; lines stay lines where that is asked for."""

    def __init__(self) -> None:
        self._words: dict[str, str] = {}

    def word(self, text: str) -> str:
        return self._words.setdefault(text, f"w{len(self._words)}") if text else ""

    def lines(self, text: str) -> str:
        return "\n".join(map(self.word, text.split("\n")))
