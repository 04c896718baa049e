"""One request on its way to a handler, and the answer on its way back."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from sgpctl.sandbox.knobs import Knobs
from sgpctl.sandbox.moments import moment_text
from sgpctl.sandbox.query import Query


@dataclass(frozen=True, slots=True)
class Call:
    """An authenticated request inside its transaction. `body` is decoded JSON, None when there was none."""

    db: sqlite3.Connection
    knobs: Knobs
    account: str
    now: datetime
    new_id: Callable[[], str]
    path: Mapping[str, str]
    query: Query
    body: object

    @property
    def now_text(self) -> str:
        return moment_text(self.now)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer. `text` is JSON unless `content_type` says otherwise."""

    text: str
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/json"


Handler: TypeAlias = Callable[[Call], Reply]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A method and a path below any prefix, the handler, and whether it needs a writing transaction."""

    method: str
    path: str
    handler: Handler
    writes: bool = False
