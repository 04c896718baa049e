"""Documents as JSON text that is safe to print: the same value, with nothing in it that a terminal would obey."""

from __future__ import annotations

import json

from sgpctl.model.located import Json
from sgpctl.render.safe_text import command_signs, hides


def json_text(document: Json) -> str:
    """Indented JSON with a newline at its end. Lone surrogates, which UTF-8 has no bytes for, are escaped too."""
    text = json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    text = "\n".join(_inert(line) for line in text.split("\n")) if "##" in text else text
    if text.isascii() and "\x7f" not in text:
        return text
    return "".join(_escaped(char) if char != "\n" and hides(char) else char for char in text)


def _inert(line: str) -> str:
    """The same JSON without what a CI service would obey; a `#` stands in texts only, and never after half an escape."""
    signs = command_signs(line)
    return "".join(f"\\u{ord(char):04x}" if index in signs else char for index, char in enumerate(line))


def _escaped(char: str) -> str:
    return json.dumps(char)[1:-1] if char != "\x7f" else "\\u007f"
