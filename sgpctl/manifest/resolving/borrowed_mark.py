"""The place of a value that was written elsewhere: a `${...}` stands for it there."""

from __future__ import annotations

from sgpctl.model.located import Mark


class BorrowedMark(tuple[str, int, int]):  # noqa: SLOT001 - a tuple of fixed length cannot have slots of its own
    """The place of a `${...}`, which also knows where the value that it stands for was written."""

    origin: Mark

    @classmethod
    def of(cls, mark: Mark, origin: Mark) -> BorrowedMark:
        borrowed = cls(mark)
        borrowed.origin = origin
        return borrowed


def origin_of(mark: Mark) -> Mark:
    """Where the value at `mark` was written: there, or where the value behind its `${...}` was."""
    return mark.origin if isinstance(mark, BorrowedMark) else mark
