"""From the text of a YAML file to the formatter's tree: the grammar over tokens, and where each comment belongs.

A comment of its own line belongs to the entry below it. After the last entry of a map or list, those that are indented
more than what is around it stay with it; the first one that is not, and all below, belong to what comes next outside.
"""

from __future__ import annotations

from typing import TypeAlias

from yaml.tokens import (
    AliasToken,
    AnchorToken,
    BlockEndToken,
    BlockEntryToken,
    BlockMappingStartToken,
    BlockSequenceStartToken,
    DirectiveToken,
    DocumentEndToken,
    DocumentStartToken,
    FlowEntryToken,
    FlowMappingEndToken,
    FlowMappingStartToken,
    FlowSequenceEndToken,
    FlowSequenceStartToken,
    KeyToken,
    ScalarToken,
    StreamEndToken,
    TagToken,
    ValueToken,
)

from sgpctl.manifest.formatting.scalars import lines_of, read_block
from sgpctl.manifest.formatting.tokens import Tokens, is_block_scalar
from sgpctl.manifest.formatting.tree import (
    BlockScalar,
    Collection,
    Comment,
    Document,
    Entry,
    Gap,
    Node,
    NotFormattable,
    Properties,
    Scalar,
    Stream,
    comments_in,
)

Kinds: TypeAlias = tuple[type, ...]

_ENDS_OF_DOCUMENT = (DirectiveToken, DocumentStartToken, DocumentEndToken, StreamEndToken)
_ENDS_OF_BLOCK_VALUE = (KeyToken, ValueToken, BlockEndToken)
_ENDS_OF_ITEM = (BlockEntryToken, KeyToken, ValueToken, BlockEndToken)
_FLOW_STARTS = (FlowMappingStartToken, FlowSequenceStartToken)
_FLOW_CLOSINGS = (FlowMappingEndToken, FlowSequenceEndToken)
_ENDS_IN_FLOW = (*_FLOW_CLOSINGS, FlowEntryToken, ValueToken)
_OUTSIDE = -1  # the column of what is around the root


def parse(text: str) -> Stream:
    """The tree of a text that the strict reader accepts. Raises `NotFormattable`."""
    return _Parser(text).stream()


