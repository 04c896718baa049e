"""Strict YAML 1.2 from the events of PyYAML's C parser, with the place of every key and value.

Nothing here recurses: depth is counted while events arrive, so a hostile file cannot exhaust the stack. Aliases share
their value, and what it would be when written out is counted against the budget.
"""

from __future__ import annotations

from yaml.error import YAMLError
from yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from sgpctl.limits import (
    DOCUMENT_CHARS_MAX,
    DOCUMENT_DEPTH_MAX,
    DOCUMENT_NODES_MAX,
    DOCUMENTS_PER_FILE_MAX,
    PROBLEMS_PER_FILE_MAX,
)
from sgpctl.manifest import yaml_scalar
from sgpctl.manifest.document import Document, Extent, Parsed
from sgpctl.manifest.problem import Broken, Problem, error_at, quoted, warning_at
from sgpctl.manifest.text import mark_of
from sgpctl.manifest.yaml_events import Event, Parser, events_of
from sgpctl.manifest.yaml_frame import Anchored, Frame, merge, path_of
from sgpctl.manifest.yaml_syntax import TOO_DEEP, about_character, explain, unreadable_character
from sgpctl.model.located import Json, LocatedList, LocatedMap, Mark, Path

_MAP_TAGS = frozenset({None, f"{yaml_scalar.TAG_PREFIX}map"})
_LIST_TAGS = frozenset({None, f"{yaml_scalar.TAG_PREFIX}seq"})
_MERGE_KEY = "<<"
_TOO_MUCH = "the document is too large: with its aliases written out, it has more than"


def read_yaml(text: str, file: str) -> Parsed:
    """The documents of a YAML file named `file`; documents that are empty are left out.

    An error in the syntax ends the reading; the documents before it are still returned.
    """
    bad = unreadable_character(text)
    if bad is not None:
        return Parsed((), (error_at(mark_of(text, bad.start(), file), about_character(bad.group())),))
    return _Composer(text, file).parsed()


