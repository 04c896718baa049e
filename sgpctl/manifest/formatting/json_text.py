"""JSON files in one style: two spaces for each level, each entry in its own line. Numbers and texts stay as spelled."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sgpctl.manifest.formatting.order import Kind, put_in_order
from sgpctl.manifest.formatting.scalars import INDENT
from sgpctl.manifest.formatting.tree import Collection, Entry, Node, Scalar
from sgpctl.manifest.json_document import json_string

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]]|[^\s,:{}\[\]"]+')


def formatted_json(text: str, kind: Kind) -> str:
    """The text anew; the strict reader must accept it."""
    tokens = (match.group() for match in _TOKEN.finditer(text))
    root = _read(next(tokens), tokens)
    put_in_order(root, kind)
    return "\n".join(_lines(root, "", "")) + "\n"


def _read(first: str, rest: Iterator[str]) -> Node:
    """The value that begins with the token `first`."""
    if first not in ("{", "["):
        return Scalar([first], first)
    holder = Collection(is_map=first == "{", is_flow=True)
    for token in rest:
        if token in ("}", "]"):
            break
        if holder.is_map:
            key = Scalar([token], json_string(token[1:-1]))
            holder.entries.append(Entry(key=key, value=_read(next(rest), rest)))
        else:
            holder.entries.append(Entry(value=_read(token, rest)))
    return holder


def _lines(node: Node | None, indent: str, start: str) -> Iterator[str]:
    """The lines of a value; `start` stands before it in its first line."""
    if isinstance(node, Scalar):
        yield f"{indent}{start}{node.lines[0]}"
    elif isinstance(node, Collection):
        opening, closing = "{}" if node.is_map else "[]"
        if not node.entries:
            yield f"{indent}{start}{opening}{closing}"
            return
        yield f"{indent}{start}{opening}"
        for index, entry in enumerate(node.entries):
            *lines, last = _lines(entry.value, indent + " " * INDENT, _key(entry))
            yield from lines
            yield last + ("," if index < len(node.entries) - 1 else "")
        yield f"{indent}{closing}"


def _key(entry: Entry) -> str:
    return f"{entry.key.lines[0]}: " if entry.key is not None else ""
