"""What was about to be done, on disk before it is done, so that the next apply knows what to look for.

A file of JSON lines per environment under `.sgpctl/`, each stamped with the target that it is about. Correctness does
not depend on it (the nonce is on the remote side too); with it, a run that died between a create and its answer is
looked for, and a run that lists do not show yet is known all the same.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TypeAlias

from sgpctl.apply.moment import Moment, moment_of, up_seconds
from sgpctl.errors import LocalStateError
from sgpctl.limits import JOURNAL_BYTES_MAX, JOURNAL_READ_BYTES_MAX
from sgpctl.private_files import make_private_folder, open_private, replace_file, sync_folder

_HINT = "Move it away; runs that an earlier apply began are then found by what they carry on the platform."
_Create: TypeAlias = tuple[str, str]
"""The target and the nonce of a create."""

_EVERY_LINE_HAS = '"event"'
_FINAL = frozenset({"created", "refused", "absent"})


@dataclass(frozen=True, slots=True)
class Intent:
    """A create that was begun and whose end was never written down.

    It was sent after `at`, if ever; how long after, nobody knows.
    """

    name: str
    nonce: str
    at: Moment


@dataclass(frozen=True, slots=True)
class Record:
    """What the journal of one target says: creates without an end, and the ids of those that were made, with when.

    `leases` are those that were taken and not given back, by nonce, with the place of the lock that their process held;
    `leases_taken` are the nonces of all.
    """

    unfinished: tuple[Intent, ...] = ()
    created: tuple[tuple[str, Moment], ...] = ()
    leases: Mapping[str, str] = field(default_factory=dict)
    leases_taken: frozenset[str] = frozenset()

    def created_lately(self, now: Moment, seconds: float) -> tuple[str, ...]:
        return tuple(remote_id for remote_id, at in self.created if at.seconds_until(now) <= seconds)


class Journal:
    """Appends to one journal file; every durable line is on disk, whole, when `write` returns, and all before it.

    `target` names the platform and the account. Lines about another target are kept and not looked at. `now` is the wall
    clock, `monotonic` counts seconds, those of a sleep included, and is never set back while the machine runs.
    """

    def __init__(
        self,
        path: Path,
        target: str,
        now: Callable[[], datetime],
        monotonic: Callable[[], float] = up_seconds,
    ) -> None:
        self._path = path
        self._target = target
        self._now = now
        self._monotonic = monotonic

    def now(self) -> Moment:
        """The moment that a line written now would bear."""
        return Moment(self._now(), round(self._monotonic(), 3))

    def write(self, event: str, fields: Mapping[str, str], *, is_durable: bool = True) -> None:
        """Append one line, which outlasts this process, and a failure of power if it `is_durable`.

        Raises LocalStateError when that cannot be had.
        """
        now = self.now()
        entry = {
            "at": now.wall.isoformat(),
            "monotonic": now.monotonic,
            "target": self._target,
            "event": event,
            **fields,
        }
        try:
            self._append(json.dumps(entry, ensure_ascii=True) + "\n", is_durable=is_durable)
        except OSError as error:
            raise _not_written(self._path, error) from error

    def read(self) -> Record:
        """What is on record about our target. A torn line is what a crash leaves, and is passed over.

        Raises LocalStateError for what no journal of ours can be: not a file, or a very large one.
        """
        try:
            return record_of(self._lines_on_disk(), self._target)
        except FileNotFoundError:
            return Record()
        except OSError as error:
            raise LocalStateError(f"{self._path}: {error.strerror or error}") from error

    def compact(self, older_than_seconds: float) -> None:
        """Drop lines of that age that nothing needs any more, once the file has grown large.

        Only for whoever holds the project's lock. Lines of open creates stay, those of other targets too.
        """
        try:
            if not self._path.exists() or self._path.stat().st_size <= JOURNAL_BYTES_MAX:
                return
            lines = self._lines_on_disk()
            needed = _needed(lines, self.now(), older_than_seconds)
            kept = [line for line in lines if _create_of(_entry(line)) in needed]
            replace_file(self._path, "".join(f"{line}\n" for line in kept))
        except OSError as error:
            raise _not_written(self._path, error) from error

    def _lines_on_disk(self) -> list[str]:
        # Without O_NONBLOCK, opening a named pipe would wait for its other end for ever.
        handle = os.open(self._path, os.O_RDONLY | os.O_NONBLOCK)
        with os.fdopen(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise LocalStateError(f"{self._path}: this is not a file, and so no journal", hint=_HINT)
            data = file.read(JOURNAL_READ_BYTES_MAX + 1)
        if len(data) > JOURNAL_READ_BYTES_MAX:
            message = (
                f"{self._path}: larger than {JOURNAL_READ_BYTES_MAX:,} bytes; this is no journal of sgpctl"
            )
            raise LocalStateError(message, hint=_HINT)
        return data.decode("utf-8", "replace").split("\n")

    def _append(self, line: str, *, is_durable: bool) -> None:
        is_new = not self._path.exists()
        make_private_folder(self._path.parent)
        handle = open_private(self._path, os.O_RDWR | os.O_APPEND)
        try:
            # A line that a crash tore must not swallow this one.
            data = line.encode("ascii") if _ends_in_newline(handle) else b"\n" + line.encode("ascii")
            while data:
                data = data[os.write(handle, data) :]
            if is_durable:
                os.fsync(handle)
        finally:
            os.close(handle)
        if is_new:
            sync_folder(self._path.parent)


def _not_written(path: Path, error: OSError) -> LocalStateError:
    return LocalStateError(
        f"{path}: {error.strerror or error}",
        hint="sgpctl writes down what it is about to create before it creates it; "
        "free the disk, or give it the right to write there.",
    )


def record_of(lines: Iterable[str], target: str) -> Record:
    """What journal lines say about `target`. Lines that are not ours are passed over."""
    begun: dict[str, Intent] = {}
    created: dict[str, Moment] = {}
    leases: dict[str, str] = {}
    taken: set[str] = set()
    for line in lines:
        entry = _entry(line)
        event, nonce = _text(entry, "event"), _text(entry, "nonce")
        if not nonce or _text(entry, "target") != target:
            continue
        match event:
            case "create":
                begun[nonce] = Intent(_text(entry, "name"), nonce, _moment(entry))
            case "created":
                begun.pop(nonce, None)
                if remote_id := _text(entry, "remote_id"):
                    created[remote_id] = _moment(entry)
            case "refused" | "absent":
                begun.pop(nonce, None)
            case "lease":
                leases[nonce] = _text(entry, "place")
                taken.add(nonce)
            case "released":
                leases.pop(nonce, None)
            case _:
                pass
    return Record(tuple(begun.values()), tuple(created.items()), leases, frozenset(taken))


def _needed(lines: Iterable[str], now: Moment, seconds: float) -> frozenset[_Create]:
    """The creates of all targets that were begun and never ended, or of which a line is young.

    All lines of one stay or go together: its begin without its end would open it again.
    """
    begun: set[_Create] = set()
    young: set[_Create] = set()
    for entry in filter(None, map(_entry, lines)):
        event, create = _text(entry, "event"), _create_of(entry)
        if event == "create":
            begun.add(create)
        elif event in _FINAL:
            begun.discard(create)
        if _moment(entry).seconds_until(now) <= seconds:
            young.add(create)
    return frozenset(begun | young)


def _create_of(entry: Mapping[str, object]) -> _Create:
    return _text(entry, "target"), _text(entry, "nonce")


def _ends_in_newline(handle: int) -> bool:
    size = os.fstat(handle).st_size
    return size == 0 or os.pread(handle, 1, size - 1) == b"\n"


def _entry(line: str) -> Mapping[str, object]:
    if _EVERY_LINE_HAS not in line:  # a file of millions of other lines is passed over quickly
        return {}
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return entry if isinstance(entry, dict) else {}


def _text(entry: Mapping[str, object], key: str) -> str:
    """The text under `key`; the empty one where there is none, or something else."""
    value = entry.get(key)
    return value if isinstance(value, str) else ""


def _moment(entry: Mapping[str, object]) -> Moment:
    return moment_of(entry.get("at"), entry.get("monotonic"))
