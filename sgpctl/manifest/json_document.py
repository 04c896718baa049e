"""Strict JSON with the place of every key and value. Like the YAML reader it does not recurse."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import NoReturn

from sgpctl.limits import DOCUMENT_DEPTH_MAX, DOCUMENT_NODES_MAX, PROBLEMS_PER_FILE_MAX
from sgpctl.manifest.document import Document, Extent, Parsed, finite, integer
from sgpctl.manifest.problem import Broken, Problem, error_at, quoted
from sgpctl.model.located import Json, LocatedList, LocatedMap, Mark, Path

_BLANKS = frozenset(" \t\n")
_SPACE = re.compile(r"[ \t\n]*")
_INNER = r'((?:[^"\\\x00-\x1f]++|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+)'
_STRING = re.compile(f'"{_INNER}"')
_STRING_START = re.compile(f'"{_INNER}')
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?(?![0-9A-Za-z_.+-])")
_WORD = re.compile(r"[-+]?[A-Za-z0-9_.$+-]+")
_WORDS: dict[str, Json] = {"true": True, "false": False, "null": None}
_NOT_FINITE = frozenset({"nan", "infinity", "inf"})
_NOT_A_CHARACTER = re.compile("[\0\ud800-\udfff]")


def read_json(text: str, file: str, first_line: int = 1) -> Parsed:
    """The one document of a JSON file named `file`; an error in the syntax ends the reading without a document.

    `first_line` is where `text` begins when it is a part of the file.
    """
    # A raw line end cannot be part of a value, so one kind of them is enough.
    reader = _Reader(text.replace("\r\n", "\n").replace("\r", "\n"), file, first_line)
    try:
        documents: tuple[Document, ...] = (reader.document(),)
    except Broken as broken:
        documents = ()
        reader.problems.append(broken.problem)
    return Parsed(documents, tuple(reader.problems))


def json_string(inner: str) -> str:
    """The text between the quotes of a JSON string, escapes resolved. Raises ValueError for what is no character."""
    if "\\" not in inner:
        return inner
    value = str(json.loads(f'"{inner}"'))
    if _NOT_A_CHARACTER.search(value):
        raise ValueError(
            "an escape here stands for NUL or for half of a surrogate pair, which is no character"
        )
    return value


@dataclass(slots=True)
class _Frame:
    """A map or list that is still being read; `key` is None when its value will be dropped."""

    holder: LocatedMap | LocatedList
    key: str | None
    key_at: Mark


class _Reader:
    def __init__(self, text: str, file: str, first_line: int) -> None:
        self.problems: list[Problem] = []
        self._text = text
        self._file = file
        self._at = 0
        self._line = first_line
        self._line_start = 0
        self._nodes = 0
        self._chars = 0
        self._height = 0
        self._frames: list[_Frame] = []

    def document(self) -> Document:
        self._skip_space()
        mark = self._mark()
        if self._at == len(self._text):
            raise Broken(error_at(mark, "the file is empty"))
        root = self._tree()
        self._skip_space()
        if self._at < len(self._text):
            self._fail("the document has ended before this; a JSON file holds one value")
        return Document(root, mark, Extent(self._nodes, self._chars, self._height))

    def _tree(self) -> Json:
        """Reads values until the first of them, which holds all others, is complete."""
        while True:
            mark = self._mark()
            value = self._value(mark)
            if isinstance(value, LocatedMap | LocatedList) and not self._closes():
                self._descend(value)
                continue
            while True:
                if not self._frames:
                    return value
                frame = self._frames[-1]
                _put(frame, value, mark)
                if not self._ends(frame):
                    break
                self._frames.pop()
                value, mark = frame.holder, frame.holder.mark

    def _descend(self, holder: LocatedMap | LocatedList) -> None:
        frame = _Frame(holder, None, holder.mark)
        self._frames.append(frame)
        if isinstance(holder, LocatedMap):
            self._key(frame)

    def _closes(self) -> bool:
        """Whether the map or list that has just been opened is empty; takes its closing bracket."""
        closing = "}" if self._text[self._at - 1] == "{" else "]"
        self._skip_space()
        if not self._text.startswith(closing, self._at):
            return False
        self._at += 1
        return True

    def _ends(self, frame: _Frame) -> bool:
        """Takes what follows a value: the closing bracket (True), or a comma and, in a map, the next key (False)."""
        is_map = isinstance(frame.holder, LocatedMap)
        closing, name = ("}", "map") if is_map else ("]", "list")
        self._skip_space()
        found = self._text[self._at : self._at + 1]
        if found not in (",", closing):
            opened = f"the {name} opened in line {frame.holder.mark[1]}"
            self._fail(f"{opened} lacks a comma before this" if found else f"{opened} is never closed")
        self._at += 1
        if found == closing:
            return True
        self._skip_space()
        if self._text.startswith(closing, self._at):
            self._fail(f"a comma before {closing} is not allowed in JSON")
        if is_map:
            self._key(frame)
        return False

    def _key(self, frame: _Frame) -> None:
        self._skip_space()
        mark = self._mark()
        if not self._text.startswith('"', self._at):
            self._fail("a key in double quotes must stand here")
        key = self._string(mark)
        self._skip_space()
        if not self._text.startswith(":", self._at):
            self._fail(f"a colon must follow the key {quoted(key)}")
        self._at += 1
        self._skip_space()
        frame.key, frame.key_at = key, mark
        if isinstance(frame.holder, LocatedMap) and key in frame.holder:
            first = frame.holder.keys_at[key][1]
            self._refuse(
                mark, f"the key {quoted(key)} stands here a second time; the first is in line {first}"
            )
            frame.key = None

    def _value(self, mark: Mark) -> Json:
        self._nodes += 1
        if self._nodes > DOCUMENT_NODES_MAX:
            raise Broken(
                error_at(mark, f"this has more than {DOCUMENT_NODES_MAX:,} values; rows fit in .jsonl")
            )
        match self._text[self._at : self._at + 1]:
            case "{" | "[" as opening:
                self._open(mark)
                return LocatedMap(mark) if opening == "{" else LocatedList(mark)
            case '"':
                return self._string(mark)
            case _:
                return self._number_or_word(mark)

    def _open(self, mark: Mark) -> None:
        height = len(self._frames) + 1
        if height > DOCUMENT_DEPTH_MAX:
            message = f"maps and lists are nested more than {DOCUMENT_DEPTH_MAX} levels deep"
            raise Broken(error_at(mark, message))
        self._height = max(self._height, height)
        self._at += 1

    def _string(self, mark: Mark) -> str:
        found = _STRING.match(self._text, self._at)
        if found is None:
            raise Broken(self._about_string(mark))
        self._at = found.end()
        self._chars += len(found.group(1))
        try:
            return json_string(found.group(1))
        except ValueError as error:
            self._refuse(mark, str(error))
            return ""

    def _number_or_word(self, mark: Mark) -> Json:
        number = _NUMBER.match(self._text, self._at)
        if number is not None:
            self._at = number.end()
            is_float = number.group(1) is not None or number.group(2) is not None
            try:
                return finite(number.group()) if is_float else integer(number.group())
            except ValueError as error:
                self._refuse(mark, str(error))
                return None
        word = _WORD.match(self._text, self._at)
        if word is not None and word.group() in _WORDS:
            self._at = word.end()
            return _WORDS[word.group()]
        if word is not None and word.group().lstrip("+-").lower() in _NOT_FINITE:
            self._at = word.end()
            self._refuse(mark, f"{word.group()} is not a number that JSON can carry")
            return None
        raise Broken(
            error_at(mark, _about_word(self._text, self._at, word.group() if word else ""), self._path())
        )

    # --- places and problems

    def _skip_space(self) -> None:
        if self._text[self._at : self._at + 1] not in _BLANKS:
            return
        found = _SPACE.match(self._text, self._at)
        end = found.end() if found else self._at
        line_ends = self._text.count("\n", self._at, end)
        if line_ends:
            self._line += line_ends
            self._line_start = self._text.rfind("\n", self._at, end) + 1
        self._at = end

    def _mark(self) -> Mark:
        return (self._file, self._line, self._at - self._line_start + 1)

    def _path(self) -> Path:
        steps: list[str | int] = []
        for frame in self._frames:
            if isinstance(frame.holder, LocatedList):
                steps.append(len(frame.holder))
            elif frame.key is not None:
                steps.append(frame.key)
        return tuple(steps)

    def _refuse(self, mark: Mark, message: str) -> None:
        if len(self.problems) >= PROBLEMS_PER_FILE_MAX:
            raise Broken(error_at(mark, message, self._path()))
        self.problems.append(error_at(mark, message, self._path()))

    def _fail(self, message: str) -> NoReturn:
        raise Broken(error_at(self._mark(), message, self._path()))

    def _about_string(self, mark: Mark) -> Problem:
        """Where a string that the grammar refuses goes wrong: at a bad escape, a raw control character or its end."""
        good = _STRING_START.match(self._text, self._at)
        at = good.end() if good else self._at
        _, line, column = mark
        bad = self._text[at : at + 1]
        place = (self._file, line, column + at - self._at)
        if bad == "\\":
            return error_at(
                place, f"{quoted(self._text[at : at + 2])} is not an escape that JSON knows", self._path()
            )
        if bad in ("", "\n", "\r"):
            return error_at(mark, "the quotes opened here are not closed in this line", self._path())
        return error_at(place, f"the character U+{ord(bad):04X} must be written as an escape", self._path())


def _put(frame: _Frame, value: Json, mark: Mark) -> None:
    if isinstance(frame.holder, LocatedList):
        frame.holder.put(value, mark)
    elif frame.key is not None:
        frame.holder.put(frame.key, value, frame.key_at, mark)
        frame.key = None


def _about_word(text: str, at: int, word: str) -> str:
    """What stands where a value belongs, and what to write instead."""
    if not word and at == len(text):
        return "a value is missing here, where the file ends"
    if text.startswith(("//", "/*", "#"), at):
        return "comments are not allowed in JSON"
    if text.startswith("'", at):
        return "JSON takes double quotes only"
    if text[at] in ",:]}":
        return f"a value is missing before {text[at]}"
    if word and word[0] in "+-.0123456789":
        return f"{quoted(word)} is not a number as JSON writes it"
    return f"{quoted(word or text[at])} is not a value; text needs double quotes"
