"""The same finding in fewer bytes."""

from __future__ import annotations

from collections.abc import Callable


def minimised(data: bytes, still_fails: Callable[[bytes], bool]) -> bytes:
    """`data` without all the pieces, from large to small, that the failure does not need."""
    size = max(1, len(data) // 2)
    while size:
        at = 0
        while at < len(data):
            shorter = data[:at] + data[at + size :]
            if still_fails(shorter):
                data = shorter
            else:
                at += size
        size //= 2
    return data
