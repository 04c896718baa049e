"""References from a task to the row it runs on: `item.<path>` and `{{item.<path>}}` (API 3.2)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, TypeAlias, TypeVar

from pydantic import AfterValidator, Discriminator, Tag, WithJsonSchema
from pydantic_core import PydanticCustomError

from sgpctl.limits import DOCUMENT_DEPTH_MAX
from sgpctl.model.located import Json, Path
from sgpctl.model.reading import tag

PREFIX = "item."
LOCATOR_ERROR = "item_locator"
VALUE_ARM = "value"

_TEMPLATE = re.compile(r"\{\{\s*item\.([^{}]+)\}\}")
_NOT_IN_LOCATOR = re.compile(r"[\s{}]")  # what tells a text that merely begins with `item.`
_STEPS_MAX = 2 * DOCUMENT_DEPTH_MAX  # nothing is nested so deep
_NAME_END = re.compile(r"[|\[(\s]")  # where a filter or an index begins that follows the name

T = TypeVar("T")


def as_locator(text: str) -> str:
    """The locator that a person who wrote `text` most likely meant."""
    whole = _TEMPLATE.fullmatch(text.strip())
    if whole:
        return f"{PREFIX}{_name_in(whole)}"
    return text if text.startswith(PREFIX) else f"{PREFIX}{text or '<column>'}"


def is_template(text: str) -> bool:
    """True for one template and nothing else, such as `{{item.question}}`."""
    return _TEMPLATE.fullmatch(text.strip()) is not None


def _check_locator(text: str) -> str:
    if text.startswith(PREFIX) and len(text) > len(PREFIX):
        return text
    if text == PREFIX:
        message = "names no column; an item locator is item.<column>"
    elif is_template(text):
        message = f"must be an item locator without braces: write {as_locator(text)}"
    elif "\n" in text or "{{" in text or " " in text:
        message = "must be an item locator (item.<column>), not a text"
    else:
        message = f"must start with 'item.' to point into the row: write {as_locator(text)}"
    encodable = message.encode("utf-8", "backslashreplace").decode(
        "utf-8"
    )  # else pydantic fails to render it
    raise PydanticCustomError(LOCATOR_ERROR, "{message}", {"message": encodable})


ItemLocator: TypeAlias = Annotated[
    str, AfterValidator(_check_locator), WithJsonSchema({"type": "string", "pattern": r"^item\.[\s\S]"})
]
"""`item.<column>`, or `item.<column>.<key>` for what lies within the value of a column."""


def _arm(value: object) -> str:
    return tag("locator") if isinstance(value, str) and value.startswith(PREFIX) else tag(VALUE_ARM)


OrLocator: TypeAlias = Annotated[
    Annotated[T, Tag(tag(VALUE_ARM))] | Annotated[ItemLocator, Tag(tag("locator"))], Discriminator(_arm)
]
"""Either a value that holds for all rows, or where each row keeps its own."""


def references(value: Json, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Every path into the row that the strings below `value` name, with the place of the string.

    The part after `item.` is given. A longer text that merely begins with `item.` is not a locator.
    """
    match value:
        case str():
            yield from ((path, name) for name in _named_in(value))
        case dict():
            for key, part in value.items():
                if isinstance(part, dict | list) or (isinstance(part, str) and PREFIX in part):
                    yield from references(part, (*path, key))
        case list():
            for index, part in enumerate(value):
                if isinstance(part, dict | list) or (isinstance(part, str) and PREFIX in part):
                    yield from references(part, (*path, index))
        case _:
            return


def _named_in(text: str) -> Iterator[str]:
    if PREFIX not in text:
        return
    if text.startswith(PREFIX) and len(text) > len(PREFIX) and not _NOT_IN_LOCATOR.search(text):
        yield text[len(PREFIX) :]
        return
    for found in _TEMPLATE.finditer(text):
        yield _name_in(found)


def _name_in(template: re.Match[str]) -> str:
    name = template.group(1)
    return name.rstrip() or name  # not in the pattern, where it would be tried at every one of many blanks


def prefixes(name: str) -> Iterator[str]:
    """The columns that `name` may mean, longest first: `a.b.c`, `a.b`, `a`; also without a filter or an index."""
    yield name
    bare = _bare(name)
    if bare.count(".") > _STEPS_MAX:
        yield bare
        bare = ".".join(bare.split(".", _STEPS_MAX)[:_STEPS_MAX])
    while bare:
        yield bare
        bare = bare.rpartition(".")[0]


def named_column(name: str) -> str:
    """The column that `name` most likely means when nothing is known about columns: its first step."""
    return _bare(name).partition(".")[0] or name


def _bare(name: str) -> str:
    return _NAME_END.split(name, maxsplit=1)[0]
