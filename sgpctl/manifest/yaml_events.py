"""The C parser of PyYAML behind types: the events of one text, one at a time."""

from __future__ import annotations

from typing import Protocol, cast

from yaml import cyaml


class Place(Protocol):
    """A place in the text; both count from 0, in characters."""

    line: int
    column: int


class Event(Protocol):
    """Any event. Those of the attributes exist that its kind has; `style` is empty for an unquoted scalar."""

    start_mark: Place
    value: str
    tag: str | None
    anchor: str | None
    style: str | None
    flow_style: bool


class Parser(Protocol):
    """Gives the events in order, None after the last. Raises `yaml.YAMLError` where the syntax breaks."""

    def get_event(self) -> Event | None: ...


def events_of(text: str) -> Parser:
    # The type stubs do not know that this module exports its parser.
    return cast("Parser", vars(cyaml)["CParser"](text))
