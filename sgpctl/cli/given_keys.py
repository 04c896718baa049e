"""The API keys that this process was given, so that nothing shows them or sends them along in a manifest."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sgpctl.api.settings import KEY_FILE_VARIABLE, KEY_VARIABLE
from sgpctl.limits import KEY_FILE_BYTES_MAX


def keys_in(environ: Mapping[str, str]) -> list[str]:
    """Every key that the variables hold or name. One that cannot be read is told of by whoever needs it."""
    texts = [environ.get(KEY_VARIABLE, ""), _text_of_file(environ.get(KEY_FILE_VARIABLE))]
    return [*dict.fromkeys(key for text in texts if (key := text.strip()))]


def read_key_file(path: str) -> str:
    """The text of a key file, of which no more is read than a key can have."""
    with Path(path).open("rb") as file:
        return file.read(KEY_FILE_BYTES_MAX).decode("utf-8")


def _text_of_file(path: str | None) -> str:
    """What a key file holds. A pipe, which can be read only once, is left to whoever needs the key."""
    try:
        return read_key_file(path) if path and Path(path).is_file() else ""
    except (OSError, ValueError):
        return ""
