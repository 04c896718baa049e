"""Which lines of sgpctl an input runs: one that runs a line for the first time is worth mutating further."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import sgpctl

_ROOT = str(Path(sgpctl.__file__).parent)


class Lines:
    """The lines run so far. Functions of which every line was run are no longer watched."""

    def __init__(self) -> None:
        self._unseen: dict[CodeType, set[int]] = {}
        self._is_new = False
        self.count = 0

    @contextmanager
    def watched(self) -> Iterator[None]:
        self._is_new = False
        sys.settrace(self._on_call)
        try:
            yield
        finally:
            sys.settrace(None)

    @property
    def were_new(self) -> bool:
        """Whether what was watched last ran lines that nothing before had."""
        return self._is_new

    def _on_call(self, frame: FrameType, event: str, argument: object) -> Any:
        code = frame.f_code
        unseen = self._unseen.get(code)
        if unseen is None:
            is_ours = code.co_filename.startswith(_ROOT)
            lines = {line for _, _, line in code.co_lines() if line is not None} if is_ours else set[int]()
            unseen = self._unseen[code] = lines
        return self._on_line if unseen else None

    def _on_line(self, frame: FrameType, event: str, argument: object) -> Any:
        unseen = self._unseen[frame.f_code]
        if frame.f_lineno in unseen:
            unseen.discard(frame.f_lineno)
            self.count += 1
            self._is_new = True
        return self._on_line if unseen else None
