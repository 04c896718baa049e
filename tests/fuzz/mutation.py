"""Inputs made out of others: bytes changed, pieces moved, repeated or exchanged, and values of JSON put elsewhere."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

from tests.fuzz.archive import packed, unpacked
from tests.fuzz.tokens import TOKENS, VALUES

INPUT_BYTES_MAX = 256 * 1024
_LARGE_BYTES_MAX = 1024 * 1024
_STEPS_MAX = 6


class Mutator:
    """Deterministic for one random source and one corpus."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._ways: Sequence[Callable[[bytes, bytes], bytes]] = (
            *[self._insert_token] * 6,
            *[self._replace_with_token] * 4,
            *[self._change_byte] * 3,
            *[self._delete] * 3,
            *[self._repeat] * 2,
            *[self._move] * 2,
            *[self._splice] * 2,
            *[self._change_line] * 4,
            *[self._change_json] * 8,
            self._cut,
            self._grow,
        )

    def mutated(self, data: bytes, other: bytes) -> bytes:
        """`data` after a few changes, some of which bring in parts of `other`."""
        for _ in range(self._random.randint(1, _STEPS_MAX)):
            data = self._member_or_whole(data, other)
        return data[:_LARGE_BYTES_MAX]

    def _member_or_whole(self, data: bytes, other: bytes) -> bytes:
        way = self._random.choice(self._ways)
        files = unpacked(data)
        if not files or self._random.random() < 0.05:
            return way(data, other)
        name = self._random.choice([*files])
        others = [*unpacked(other).values()] or [other]
        files[name] = way(files[name], self._random.choice(others))
        if self._random.random() < 0.03:
            content = files.pop(name)
            files[self._random.choice([*files] or [name])] = content
        return packed(files)

    def _span(self, data: bytes, longest: int = 64) -> tuple[int, int]:
        start = self._random.randint(0, len(data))
        return start, min(len(data), start + self._random.randint(1, longest))

    def _insert_token(self, data: bytes, _: bytes) -> bytes:
        at = self._random.randint(0, len(data))
        return data[:at] + self._random.choice(TOKENS) + data[at:]

    def _replace_with_token(self, data: bytes, _: bytes) -> bytes:
        start, end = self._span(data, 12)
        return data[:start] + self._random.choice(TOKENS) + data[end:]

    def _change_byte(self, data: bytes, _: bytes) -> bytes:
        if not data:
            return bytes([self._random.randrange(256)])
        at = self._random.randrange(len(data))
        byte = data[at] ^ (1 << self._random.randrange(8))
        return data[:at] + bytes([byte]) + data[at + 1 :]

    def _delete(self, data: bytes, _: bytes) -> bytes:
        start, end = self._span(data)
        return data[:start] + data[end:]

    def _repeat(self, data: bytes, _: bytes) -> bytes:
        start, end = self._span(data)
        return data[:end] + data[start:end] * self._random.choice((1, 2, 5, 50, 150)) + data[end:]

    def _grow(self, data: bytes, _: bytes) -> bytes:
        """One piece very many times, which shows what costs more than its length."""
        piece = self._random.choice(TOKENS) if self._random.random() < 0.5 else data[slice(*self._span(data))]
        room = self._random.choice((10_000, 60_000, INPUT_BYTES_MAX)) - len(data)
        at = self._random.randint(0, len(data))
        return data[:at] + piece * max(1, room // max(1, len(piece))) + data[at:]

    def _move(self, data: bytes, _: bytes) -> bytes:
        start, end = self._span(data)
        rest = data[:start] + data[end:]
        at = self._random.randint(0, len(rest))
        return rest[:at] + data[start:end] + rest[at:]

    def _splice(self, data: bytes, other: bytes) -> bytes:
        start, end = self._span(other, 400)
        at, until = self._span(data, 400)
        return data[:at] + other[start:end] + data[until:]

    def _cut(self, data: bytes, _: bytes) -> bytes:
        return data[: self._random.randint(0, len(data))]

    def _change_line(self, data: bytes, other: bytes) -> bytes:
        lines = data.split(b"\n")
        at = self._random.randrange(len(lines))
        match self._random.randrange(6):
            case 0:
                del lines[at]
            case 1:
                lines.insert(at, lines[self._random.randrange(len(lines))])
            case 2:
                lines.insert(at, self._random.choice(other.split(b"\n")))
            case 3:
                lines[at] = b" " * self._random.choice((1, 2, 4)) + lines[at]
            case 4:
                lines[at] = lines[at].lstrip()
            case _:
                lines[at : at + 2] = reversed(lines[at : at + 2])
        return b"\n".join(lines)

    def _change_json(self, data: bytes, other: bytes) -> bytes:
        """Another value, key or order in a JSON text, or in one line of it; other texts get a token."""
        lines = data.split(b"\n")
        at = self._random.randrange(len(lines))
        for text, put in (
            (data, lambda changed: changed),
            (lines[at], lambda changed: b"\n".join([*lines[:at], changed, *lines[at + 1 :]])),
        ):
            try:
                document = json.loads(text)
            except (ValueError, RecursionError):
                continue
            if isinstance(document, dict | list) and document:
                self._change_value(document)
                changed = json.dumps(document, ensure_ascii=self._random.random() < 0.5)
                return bytes(put(changed.encode("utf-8", "surrogatepass")))
        return self._insert_token(data, other)

    def _change_value(self, document: Any) -> None:
        holder = document
        while True:
            key = (
                self._random.choice([*holder])
                if isinstance(holder, dict)
                else self._random.randrange(len(holder))
            )
            inner = holder[key]
            if not (isinstance(inner, dict | list) and inner) or self._random.random() < 0.25:
                break
            holder = inner
        match self._random.randrange(7):
            case 0:
                del holder[key]
            case 1:
                holder[key] = [holder[key]] * self._random.choice((0, 1, 2, 30))
            case 2:
                for _ in range(self._random.choice((1, 3, 120))):
                    holder[key] = {"a": holder[key]} if self._random.random() < 0.5 else [holder[key]]
            case 3 if isinstance(holder, list):
                holder += holder[: self._random.choice((1, 3, 50))]
                self._random.shuffle(holder)
            case 3:
                holder[self._random.choice(VALUES[13:25])] = holder[key]
            case 4 if isinstance(holder, dict):
                other = self._random.choice([*holder])
                holder[key], holder[other] = holder[other], holder[key]
            case _:
                holder[key] = self._random.choice(VALUES)
