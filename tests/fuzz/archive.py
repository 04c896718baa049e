"""Several files as one input, so that they are mutated, kept and replayed as one: `-- path --` above each of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

_HEAD = re.compile(rb"^-- ([^\n]{1,200}) --\n", re.MULTILINE)
_FILES_MAX = 40


def packed(files: Mapping[str, bytes]) -> bytes:
    return b"".join(
        b"-- %s --\n%s\n" % (name.encode("utf-8", "surrogateescape"), content)
        for name, content in files.items()
    )


def unpacked(data: bytes) -> dict[str, bytes]:
    """The files of an archive by name; what stands before the first head belongs to none."""
    heads = [*_HEAD.finditer(data)][:_FILES_MAX]
    if not heads:
        return {}
    ends = [head.start() for head in heads[1:]] + [len(data)]
    return {
        head.group(1).decode("utf-8", "surrogateescape"): data[head.end() : end].removesuffix(b"\n")
        for head, end in zip(heads, ends, strict=True)
    }


def put_into(folder: Path, data: bytes) -> None:
    """Write the files of an archive, as far as their names can stand in `folder` and lead nowhere else."""
    for name, content in unpacked(data).items():
        parts = PurePosixPath(name).parts
        if not parts or ".." in parts or "/" in parts or "\0" in name:
            continue
        path = folder.joinpath(*parts)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        except OSError:
            continue  # a name that is too long, or a file where a folder should be
