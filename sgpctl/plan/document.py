"""Access to a JSON document that someone may have edited: every value is checked where it is taken out."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sgpctl.errors import PlanFileError
from sgpctl.limits import DOCUMENT_DEPTH_MAX, EXACT_COUNT_MAX
from sgpctl.model.located import Json
from sgpctl.model.marks import OWNER_NAME

_HINT = "Make a new one with `sgpctl plan --out FILE`."
_QUOTED_CHARS_MAX = 60
_DEPTH_MAX = 2 * DOCUMENT_DEPTH_MAX  # a plan wraps values of manifests and of the platform


@dataclass(frozen=True, slots=True)
class Part:
    """One map of the document and the path to it. Keys that nobody asks for are ignored."""

    path: str
    values: Mapping[str, Json]

    def text(self, key: str) -> str:
        value = self._value(key)
        if not isinstance(value, str):
            raise self._wrong(key, "text")
        return value

    def owner_name(self, key: str) -> str:
        value = self.text(key)
        if not OWNER_NAME.fullmatch(value):
            raise self._wrong(key, "lower-case letters, digits and hyphens")
        return value

    def text_or_none(self, key: str) -> str | None:
        return None if self._value(key) is None else self.text(key)

    def text_if_there(self, key: str) -> str | None:
        """None also where a plan of an earlier minor version does not say."""
        return self.text_or_none(key) if key in self.values else None

    def texts_if_there(self, key: str) -> tuple[str, ...]:
        return self.texts(key) if key in self.values else ()

    def count(self, key: str) -> int:
        value = self._value(key)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= EXACT_COUNT_MAX:
            raise self._wrong(key, f"a whole number from 0 to {EXACT_COUNT_MAX:,}")
        return value

    def count_or_none(self, key: str) -> int | None:
        return None if self._value(key) is None else self.count(key)

    def flag(self, key: str) -> bool:
        value = self._value(key)
        if not isinstance(value, bool):
            raise self._wrong(key, "true or false")
        return value

    def moment(self, key: str) -> datetime:
        """An ISO 8601 time in UTC; one without a zone is taken as such."""
        try:
            moment = datetime.fromisoformat(self.text(key))
            return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
        except (ValueError, OverflowError):
            raise self._wrong(key, "a time such as 2026-11-20T10:00:00Z") from None

    def part(self, key: str) -> Part:
        return as_part(self._value(key), self._path(key))

    def part_or_none(self, key: str) -> Part | None:
        return None if self._value(key) is None else self.part(key)

    def count_if_there(self, key: str) -> int | None:
        return self.count_or_none(key) if key in self.values else None

    def part_if_there(self, key: str) -> Part | None:
        """The map under a key that older documents do not have."""
        return self.part(key) if key in self.values else None

    def parts(self, key: str) -> list[Part]:
        return [as_part(value, f"{self._path(key)}[{index}]") for index, value in enumerate(self._list(key))]

    def parts_if_there(self, key: str) -> list[Part]:
        return self.parts(key) if key in self.values else []

    def texts(self, key: str) -> tuple[str, ...]:
        values = self._list(key)
        texts = tuple(value for value in values if isinstance(value, str))
        if len(texts) != len(values):
            raise self._wrong(key, "a list of texts")
        return texts

    def texts_of(self, key: str) -> dict[str, str]:
        """The map of texts under a key; an empty one where older documents do not have it."""
        found = self.part_if_there(key)
        return {} if found is None else {inner: found.text(inner) for inner in found.values}

    def json(self, key: str) -> Json:
        return self._value(key)

    def _list(self, key: str) -> list[Json]:
        value = self._value(key)
        if not isinstance(value, list):
            raise self._wrong(key, "a list")
        return value

    def _value(self, key: str) -> Json:
        if key not in self.values:
            raise self._wrong(key, "there")
        return self.values[key]

    def _path(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def _wrong(self, key: str, expected: str) -> PlanFileError:
        return damaged(f"`{self._path(key)}` should be {expected}")


def checked_document(document: Json) -> Part:
    """The whole document, once nothing in it is nested too deep and every number is finite."""
    level: list[Json] = [document]
    depth = 0
    while level:
        if depth > _DEPTH_MAX:
            raise damaged(f"it is nested deeper than {_DEPTH_MAX} levels")
        if any(isinstance(value, float) and not math.isfinite(value) for value in level):
            raise damaged("it holds a number that is not finite")
        level = [part for value in level for part in _parts_of(value)]
        depth += 1
    return as_part(document)


def as_part(value: Json, path: str = "") -> Part:
    """The value as a map of the document; the whole document when `path` is empty."""
    if not isinstance(value, dict):
        raise damaged(f"`{path}` should be a map" if path else "it should be one JSON object")
    return Part(path, value)


def quoted(text: str) -> str:
    """A text of the document as a message names it: on one line, cut when it is long."""
    return repr(text if len(text) <= _QUOTED_CHARS_MAX else f"{text[:_QUOTED_CHARS_MAX]}...")


def damaged(what: str) -> PlanFileError:
    return PlanFileError(f"the saved plan is damaged: {what}", hint=_HINT)


def _parts_of(value: Json) -> Iterable[Json]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()