class _Parser:
    def __init__(self, text: str) -> None:
        self._tokens = Tokens(text)
        self._columns = [_OUTSIDE]  # of the maps and lists around, those in brackets left out

    def stream(self) -> Stream:
        stream = Stream()
        while not self._tokens.at(StreamEndToken):
            stream.documents.append(self._document())
        stream.after = self._whole_gap()
        return stream

    def _document(self) -> Document:
        document = Document(before=self._whole_gap())
        while self._tokens.at(DirectiveToken):
            document.directives.append(self._tokens.source(self._tokens.take()))
            document.before += self._whole_gap()
        if self._tokens.at(DocumentStartToken):
            self._tokens.take()
            document.is_marked = True
            document.start = self._trailing()
        document.top = self._whole_gap()
        root = document.root
        root.value = self._value(root, _ENDS_OF_DOCUMENT)
        if isinstance(root.value, Collection) and not root.value.is_flow and not root.value.properties.text:
            first = root.value.entries[0]
            document.top += first.before
            first.before = []
        if self._tokens.at(DocumentEndToken):
            document.after = self._whole_gap()
            self._tokens.take()
            document.is_ended = True
            document.end = self._trailing()
        return document

    # --- values

    def _value(self, entry: Entry, ends: Kinds, *, may_be_list: bool = False) -> Node | None:
        """The value of `entry`, or None where one of `ends` comes at once; its comments go into the entry.

        `may_be_list` allows a list whose dashes are not indented, which libyaml does not announce.
        """
        properties = self._properties(entry)
        is_flow = self._tokens.at(*_FLOW_STARTS)
        value = self._bare_value(entry, ends, may_be_list=may_be_list)
        if value is None and properties.text:
            value = Scalar([""], "")
        if value is not None:
            value.properties = properties
            entry.tail = entry.tail or self._trailing()
        if entry.tail is not None and is_flow and isinstance(value, Collection) and not value.is_flow:
            entry.tail = entry.tail.moved()
        return value

    def _bare_value(self, entry: Entry, ends: Kinds, *, may_be_list: bool) -> Node | None:
        if may_be_list and self._tokens.at(BlockEntryToken):
            return self._unindented_list()
        if self._tokens.at(*ends):
            return None
        if self._tokens.at(BlockMappingStartToken):
            return self._block_map()
        if self._tokens.at(BlockSequenceStartToken):
            return self._block_list()
        if self._tokens.at(*_FLOW_STARTS):
            return self._flow(entry)
        return self._scalar(entry)

    def _properties(self, entry: Entry) -> Properties:
        parts: list[str] = []
        anchor = None
        while self._tokens.at(AnchorToken, TagToken):
            entry.head += comments_in(self._whole_gap())
            is_anchor = self._tokens.at(AnchorToken)
            token = self._tokens.take()
            parts.append(self._tokens.source(token))
            anchor = token.value if is_anchor else anchor
            if trailing := self._trailing():
                entry.head.append(trailing)
        return Properties(" ".join(parts), anchor)

    def _scalar(self, entry: Entry) -> Scalar | BlockScalar:
        entry.head += comments_in(self._whole_gap())
        is_alias = self._tokens.at(AliasToken)
        if not self._tokens.at(AliasToken, ScalarToken):
            raise self._unknown("a value that sgpctl fmt cannot place")
        token = self._tokens.take()
        source = self._tokens.source(token)
        if is_alias:
            return Scalar([source], "", refers_to=token.value)
        if not is_block_scalar(token):
            return Scalar(lines_of(source), token.value)
        scalar, comment, is_followed = read_block(source, max(0, self._columns[-1]))
        if comment is not None:
            entry.tail = comment
        if is_followed:
            self._tokens.gap.insert(0, None)
        return scalar

    # --- maps and lists by indentation

    def _block_map(self) -> Collection:
        self._columns.append(self._tokens.take().start_mark.column)
        holder = Collection(is_map=True, is_flow=False)
        while self._tokens.at(KeyToken):
            entry = Entry()
            self._key(entry, _ENDS_OF_BLOCK_VALUE)
            if self._tokens.at(ValueToken):
                self._colon(entry)
                entry.value = self._value(entry, _ENDS_OF_BLOCK_VALUE, may_be_list=True)
            holder.entries.append(entry)
        self._end_block(holder)
        self._tokens.take()
        return holder

    def _block_list(self) -> Collection:
        self._columns.append(self._tokens.take().start_mark.column)
        holder = self._items()
        self._end_block(holder)
        self._tokens.take()
        return holder

    def _unindented_list(self) -> Collection:
        self._columns.append(self._tokens.next.start_mark.column)
        holder = self._items()
        self._end_block(holder)
        return holder

    def _items(self) -> Collection:
        holder = Collection(is_map=False, is_flow=False)
        while self._tokens.at(BlockEntryToken):
            entry = Entry(before=self._whole_gap())
            self._tokens.take()
            if trailing := self._trailing():
                entry.head.append(trailing)
            entry.value = self._value(entry, _ENDS_OF_ITEM)
            holder.entries.append(entry)
        return holder

    def _end_block(self, holder: Collection) -> None:
        """Keeps the comments that belong into `holder` although no entry follows them."""
        if not holder.entries or not self._tokens.at(*_ENDS_OF_BLOCK_VALUE):
            raise self._unknown("a map or list that sgpctl fmt cannot follow")
        self._columns.pop()
        gap = self._tokens.gap
        kept = 0
        for index, item in enumerate(gap):
            if item is not None:
                if item.column <= self._columns[-1]:
                    break
                kept = index + 1
        holder.after = gap[:kept]
        self._tokens.gap = gap[kept:]

    # --- maps and lists in brackets

    def _flow(self, owner: Entry) -> Collection:
        owner.head += comments_in(self._whole_gap())
        is_map = self._tokens.at(FlowMappingStartToken)
        self._tokens.take()
        holder = Collection(is_map=is_map, is_flow=True)
        before: Gap = []
        while not self._tokens.at(*_FLOW_CLOSINGS):
            before += self._whole_gap()
            if self._tokens.at(FlowEntryToken):
                self._tokens.take()
                self._after_comma(holder.entries[-1])
                continue
            holder.entries.append(self._flow_pair() if is_map else self._flow_item())
            holder.entries[-1].before[:0] = before
            before = []
        holder.after = [*before, *self._whole_gap()]
        self._tokens.take()
        if not holder.entries:
            owner.head += comments_in(holder.after)
            holder.after = []
        elif _has_comments(holder):
            holder.is_flow = False
            for entry in holder.entries:
                entry.tail = entry.tail and entry.tail.moved()
        return holder

    def _flow_pair(self) -> Entry:
        entry = Entry()
        if not self._tokens.at(KeyToken):  # a key alone
            entry.key = self._as_key(self._value(entry, _ENDS_IN_FLOW))
            return entry
        self._key(entry, _ENDS_IN_FLOW)
        if self._tokens.at(ValueToken):
            self._colon(entry)
            entry.value = self._value(entry, _ENDS_IN_FLOW)
        return entry

    def _flow_item(self) -> Entry:
        entry = Entry()
        if self._tokens.at(KeyToken):  # [key: value], a map of one pair without its braces
            pair = self._flow_pair()
            entry = Entry(before=pair.before, head=pair.head, tail=pair.tail)
            alone = Collection(is_map=True, is_flow=True, entries=[Entry(key=pair.key, value=pair.value)])
            alone.is_flow = not _has_comments(alone)
            entry.value = alone
        else:
            entry.value = self._value(entry, _ENDS_IN_FLOW)
        return entry

    def _after_comma(self, entry: Entry) -> None:
        if entry.tail is None:
            entry.tail = self._trailing()

    # --- keys

    def _key(self, entry: Entry, ends: Kinds) -> None:
        entry.before = self._whole_gap()
        self._tokens.take()
        entry.before += self._whole_gap()  # after a `?`
        entry.key = self._as_key(self._value(entry, ends))

    def _as_key(self, value: Node | None) -> Scalar:
        if not isinstance(value, Scalar) or len(value.lines) > 1:
            raise self._unknown("a key that is not written in one line")
        return value

    def _colon(self, entry: Entry) -> None:
        """Takes the colon; a comment between it and the key stands before the value, too."""
        if entry.tail is not None:
            entry.head.append(entry.tail)
            entry.tail = None
        entry.head += comments_in(self._whole_gap())
        self._tokens.take()
        if trailing := self._trailing():
            entry.head.append(trailing)

    # --- comments

    def _whole_gap(self) -> Gap:
        gap, self._tokens.gap = self._tokens.gap, []
        return gap

    def _trailing(self) -> Comment | None:
        """The comment in the line of what was taken last."""
        gap = self._tokens.gap
        first = gap[0] if gap else None
        if first is None or not first.is_trailing:
            return None
        self._tokens.gap = gap[1:]
        return first

    def _unknown(self, what: str) -> NotFormattable:
        return NotFormattable(self._tokens.next.start_mark.line + 1, what)


def _has_comments(holder: Collection) -> bool:
    """Whether a comment stands between the brackets, at whatever depth."""
    return bool(comments_in(holder.after)) or any(
        entry.tail is not None
        or entry.head
        or comments_in(entry.before)
        or (isinstance(entry.value, Collection) and not entry.value.is_flow)
        for entry in holder.entries
    )
