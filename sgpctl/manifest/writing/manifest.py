"""A create request as the files of a manifest: the YAML, its rows, and its long texts.

<stem>.yaml              the manifest
<stem>/rows.jsonl        the rows, unless they are few
<stem>/files.jsonl       the files that are paired with them
<stem>/<alias>-<what>.md a prompt or another long text; .py for the source of a function
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from enum import StrEnum

from sgpctl.limits import INLINE_ROWS_MAX, INLINE_TEXT_CHARS_MAX, INLINE_TEXT_LINES_MAX
from sgpctl.manifest.include import FILE_KEY
from sgpctl.manifest.problem import printable
from sgpctl.manifest.resolving.references import escaped
from sgpctl.manifest.writing.names import stem_of, unique
from sgpctl.manifest.writing.yaml_text import Include, Writable, yaml_text
from sgpctl.model.alias import effective_alias
from sgpctl.model.located import Json, Path, path_text

_ORDER = (
    *("name", "description", "tags", "metadata"),
    *("dataset_id", "data", "files", "tasks", "taxonomy_params", "lifecycle"),
)
_ROW_FILES = {"data": "rows", "files": "files"}
_SURROGATE = re.compile("[\ud800-\udfff]")
_NOT_IN_A_FILE = re.compile("[\x00-\x08\x0b\x0e-\x1f]")  # what the loader refuses in the text of a file
_BYTE_ORDER_MARK = "\ufeff"
_STEP_CHARS_MAX = 40  # of a key, as messages name it
_BREAKS_OR_HIDES = re.compile("[\x7f-\x9f\u2028\u2029\ufeff]")


class NotWritable(Exception):
    """A value that no manifest can hold; the text says where it is and why."""


class RowsPlace(StrEnum):
    """Where the rows of a manifest go."""

    INLINE = "inline"
    FILE = "file"


def manifest_files(
    body: Mapping[str, Json], stem: str, rows: RowsPlace | None = None, comment: str | None = None
) -> dict[str, str]:
    """The texts of all files by their names, the manifest first. Raises NotWritable.

    Without `rows`, a few rows stand in the manifest and more in a file; so do rows that a manifest would misread.
    """
    writing = _Writing(stem)
    document: dict[str, Writable] = {}
    in_file = _are_rows_in_file(body, rows)
    for key in (*_ORDER, *sorted(body.keys() - set(_ORDER))):
        value = body.get(key)
        if value is None:
            continue
        if key in _ROW_FILES and isinstance(value, list) and in_file:
            document[key] = writing.rows(_ROW_FILES[key], value, (key,))
        elif key == "tasks" and isinstance(value, list):
            document[key] = [writing.task(task, (key, index)) for index, task in enumerate(value)]
        else:
            document[key] = writing.value(
                value, (key,), "taxonomy" if key == "taxonomy_params" else None, key
            )
    head = f"# {printable(comment)}\n" if comment else ""
    return {f"{stem}.yaml": head + yaml_text(document), **writing.texts}


class _Writing:
    """The files beside one manifest, as they come up. `owner` is what a long text belongs to, None where it stays."""

    def __init__(self, stem: str) -> None:
        self.texts: dict[str, str] = {}
        self._stem = stem

    def rows(self, what: str, rows: Sequence[Json], path: Path) -> Include:
        lines = [_json_line(row, (*path, index)) for index, row in enumerate(rows)]
        return self._include(what, ".jsonl", "".join(f"{line}\n" for line in lines))

    def task(self, task: Json, path: Path) -> Writable:
        alias = effective_alias(task) if isinstance(task, dict) else None
        return self.value(task, path, stem_of(alias or "", "task"), "text")

    def value(self, value: Json, path: Path, owner: str | None, hint: str) -> Writable:
        """`value` with long texts replaced by includes; `hint` is the word around it that names it best."""
        match value:
            case str():
                return self._text(value, path, owner, hint)
            case list():
                return [self.value(part, (*path, index), owner, hint) for index, part in enumerate(value)]
            case dict():
                return self._map(value, path, owner)
            case _:
                return value

    def _map(self, value: Mapping[str, Json], path: Path, owner: str | None) -> Writable:
        role = value.get("role")
        parts: dict[str, Writable] = {}
        for key, part in value.items():
            place = (*path, key)
            _refuse_text(key, place)
            if "${" in key or key == FILE_KEY:
                raise NotWritable(f"{_shown(place)}: a manifest would take this key for one of its own")
            parts[key] = self.value(
                part, place, owner, role if key == "content" and isinstance(role, str) else key
            )
        return parts

    def _text(self, text: str, path: Path, owner: str | None, hint: str) -> Writable:
        _refuse_text(text, path)
        can_be_a_file = not _NOT_IN_A_FILE.search(text) and not text.startswith(_BYTE_ORDER_MARK)
        if owner is None or not _is_long(text) or not can_be_a_file:
            return escaped(text)
        if hint == "function_source":
            return self._include(owner, ".py", text)
        return self._include(f"{owner}-{stem_of(hint, 'text')}", ".md", text)

    def _include(self, what: str, ending: str, text: str) -> Include:
        path = f"{self._stem}/{unique(what, {name.partition('/')[2].rpartition('.')[0] for name in self.texts})}{ending}"
        self.texts[path] = text
        return Include(path)


def _is_long(text: str) -> bool:
    lines = text.rstrip("\n").count("\n") + 1
    return "\n" in text and (len(text) > INLINE_TEXT_CHARS_MAX or lines > INLINE_TEXT_LINES_MAX)


def _are_rows_in_file(body: Mapping[str, Json], wanted: RowsPlace | None) -> bool:
    rows = body.get("data")
    if (
        not isinstance(rows, list)
        or wanted is RowsPlace.FILE
        or (wanted is None and len(rows) > INLINE_ROWS_MAX)
    ):
        return True
    try:
        for key in _ROW_FILES:
            _Writing("").value(body.get(key), (key,), None, key)
    except NotWritable:
        return True
    return False


def _json_line(row: Json, path: Path) -> str:
    """One row in one line, whatever its texts hold. Raises NotWritable for what the loader takes from no file."""
    try:
        line = json.dumps(row, ensure_ascii=False, allow_nan=False)
    except (ValueError, RecursionError) as error:
        raise NotWritable(f"{_shown(path)}: {error}") from error
    _refuse_text(line, path)
    if "\\u0000" in line:
        _refuse_nul(row, path)
    return _BREAKS_OR_HIDES.sub(lambda found: f"\\u{ord(found.group()):04x}", line)


def _refuse_nul(value: Json, path: Path) -> None:
    if isinstance(value, str):
        _refuse_text(value, path)
    elif isinstance(value, list):
        for index, part in enumerate(value):
            _refuse_nul(part, (*path, index))
    elif isinstance(value, dict):
        for key, part in value.items():
            _refuse_text(key, (*path, key))
            _refuse_nul(part, (*path, key))


def _refuse_text(text: str, path: Path) -> None:
    if "\0" in text:
        raise NotWritable(f"{_shown(path)}: the character NUL can stand in no manifest")
    if _SURROGATE.search(text):
        raise NotWritable(
            f"{_shown(path)}: half of a surrogate pair is no character, and can stand in no manifest"
        )


def _shown(path: Path) -> str:
    steps = (
        step if isinstance(step, int) or len(step) <= _STEP_CHARS_MAX else f"{step[:_STEP_CHARS_MAX]}..."
        for step in path
    )
    return printable(path_text(steps))
