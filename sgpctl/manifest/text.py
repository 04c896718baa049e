"""From a file to text: regular files of bounded size, in strict UTF-8, without control characters."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path

from sgpctl.limits import MIB
from sgpctl.manifest.opening import Opener, open_to_read
from sgpctl.manifest.problem import Broken, Problem, error_at, warning_at
from sgpctl.model.located import Mark

_UTF8_BOM = b"\xef\xbb\xbf"
_MORE_BYTES = 64 * 1024  # of a file that is larger than it said
_GZIP = b"\x1f\x8b"
_OTHER_BOMS = (
    (b"\xff\xfe\x00\x00", "UTF-32"),  # before UTF-16, whose mark is its first half
    (b"\x00\x00\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f]")  # tab, line feed, form feed and carriage return are text


@dataclass(frozen=True, slots=True)
class Text:
    """The text of one file as it stands there, without a byte order mark, and what is doubtful about it.

    `digest` is that of all bytes of the file.
    """

    text: str
    problems: tuple[Problem, ...] = ()
    digest: str = ""


def read_text(path: Path, shown: str, bytes_max: int, *, opener: Opener | None = None) -> Text:
    """The text of the regular file at `path`; `shown` is how problems name it. Raises `Broken`.

    With an `opener`, which knows the folder that `path` was found to stay in, no link is followed from there on.
    """
    raw = read_bytes(path, shown, bytes_max, opener)
    start: Mark = (shown, 1, 1)
    if raw.startswith(_GZIP):
        raise Broken(error_at(start, "the file is compressed with gzip; unpack it"))
    for bom, encoding in _OTHER_BOMS:
        if raw.startswith(bom):
            raise Broken(error_at(start, f"the file is in {encoding}; save it as UTF-8"))
    digest = digest_of(raw)
    problems: tuple[Problem, ...] = ()
    if raw.startswith(_UTF8_BOM):
        raw = raw[len(_UTF8_BOM) :]
        problems = (
            warning_at(start, "the file starts with a byte order mark, which is ignored; save it without"),
        )
    text = _decode(raw, shown)
    control = _CONTROL.search(text)
    if control is not None:
        mark = mark_of(text, control.start(), shown)
        raise Broken(error_at(mark, _about_control(control.group())))
    return Text(text, problems, digest)


def mark_of(text: str, offset: int, shown: str) -> Mark:
    """The place of the character at `offset`; a carriage return ends a line, too, alone or with a line feed."""
    before = text[:offset].replace("\r\n", "\n").replace("\r", "\n")
    return (shown, before.count("\n") + 1, len(before) - before.rfind("\n"))


def digest_of(raw: bytes) -> str:
    """A digest of the bytes of a file, in hex: the same bytes, and no others, have the same one."""
    return hashlib.blake2b(raw, digest_size=20).hexdigest()


def read_bytes(path: Path, shown: str, bytes_max: int, opener: Opener | None) -> bytes:
    """The same before anyone looks at what is in it. Raises `Broken`."""
    start: Mark = (shown, 1, 1)
    try:
        descriptor = opener.open(path) if opener is not None else open_to_read(path)
    except OSError as error:
        if error.errno == errno.ENXIO:
            raise Broken(error_at(start, "this is a socket or a device, not a file")) from error
        if opener is not None and error.errno in (errno.ELOOP, errno.ENOTDIR):
            message = "the file, or a folder above it, was replaced by a link while it was read"
            raise Broken(error_at(start, message)) from error
        raise Broken(error_at(start, f"the file cannot be read: {reason(error)}")) from error
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise Broken(error_at(start, f"this is {_kind(status.st_mode)}, not a file"))
        if status.st_size > bytes_max:
            raise Broken(error_at(start, _about_size(bytes_max, status.st_size)))
        raw = _content(descriptor, status.st_size, bytes_max + 1)
    except OSError as error:
        raise Broken(error_at(start, f"the file cannot be read: {reason(error)}")) from error
    finally:
        os.close(descriptor)
    if len(raw) > bytes_max:
        raise Broken(error_at(start, _about_size(bytes_max)))
    if raw and not status.st_size:
        message = "the file said that it is empty, and is not: it is made up by the system, as in /proc, or just written"
        raise Broken(error_at(start, message))
    return raw


def _content(descriptor: int, size: int, bytes_max: int) -> bytes:
    """All bytes up to the end of the file, which is likely to come after `size`, but at most `bytes_max`.

    Raises OSError.
    """
    pieces: list[bytes] = []
    # What is asked for is taken from memory first: asking for all that may be read takes five times as long.
    left, wanted = bytes_max, size + 1
    while left and (piece := os.read(descriptor, min(wanted, left))):
        pieces.append(piece)
        left -= len(piece)
        wanted = _MORE_BYTES
    return b"".join(pieces)


def _decode(raw: bytes, shown: str) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8")
        mark = mark_of(before, len(before), shown)
        byte = raw[error.start]
        message = f"the byte 0x{byte:02x} is not valid UTF-8; save the file as UTF-8"
        raise Broken(error_at(mark, message)) from error


def reason(error: OSError) -> str:
    """What the system says, without the path, which the message names already."""
    return (error.strerror or type(error).__name__).lower()


def _about_control(char: str) -> str:
    if char == "\0":
        return "the file holds a NUL character, so it is not text (UTF-16 without a byte order mark looks like this)"
    return f"the control character U+{ord(char):04X} is not allowed; remove it or write it as an escape"


def _about_size(bytes_max: int, size: int | None = None) -> str:
    has = "more" if size is None else f"{size / MIB:,.1f} MiB"
    return f"the file is too large: it has {has}, and at most {bytes_max / MIB:g} MiB are read"


def _kind(mode: int) -> str:
    if stat.S_ISDIR(mode):
        return "a folder"
    if stat.S_ISFIFO(mode):
        return "a named pipe"
    if stat.S_ISSOCK(mode):
        return "a socket"
    return "a device"
