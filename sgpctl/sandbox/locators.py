"""Item locators: `item.<path>` as a whole string, and `{{item.<path>}}` inside longer text (API 3.2)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Final

LOCATOR_PATTERN = r"^item\.\S"

_LOCATOR = re.compile(r"item\.(\S+)")
_TEMPLATE = re.compile(r"\{\{\s*item\.([^}\s]+)\s*\}\}")


class Missing:
    """What a path finds when the row has nothing there; a null in the row is something."""


MISSING: Final = Missing()


def references(value: object, *, skipping: Collection[str] = ()) -> Iterator[str]:
    """Every path that the strings inside `value` read, in order; members named in `skipping` are not entered."""
    if isinstance(value, str):
        whole = _LOCATOR.fullmatch(value)
        if whole:
            yield whole.group(1)
        else:
            yield from _TEMPLATE.findall(value)
    elif isinstance(value, dict):
        for key, member in value.items():
            if key not in skipping:
                yield from references(member, skipping=skipping)
    elif isinstance(value, list):
        for element in value:
            yield from references(element, skipping=skipping)


def is_below(path: str, column: str) -> bool:
    """True when `path` is `column` or leads into it."""
    return path == column or path.startswith(f"{column}.")


def look_up(row: Mapping[str, object], path: str) -> object:
    """The value at `path`: the column of exactly that name, or else a walk along the dots. `MISSING` if none."""
    if path in row:
        return row[path]
    here: object = row
    for step in path.split("."):
        if isinstance(here, Mapping) and step in here:
            here = here[step]
        elif isinstance(here, list) and step.isdecimal() and int(step) < len(here):
            here = here[int(step)]
        else:
            return MISSING
    return here
