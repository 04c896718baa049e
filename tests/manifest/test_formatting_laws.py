"""Laws of `sgpctl fmt`: whatever the spelling, nothing is lost, nothing changes, and once is enough.

The texts are drawn as people write them: any indentation, brackets or none, every kind of scalar, anchors, aliases,
merges, several documents, and comments and empty lines everywhere. Each comment is written once in its text.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass, field

import yaml
from hypothesis import assume, given
from hypothesis import strategies as st

from sgpctl.manifest.formatting.order import Kind
from sgpctl.manifest.formatting.text import format_text
from sgpctl.manifest.yaml_document import read_yaml
from sgpctl.model.canonical import data_digest, spec_digest
from sgpctl.model.located import Json

KEYS = [
    "tasks",
    "name",
    "data",
    "tags",
    "alias",
    "task_type",
    "configuration",
    "lifecycle",
    "metadata",
    "other",
    "'q k'",
]
WORDS = [
    "a",
    "plain words",
    "x#y",
    "http://h/p?q=1",
    "-1",
    "1.50",
    "0x1F",
    "~",
    "true",
    "${var.x}",
    "é😀",
    "a, b",
]
QUOTED = ["''", '"{{item.a}}"', '"a\\tb # no"', "'it''s'", '"\\"\\\\"', '"#"', "'- a'", '"é😀"', "'yes'"]
FLOW_WORDS = [word for word in WORDS if not re.search(r"[,{]", word)]
FOLDED = [["'one", "two  ", "", "  three'"], ['"one\\', "\\  two \\ ", '"'], ["one", "two", "", "three"]]
LINES = ["t", "  deeper", "", "trailing  ", "# no comment", "- x: y", "\ttab", "   ", "é😀"]


@dataclass
class Spelling:
    """One text being drawn."""

    draw: st.DrawFn
    anchors: list[str] = field(default_factory=list)
    maps: list[str] = field(default_factory=list)
    comments: int = 0

    def chance(self, one_in: int) -> bool:
        return self.draw(st.integers(1, one_in)) == one_in

    def pick(self, choices: list[str]) -> str:
        return self.draw(st.sampled_from(choices))

    def number(self, least: int, most: int) -> int:
        return self.draw(st.integers(least, most))

    def comment(self) -> str:
        self.comments += 1
        return f"#{' ' * self.number(0, 1)}c{self.comments}{' ' * self.number(0, 1)}"

    def beside(self) -> str:
        return " " * self.number(1, 4) + self.comment() if self.chance(5) else " " * self.number(0, 1)

    def gap(self, column: int) -> list[str]:
        lines = []
        for _ in range(self.number(0, 3) if self.chance(3) else 0):
            blank = self.chance(2)
            lines.append("" if blank else " " * self.number(0, column + 3) + self.comment())
        return lines

    def anchor(self, *, of_map: bool = False) -> str:
        if not self.chance(6):
            return ""
        name = f"n{len(self.anchors)}" if self.chance(3) or not self.anchors else self.pick(self.anchors)
        self.anchors.append(name)
        if of_map:
            self.maps.append(name)
        return f"&{name} "

    def word(self, words: list[str]) -> str:
        if self.anchors and self.chance(6):
            return f"*{self.pick(self.anchors)} "
        return self.anchor() + self.pick(words + QUOTED)

    # --- values; each begins where its key or dash ends, and its other lines have their indentation

    def value(self, column: int, depth: int, *, in_map: bool) -> list[str]:
        kinds = [self.scalar, self.scalar, self.below, self.folded, self.block_scalar, self.empty, self.flow]
        if depth:
            kinds += [self.block_map, self.block_map, self.block_list]
        return kinds[self.number(0, len(kinds) - 1)](column, depth, in_map)

    def scalar(self, column: int, depth: int, in_map: bool) -> list[str]:
        return [" " * self.number(1, 3) + self.word(WORDS) + self.beside()]

    def below(self, column: int, depth: int, in_map: bool) -> list[str]:
        inner = " " * (column + self.number(1, 4))
        return [self.beside(), *self.gap(column), inner + self.word(WORDS) + self.beside()]

    def folded(self, column: int, depth: int, in_map: bool) -> list[str]:
        first, *rest = FOLDED[self.number(0, len(FOLDED) - 1)]
        inner = " " * (column + self.number(1, 4))
        return [
            f" {self.anchor()}{first}",
            *(inner + line if line else "" for line in rest[:-1]),
            inner + rest[-1],
        ]

    def block_scalar(self, column: int, depth: int, in_map: bool) -> list[str]:
        width = self.number(1, 4)
        lines = [self.pick(LINES) for _ in range(self.number(0, 4))]
        digit = str(width) if self.chance(2) else ""
        marks = [digit, self.pick(["", "-", "+"])]
        header = self.pick(["|", ">"]) + "".join(marks if self.chance(2) else marks[::-1])
        body = [" " * (column + width) + line if line else " " * self.number(0, column) for line in lines]
        return [f" {self.anchor()}{header}{self.beside()}", *body]

    def empty(self, column: int, depth: int, in_map: bool) -> list[str]:
        return [f" {self.anchor()}{self.beside()}" if self.chance(2) else self.beside()]

    def block_map(self, column: int, depth: int, in_map: bool) -> list[str]:
        anchor = self.anchor(of_map=True)
        inner = column + self.number(1, 4)
        if not in_map and not anchor and self.chance(2):
            lines = self.entries(inner, depth - 1)
            return self.compact(lines, column, inner)
        return [f" {anchor}{self.beside()}", *self.entries(inner, depth - 1)]

    def block_list(self, column: int, depth: int, in_map: bool) -> list[str]:
        inner = column + self.number(0 if in_map else 1, 4)
        if not in_map and self.chance(2):
            return self.compact(self.items(inner, depth - 1), column, inner)
        return [f" {self.anchor()}{self.beside()}", *self.items(inner, depth - 1)]

    def compact(self, lines: list[str], column: int, inner: int) -> list[str]:
        """The first entry in the line of its dash, unless a comment is in the way."""
        if lines[0].strip().startswith("#") or not lines[0].strip():
            return ["", *lines]
        return [lines[0][column + 1 :], *lines[1:]]

    def entries(self, column: int, depth: int) -> list[str]:
        lines = []
        keys = self.draw(st.lists(st.sampled_from(KEYS), min_size=1, max_size=4, unique=True))
        if self.maps and self.chance(3):
            keys.append("<<")
        for key in keys:
            lines += self.gap(column)
            start = " " * column + ("? " if self.chance(12) else "") + key
            if start.lstrip().startswith("?"):
                start += f"{self.beside()}\n{' ' * column}"
            value = [f" *{self.pick(self.maps)}"] if key == "<<" else self.value(column, depth, in_map=True)
            lines += [f"{start}{' ' * self.number(0, 1)}:{value[0]}", *value[1:]]
        return lines + self.gap(column)

    def items(self, column: int, depth: int) -> list[str]:
        lines = []
        for _ in range(self.number(1, 3)):
            lines += self.gap(column)
            value = self.value(column, depth, in_map=False)
            lines += [f"{' ' * column}-{value[0]}", *value[1:]]
        return lines + self.gap(column)

    def flow(self, column: int, depth: int, in_map: bool) -> list[str]:
        inner = " " * (column + self.number(1, 4))
        text = " " + self.brackets(2).rstrip(" ") + self.beside()
        return [line if index == 0 else inner + line for index, line in enumerate(text.split("\n"))]

    def brackets(self, depth: int) -> str:
        is_map = self.chance(2)
        parts = []
        for index in range(self.number(0, 4)):
            value = self.brackets(depth - 1) if depth and self.chance(3) else self.word(FLOW_WORDS)
            key = self.pick(["k", "'k k", "name", "tasks"]).replace("'k k", "'k k'") + f"{index}"
            key = key.replace("'0", "0'") if "'" not in key else f'"{index}"'
            if is_map:
                value = key if self.chance(6) else f"{key}: {value}"
            elif self.chance(8):
                value = f"{key}: {value}"
            parts.append(self.space() + value + self.space())
        text = ",".join(parts) + ("," if parts and self.chance(4) else "") + self.space()
        return self.anchor() + (f"{{{text}}}" if is_map else f"[{text}]")

    def space(self) -> str:
        match self.number(0, 9):
            case 0:
                return f" {self.comment()}\n"
            case 1:
                return "\n"
            case 2:
                return f"\n{self.comment()}\n"
            case 3 | 4:
                return " "
            case _:
                return ""

    def document(self) -> list[str]:
        if self.chance(8):
            return [self.brackets(3)]
        column = self.number(0, 2) if self.chance(4) else 0
        return self.entries(column, 3) if self.chance(6) else self.entries(column, 4)

    def text(self) -> str:
        lines = self.gap(0)
        for index in range(self.number(1, 2)):
            if index or self.chance(4):
                lines += [*(["%YAML 1.2"] if not index and self.chance(4) else []), f"---{self.beside()}"]
            self.anchors, self.maps = [], []
            lines += self.document()
            lines += [f"...{self.beside()}", *self.gap(0)] if self.chance(6) else []
        ending = self.pick(["\n", "\n", "\r\n"])
        return ending.join("\n".join(lines).split("\n")) + self.pick(["\n", "\n", "", "\n\n"])


@st.composite
def spellings(draw: st.DrawFn) -> str:
    spelling = Spelling(draw)
    text = spelling.text()
    assume(not any(problem.is_error for problem in read_yaml(text, "f").problems))
    return text


def formatted(text: str, kind: Kind = Kind.MANIFEST) -> str:
    result = format_text(text, "f.yaml", kind)
    assert result.text is not None, [str(problem) for problem in result.problems]
    return result.text


def roots(text: str) -> list[Json]:
    parsed = read_yaml(text, "f")
    assert not any(problem.is_error for problem in parsed.problems)
    return [document.root for document in parsed.documents]


def comments(text: str) -> Counter[str]:
    return Counter(re.findall(r"# ?c\d+", text))


def digests(text: str) -> list[str]:
    return [spec_digest(root, data_digest(root)) for root in roots(text) if isinstance(root, dict)]


@given(spellings())
def test_everything_that_the_loader_accepts_is_formatted_and_means_the_same(text: str) -> None:
    after = formatted(text)
    assert json.dumps(roots(after), sort_keys=True) == json.dumps(roots(text), sort_keys=True)
    assert digests(after) == digests(text)


@given(spellings())
def test_another_reader_agrees_that_the_values_are_the_same(text: str) -> None:
    try:
        before = list(yaml.load_all(text, yaml.CBaseLoader))
    except yaml.YAMLError:
        assume(False)
    assert list(yaml.load_all(formatted(text), yaml.CBaseLoader)) == before


@given(spellings())
def test_formatting_again_changes_nothing(text: str) -> None:
    once = formatted(text)
    assert formatted(once) == once


@given(spellings())
def test_every_comment_stays(text: str) -> None:
    assert comments(formatted(text)) == comments(text)


@given(spellings())
def test_every_anchor_and_alias_stays(text: str) -> None:
    def marks(source: str) -> Counter[str]:
        events = yaml.parse(source, yaml.CBaseLoader)
        return Counter(f"{type(event).__name__} {getattr(event, 'anchor', None)}" for event in events)

    assert marks(formatted(text)) == marks(text)


@given(spellings())
def test_lines_end_as_one_and_have_no_blanks_at_their_ends_but_for_those_that_mean_something(
    text: str,
) -> None:
    after = formatted(text)
    assert "\r" not in after
    assert after.endswith("\n") or after == ""
    if not re.search(r"[|>]", after):
        assert not re.search(r"(?<!\\)[ \t]\n|\n\n\n", after)
