"""Texts that others wrote, put into words that may be shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from sgpctl.model.located import Json

Words: TypeAlias = Callable[[str], str]


def in_words(value: Json, words: Words) -> Json:
    """`value` with `words` for every text in it, keys too."""
    match value:
        case str():
            return words(value)
        case list():
            return [in_words(part, words) for part in value]
        case dict():
            return map_in_words(value, words)
        case _:
            return value


def map_in_words(values: Mapping[str, Json], words: Words) -> dict[str, Json]:
    return {words(key): in_words(value, words) for key, value in values.items()}
