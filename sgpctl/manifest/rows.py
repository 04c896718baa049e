"""Rows of data from `.jsonl` and `.csv`: each row a plain map that knows its line. Values are taken verbatim."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sgpctl.limits import (
    DOCUMENT_DEPTH_MAX,
    INCLUDED_FILE_BYTES_MAX,
    PROBLEMS_PER_FILE_MAX,
    ROWS_PER_EVALUATION_MAX,
)
from sgpctl.manifest.document import Extent, finite, integer
from sgpctl.manifest.json_document import read_json
from sgpctl.manifest.problem import Problem, error_at, quoted
from sgpctl.model.located import Json, LocatedList, Mark

_STRING_OR_BRACKET = re.compile(r'"(?:[^"\\]++|\\.)*+"|[\[{]|[\]}]')
_NUL_ESCAPE = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
_SURROGATE_ESCAPE = re.compile(
    r"\\u[dD][89a-fA-F]"
)  # most are halves of pairs, which is how JSON writes emojis
_SURROGATE = re.compile("[\ud800-\udfff]")
_FEW_BRACKETS = 8
_CSV_WORDS = {
    "unexpected end of data": "the quotes that it opens are never closed",
    "',' expected after '\"'": "text follows the quotes that close a cell; quotes within quotes are written twice",
}


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of one file that could be read, and what is wrong with the others.

    The extent counts the rows as one node: their number and their bytes have bounds of their own.
    """

    rows: LocatedList
    extent: Extent
    problems: tuple[Problem, ...]


class _NotARow(ValueError):
    """A line or record that is no row; the message is for a person."""

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.line = line


def read_jsonl(text: str, file: str) -> Rows:
    """One JSON object per line; blank lines are skipped."""
    rows = LocatedList((file, 1, 1))
    problems: list[Problem] = []
    height = 1
    if text.lstrip().startswith("["):
        message = "this is a JSON list, not one object per line; give the file the ending .json"
        return Rows(rows, Extent(1, len(text), height), (error_at((file, 1, 1), message),))
    for number, line in enumerate(_lines(text), start=1):
        if not line or line.isspace():
            continue
        try:
            levels = _levels(line)
            rows.put(_json_row(line, levels), (file, number, 1))
            height = max(height, 1 + levels)
        except ValueError as error:
            problems.append(_about_line(line, (file, number, 1), error))
        if _is_too_much(rows, problems):
            break
    return Rows(rows, Extent(1, len(text), height), tuple(problems))


def _lines(text: str) -> Iterator[str]:
    """One after the other: a list of a great many empty lines would take more room than their text."""
    start = 0
    while (end := text.find("\n", start)) >= 0:
        yield text[start:end]
        start = end + 1
    yield text[start:]


def read_csv(text: str, file: str) -> Rows:
    """A header with the names of the columns, then one row per record; blank lines are skipped."""
    rows = LocatedList((file, 1, 1))
    problems: list[Problem] = []
    extent = Extent(1, len(text), 2)
    records = _records(text)
    try:
        line, columns = next(records, (1, []))
        fault = _header_fault(columns)
        if fault is not None:
            return Rows(rows, extent, (error_at((file, line, 1), fault),))
        for line, cells in records:
            if len(cells) == len(columns):
                rows.put(dict(zip(columns, cells, strict=True)), (file, line, 1))
            else:
                message = f"this row has {len(cells)} cells, and the header names {len(columns)} columns"
                problems.append(error_at((file, line, 1), message))
            if _is_too_much(rows, problems):
                break
    except _NotARow as error:
        problems.append(error_at((file, error.line, 1), str(error)))
    return Rows(rows, extent, tuple(problems))


def _is_too_much(rows: LocatedList, problems: list[Problem]) -> bool:
    """True when reading on is of no use; one row more than allowed is kept, so that the excess is seen."""
    return len(rows) > ROWS_PER_EVALUATION_MAX or len(problems) >= PROBLEMS_PER_FILE_MAX


def _json_row(line: str, levels: int) -> dict[str, Json]:
    if levels > DOCUMENT_DEPTH_MAX:
        raise _NotARow(f"the row is nested more than {DOCUMENT_DEPTH_MAX} levels deep")
    row = _DECODER.decode(line)
    if not isinstance(row, dict):
        raise _NotARow('a row must be an object: {"column": value, ...}')
    if _NUL_ESCAPE.search(line) or (
        _SURROGATE_ESCAPE.search(line) and _SURROGATE.search(json.dumps(row, ensure_ascii=False))
    ):
        raise _NotARow("an escape stands for NUL or for half of a surrogate pair, which is no character")
    return row


def _levels(line: str) -> int:
    """How deep the brackets of a line are nested, or a small number that is not less."""
    brackets = line.count("{") + line.count("[")
    if brackets <= _FEW_BRACKETS:
        return brackets
    deepest = depth = 0
    for found in _STRING_OR_BRACKET.finditer(line):
        if found.group() in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif found.group() in "]}":
            depth -= 1
    return deepest


def _without_repeats(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    row = dict(pairs)
    if len(row) != len(pairs):
        repeated = _first_repeated(key for key, _ in pairs)
        raise _NotARow(f"the key {quoted(repeated or '')} stands in this row twice")
    return row


def _first_repeated(names: Iterable[str]) -> str | None:
    """The first name that stands there for a second time."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return None


def _no_constant(name: str) -> Json:
    raise _NotARow(f"{name} is not a number that JSON can carry")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_without_repeats, parse_constant=_no_constant, parse_float=finite, parse_int=integer
)


def _about_line(line: str, mark: Mark, error: ValueError) -> Problem:
    """The problem of a line that is no row, at its column: the reader of whole documents knows what it is called."""
    file, number, _ = mark
    if isinstance(error, json.JSONDecodeError):
        is_cut, goes_on = error.pos >= len(line.rstrip()), error.msg == "Extra data"
        if is_cut or goes_on:
            what = "breaks off where its line ends" if is_cut else "has ended before this"
            message = f"the row {what}; each row is one object on a line of its own"
            return error_at((file, number, error.colno), message)
    found = (problem for problem in read_json(line, file, number).problems if problem.is_error)
    return next(found, None) or error_at(mark, str(error))


def _records(text: str) -> Iterator[tuple[int, list[str]]]:
    """The records that are not blank, each with the line where it starts; its cells may hold line ends."""
    csv.field_size_limit(INCLUDED_FILE_BYTES_MAX)  # its default would refuse a cell of more than 128 KiB
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        for cells in reader:
            if cells:
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        why = _CSV_WORDS.get(str(error), str(error))
        raise _NotARow(f"the row that starts here is not CSV: {why}", line) from error


def _header_fault(columns: list[str]) -> str | None:
    if not columns:
        return "the file is empty; its first line must name the columns"
    if "" in columns:
        return f"column {columns.index('') + 1} has no name in the header"
    repeated = _first_repeated(columns)
    return f"the header names the column {quoted(repeated)} twice" if repeated is not None else None
