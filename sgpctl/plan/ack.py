"""Short tokens by which a person allows one set of things that a safety rail refuses, and no other."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from enum import StrEnum

from sgpctl.model.canonical import sha256_of
from sgpctl.model.located import Json

_HASH_CHARS = 12
_TOKEN = re.compile(rf"(?:archives|protected|spend)-[0-9a-f]{{{_HASH_CHARS}}}", re.ASCII)
_LINE = re.compile(r"^[ \t]*sgpctl-ack:[ \t]*(.*)$", re.IGNORECASE | re.MULTILINE)


class Ack(StrEnum):
    """What a token allows; the values are the beginnings of tokens."""

    ARCHIVES = "archives"
    PROTECTED = "protected"
    SPEND = "spend"


def token(ack: Ack, scope: Sequence[str], items: Iterable[Json]) -> str:
    """The token of a set of items, whatever their order; `scope` says where, so that it counts nowhere else."""
    ordered = sorted(items, key=sha256_of)
    return f"{ack.value}-{sha256_of([ack.value, [*scope], ordered])[:_HASH_CHARS]}"


def is_token(text: str) -> bool:
    return _TOKEN.fullmatch(text) is not None


def tokens_in_message(message: str) -> frozenset[str]:
    """Those on the lines `sgpctl-ack: TOKEN` of a commit's message; several on one line stand apart by spaces or commas."""
    words = (word for found in _LINE.finditer(message) for word in re.split(r"[\s,]+", found[1]))
    return frozenset(word for word in words if is_token(word))
