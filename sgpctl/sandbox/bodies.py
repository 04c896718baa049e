"""Request bodies: decoded strictly, checked by a model, refused in FastAPI's words (API 1.6, 1.8)."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from typing import Annotated, NoReturn, TypeAlias, TypeVar

from pydantic import BaseModel, StringConstraints, ValidationError

from sgpctl.limits import DESCRIPTION_CHARS_MAX, NAME_CHARS_MAX
from sgpctl.sandbox.calls import Call
from sgpctl.sandbox.problems import Invalid, Loc
from sgpctl.sandbox.wire import json_text

Name: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=NAME_CHARS_MAX)]
Description: TypeAlias = Annotated[str, StringConstraints(max_length=DESCRIPTION_CHARS_MAX)]
Rows: TypeAlias = list[dict[str, object]]
Files: TypeAlias = dict[str, str]

ModelT = TypeVar("ModelT", bound=BaseModel)

_SURROGATE_ESCAPE = re.compile(rb"\\u[dD][89a-fA-F]")


def decoded_body(raw: bytes) -> object:
    """The JSON in `raw`, None when it is empty. NaN, infinity and lone surrogates are not JSON here."""
    if not raw:
        return None
    try:
        body = json.loads(raw, parse_constant=_refuse_constant, parse_float=_finite)
        if _SURROGATE_ESCAPE.search(raw):
            json_text(body).encode()
    except (ValueError, RecursionError) as error:
        raise Invalid.at(("body",), "JSON decode error", "json_invalid") from error
    return body


def checked(model: type[ModelT], call: Call) -> ModelT:
    """The body of `call` as `model`. Keys that the model lacks are ignored, or refused if the knob says so."""
    try:
        value = model.model_validate(call.body)
    except ValidationError as error:
        raise invalid_from(error, ("body",)) from error
    if call.knobs.strict_unknown_fields:
        unknown = list(_unknown_keys(value, call.body, ("body",)))
        if unknown:
            raise Invalid(
                {"loc": list(loc), "msg": "Extra inputs are not permitted", "type": "extra_forbidden"}
                for loc in unknown
            )
    return value


def invalid_from(error: ValidationError, prefix: Loc) -> Invalid:
    """What pydantic found, as the API's list of {loc, msg, type}."""
    return Invalid(
        {"loc": [*prefix, *found["loc"]], "msg": found["msg"], "type": found["type"]}
        for found in error.errors(include_url=False, include_context=False, include_input=False)
    )


def checked_tags(call: Call, tags: list[str] | None) -> list[str]:
    """`tags` as they are kept: as sent, unless a knob lower-cases or limits them."""
    kept = [tag.lower() for tag in tags or []] if call.knobs.lowercase_tags else list(tags or [])
    if call.knobs.tags_max is not None and len(kept) > call.knobs.tags_max:
        raise Invalid.at(("body", "tags"), f"At most {call.knobs.tags_max} tags", "too_long")
    return kept


def check_metadata_size(call: Call, metadata: str | None) -> None:
    """Invalid when the JSON text `metadata` is larger than the knob allows."""
    limit = call.knobs.metadata_bytes_max
    if metadata is not None and limit is not None and len(metadata.encode()) > limit:
        raise Invalid.at(("body", "metadata"), f"At most {limit} bytes of metadata", "too_long")


def check_row_count(call: Call, count: int) -> None:
    if call.knobs.rows_max is not None and count > call.knobs.rows_max:
        raise Invalid.at(("body", "data"), f"At most {call.knobs.rows_max} rows", "too_long")


def paired_files(rows: Rows, files: list[Files] | None) -> list[Files | None]:
    """The files of each row. Invalid when there are files, but not one map for every row (API 8.9)."""
    if files is None:
        return [None] * len(rows)
    if len(files) != len(rows):
        raise Invalid.at(("body", "files"), f"{len(files)} file maps for {len(rows)} rows")
    return list(files)


def is_restore(body: object) -> bool:
    """True for `{"restore": true}`, whatever stands beside it (API 7)."""
    return isinstance(body, dict) and body.get("restore") is True


def _unknown_keys(value: object, raw: object, loc: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    if isinstance(value, BaseModel) and isinstance(raw, dict):
        fields = type(value).model_fields
        takes_all = type(value).model_config.get("extra") == "allow"
        for key, member in raw.items():
            if key in fields:
                yield from _unknown_keys(getattr(value, key), member, (*loc, key))
            elif not takes_all:
                yield (*loc, key)
    elif isinstance(value, list) and isinstance(raw, list) and value and isinstance(value[0], BaseModel):
        for index, (element, raw_element) in enumerate(zip(value, raw, strict=True)):
            yield from _unknown_keys(element, raw_element, (*loc, index))


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is too large")
    return number


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
