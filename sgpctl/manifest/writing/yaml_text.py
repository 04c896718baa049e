"""YAML that the strict loader reads back as the very same values, without a warning, and that other tools read alike.

A text is written plain only where no YAML, old or new, takes it for anything else; as a block when it has several
lines and none of them would suffer; in double quotes otherwise.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from sgpctl.manifest.include import FILE_KEY
from sgpctl.manifest.yaml_scalar import plain

_FLOW_CHARS_MAX = 80
_STEP = "  "
_PLAIN = re.compile(r"[^\W_][^\x00-\x1f]*")
_NOT_PLAIN = re.compile(r": |:$| #|\s$|\{\{|\$\{")
_NOT_IN_FLOW = re.compile(r"[,\[\]{}:?]")


@dataclass(frozen=True, slots=True)
class Include:
    """Stands for the contents of another file, `path` relative to the one that is written."""

    path: str


Scalar: TypeAlias = bool | int | float | str | None
Writable: TypeAlias = "Scalar | Sequence[Writable] | Mapping[str, Writable] | Include"


def yaml_text(document: Mapping[str, Writable]) -> str:
    """`document` in block style, a list of a few short scalars on one line; keys keep their order."""
    return "".join(f"{line}\n" for line in _map_lines(document, ""))


def scalar_text(value: Scalar, *, in_flow: bool = False) -> str:
    """One scalar on one line."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():
            return _float_text(value)
        case str():
            return value if _is_plain(value, in_flow=in_flow) else quoted_text(value)


def quoted_text(text: str) -> str:
    """`text` in double quotes, on one line, with everything escaped that draws nothing or is no plain space."""
    return "".join(
        char if char.isprintable() else _escape(char) for char in json.dumps(text, ensure_ascii=False)
    )


def _map_lines(value: Mapping[str, Writable], indent: str) -> Iterator[str]:
    for key, part in value.items():
        yield from _entry_lines(f"{indent}{scalar_text(key, in_flow=True)}:", part, indent)


def _list_lines(value: Sequence[Writable], indent: str) -> Iterator[str]:
    for part in value:
        match part:
            case Mapping() | list() | tuple() if part and _flow_text(part) is None:
                inner = indent + _STEP
                first, *others = (
                    _map_lines(part, inner) if isinstance(part, Mapping) else _list_lines(part, inner)
                )
                yield f"{indent}- {first[len(inner) :]}"
                yield from others
            case _:
                yield from _entry_lines(f"{indent}-", part, indent)


def _entry_lines(lead: str, value: Writable, indent: str) -> Iterator[str]:
    """A value after its key or dash, which stand at `indent`."""
    match value:
        case Include():
            yield f"{lead} {{{FILE_KEY}: {scalar_text(value.path, in_flow=True)}}}"
        case str() if _is_block(value):
            yield f"{lead} |{_chomping(value)}"
            yield from (f"{indent}{_STEP}{line}" if line else "" for line in _block_lines(value))
        case bool() | int() | float() | str() | None:
            yield f"{lead} {scalar_text(value)}"
        case _ if (flow := _flow_text(value)) is not None:
            yield f"{lead} {flow}"
        case Mapping():
            yield lead
            yield from _map_lines(value, indent + _STEP)
        case _:
            yield lead
            yield from _list_lines(value, indent + _STEP)


def _flow_text(value: Writable) -> str | None:
    """An empty map or list, or a short list of scalars, on one line; None for anything else."""
    if isinstance(value, Mapping):
        return None if value else "{}"
    if isinstance(value, str) or not isinstance(value, Sequence):
        return None
    parts: list[str] = []
    for part in value:
        if isinstance(part, Include | Mapping | list | tuple) or (isinstance(part, str) and "\n" in part):
            return None
        parts.append(scalar_text(part, in_flow=True))  # type: ignore[arg-type]  # all others are ruled out above
    text = f"[{', '.join(parts)}]"
    return text if len(text) <= _FLOW_CHARS_MAX else None


def _is_plain(text: str, *, in_flow: bool) -> bool:
    if not _PLAIN.fullmatch(text) or not text.isprintable() or _NOT_PLAIN.search(text):
        return False
    if in_flow and _NOT_IN_FLOW.search(text):
        return False
    try:
        return plain(text) == (text, None)
    except ValueError:  # a number that JSON cannot carry
        return False


def _is_block(text: str) -> bool:
    """True when a literal block keeps every character of `text`, and a person can read it there."""
    lines = _block_lines(text)
    return (
        "\n" in text
        and lines[0] != ""
        and lines[0][0] not in " \t"
        and all(line.isprintable() and not line.isspace() for line in lines)
    )


def _block_lines(text: str) -> list[str]:
    return text.removesuffix("\n").split("\n")


def _chomping(text: str) -> str:
    if not text.endswith("\n"):
        return "-"
    return "+" if text.endswith("\n\n") else ""


def _float_text(value: float) -> str:
    """A float that YAML 1.1 reads as one, too: it wants a point before an exponent."""
    mantissa, e, exponent = repr(value).partition("e")
    return f"{mantissa}{'' if '.' in mantissa else '.0'}{e}{exponent}"


def _escape(char: str) -> str:
    code = ord(char)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
