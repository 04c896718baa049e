"""The nearest valid name, where one was mistyped."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from itertools import islice

from sgpctl.limits import COMPARED_NAME_CHARS_MAX, HINTS_MAX, NAMES_COMPARED_MAX


def nearest(name: str, known: Iterable[str], likeness: float = 0.6) -> str | None:
    """The known name that `name` most likely is a slip of; None when none is near, or `name` is known itself.

    `likeness` is a share from 0 to 1: how much of the two names must agree, upper and lower case being one. Of very
    many known names only the first are compared, and nobody mistypes a name of hundreds of characters.
    """
    if len(name) > COMPARED_NAME_CHARS_MAX:
        return None
    by_folded = {
        candidate.casefold(): candidate
        for candidate in islice(known, NAMES_COMPARED_MAX)
        if len(candidate) <= COMPARED_NAME_CHARS_MAX
    }
    matches = difflib.get_close_matches(name.casefold(), list(by_folded), n=1, cutoff=likeness)
    found = by_folded[matches[0]] if matches else None
    return found if found != name else None


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The end of a sentence about an unknown name: a question for the nearest known one, or nothing."""
    found = nearest(name, known)
    return f"; did you mean '{found}'?" if found is not None else ""


class Hints:
    """Hints for names out of long lists, up to a number of them: looking for the nearest name is what takes time."""

    def __init__(self) -> None:
        self._left = HINTS_MAX

    def nearest(self, name: str, known: Iterable[str], likeness: float = 0.6) -> str | None:
        self._left -= 1
        return nearest(name, known, likeness) if self._left >= 0 else None

    def did_you_mean(self, name: str, known: Iterable[str]) -> str:
        self._left -= 1
        return did_you_mean(name, known) if self._left >= 0 else ""


def listed(names: Iterable[str]) -> str:
    """Names as a sentence lists them: 'a', 'b' or 'c'."""
    quoted = [f"'{name}'" for name in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} or {quoted[-1]}"
