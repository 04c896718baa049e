"""What a parser makes of our Markdown: the judge of whether a text stayed a text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.token import Token

_PARSER = MarkdownIt("commonmark", {"html": True}).enable("table")
_OWN_HTML = re.compile(r"</?code>|<br>|<!-- -->")
_OWN_BLOCKS = re.compile(r"<details>\n<summary>[A-Za-z0-9, ]+</summary>\n*|</details>\n*")
_OWN_TOKENS = frozenset({"text", "softbreak", "html_inline", "code_inline", "strong_open", "strong_close"})


@dataclass(frozen=True)
class Inline:
    """A paragraph, a cell or an item of a list: what stands in it as code, and everything else."""

    codes: tuple[str, ...]
    words: str


@dataclass(frozen=True)
class Read:
    """A whole document."""

    inlines: tuple[Inline, ...]
    fences: tuple[str, ...]
    html_blocks: tuple[str, ...]
    kinds: frozenset[str]

    @property
    def codes(self) -> set[str]:
        return {code for inline in self.inlines for code in inline.codes}

    @property
    def words(self) -> str:
        return "\n".join(inline.words for inline in self.inlines)


def read(markdown: str) -> Read:
    tokens = _PARSER.parse(markdown)
    return Read(
        tuple(_inline(token) for token in tokens if token.type == "inline"),
        tuple(token.content for token in tokens if token.type == "fence"),
        tuple(token.content for token in tokens if token.type == "html_block"),
        frozenset(_kinds(tokens)),
    )


def has_only_our_markup(document: Read) -> bool:
    """True when every element is one that our own words make: no link, image, heading, rule or foreign HTML."""
    return (
        document.kinds <= _OWN_TOKENS | _BLOCKS
        and all(_OWN_BLOCKS.fullmatch(block) for block in document.html_blocks)
        and sum(block.startswith("<details>") for block in document.html_blocks) * 2
        == len(document.html_blocks)
    )


_BLOCKS = frozenset(
    f"{kind}_{side}"
    for kind in ("paragraph", "bullet_list", "list_item", "table", "thead", "tbody", "tr", "th", "td")
    for side in ("open", "close")
) | {"inline", "fence", "html_block"}


def pings(words: str) -> list[str]:
    """What GitHub or GitLab would turn into a mention, a reference or a link outside of code."""
    return re.findall(r"@|[#!$%~&][0-9\w]|\b[A-Za-z]+-[0-9]|\b[0-9a-f]{7,}\b|://|www\.|:[a-z]+:", words)


def table_rows(markdown: str) -> list[list[int]]:
    """How many cells the rows of each table have. Lines of a diff begin with its own signs, never with a bar."""
    tables: list[list[int]] = [[]]
    for line in markdown.split("\n"):
        if line.startswith("|"):
            tables[-1].append(line.count("|") - 1)
        elif tables[-1]:
            tables.append([])
    return [table for table in tables if table]


def _kinds(tokens: list[Token]) -> Iterator[str]:
    for token in tokens:
        yield token.type
        yield from _kinds(token.children or [])


def _inline(token: Token) -> Inline:
    codes: list[str] = []
    words: list[str] = []
    inside: list[str] | None = None
    for child in token.children or []:
        if child.type == "html_inline":
            assert _OWN_HTML.fullmatch(child.content), child.content
            if child.content == "<code>":
                assert inside is None
                inside = []
            elif child.content == "</code>":
                assert inside is not None
                codes.append("".join(inside))
                inside = None
            elif child.content == "<br>":
                words.append("\n")
        elif child.type == "code_inline":
            codes.append(child.content)
        elif inside is not None:
            inside.append(child.content)
        else:
            words.append("\n" if child.type == "softbreak" else child.content)
    assert inside is None
    return Inline(tuple(codes), "".join(words))
