"""Where two texts begin to differ."""

from __future__ import annotations


def shared_start(left: str, right: str) -> int:
    """How many characters both begin with."""
    length = min(len(left), len(right))
    return next((index for index in range(length) if left[index] != right[index]), length)
