"""The conditions of `POST /v5/evaluations/filter`, in SQL.

Values always arrive as strings. Where the API is silent, API 7 decides:

    ==  >=  <=     numeric when both sides are numbers, as text otherwise
    !=  NOT_IN     the opposite of == and IN, so an evaluation without the key matches
    IN             a comma list
    status         the status at this moment
    tag            == means: has this tag
    any other key  a metadata key, taken literally, dots and all
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, Field

from sgpctl.sandbox.wire import canonical_text

STATUS_SQL = "CASE WHEN e.finishes_at > :now THEN 'running' ELSE e.final_status END"

_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]{1,3})?")
_NEGATIONS = {"!=": "==", "NOT_IN": "IN"}


class MetadataFilter(BaseModel):
    """One condition of the request body."""

    key: str
    operator: Literal["==", "!=", ">=", "<=", "IN", "NOT_IN"]
    value: str
    object: Literal["metadata_filter"] | None = None


class FilterRequest(BaseModel):
    """The body of the filter endpoint; the API takes at most ten conditions, all of which must hold."""

    filters: list[MetadataFilter] = Field(max_length=10)


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition on the evaluation `e`, and the values that it binds."""

    sql: str
    params: dict[str, object]


def searchable(value: object) -> tuple[str, float | None]:
    """The text by which a metadata value is found, and its number if it is one."""
    text = value if isinstance(value, str) else canonical_text(value)
    return text, None if isinstance(value, bool) else _number(text)


def condition(requested: MetadataFilter, index: int, *, lowercase_tags: bool) -> Condition:
    """`requested` in SQL; `index` keeps the parameters of several conditions apart."""
    negated = requested.operator in _NEGATIONS
    operator = _NEGATIONS.get(requested.operator, requested.operator)
    value = requested.value.lower() if requested.key == "tag" and lowercase_tags else requested.value
    bound = _Bound(f"f{index}")
    match requested.key:
        case "status":
            sql = _text_comparison(STATUS_SQL, operator, bound)
        case "tag":
            matches = _text_comparison("tag", operator, bound)
            sql = f"e.rowid IN (SELECT evaluation FROM evaluation_tag WHERE {matches})"  # noqa: S608 - constants
        case _:
            sql = f"e.rowid IN ({_metadata_matches(operator, bound)})"
    return Condition(f"NOT ({sql})" if negated else sql, bound.params(requested.key, operator, value))


@dataclass(frozen=True, slots=True)
class _Bound:
    prefix: str

    @property
    def key(self) -> str:
        return f":{self.prefix}_key"

    @property
    def text(self) -> str:
        return f":{self.prefix}_text"

    @property
    def number(self) -> str:
        return f":{self.prefix}_number"

    def params(self, key: str, operator: str, value: str) -> dict[str, object]:
        texts = [part.strip() for part in value.split(",")]
        is_list = operator == "IN"
        return {
            f"{self.prefix}_key": key,
            f"{self.prefix}_text": json.dumps(texts) if is_list else value,
            f"{self.prefix}_number": json.dumps([_number(text) for text in texts])
            if is_list
            else _number(value),
        }


def _text_comparison(column: str, operator: str, bound: _Bound) -> str:
    if operator == "IN":
        return f"{column} IN (SELECT value FROM json_each({bound.text}))"  # noqa: S608 - constants
    return f"{column} {operator} {bound.text}"


def _metadata_matches(operator: str, bound: _Bound) -> str:
    """The query for the evaluations whose metadata match; text and number apart, so that each uses its index."""
    found = f"SELECT evaluation FROM evaluation_metadata WHERE key = {bound.key}"  # noqa: S608 - constants
    match operator:
        case "IN":
            texts = f"(SELECT value FROM json_each({bound.text}))"  # noqa: S608 - constants
            numbers = f"(SELECT value FROM json_each({bound.number}))"  # noqa: S608 - constants
            return f"{found} AND text IN {texts} UNION ALL {found} AND number IN {numbers}"
        case "==":
            return f"{found} AND text = {bound.text} UNION ALL {found} AND number = {bound.number}"
        case _:
            return (
                f"{found} AND CASE WHEN number IS NOT NULL AND {bound.number} IS NOT NULL"
                f" THEN number {operator} {bound.number} ELSE text {operator} {bound.text} END"
            )


def _number(text: str) -> float | None:
    number = float(text) if _NUMBER.fullmatch(text) else math.inf
    return number if math.isfinite(number) else None
