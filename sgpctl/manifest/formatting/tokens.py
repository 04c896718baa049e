"""The tokens of libyaml's scanner, and what stands between them: comments and empty lines."""

from __future__ import annotations

from collections import deque
from typing import Protocol, cast

from yaml import cyaml
from yaml.tokens import ScalarToken, StreamEndToken

from sgpctl.manifest.formatting.tree import Comment, Gap, NotFormattable


class Position(Protocol):
    """A place in the text; all count from 0, in characters."""

    index: int
    line: int
    column: int


class Token(Protocol):
    """Any token; `value` and `style` are a scalar's, `value` also an anchor's and an alias's."""

    start_mark: Position
    end_mark: Position
    value: str
    style: str | None


class _Scanner(Protocol):
    def get_token(self) -> Token | None: ...


class Tokens:
    """The tokens of one text in turn; `next` is the one that `take` takes.

    `gap` is what stands before the next token that has characters of its own; whoever takes that token takes the gap
    first. The text must have passed the strict reader, and its lines end in line feeds.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        # The type stubs do not know that this module exports its scanner.
        self._scanner = cast("_Scanner", vars(cyaml)["CParser"](text))
        self._queue: deque[Token] = deque()
        self._at = 0
        self._is_at_line_start = True
        self.take()  # the start of the stream

    def at(self, *kinds: type) -> bool:
        """Whether the next token is one of `kinds`."""
        return isinstance(self._queue[0], kinds)

    @property
    def next(self) -> Token:
        return self._queue[0]

    def take(self) -> Token:
        """The next token; what follows it is then in `gap`."""
        token = self._queue.popleft() if self._queue else self._scan()
        if token.end_mark.index > token.start_mark.index or not self._queue:
            self._at = token.end_mark.index
            self._is_at_line_start = self._at == 0 or self.text[self._at - 1] == "\n"
            self.gap = self._gap_before(self._next_with_text())
        return token

    def source(self, token: Token) -> str:
        return self.text[token.start_mark.index : token.end_mark.index]

    def _scan(self) -> Token:
        token = self._scanner.get_token()
        if token is None:
            raise NotFormattable(1, "the file ends within a value")
        return token

    def _next_with_text(self) -> int:
        """Where the next token begins that is not one of libyaml's invisible ones."""
        for token in self._queue:
            if _has_text(token):
                return token.start_mark.index
        while True:
            token = self._scan()
            self._queue.append(token)
            if _has_text(token):
                return token.start_mark.index

    def _gap_before(self, end: int) -> Gap:
        between = self.text[self._at : end]
        if not between.strip(" "):
            return []
        pieces = between.split("\n")
        gap: Gap = []
        line_start = self.text.rfind("\n", 0, self._at) + 1
        for index, piece in enumerate(pieces):
            shares_line = index == 0 and not self._is_at_line_start
            words = piece.strip(" \t")
            if words.startswith("#"):
                space = len(piece) - len(piece.lstrip(" \t"))
                column = space + (self._at - line_start if index == 0 else 0)
                gap.append(Comment(words, column, shares_line, space))
            elif words:
                line = self.text.count("\n", 0, self._at) + index + 1
                raise NotFormattable(line, "something other than a comment stands between two values")
            elif not shares_line and index < len(pieces) - 1:
                gap.append(None)
        return gap


def _has_text(token: Token) -> bool:
    return token.end_mark.index > token.start_mark.index or isinstance(token, StreamEndToken)


def is_block_scalar(token: Token) -> bool:
    return isinstance(token, ScalarToken) and token.style in ("|", ">")