class _Composer:
    """Builds the documents of one file while the events arrive."""

    def __init__(self, text: str, file: str) -> None:
        self._text = text
        self._file = file
        self._documents: list[Document] = []
        self._problems: list[Problem] = []
        self._started = 0
        self._aliased_nodes = 0
        self._begin((file, 1, 1))

    def parsed(self) -> Parsed:
        try:
            self._read(events_of(self._text))
        except YAMLError as error:
            self._problems.append(explain(error, self._text, self._file))
        except Broken as broken:
            self._problems.append(broken.problem)
        return Parsed(tuple(self._documents), tuple(self._problems))

    def _read(self, parser: Parser) -> None:
        while (event := parser.get_event()) is not None:
            kind: object = event.__class__
            if kind is ScalarEvent:
                self._scalar(event)
            elif kind is MappingStartEvent or kind is SequenceStartEvent:
                self._open(event, is_map=kind is MappingStartEvent)
            elif kind is MappingEndEvent or kind is SequenceEndEvent:
                self._close()
            elif kind is AliasEvent:
                self._alias(event)
            elif kind is DocumentStartEvent:
                self._begin(self._mark(event))
            elif kind is DocumentEndEvent:
                self._end()

    # --- documents

    def _begin(self, mark: Mark) -> None:
        """Everything that one document does not share with another; its root becomes the one item of a list."""
        self._started += 1
        if self._started > DOCUMENTS_PER_FILE_MAX + 1:
            raise Broken(error_at(mark, f"more than {DOCUMENTS_PER_FILE_MAX:,} documents in one file"))
        self._nodes = 0
        self._chars = 0
        self._anchors: dict[str, Anchored | None] = {}
        self._top = LocatedList(mark)
        self._frame = Frame(self._top, None, 0, 0)
        self._frames = [self._frame]
        self._has_text = False

    def _end(self) -> None:
        if self._has_text:
            extent = Extent(self._nodes, self._chars, self._frame.height - 1)
            self._documents.append(Document(self._top[0], self._top.values_at[0], extent))

    # --- nodes

    def _scalar(self, event: Event) -> None:
        """Most scalars are texts without a tag, an anchor or a doubt; these take the short way."""
        text = event.value
        start = event.start_mark
        mark = (self._file, start.line + 1, start.column + 1)
        self._nodes += 1
        self._chars += len(text)
        if self._nodes > DOCUMENT_NODES_MAX or self._chars > DOCUMENT_CHARS_MAX:
            self._count(0, 0, mark)
        frame = self._frame
        style = event.style
        is_text = "\0" not in text if style else yaml_scalar.is_text(text)
        if not is_text or event.tag is not None or event.anchor is not None or frame.is_merging:
            self._any_scalar(event, text, mark)
        elif not frame.awaits_key:
            self._has_text = True
            holder = frame.holder
            if isinstance(holder, LocatedList):
                holder.append(text)
                holder.values_at.append(mark)
            else:
                frame.awaits_key = True
                if frame.key is not None:
                    holder.put(frame.key, text, frame.key_at, mark)
        elif text in frame.holder:
            self._any_scalar(event, text, mark)
        else:
            self._has_text = True
            frame.take_key(text, mark)

    def _any_scalar(self, event: Event, text: str, mark: Mark) -> None:
        """Whatever a scalar may be; it has been counted."""
        frame = self._frame
        if frame.awaits_key:
            self._key(event, text, mark)
            value: Json = text
        elif event.tag is None and event.style:
            if event.style == '"' and "\0" in text:
                self._refuse(mark, "the character NUL is not allowed, not even as an escape")
            value = text
            self._put(text, mark, 0)
        else:
            value = self._resolved(event, text, mark)
            self._put(value, mark, 0)
        self._has_text = self._has_text or text != "" or bool(event.style) or event.tag is not None
        if event.anchor is not None:
            self._anchors[event.anchor] = Anchored(value, mark, Extent(1, len(text), 0))

    def _resolved(self, event: Event, text: str, mark: Mark) -> Json:
        try:
            if event.tag is not None:
                return yaml_scalar.tagged(event.tag, text)
            value, doubt = yaml_scalar.plain(text)
        except ValueError as error:
            self._refuse(mark, str(error))
            return None
        if doubt is not None:
            self._complain(warning_at(mark, doubt, self._path()))
        return value

    def _key(self, event: Event, text: str, mark: Mark) -> None:
        """Takes note of a key; when it is refused, its value will be read and dropped."""
        frame = self._frame
        frame.take_key(None, mark)
        is_plain = event.tag is None and not event.style
        if is_plain and text == _MERGE_KEY:
            frame.is_merging = True
            if frame.merges is None:
                frame.merges = []
            else:
                self._refuse(mark, "a second <<; write one as `<<: [*first, *second]`")
            return
        try:
            value = text if event.tag is None and event.style else self._key_value(event, text)
        except ValueError as error:
            self._refuse(mark, str(error))
            return
        if not isinstance(value, str) or "\0" in value:
            self._refuse(mark, f"a key must be text; write it in quotes: {quoted(text)}")
        elif value in frame.holder:
            self._complain(self._repeated(value, mark))
        else:
            frame.key = value

    def _key_value(self, event: Event, text: str) -> Json:
        if event.tag is not None:
            return yaml_scalar.tagged(event.tag, text)
        return yaml_scalar.plain_key(text)

    def _repeated(self, key: str, mark: Mark) -> Problem:
        holder = self._frame.holder
        first = holder.keys_at[key] if isinstance(holder, LocatedMap) else mark
        message = f"the key {quoted(key)} stands here a second time; the first is in line {first[1]}"
        return error_at(mark, message, (*self._path(), key))

    def _open(self, event: Event, *, is_map: bool) -> None:
        mark = self._mark(event)
        if len(self._frames) > DOCUMENT_DEPTH_MAX:
            raise Broken(error_at(mark, TOO_DEEP))
        if self._frame.awaits_key:
            self._refuse_key(event, mark)
        elif event.tag not in (_MAP_TAGS if is_map else _LIST_TAGS):
            self._refuse(mark, yaml_scalar.unknown_tag(str(event.tag)))
        if event.anchor is not None:
            self._anchors[event.anchor] = None
        holder = LocatedMap(mark) if is_map else LocatedList(mark)
        self._frame = Frame(holder, event.anchor, self._nodes, self._chars)
        self._frames.append(self._frame)
        self._count(1, 0, mark)
        self._has_text = True

    def _close(self) -> None:
        done = self._frames.pop()
        self._frame = self._frames[-1]
        holder = done.holder
        if done.merges and isinstance(holder, LocatedMap):
            merge(holder, done.merges)
        if done.anchor is not None:
            extent = Extent(self._nodes - done.nodes_before, self._chars - done.chars_before, done.height)
            self._anchors[done.anchor] = Anchored(holder, holder.mark, extent)
        self._put(holder, holder.mark, done.height)

    def _alias(self, event: Event) -> None:
        mark = self._mark(event)
        name = event.anchor or ""
        meant = self._anchors.get(name)
        if meant is None:
            reason = (
                "is inside the value that it names" if name in self._anchors else "names nothing above it"
            )
            self._refuse(mark, f"the alias *{name} {reason}")
            self._put(None, mark, 0)
            return
        self._aliased_nodes += meant.extent.nodes
        self._count(meant.extent.nodes, meant.extent.chars, mark)
        if len(self._frames) - 1 + meant.extent.height > DOCUMENT_DEPTH_MAX:
            raise Broken(error_at(mark, TOO_DEEP))
        if self._frame.awaits_key:
            self._alias_as_key(meant.value, mark)
        else:
            self._put(meant.value, meant.mark, meant.extent.height)

    def _alias_as_key(self, value: Json, mark: Mark) -> None:
        frame = self._frame
        frame.take_key(None, mark)
        if not isinstance(value, str):
            self._refuse(mark, "a key must be text, and this alias is none")
        elif value in frame.holder:
            self._complain(self._repeated(value, mark))
        else:
            frame.key = value

    def _refuse_key(self, event: Event, mark: Mark) -> None:
        file, line, column = mark
        if event.flow_style and self._frame.holder.mark == (file, line, column - 1):
            message = "a value that starts with {{ must be in quotes, or YAML reads it as a map"
        else:
            message = "a key must be text, not a map or a list"
        self._refuse(mark, message)

    def _put(self, value: Json, mark: Mark, height: int) -> None:
        """Puts a finished value where it belongs in the map or list around it."""
        frame = self._frame
        if height >= frame.height:
            frame.height = height + 1
        holder = frame.holder
        if isinstance(holder, LocatedList):
            holder.put(value, mark)
        elif frame.awaits_key:  # a map or list was read where a key belongs; that has been said
            frame.take_key(None, mark)
        else:
            frame.awaits_key = True
            if frame.is_merging:
                frame.is_merging = False
                self._note_merge(frame, value, mark)
            elif frame.key is not None:
                holder.put(frame.key, value, frame.key_at, mark)

    def _note_merge(self, frame: Frame, value: Json, mark: Mark) -> None:
        sources = value if isinstance(value, LocatedList) else [value]
        for source in sources:
            if isinstance(source, LocatedMap) and frame.merges is not None:
                frame.merges.append(source)
            else:
                self._refuse(mark, "<< needs a map or a list of maps")
                return

    # --- bookkeeping

    def _count(self, nodes: int, chars: int, mark: Mark) -> None:
        self._nodes += nodes
        self._chars += chars
        if self._nodes > DOCUMENT_NODES_MAX or self._aliased_nodes > DOCUMENT_NODES_MAX:
            raise Broken(error_at(mark, f"{_TOO_MUCH} {DOCUMENT_NODES_MAX:,} values"))
        if self._chars > DOCUMENT_CHARS_MAX:
            raise Broken(error_at(mark, f"{_TOO_MUCH} {DOCUMENT_CHARS_MAX:,} characters"))

    def _refuse(self, mark: Mark, message: str) -> None:
        self._complain(error_at(mark, message, self._path()))

    def _complain(self, problem: Problem) -> None:
        if len(self._problems) < PROBLEMS_PER_FILE_MAX:
            self._problems.append(problem)
        elif problem.is_error:
            raise Broken(problem)

    def _mark(self, event: Event) -> Mark:
        start = event.start_mark
        return (self._file, start.line + 1, start.column + 1)

    def _path(self) -> Path:
        return path_of(self._frames[1:])
