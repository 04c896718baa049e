"""The proof that formatting changed nothing that matters: both texts are read again, by the reader that plans use."""

from __future__ import annotations

from collections import Counter

from yaml.error import YAMLError
from yaml.tokens import (
    AliasToken,
    AnchorToken,
    DirectiveToken,
    DocumentEndToken,
    DocumentStartToken,
    StreamEndToken,
    TagToken,
)

from sgpctl.manifest.document import Parsed
from sgpctl.manifest.formatting.scalars import read_block
from sgpctl.manifest.formatting.tokens import Tokens, is_block_scalar
from sgpctl.manifest.formatting.tree import comments_in
from sgpctl.manifest.json_document import read_json
from sgpctl.manifest.yaml_document import read_yaml
from sgpctl.model.located import Json

_COUNTED = (AliasToken, AnchorToken, DirectiveToken, DocumentEndToken, DocumentStartToken, TagToken)


def yaml_difference(parsed: Parsed, before: str, after: str) -> str | None:
    """What formatting changed in a YAML file beyond its looks; None when nothing. `parsed` is what it holds."""
    if _differ(parsed, read_yaml(after, "")):
        return "a value"
    try:
        marks, marks_after = _marks_and_comments(before), _marks_and_comments(after)
    except YAMLError:
        return "its syntax"
    return next(iter([*(marks - marks_after), *(marks_after - marks)]), None)


def json_difference(parsed: Parsed, after: str) -> str | None:
    """The same for a JSON file."""
    return "a value" if _differ(parsed, read_json(after, "")) else None


def _differ(first: Parsed, second: Parsed) -> bool:
    if any(problem.is_error for problem in second.problems):
        return True
    if len(first.documents) != len(second.documents):
        return True
    pairs = zip(first.documents, second.documents, strict=True)
    return not all(_is_same(one.root, other.root) for one, other in pairs)


def _is_same(one: Json, other: Json) -> bool:
    """Equal also in type, so that 1, 1.0 and true are three values; the order of keys does not count."""
    match one, other:
        case dict(), dict():
            return one.keys() == other.keys() and all(_is_same(one[key], other[key]) for key in one)
        case list(), list():
            return len(one) == len(other) and all(map(_is_same, one, other))
        case _:
            return type(one) is type(other) and one == other


def _marks_and_comments(text: str) -> Counter[str]:
    """Every comment, anchor, alias, tag, directive and document mark of a text, as spelled."""
    found: Counter[str] = Counter()
    tokens = Tokens(text)
    while not tokens.at(StreamEndToken):
        found.update(comment.text for comment in comments_in(tokens.gap))
        tokens.gap = []
        token = tokens.take()
        if isinstance(token, _COUNTED):
            found[tokens.source(token)] += 1
        elif is_block_scalar(token):
            _, comment, _ = read_block(tokens.source(token), 0)
            found.update([comment.text] if comment else [])
    found.update(comment.text for comment in comments_in(tokens.gap))
    return found
