"""A key, the ways in which a server may spell it, and a search that reads through all of them.

The search has nothing in common with what takes the key out.
"""

from __future__ import annotations

import base64
import binascii
import html
import json
import re
from collections.abc import Callable, Iterator, Mapping
from urllib.parse import quote, unquote

KEY = "sk-not/for+your=eyes_0123456789"
_PIECE_CHARS = 8  # so much of a key in a row is a leak

SPELLINGS: Mapping[str, Callable[[str], str]] = {
    "as it is": str,
    "as JSON": lambda key: json.dumps(key)[1:-1],
    "as JSON in JSON": lambda key: json.dumps(json.dumps(key)),
    "as JSON that escapes slashes": lambda key: json.dumps(key)[1:-1].replace("/", "\\/"),
    "as JSON that escapes everything": lambda key: "".join(f"\\u{ord(char):04X}" for char in key),
    "as JSON that escapes every other": lambda key: "".join(
        f"\\u{ord(char):04x}" if index % 2 else json.dumps(char)[1:-1] for index, char in enumerate(key)
    ),
    "in hexadecimal escapes": lambda key: "".join(f"\\x{ord(char):02x}" for char in key),
    "as HTML": html.escape,
    "as HTML by numbers": lambda key: "".join(f"&#{ord(char)};" for char in key),
    "as HTML by long numbers": lambda key: "".join(f"&#X{ord(char):06x};" for char in key),
    "in an address": lambda key: quote(key, safe=""),
    "in an address that escapes everything": lambda key: "".join(f"%{ord(char):02X}" for char in key),
    "over lines": "\n".join,
    "over indented lines": lambda key: f"{key[:4]}\r\n    {key[4:]}",
    "over lines of JSON": lambda key: f"{json.dumps(key[:4])[1:-1]}\\n  {json.dumps(key[4:])[1:-1]}",
    "over lines of a shell": lambda key: f"{key[:4]} \\\n {key[4:]}",
    "in Base64": lambda key: base64.b64encode(key.encode()).decode(),
    "in Base64 after one": lambda key: base64.b64encode(f":{key}".encode()).decode(),
    "in Base64 after two": lambda key: base64.b64encode(f"u:{key}!!".encode()).decode(),
    "in Base64 for addresses": lambda key: base64.urlsafe_b64encode(key.encode()).decode(),
    "in Base64 in an address": lambda key: quote(base64.b64encode(key.encode()), safe=""),
    "in Base64 over lines": lambda key: "\r\n".join(base64.b64encode(key.encode()).decode()),
}


def leaks(text: str, key: str = KEY) -> list[str]:
    """The pieces of `key` that a patient reader finds in `text`."""
    pieces = [key[start : start + _PIECE_CHARS] for start in range(len(key) - _PIECE_CHARS + 1)]
    readings = list(_readings(text))
    return [piece for piece in pieces if any(piece in reading for reading in readings)]


def _readings(text: str) -> Iterator[str]:
    joined = re.sub(r"\\+[nrt]|[\s\\]", "", text)
    for spelled in (text, joined):
        yield spelled
        yield unquote(spelled)
        yield html.unescape(spelled)
    yield re.sub(r"(?:u00|x)([0-9a-fA-F]{2})", lambda found: chr(int(found[1], 16)), joined)
    for letters in re.findall(r"[A-Za-z0-9+/_-]{12,}", unquote(joined)):
        standard = letters.replace("-", "+").replace("_", "/")
        for start in range(4):
            yield _decoded(standard[start:])


def _decoded(letters: str) -> str:
    try:
        return base64.b64decode(letters[: len(letters) // 4 * 4]).decode("latin-1")
    except (binascii.Error, ValueError):
        return ""
