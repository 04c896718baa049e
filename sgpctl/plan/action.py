"""What can happen to one evaluation."""

from __future__ import annotations

from enum import StrEnum


class Action(StrEnum):
    """What happens to one evaluation. The values are the words of the plan's JSON."""

    CREATE = "create"
    UPDATE = "update"
    REPLACE = "replace"
    RENAME = "rename"
    RESTORE = "restore"
    ADOPT = "adopt"
    ARCHIVE = "archive"

    @property
    def symbol(self) -> str:
        return _SYMBOLS[self]

    @property
    def starts_a_run(self) -> bool:
        """True when carrying it out spends money."""
        return self in {Action.CREATE, Action.REPLACE}


_SYMBOLS = {
    Action.CREATE: "+",
    Action.UPDATE: "~",
    Action.REPLACE: "-/+",
    Action.RENAME: "→",
    Action.RESTORE: "↺",
    Action.ADOPT: "=",
    Action.ARCHIVE: "-",
}
