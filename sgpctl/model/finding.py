"""What a check has to say about a value, before anyone knows in which file the value stands."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sgpctl.model.located import Path


class Severity(StrEnum):
    """An error stops every command that would act; a warning is printed and nothing else."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem at one path of a document. `on_key` points at the key instead of the value."""

    path: Path
    message: str
    severity: Severity = Severity.ERROR
    on_key: bool = False
