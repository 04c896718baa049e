"""The ways in which a request is turned down, and the JSON that says so (API 1.6).

Problem
├── Invalid     422   a list of {loc, msg, type}, as FastAPI answers
├── Refused     400   a business rule; the status is a knob
├── NotFound    404
└── NotAnswered       anything else that has a status of its own: 401, 413, 501
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

Loc: TypeAlias = Sequence[str | int]


class Problem(Exception):
    """A request that is not carried out. `status` None means: the status that refusals have here."""

    def __init__(self, detail: object, status: int | None) -> None:
        super().__init__(str(detail))
        self.detail = detail
        self.status = status


class Invalid(Problem):
    """The request is malformed."""

    def __init__(self, errors: Iterable[dict[str, object]]) -> None:
        super().__init__(list(errors), 422)

    @classmethod
    def at(cls, loc: Loc, message: str, kind: str = "value_error") -> Invalid:
        return cls([{"loc": list(loc), "msg": message, "type": kind}])


class Refused(Problem):
    """The request is well formed, and a rule forbids it."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail, None)


class NotFound(Problem):
    """What the request names does not exist for this account, or is archived."""

    def __init__(self, kind: str, object_id: str) -> None:
        super().__init__(f"{kind} {object_id!r} was not found.", 404)


class NotAnswered(Problem):
    """The request is turned down before or beside its meaning."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail, status)
