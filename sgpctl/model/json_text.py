"""What can be told of a JSON text before it is read."""

from __future__ import annotations

import re

_QUOTE = ord('"')
_STRING_OR_SIGN = re.compile(rb'"(?:[^"\\]++|\\.)*+"?|[\[{,]', re.DOTALL)


def has_more_values_than(number: int, text: bytes) -> bool:
    """Whether `text` holds more values: each begins the text, or follows a comma or an opening bracket.

    Reading `[[],[],...` takes twenty times the room of its text.
    """
    if text.count(b",") + text.count(b"[") + text.count(b"{") < number:  # also those within strings
        return False
    signs = 1
    for found in _STRING_OR_SIGN.finditer(text):
        signs += found.group()[0] != _QUOTE
        if signs > number:
            break
    return signs > number
