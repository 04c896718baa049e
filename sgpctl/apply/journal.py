"""What was about to be done, on disk before it is done, so that the next apply knows what to look for.

A file of JSON lines per environment under `.sgpctl/`. Correctness does not depend on it (the nonce is on the remote
side too); with it, a run that died between a create and its answer is waited for instead of being started again.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sgpctl.errors import LocalStateError

_FINAL = frozenset({"created", "refused", "absent"})


@dataclass(frozen=True, slots=True)
class Intent:
    """A create that was begun and whose end was never written down."""

    name: str
    nonce: str
    at: datetime


class Journal:
    """Appends to one journal file; every line is on disk when `write` returns."""

    def __init__(self, path: Path, now: Callable[[], datetime]) -> None:
        self._path = path
        self._now = now

    def write(self, event: str, fields: Mapping[str, str]) -> None:
        """Append one line. Raises LocalStateError when it cannot be made durable."""
        line = json.dumps({"at": self._now().isoformat(), "event": event, **fields}, ensure_ascii=True) + "\n"
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                os.write(handle, line.encode("ascii"))
                os.fsync(handle)
            finally:
                os.close(handle)
        except OSError as error:
            raise LocalStateError(
                f"{self._path}: {error.strerror or error}",
                hint="sgpctl writes down what it is about to create before it creates it; free the disk or its rights.",
            ) from error

    def unfinished(self) -> tuple[Intent, ...]:
        """The creates whose end is not known, oldest first. A torn last line is what a crash leaves, and is passed over."""
        try:
            text = self._path.read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise LocalStateError(f"{self._path}: {error.strerror or error}") from error
        return unfinished_intents(text.splitlines())


def unfinished_intents(lines: Iterable[str]) -> tuple[Intent, ...]:
    """The intents among journal lines that no later line ends. Lines that are not ours are passed over."""
    begun: dict[str, Intent] = {}
    for line in lines:
        entry = _entry(line)
        nonce = entry.get("nonce")
        if not isinstance(nonce, str):
            continue
        if entry.get("event") == "create":
            at = _time(entry.get("at"))
            if at is not None:
                begun[nonce] = Intent(str(entry.get("name", "")), nonce, at)
        elif entry.get("event") in _FINAL:
            begun.pop(nonce, None)
    return tuple(begun.values())


def _entry(line: str) -> Mapping[str, object]:
    try:
        entry = json.loads(line)
    except ValueError:
        return {}
    return entry if isinstance(entry, dict) else {}


def _time(value: object) -> datetime | None:
    try:
        return datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
