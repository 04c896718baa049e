"""The body of a desired evaluation that was taken out of the cache: read when somebody looks at it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping

from sgpctl.model.located import Json, LocatedMap

_ROWS = "data"


class StoredBody(Mapping[str, Json]):
    """The create request in the JSON `text`; `rows` brings its rows where the text has none, `located` the same body
    with its places, or None where nobody can tell them any more.
    """

    __slots__ = ("_located", "_parts", "_rows", "_text")

    def __init__(
        self, text: str, rows: Callable[[], Json] | None, located: Callable[[], LocatedMap | None]
    ) -> None:
        self._text = text
        self._parts: dict[str, Json] | None = None
        self._rows = rows
        self._located = located

    def __getitem__(self, key: str) -> Json:
        if key == _ROWS and self._rows is not None:
            return self._rows()
        return self._decoded()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._decoded())

    def __len__(self) -> int:
        return len(self._decoded())

    def __contains__(self, key: object) -> bool:
        return key in self._decoded()

    def located(self) -> LocatedMap | None:
        return self._located()

    def _decoded(self) -> dict[str, Json]:
        if self._parts is None:
            self._parts = json.loads(self._text)
            self._text = ""
        return self._parts
